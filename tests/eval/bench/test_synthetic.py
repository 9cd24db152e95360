from itertools import combinations
from pathlib import Path

from eval.bench.commands.shared import SAMPLE
from eval.bench.synthetic import synthetic_articles, write_articles
from eval.shelf import read_shelf
from ingest.documents import Document
from ingest.extract import extract
from ingest.sources import read
from ingest.stories import SAME_STORY, signature, similarity

ARTICLES = 60


def test_articles_are_news_sized_and_tell_different_stories() -> None:
    articles = list(synthetic_articles(read_shelf(SAMPLE), ARTICLES))
    assert all(400 <= len(article.text.split()) <= 600 for article in articles)
    assert all(article.text.count("\n\n") >= 3 and article.title for article in articles)
    signatures = [signature(article.text) for article in articles]
    assert max(similarity(one, other) for one, other in combinations(signatures, 2)) < SAME_STORY - 0.1


def test_the_same_seed_writes_the_same_articles() -> None:
    shelf = read_shelf(SAMPLE)
    assert list(synthetic_articles(shelf, 3)) == list(synthetic_articles(shelf, 3))
    assert list(synthetic_articles(shelf, 3)) != list(synthetic_articles(shelf, 3, seed=2))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    articles = list(synthetic_articles(read_shelf(SAMPLE), 3))
    path = write_articles(iter(articles), tmp_path / "news.jsonl")
    found = [extract(item).article for item in read([str(path)]) if isinstance(item, Document)]
    assert [article.text for article in found] == [article.text for article in articles]
    assert [article.published for article in found] == [article.published for article in articles]
    assert [article.url for article in found] == [article.url for article in articles]
