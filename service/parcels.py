"""What is sent to be ingested, packed for the job book and opened again."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

from ingest.documents import Document, Failure
from ingest.errors import SourceError
from ingest.fetch import Fetcher
from ingest.hints import Hints
from ingest.sources import read
from ingest.sources.limits import MEGABYTE, Limits
from ingest.sources.uploads import from_upload
from ingest.wire import document_json, document_of, hints_json, hints_of
from service.store.jobs import Parcel

MAX_DOCUMENTS = 10_000
"""So many documents are read of what is sent at once."""
SENT_LIMITS = Limits(archive_bytes=200 * MEGABYTE)


def of_document(document: Document) -> Parcel:
    """A document that is made up already."""
    return Parcel("document", json.dumps(document_json(document)))


def of_upload(name: str, data: bytes, hints: Hints) -> Parcel:
    """A file as it was sent; `hints` hold for every document in it."""
    body = {"name": name, "data": b64encode(data).decode("ascii"), "hints": hints_json(hints)}
    return Parcel("upload", json.dumps(body))


def of_address(address: str) -> Parcel:
    """An address, of a page or of a feed."""
    return Parcel("address", json.dumps({"address": address}))


def of_failure(origin: str, reason: str) -> Parcel:
    """Something that could not even be packed."""
    return Parcel("failure", json.dumps({"origin": origin, "reason": reason}))


def capped(found: Iterable[Document | Failure], most: int) -> Iterator[Document | Failure]:
    """The first `most`, and a Failure in place of all the rest: a small file can hold millions of records."""
    for number, each in enumerate(found):
        if number == most:
            yield Failure(
                each.origin,
                SourceError(
                    f"Only the first {most:,} articles of what was sent are read.",
                    "Send less at once, or use `dossier ingest` on the service's machine.",
                ),
            )
            return
        yield each


def opened(parcel: Parcel, fetcher: Fetcher) -> Iterator[Document | Failure]:
    """The documents in a parcel; what cannot be read is a Failure."""
    body = json.loads(parcel.body)
    if parcel.kind == "document":
        yield document_of(body)
    elif parcel.kind == "upload":
        yield from from_upload(body["name"], b64decode(body["data"]), hints_of(body["hints"]), SENT_LIMITS)
    elif parcel.kind == "failure":
        yield Failure(body["origin"], SourceError(body["reason"]))
    else:
        yield from read([body["address"]], fetcher=fetcher)
