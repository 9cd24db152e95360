"""A service whose embeddings server goes away says so, and answers again when it is back."""

from __future__ import annotations

from pathlib import Path

import pytest
import stamina

from ingest.embedder import Embedder
from ingest.errors import EmbedderError
from ingest.settings import IngestSettings
from ingest.sources import read
from service.http.problems import EMBEDDER_UNAVAILABLE, kind_of
from service.question import Question
from service.settings import ServiceSettings
from service.wiring import open_house
from tests.commands import ROOT
from tests.serving import embeddings_server

ARTICLES = [
    str(path) for name in ("dams", "rogun", "astana") for path in (ROOT / "eval/data/articles").glob(f"*{name}*")
]
ASKED = Question("Why is Uzbekistan afraid of the dams upstream?")


def test_answers_are_the_same_fail_honestly_and_come_back(data: Path, embedder: Embedder) -> None:
    with embeddings_server(embedder) as server:
        ours = IngestSettings(data=data)
        theirs = IngestSettings(data=data / "served", embedder_url=server.url)
        texts = []
        for settings in (ours, theirs):
            with open_house(settings, ServiceSettings(llm="none")) as house:
                house.corpus.ingest(read(ARTICLES))
                texts.append(house.answerer.answer(ASKED).text)
                if settings is theirs:
                    server.fault = lambda _: (503, b"")
                    with stamina.set_testing(True, attempts=2), pytest.raises(EmbedderError) as raised:
                        house.answerer.answer(ASKED)
                    assert kind_of(raised.value) is EMBEDDER_UNAVAILABLE
                    assert raised.value.retryable
                    server.fault = None
                    texts.append(house.answerer.answer(ASKED).text)
        assert texts[0]
        assert texts == [texts[0]] * 3
