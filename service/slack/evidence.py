"""The window that shows what an answer rests on: the quotes in their passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingest.records import ArticleRecord
from service.answer import Answer, Citation
from service.slack import layout, wording
from service.slack.layout import Block
from service.slack.links import Links

CONTEXT = 350
"""Characters shown before and after a quote, less the word that would be cut."""
TITLE = "Evidence"

ArticleOf = Callable[[str], ArticleRecord | None]


def waiting_window() -> Block:
    """Stands until the passages are there: Slack waits three seconds for a window."""
    return layout.modal(TITLE, [layout.note("Fetching the passages …")])


def evidence_window(answer: Answer, article_of: ArticleOf, links: Links) -> Block:
    """Each quote in bold, within what stands around it; for an abstention the nearest passages."""
    blocks = [layout.paragraph(layout.text(answer.standalone_question, bold=True))]
    for citation in answer.citations:
        blocks += _cited(citation, article_of(citation.article_id), links)
    if not answer.citations:
        blocks.append(layout.note(wording.NEAREST))
    for near in () if answer.citations else answer.closest:
        where = layout.link(links.of(near), near.title or "Untitled", bold=True)
        blocks += [
            layout.paragraph(where, layout.text(f" · {wording.origin(near)}")),
            *layout.quotation(layout.text(near.quote)),
        ]
    return layout.modal(TITLE, blocks)


def _cited(citation: Citation, article: ArticleRecord | None, links: Links) -> Iterator[Block]:
    origin = wording.facts(wording.origin(citation), f"characters {citation.start}–{citation.end}")
    yield layout.divider()
    yield layout.paragraph(
        layout.text(f"[{citation.number}] ", bold=True),
        layout.link(links.of(citation), citation.title or "Untitled", bold=True),
        layout.text(f" · {origin}"),
    )
    before, after = _around(citation, article)
    yield from layout.quotation(
        *(layout.text(part, bold=part == citation.quote) for part in (before, citation.quote, after) if part)
    )
    if article is None:
        yield layout.note("The article has been removed since; this is what was quoted from it.")


def _around(citation: Citation, article: ArticleRecord | None) -> tuple[str, str]:
    text = article.text if article else None
    if not text or text[citation.start : citation.end] != citation.quote:
        return "", ""
    start = max(0, citation.start - CONTEXT)
    end = min(len(text), citation.end + CONTEXT)
    before, after = text[start : citation.start], text[citation.end : end]
    if start:
        before = f"… {before.partition(' ')[2]}"
    if end < len(text):
        after = f"{after.rpartition(' ')[0]} …"
    return before, after
