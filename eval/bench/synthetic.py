"""News prose for measurements: sentences of the sample articles, in other orders, about other places and figures."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from eval.shelf import Shelf
from ingest.article import Article, Span
from ingest.documents import Document
from ingest.sentences import sentences

WORDS = (400, 550)
"""Least length drawn and greatest; the last sentence may go some words over it."""
PARAGRAPH = (2, 4)

_OUTLETS = ("Northern Courier", "Harbour Daily", "The Meridian", "Plateau Review", "Evening Dispatch", "Civic Wire")
_FIGURE = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?![\w.,]*\d)|(?<!\w)\d+(?!\w)")
_PLACES = (
    *("Uzbekistan", "Tajikistan", "Kyrgyzstan", "Kazakhstan", "Turkmenistan", "Russia", "Armenia", "Belarus"),
    *("Afghanistan", "Tashkent", "Dushanbe", "Bishkek", "Astana", "Moscow", "Kabul", "Almaty", "Termez", "Manas"),
    *("Rogun", "Osh", "Khujand", "Samarkand", "Brussels", "Washington", "Minsk", "Yerevan"),
)
_ELSEWHERE = (
    *("Norway", "Portugal", "Morocco", "Vietnam", "Uruguay", "Jordan", "Estonia", "Ghana", "Nepal", "Iceland"),
    *("Chile", "Oman", "Latvia", "Senegal", "Malaysia", "Lisbon", "Tallinn", "Rabat", "Hanoi", "Montevideo", "Amman"),
    *("Riga", "Accra", "Kathmandu", "Bergen", "Valparaiso", "Muscat", "Dakar", "Penang", "Turku", "Porto", "Tartu"),
    *("Agadir", "Salto", "Aqaba", "Ventspils", "Kumasi", "Pokhara", "Akureyri", "Salalah", "Daugavpils", "Ipoh"),
)
_PLACE = re.compile(rf"\b({'|'.join(_PLACES)})\b")


def synthetic_articles(shelf: Shelf, count: int, seed: int = 1) -> Iterator[Article]:
    """Articles of 400 to 600 words, none a near-duplicate of another. The same arguments give the same articles."""
    pool = _sentences(shelf)
    titles = [article.title for article in shelf.articles.values()]
    random_ = random.Random(seed)  # noqa: S311 - reproducible, not secret
    for number in range(count):
        yield _article(number, pool, titles, random_)


def write_articles(articles: Iterable[Article], path: Path) -> Path:
    """The articles as JSON lines that `dossier ingest` reads."""
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            file.write(json.dumps(record(article)) + "\n")
    return path


def record(article: Article) -> dict[str, str]:
    """The article as JSON has it, and as `POST /v1/articles` takes it."""
    return {name: str(getattr(article, name)) for name in ("title", "text", "url", "source", "published")}


def documents(articles: Iterable[Article]) -> Iterator[Document]:
    """The articles as a source hands them over."""
    for article in articles:
        yield Document(article.key, "record", json.dumps(record(article)).encode())


def _sentences(shelf: Shelf) -> list[str]:
    found = [
        span.of(article.text)
        for article in shelf.articles.values()
        for span in sentences(article.text, Span(0, len(article.text)))
    ]
    return [text for text in found if len(text.split()) >= 8 and text[-1] in ".!?"]


def _article(number: int, pool: Sequence[str], titles: Sequence[str], random_: random.Random) -> Article:
    cast = dict(zip(_PLACES, random_.sample(_PLACES + _ELSEWHERE, len(_PLACES)), strict=True))
    wanted = random_.randint(*WORDS)
    chosen: list[str] = []
    words = 0
    for sentence in random_.sample(pool, len(pool)):
        if words >= wanted:
            break
        chosen.append(_moved(sentence, cast, random_))
        words += len(sentence.split())
    published = date(2010, 1, 1) + timedelta(days=random_.randrange(3650))
    return Article(
        text="\n\n".join(_paragraphs(chosen, random_)),
        title=_moved(random_.choice(titles), cast, random_),
        url=f"https://example.org/bench/{number}",
        source=random_.choice(_OUTLETS),
        published=published,
    )


def _paragraphs(chosen: Sequence[str], random_: random.Random) -> Iterator[str]:
    rest = list(chosen)
    while rest:
        size = random_.randint(*PARAGRAPH)
        yield " ".join(rest[:size])
        rest = rest[size:]


def _moved(text: str, cast: dict[str, str], random_: random.Random) -> str:
    """The text with its places recast and its figures redrawn, each of the same kind and length."""
    text = _PLACE.sub(lambda match: cast[match[0]], text)
    return _FIGURE.sub(lambda match: _redrawn(match[0], random_), text)


def _redrawn(figure: str, random_: random.Random) -> str:
    if len(figure) == 4 and figure.isdigit() and "1900" <= figure < "2100":
        return str(random_.randint(1990, 2019))
    if len(figure) <= 2 and int(figure) <= 28:
        return str(random_.randint(1, 28))
    return "".join(str(random_.randint(1, 9)) if character.isdigit() else character for character in figure)
