"""What the tools say to clients that read text alone: the exact quotes, and the ids that the next call needs."""

from __future__ import annotations

from service.answer import Answer, Citation, Closest
from service.http.completion_text import content_of, quoted
from service.http.mcp.results import ArticleText
from service.http.search import FoundOut
from service.passages import FoundPassage

NOTHING_FOUND = "No passage was found."
FOUND = "Passages near the query, nearest first. They are no answers:"


def answer_texts(answer: Answer) -> tuple[str, str]:
    """The answer as the other doors write it; then where its quotes are, and the conversation to go on with."""
    cited = (f"[{each.number}] {_where(each)}" for each in answer.citations)
    near = (f"closest: {_where(each)}" for each in answer.closest)
    follow_up = [f"conversation_id {answer.conversation_id}"] if answer.conversation_id else []
    return content_of(answer), "\n".join((*cited, *near, *follow_up))


def found_texts(found: FoundOut) -> tuple[str, ...]:
    """Each passage with its place."""
    if not found.passages:
        return (NOTHING_FOUND,)
    return (FOUND, *(f"{quoted(each)}\n{_where(each)}" for each in found.passages))


def article_texts(article: ArticleText) -> tuple[str, str]:
    """The facts, then nothing but the text."""
    known = {
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "author": article.author,
        "published": article.published,
        "updated": article.updated,
        "version": f"{article.version} ({article.state})",
        "text": f"{_place(article.start, article.end)} of {article.characters}",
        "next_start": article.next_start,
    }
    facts = (f"{name}: {' '.join(str(fact).split())}" for name, fact in known.items() if fact not in (None, ""))
    return "\n".join(facts), article.text


def _where(cited: Citation | Closest | FoundPassage) -> str:
    return f"article_id {cited.article_id}, {_place(cited.start, cited.end)}"


def _place(start: int, end: int) -> str:
    return f"characters {start} to {end}"
