import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from eval.adapters import read_dataset
from eval.bench.commands.shared import SAMPLE
from eval.bench.peers.comparison import OURS, Comparison, Measured, cases_over, compare
from eval.bench.peers.loading import load_peers, missing
from eval.bench.peers.peer import Said, metadata, titled
from eval.dataset import Dataset
from eval.errors import RunError
from eval.shelf import Shelf
from ingest.article import Article
from tests.rooms import WordEmbedder


class Finding:
    """Finds the articles in the order of their ids, or the other way about."""

    def __init__(self, name: str, backwards: bool) -> None:
        self.name = name
        self.backwards = backwards
        self.fills = 0

    @contextmanager
    def opened(self, folder: Path) -> Iterator["Finding"]:
        assert folder.is_dir()
        yield self

    def add(self, shelf: Shelf) -> None:
        self.fills += 1
        self.articles = sorted((article.id for article in shelf.articles.values()), reverse=self.backwards)

    def pieces(self) -> Sequence[str]:
        return ["word " * 508, "word"] if self.backwards else ["word"] * 3

    def find(self, question: str) -> Sequence[str]:
        return self.articles[:1]

    def rank(self, question: str) -> Sequence[str]:
        return [id for id in self.articles for _ in range(2)]

    def answer(self, question: str) -> Said | None:
        return None if self.backwards else Said("It is so [1].", cited=True)


@pytest.fixture(scope="module")
def own() -> Dataset:
    return read_dataset(str(SAMPLE.parent))


def test_only_questions_that_stand_alone_are_asked_of_articles_that_hold_their_answers(own: Dataset) -> None:
    shelf, cases = cases_over(own, None)
    assert len(shelf.articles) == 20
    assert len(cases) == 116
    shelf, cases = cases_over(own, 6)
    assert len(shelf.articles) == 6
    assert 0 < len(cases) < 116
    assert all(case.named_gold <= shelf.articles.keys() for case in cases)
    with pytest.raises(RunError, match="no question"):
        cases_over(Dataset("none", frozenset()), None)


def test_each_takes_in_the_articles_every_round_and_is_asked_everything(own: Dataset) -> None:
    ways = (Finding(OURS, backwards=False), Finding("LangChain", backwards=True))
    *steps, comparison = compare(own, ways, WordEmbedder(), rounds=2, limit=6, answers=1)
    assert isinstance(comparison, Comparison)
    assert [str(step).split(": ")[-1].split(" takes")[0] for step in steps[:4]] == [
        OURS,
        "LangChain",
        "LangChain",
        OURS,
    ]
    assert [each.fills for each in ways] == [2, 2]
    found = comparison.summary()
    ours, theirs = found["ways"][OURS], found["ways"]["LangChain"]
    assert (ours["passages"], theirs["passages"]) == (3, 2)
    assert (ours["unread"], theirs["unread"]) == (0, pytest.approx(254 / 509))
    assert 0 < ours["ndcg@10"] < 1
    assert ours["ndcg@10"] - theirs["ndcg@10"] == pytest.approx(found["ndcg_differences"]["LangChain"]["mean"])
    assert (ours["answers"], ours["cited"], theirs["answers"]) == (1, 1.0, 0)


def test_the_peer_to_beat_is_the_fastest_of_those_that_read_all_of_the_text() -> None:
    ways = {
        OURS: Measured(ingest=[1.0, 1.0], retrieval=[0.01, 0.01], ndcg={"a": 0.9, "b": 0.8}),
        "LangChain": Measured(ingest=[4.0, 3.0], retrieval=[0.03, 0.05], ndcg={"a": 0.9, "b": 0.8}),
        "Skipping": Measured(unread=0.6, ingest=[0.5, 0.5], retrieval=[0.1, 0.1], ndcg={"a": 0.9, "b": 0.7}),
    }
    found = Comparison("own", 10, 1000, ways).summary()
    assert (found["best_peer"], found["ingest_ratio"]) == ("LangChain", 3.5)
    assert found["retrieval_ratio"] == pytest.approx(4.0)
    assert found["ways"]["LangChain"]["articles_per_second"] == pytest.approx(10 / 3.5)
    assert found["ndcg_differences"]["LangChain"] == {"mean": 0, "interval": None}
    assert found["ndcg_differences"]["Skipping"]["mean"] == pytest.approx(0.05)


def test_what_the_peers_are_given_holds_the_title_and_leads_back_to_the_article() -> None:
    article = Article("It rained.", "Weather", url="https://example.org/1")
    assert titled(article) == "Weather\n\nIt rained."
    assert metadata(article) == {"article_id": article.id, "url": "https://example.org/1"}


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.bench.peers.loading._MODULES", ("no_such_peer.core",))
    with pytest.raises(RunError, match="no_such_peer") as caught:
        load_peers(answering=False)
    assert "dossier[peers]" in str(caught.value.help)


@pytest.mark.skipif(bool(missing()), reason=f"the extra `peers` is not installed: no {', '.join(missing())}")
def test_the_real_peers_are_measured() -> None:
    """In a process of its own, for its libraries warn of each other."""
    command = [sys.executable, "-m", "service.cli", "bench", "peers", "--limit", "2", "--rounds", "1", "--answers", "0"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    found = json.loads(done.stdout)
    assert [name.partition(",")[0] for name in found["ways"]] == [
        OURS,
        "LangChain",
        "LlamaIndex",
        "LlamaIndex",
        "Haystack",
    ]
    assert all(way["passages"] >= 2 and way["ndcg@10"] > 0 for way in found["ways"].values())
    assert found["ways"]["LlamaIndex, 1,024 tokens a piece"]["unread"] > 0.1
