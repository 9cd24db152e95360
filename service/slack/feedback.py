"""What people think of an answer: buttons under it, and a short window for the reason."""

from __future__ import annotations

from service.answer import Answer
from service.slack import layout
from service.slack.layout import Block
from service.store.journal import Opinion

RATE = "rate"
"""Each button's action: with the opinion behind it, as in `rate:wrong`."""
EVIDENCE = "evidence"
SHARE = "share"
REASON = "feedback"
"""The window's callback, and the field in it."""

OPINIONS: dict[Opinion, tuple[str, str]] = {
    "helpful": ("Helpful", "What helped?"),
    "wrong": ("Wrong", "What is wrong?"),
    "wrong_source": ("Wrong source", "Which source, and why?"),
    "missing": ("Missing", "What is missing?"),
}
LONGEST_COMMENT = 2000


def answer_buttons(answer: Answer, private: bool) -> Block:
    """The buttons under an answer; their value is its id."""
    shared = [layout.button(SHARE, "Share in this channel", answer.id, style="primary")] if private else []
    label = "Show evidence" if answer.status == "answered" else "Show nearest passages"
    evidence = [layout.button(EVIDENCE, label, answer.id)] if answer.citations or answer.closest else []
    rated = [
        layout.button(f"{RATE}:{opinion}", label, answer.id)
        for opinion, (label, _) in OPINIONS.items()
        if answer.citations or opinion != "wrong_source"
    ]
    return layout.buttons(*shared, *evidence, *rated)


def reason_window(opinion: Opinion, kept: str) -> Block:
    """Asks for the reason of an opinion, which is noted already; `kept` comes back with it."""
    label, question = OPINIONS[opinion]
    note = layout.note("Noted. Tell us more if you like: it goes to those who look after the answers.")
    reason = layout.field(REASON, question, optional=True, longest=LONGEST_COMMENT)
    # Leaving takes nothing back.
    ways = layout.submitting("Send", leave="Close")
    return layout.modal(label, [note, reason], callback_id=REASON, private_metadata=kept, **ways)
