"""Answers, chats and calls that the tests of several doors share."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.answer import Answer, Citation, Closest, Models, Statement
from service.question import Question

MODELS = Models(embedder="e", reader="r", verifier="v", llm="small 1", prompts="p")
REASON = "The articles do not say: no passage answers the question well enough."


def chat(question: str = "Why?", *earlier: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """The body of a request."""
    messages = [{"role": role, "content": content} for role, content in (*earlier, ("user", question))]
    return {"model": "dossier", "messages": messages} | fields


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    """The body of a call to a tool of MCP."""
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}


def two_statements(question: Question) -> Answer:
    """The second statement cites what the first does and an article without an address; one quote has a line break."""
    first = _citation(1, "It was\nclosed in May [2].", url="https://a.example/1", source="Wire", day=date(2012, 6, 20))
    second = _citation(2, "Repairs — 12 million “euros”.")
    statements = (
        Statement(text="It was closed in May [2].", citations=(1,), verdict="quoted", support=1.0),
        Statement(text="🌊 The repairs cost 12 million.", citations=(2, 1), verdict="supported", support=0.9),
    )
    return _answer(
        question,
        status="answered",
        mode="composed",
        text=" ".join(statement.marked for statement in statements),
        statements=statements,
        citations=(first, second),
        as_of=date(2012, 6, 20),
    )


def abstention(question: Question) -> Answer:
    """With two passages that are no answer."""
    near = ("A\nb.", "C.")
    closest = tuple(
        Closest(article_id="a", title="T", source="Wire", start=0, end=len(each), quote=each) for each in near
    )
    return _answer(question, status="abstained", mode="quoted", text="", reason=REASON, closest=closest)


def _answer(question: Question, **fields: Any) -> Answer:
    return Answer(
        id="answer-1",
        question=question.text,
        standalone_question=question.text,
        conversation_id=question.conversation_id,
        confidence=0.9,
        models=MODELS,
        **fields,
    )


def _citation(
    number: int, quote: str, url: str | None = None, source: str | None = None, day: date | None = None
) -> Citation:
    return Citation(
        number=number,
        article_id=f"a{number}",
        title="The wall" if url else "",
        url=url,
        source=source,
        published=day,
        start=5,
        end=5 + len(quote),
        quote=quote,
    )
