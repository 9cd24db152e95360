"""Puts the parts of the answer together: the only place of this room that does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ingest.corpus import Corpus
from ingest.embedder import Embedder
from ingest.settings import IngestSettings
from ingest.wiring import Announce, open_corpus
from service.chain import Chain, Composer
from service.question import Question
from service.reading import Reader, Verifier
from service.retrieve import HybridRetriever
from service.settings import ServiceSettings
from service.tracing import UNTRACED, Tracer

PACKAGED = "packaged"


@dataclass(frozen=True, slots=True)
class House:
    """An open corpus, what answers from it, and the parts that it does so with."""

    retriever: HybridRetriever
    answerer: Chain
    reader: Reader
    verifier: Verifier
    composer: Composer | None = None

    @property
    def corpus(self) -> Corpus:
        """Where the articles are."""
        return self.retriever.corpus

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
    tracer: Tracer = UNTRACED,
) -> Iterator[House]:
    """Everything that answers a question, over an owned data folder (see `ingest.wiring.open_corpus`).

    The LLM is loaded when the first answer is composed.
    Raises: FolderBusy, NewerFolder, IndexMismatch, StorageError, EmbedderError, ModelError for an unknown LLM.
    """
    from service.compose import Composer as LlmComposer
    from service.models import build_model
    from service.verify import RuleVerifier

    with ExitStack() as stack:
        model = build_model(service.llm, service.llm_base_url, service.llm_api_key, service.llm_timeout, tracer)
        if model:
            stack.callback(model.close)
        corpus = stack.enter_context(open_corpus(ingest, what, url, wait, announce))
        reader, verifier = _reader(service, corpus.embedder), RuleVerifier()
        composer = LlmComposer(model) if model else None
        retriever = HybridRetriever(corpus=corpus)
        chain = Chain(retriever, reader, verifier, composer, tracer)
        yield House(retriever, chain, reader, verifier, composer)


def _reader(service: ServiceSettings, embedder: Embedder) -> Reader:
    if service.reader != PACKAGED:
        from service.named_reader import NamedReader

        return NamedReader(service.reader, service.reader_threshold)
    from service.crossencoder import OnnxCrossEncoder
    from service.reader import StackedReader

    return StackedReader(embedder, OnnxCrossEncoder())
