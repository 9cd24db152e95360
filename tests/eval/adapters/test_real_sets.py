"""Every adapter against the real sets of ../shared/data."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from eval.adapters import ADAPTERS, read_dataset
from eval.dataset import Dataset

DATA = Path(__file__).parents[4] / "shared" / "data"


@dataclass(frozen=True)
class Expected:
    """Counts of a set."""

    folder: str
    articles: int = 0
    cases: int = 0
    claims: int = 0
    answered: int = 0
    supported: int = 0


SETS = {
    "squad2": Expected("squad2", articles=488, cases=4578, answered=2201),
    "clapnq": Expected("clapnq", articles=298, cases=300, answered=150),
    "mtrag-un": Expected("mtrag-un", articles=647, cases=265, answered=166),
    "wice": Expected("wice", claims=349, supported=115),
    "realtimeqa": Expected("realtimeqa-2022", articles=3786, cases=103, answered=103),
    "rgb": Expected("rgb", articles=1136, cases=286, claims=818, answered=100, supported=409),
    "beir": Expected("scifact", articles=5183, cases=300),
    "scifact": Expected("scifact", articles=5183, cases=300),
    "qags": Expected("qags", claims=714, supported=531),
    "climate-fever": Expected("climate-fever", claims=7675, supported=1943),
    "halueval": Expected("halueval", claims=20_000, supported=10_000),
}


@pytest.fixture(scope="module", params=sorted(SETS))
def real(request: pytest.FixtureRequest) -> tuple[Expected, Dataset]:
    expected = SETS[request.param]
    if not (DATA / expected.folder).is_dir():
        pytest.skip(f"there is no {DATA / expected.folder}")
    return expected, read_dataset(f"{request.param}:{DATA / expected.folder}")


def test_every_adapter_has_its_real_set() -> None:
    assert set(SETS) == set(ADAPTERS) - {"own"}


def test_all_of_the_set_is_read(real: tuple[Expected, Dataset]) -> None:
    expected, read = real
    found = Expected(
        expected.folder,
        articles=len(read.shelf.articles),
        cases=len(read.cases),
        claims=len(read.claims),
        answered=sum(case.expected == "answered" for case in read.cases),
        supported=sum(claim.supported for claim in read.claims),
    )
    assert found == expected
    assert read.note


def test_ids_do_not_clash(real: tuple[Expected, Dataset]) -> None:
    _, read = real
    for items in (read.cases, read.claims):
        assert len({item.id for item in items}) == len(items)
    articles = read.shelf.articles
    assert len({article.id for article in articles.values()}) == len({article.key for article in articles.values()})
    assert [article.origin for article in articles.values()] == list(articles)
    assert [document.origin for document in read.shelf.documents] == list(articles)


def test_every_case_can_be_asked_and_speaks_of_articles_on_the_shelf(real: tuple[Expected, Dataset]) -> None:
    _, read = real
    for case in read.cases:
        assert case.asked("quoted").text == case.question
        assert case.named <= set(read.shelf.articles)
        assert len(case.places(read.shelf)) == len(case.gold)


def test_gold_sentences_are_found_in_the_stored_text(real: tuple[Expected, Dataset]) -> None:
    _, read = real
    answered = [case for case in read.cases if case.expected == "answered"]
    lacking = [case.id for case in answered if not case.gold]
    if "sentences" in read.measures:
        assert len(lacking) <= 1, lacking  # one CLAP NQ record has an answer and no sentence
    if read.asks and "retrieval" in read.measures:
        assert all(case.gold_articles for case in answered)


def test_every_claim_has_a_source(real: tuple[Expected, Dataset]) -> None:
    _, read = real
    for claim in read.claims:
        assert claim.statement.strip()
        assert claim.sentences
        assert all(sentence.strip() for sentence in claim.sentences)


@pytest.mark.parametrize("real", ["realtimeqa"], indirect=True)
def test_no_title_tells_which_articles_are_gold(real: tuple[Expected, Dataset]) -> None:
    articles = real[1].shelf.articles.values()
    assert {article.title for article in articles} == {""}
    assert all(article.published for article in articles)
