"""The passages of the service that owns the data folder, over HTTP."""

from __future__ import annotations

import httpx
from pydantic import SecretStr

from ingest.filters import Filters
from ingest.remote import READ_SECONDS, json_object, open_client, parsed, reaching
from service.http.problems import Problem, error_of
from service.passages import FoundPassage


class RemotePassages:
    """Passages behind `base_url`. Errors of the service come back as the DossierError they were, or as ServiceError
    when only a service can have them."""

    def __init__(self, base_url: str, client: httpx.Client | None = None, key: SecretStr | None = None) -> None:
        """`key` is for a service that asks for one."""
        self._base_url = base_url
        self._client = client or open_client(base_url, READ_SECONDS, key)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def search(self, query: str, filters: Filters, limit: int) -> list[FoundPassage]:
        """As `Passages.search`; filters by article are not the service's to take."""
        with reaching(self._base_url):
            response = self._client.get("/v1/search", params=_parameters(query, filters, limit))
        content = json_object(response)
        if not response.is_success:
            raise error_of(parsed(Problem, content))
        return parsed(list[FoundPassage], content.get("passages"))


def _parameters(query: str, filters: Filters, limit: int) -> httpx.QueryParams:
    days = [(name, str(day)) for name, day in (("since", filters.since), ("until", filters.until)) if day]
    names = [("source", name) for name in filters.sources] + [("author", name) for name in filters.authors]
    return httpx.QueryParams([("q", query), ("limit", limit), *days, *names])
