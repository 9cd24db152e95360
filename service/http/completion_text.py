"""An answer as the content of a chat message, and back."""

from __future__ import annotations

from service.answer import Answer, Citation, Closest
from service.http.completion_schemas import Annotation, UrlCitation
from service.passages import FoundPassage

NOT_ANSWERED = "Not answered. "
CLOSEST = "The closest passages, which are no answer:"


def content_of(answer: Answer) -> str:
    """The statements with their marks, then a footnote a citation; or why there is no answer, and what is nearest."""
    if answer.status == "answered":
        footnotes = (f"[{citation.number}] {quoted(citation)}" for citation in answer.citations)
        return "\n\n".join((answer.text, *footnotes))
    reason = f"{NOT_ANSWERED}{answer.reason}"
    near = "\n".join(f"- {quoted(closest)}" for closest in answer.closest)
    return f"{reason}\n\n{CLOSEST}\n\n{near}" if near else reason


def text_of(content: str) -> str:
    """The `Answer.text` that a content came from; any other text but its footnotes."""
    if content.startswith(NOT_ANSWERED):
        return ""
    text, begun, footnotes = content.partition('\n\n[1] "')
    return text if begun and footnotes.rstrip().endswith(")") else content


def annotations_of(answer: Answer, base_url: str) -> list[Annotation]:
    """One for each mark in the content, in order. An article without an address of its own gets that of the service."""
    citations = {citation.number: citation for citation in answer.citations}
    annotations = []
    start = 0
    for statement in answer.statements:
        position = start + len(statement.marked) - len("".join(statement.marks))
        for number, mark in zip(statement.citations, statement.marks, strict=True):
            annotations.append(_annotation(citations[number], position, position + len(mark), base_url))
            position += len(mark)
        start += len(statement.marked) + 1
    return annotations


def quoted(cited: Citation | Closest | FoundPassage) -> str:
    """The exact quote, line breaks and all, and where it is from."""
    title = " ".join(cited.title.split()) or "untitled"
    known = (title, cited.source, cited.published and str(cited.published), cited.url)
    return f'"{cited.quote}" ({", ".join(fact for fact in known if fact)})'


def _annotation(citation: Citation, start: int, end: int, base_url: str) -> Annotation:
    url = citation.url or f"{base_url}v1/articles/{citation.article_id}"
    place = UrlCitation(start_index=start, end_index=end, title=citation.title, url=url)
    return Annotation(type="url_citation", url_citation=place, dossier=citation)
