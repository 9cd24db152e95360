"""What the bot says in its own words, the same everywhere."""

from __future__ import annotations

from datetime import date

from service.answer import Answer, Citation, Closest, Side, Time

READING = "is reading the articles…"
READING_HERE = "_Reading the articles …_"
AGAIN = "_The question was edited. Reading the articles again …_"
HELP = (
    "Ask me a question, and I answer from the articles alone: every statement with the exact words that prove it, or "
    "that the articles do not say.\n"
    "• Mention me in a channel, write to me directly, or use `/dossier QUESTION`: only you see that answer until you "
    "share it.\n"
    "• In a thread that I answered in, just go on asking. Mention me where I keep quiet.\n"
    "• `/dossier listen mentions`, `threads` or `all` says what I answer in a channel.\n"
    "• *Ask Dossier about this*, in the menu of any message, asks about what somebody wrote."
)
GREETING = (
    "Ask me anything about the articles. I answer with the exact words that prove it, or say that they do not say."
)
STRANGER = "I answer members of the workspace that installed me. Please ask a colleague there."
CROWDED = "Too many questions are being answered just now. Please ask again in a minute."
BROKEN = "Something unexpected went wrong while I worked on this. Please ask again."
LISTENING = {
    "mentions": "I answer here when I am mentioned, and nothing else.",
    "threads": "I answer here when I am mentioned, and follow-up questions in threads that I answered in.",
    "all": "I answer every question in this channel that the articles answer, in a thread.",
}
WELCOME = "You are welcome. Ask me whenever you like."
LEFT_OUT = "Some of the quotes do not fit in here. Share the answer, or ask me directly, to see them all."
LISTEN_HOW = "Say `/dossier listen mentions`, `/dossier listen threads` or `/dossier listen all`."
FILE_ALONE = "Write “add this” with a file, and I ask whether to add it to the articles. Or ask me a question."
NEAREST = "Nearest passages. They are not an answer:"


def day(when: date | None) -> str:
    """ "17 April 2013", empty for None."""
    return f"{when.day} {when:%B %Y}" if when else ""


def facts(*known: str | None) -> str:
    """What is known, with dots between."""
    return " · ".join(each for each in known if each)


def origin(cited: Citation | Closest) -> str:
    """Source and date."""
    return facts(cited.source, day(cited.published))


def certainty(answer: Answer) -> str:
    """How sure it is, as of when, and whose words it is in."""
    sure = f"{round(answer.confidence * 100)} %"
    if answer.status == "abstained":
        return f"confidence that the articles answer: {sure}"
    as_of = f"as of {day(answer.as_of)}" if answer.as_of else None
    worded = f"worded by {answer.models.llm}, each statement verified" if answer.mode == "composed" else None
    quoted = "in the articles' own words" if answer.mode == "quoted" and answer.statements else None
    return facts(f"confidence {sure}", as_of, worded or quoted)


def period(time: Time) -> str:
    """What the question's time was taken for."""
    if not time.kept:
        return f"No article of “{time.phrase}” answers; articles of any time were read."
    ends = [f"from {day(time.since)}" if time.since else "", f"to {day(time.until)}" if time.until else ""]
    return f"Read: articles published {' '.join(filter(None, ends))} (“{time.phrase}”)."


def side(told: Side) -> str:
    """One source's account."""
    marks = "".join(f"[{number}]" for number in told.citations)
    return f"{told.value} {marks}\n{facts(told.source or 'source unknown', day(told.published) or 'date unknown')}"
