"""Puts the parts of the answer together: the only place of this room that does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.settings import IngestSettings
from ingest.wiring import Announce, open_corpus
from service.answerer import Answerer
from service.chain import Chain, Composer
from service.question import Question
from service.reading import Reader, Verifier
from service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class House:
    """An open corpus, what answers from it, and the parts that it does so with."""

    corpus: Corpus
    answerer: Answerer
    reader: Reader
    verifier: Verifier
    composer: Composer | None = None

    @property
    def embedder(self) -> Embedder:
        """The corpus's embedder."""
        return self.corpus.embedder

    def warm_up(self) -> None:
        """Answers a question for nobody, so that the first real one does not wait for what is loaded at first use."""
        self.answerer.answer(Question("Which article is the newest?", mode="quoted"))


@contextmanager
def open_house(
    ingest: IngestSettings,
    service: ServiceSettings,
    what: str = "dossier",
    url: str | None = None,
    wait: float = 1.0,
    announce: Announce | None = None,
) -> Iterator[House]:
    """Everything that answers a question, over an owned data folder (see `ingest.wiring.open_corpus`).

    The LLM is loaded when the first answer is composed.
    Raises: FolderBusy, NewerFolder, IndexMismatch, StorageError, EmbedderError, ModelError for an unknown LLM.
    """
    from service.compose import Composer as LlmComposer
    from service.models import build_model
    from service.reader import FeatureReader
    from service.verify import RuleVerifier

    with ExitStack() as stack:
        model = build_model(service.llm, service.llm_base_url, service.llm_api_key, service.llm_timeout)
        if model:
            stack.callback(model.close)
        corpus = stack.enter_context(open_corpus(ingest, what, url, wait, announce))
        reader, verifier = FeatureReader(corpus.embedder), RuleVerifier()
        composer = LlmComposer(model) if model else None
        yield House(corpus, Chain(corpus, reader, verifier, composer), reader, verifier, composer)
