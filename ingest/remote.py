"""The library of the service that owns the data folder, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr, TypeAdapter, ValidationError

from ingest.documents import Document, Failure
from ingest.errors import ServiceError
from ingest.records import ArticleRecord, Outcome
from ingest.wire import document_json

BATCH_ARTICLES = 100
BATCH_BYTES = 8 * 2**20
PAGE = 200
CONNECT_SECONDS = 5.0
ADD_SECONDS = 900.0
READ_SECONDS = 60.0

T = TypeVar("T")
Json = dict[str, Any]


class RemoteLibrary:
    """A Library behind `base_url`. Every method raises ServiceError when the service cannot be reached or refuses."""

    def __init__(self, base_url: str, client: httpx.Client | None = None, key: SecretStr | None = None) -> None:
        """`key` is for a service that asks for one."""
        self._base_url = base_url
        self._client = client or open_client(base_url, READ_SECONDS, key)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def articles(self, offset: int, limit: int, query: str | None) -> list[ArticleRecord]:
        """As `Library.articles`, in as many pages as it takes."""
        records: list[ArticleRecord] = []
        while len(records) < limit:
            page = self._page(offset + len(records), min(PAGE, limit - len(records)), query)
            records += parsed(list[ArticleRecord], page["articles"])
            if page["next_offset"] is None:
                break
        return records

    def count(self) -> int:
        """As `Library.count`."""
        return int(self._page(0, 1, None)["total"])

    def article(self, article_id: str) -> ArticleRecord | None:
        """As `Library.article`."""
        found = self._found(article_id)
        return parsed(ArticleRecord, found) if found else None

    def versions(self, article_id: str) -> list[ArticleRecord]:
        """As `Library.versions`."""
        found = self._found(article_id)
        return parsed(list[ArticleRecord], found["versions"]) if found else []

    def remove(self, article_id: str) -> bool:
        """As `Library.remove`."""
        return self._call("DELETE", _address(article_id)) is not None

    def add(self, documents: Sequence[Document | Failure]) -> list[Outcome]:
        """As `Library.add`, in batches; a document that is too large for the service fails by itself."""
        readable = [document for document in documents if isinstance(document, Document)]
        added = iter([outcome for batch in _batches(readable) for outcome in self._add(batch)])
        return [
            Outcome(document.origin, "failed", reason=str(document.error))
            if isinstance(document, Failure)
            else next(added)
            for document in documents
        ]

    def _add(self, batch: Sequence[Json]) -> list[Outcome]:
        answer = self._call(
            *("POST", "/v1/articles"),
            json={"articles": batch},
            too_large=len(batch) == 1,
            timeout=httpx.Timeout(ADD_SECONDS, connect=CONNECT_SECONDS),
        )
        if answer is None:
            reason = "The article is larger than the service takes at once."
            return [Outcome(origin=str(batch[0]["origin"]), status="failed", reason=reason)]
        return parsed(list[Outcome], answer["outcomes"])

    def _page(self, offset: int, limit: int, query: str | None) -> Json:
        parameters = {"offset": offset, "limit": limit} | ({"query": query} if query else {})
        page = self._call("GET", "/v1/articles", params=parameters)
        if page is None:
            raise ServiceError(f"{self._base_url} has no articles.", "Check that the address is a Dossier service.")
        return page

    def _found(self, article_id: str) -> Json | None:
        return self._call("GET", _address(article_id))

    def _call(self, method: str, path: str, *, too_large: bool = False, **arguments: Any) -> Json | None:
        """None for 404, and for 413 where the caller can live with it."""
        with reaching(self._base_url):
            response = self._client.request(method, path, **arguments)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if too_large and response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return None
        if not response.is_success:
            raise refusal(response)
        return json_object(response) if response.content else {}


def open_client(base_url: str, read_seconds: float, key: SecretStr | None = None) -> httpx.Client:
    """A client that ignores proxies of the environment: the service is on this machine or named outright."""
    return httpx.Client(
        base_url=base_url,
        headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else None,
        trust_env=False,
        timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
    )


@contextmanager
def reaching(base_url: str) -> Iterator[None]:
    """Turns a connection that fails into ServiceError."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ServiceError(
            f"The service at {base_url} did not answer in time.", "Try again, or look at its log."
        ) from error
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise ServiceError(
            f"The service at {base_url} cannot be reached.", "Check that `dossier serve` runs there, then try again."
        ) from error


def json_object(response: httpx.Response) -> Json:
    """The JSON object of a response.

    Raises: ServiceError when it is none.
    """
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ServiceError(
            f"{response.url} answered {response.status_code} with something that is not JSON.",
            "Check that the address is a Dossier service.",
        )
    return content


def refusal(response: httpx.Response) -> ServiceError:
    """The problem of a response as an error."""
    problem = json_object(response)
    detail = str(problem.get("detail") or f"The service answered {response.status_code}.")
    return ServiceError(detail, str(problem.get("help") or ""))


def parsed(kind: type[T], content: Any) -> T:
    """`content` (as JSON gives it) as a value of the contract.

    Raises: ServiceError when it does not fit.
    """
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        raise ServiceError(
            "The service speaks another version of the contract.", "Use the same version of Dossier on both sides."
        ) from error


def _address(article_id: str) -> str:
    return f"/v1/articles/{quote(article_id, safe='')}"


def _batches(documents: Sequence[Document]) -> Iterator[list[Json]]:
    batch: list[Json] = []
    size = 0
    for document in documents:
        body = document_json(document)
        length = len(body["data"])
        if batch and (len(batch) >= BATCH_ARTICLES or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += length
    if batch:
        yield batch
