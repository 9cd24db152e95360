"""Who does the heavy work of a run: from documents to passages, and from texts to vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from ingest import stories
from ingest.article import Article, Passage
from ingest.documents import Document, Extracted
from ingest.embedder import Embedder, Vectors
from ingest.errors import DossierError, ExtractError
from ingest.extract import extract
from ingest.passages import CountTokens, passages
from ingest.stories import Signature

BATCH_PASSAGES = 768

Extract = Callable[[Document], Extracted]
"""See `ingest.extract.extract`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the catalog admits of a document. `notes` tell the user what was done to its text."""

    article: Article
    passages: Sequence[Passage]
    signature: Signature
    notes: Sequence[str] = ()


class Workers(Protocol):
    """Work is asked for now and waited for later, by calling what was returned; only the run itself writes."""

    @property
    def ahead(self) -> int:
        """How many documents may be under way beyond the one that is waited for."""

    @property
    def batch(self) -> int:
        """How many passages are worth being encoded at once."""

    def prepare(self, document: Document) -> Callable[[], Prepared]:
        """Waiting raises: SourceError for a document without usable text, any error for one a parser trips over,
        ClusterError when the workers as a whole are of no use."""

    def encode(self, texts: Sequence[str], progress: Callable[[int], None]) -> Callable[[], Vectors]:
        """As `Embedder.encode`. Waiting raises: EmbedderError, ClusterError."""

    def stop(self) -> None:
        """The run is given up: whoever still waits gets an error soon."""


class LocalWorkers:
    """This process: a document is prepared when it is waited for, texts are encoded when they are given."""

    ahead = 0
    batch = BATCH_PASSAGES

    def __init__(self, embedder: Embedder, extract: Extract = extract) -> None:
        self._embedder = embedder
        self._extract = extract

    def prepare(self, document: Document) -> Callable[[], Prepared]:
        """See `Workers`."""
        return partial(prepare, document, self._embedder.count_tokens, self._extract)

    def encode(self, texts: Sequence[str], progress: Callable[[int], None]) -> Callable[[], Vectors]:
        """See `Workers`."""
        vectors = self._embedder.encode(texts, progress)
        return lambda: vectors

    def stop(self) -> None:
        """See `Workers`; nobody waits here."""


def prepare(document: Document, count_tokens: CountTokens, extract: Extract = extract) -> Prepared:
    """Extracts a document and cuts it into passages.

    Raises: ExtractError when no usable text comes out, and whatever a parser raises.
    """
    extracted = extract(document)
    article = extracted.article
    found = passages(article, extracted.sections, count_tokens)
    if not found:
        raise ExtractError("It holds no sentence of text.", "Check that the article has a body.")
    return Prepared(article, found, stories.signature(article.text), tuple(extracted.notes))


def unreadable(error: Exception) -> DossierError:
    """The reason why one document failed: a parser's surprise must not stop the others."""
    if isinstance(error, DossierError):
        return error
    reason = f"It could not be read ({type(error).__name__}: {error})."
    return ExtractError(reason, "Save it in another format and try again.")
