"""A run as a short comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.reports import wording
from eval.reports.changes import Changed, changed
from eval.reports.rows import Row, rows, shown, unscored
from eval.results import Result
from eval.verdicts import GateResult

LISTED = (20, 5, 1)
"""Changed cases of a kind that are listed at most; the fewer where the comment gets too long."""

LONGEST = 60_000
"""GitHub takes 65,536 characters."""

FAULTS = 5
LENGTH = 200
_ICONS = {"pass": "✅", "worse": "❌", "broken": "⚠️"}
_MARKUP = re.compile(r"[!\"#$&*<>@\[\\\]_`|~]")
_HIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_LINKED = re.compile(r"(?<=[@#:])(?=\S)|(?<=www)(?=\.)|(?<=\bgh)(?=-\d)", re.IGNORECASE)
_APART = "\u200b"


def markdown(result: Result, gate: GateResult | None) -> str:
    """The verdict, the metrics, the cases that changed, and what produced it all, in GitHub's and GitLab's Markdown."""
    comments = (_comment(result, gate, listed) for listed in LISTED)
    comment = next(comments)
    while len(comment) > LONGEST and (shorter := next(comments, None)):
        comment = shorter
    return comment


def escape(text: str, most: int | None = None) -> str:
    """The text in one line, as text: no markup, link, image, HTML, mention or reference comes of it.

    Punctuation becomes character references, which Markdown never takes for structure; a zero-width space keeps the
    later passes over the rendered text from linking names, numbers and addresses.
    """
    plain = _LINKED.sub(_APART, _HIDDEN.sub("", wording.line(text, most)))
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", plain)


def _comment(result: Result, gate: GateResult | None, listed: int) -> str:
    every = rows(result, gate)
    blocks = [_headline(result, gate), *(_faults(gate) if gate else ()), _metrics(every, gate), *_unscored(every)]
    if gate:
        groups = changed(result, gate)
        blocks.append(_details("Got worse", [each for each in groups if each.worse], listed))
        blocks.append(_details("Got better", [each for each in groups if not each.worse], listed))
    blocks.append(_origin(result))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _headline(result: Result, gate: GateResult | None) -> str:
    title = f"{_ICONS[gate.verdict]} {escape(wording.verdict(gate))}" if gate else "Evaluation"
    compared = f" {escape(wording.comparison(result, gate))}" if gate else ""
    return f"### {title}\n\n{escape(wording.what_ran(result))}.{compared}"


def _faults(gate: GateResult) -> Iterator[str]:
    if gate.faults:
        more = len(gate.faults) - FAULTS
        listed = [f"- {escape(fault, LENGTH)}" for fault in gate.faults[:FAULTS]]
        yield "\n".join([*listed, *([f"- and {more} more faults"] if more > 0 else [])])


def _metrics(every: Sequence[Row], gate: GateResult | None) -> str:
    compared = gate is not None and gate.baseline is not None
    headings = ["metric", "value", "95 % interval", *(["against baseline"] if compared else [])]
    aligned = ["---", *["---:"] * (len(headings) - 1)]
    if gate:
        headings, aligned = [*headings, "bounds", "verdict"], [*aligned, "---:", "---"]
    lines = [_row(headings), _row(aligned)]
    lines.extend(_row([escape(cell) for cell in _cells(row, gate is not None, compared)]) for row in shown(every))
    return "\n".join(lines)


def _cells(row: Row, gated: bool, compared: bool) -> list[str]:
    judged = f"{_ICONS[row.judged]} {row.judged}" if row.judged else ""
    cells = [row.name, row.value, row.interval, *([row.difference] if compared else [])]
    return [*cells, row.bounds, judged] if gated else cells


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _unscored(every: Sequence[Row]) -> Iterator[str]:
    if reasons := unscored(every):
        found = "; ".join(f"{escape(', '.join(names))}: {escape(why, LENGTH)}" for why, names in reasons.items())
        yield f"Unscored: {found}."


def _details(title: str, groups: Sequence[Changed], most: int) -> str:
    if not groups:
        return ""
    lines = [f"- {_changed(each)}" for each in groups[:most]]
    if len(groups) > most:
        lines.append(f"- and {len(groups) - most} more in the report")
    return "\n".join([f"<details><summary>{title}: {len(groups)}</summary>", "", *lines, "", "</details>"])


def _changed(each: Changed) -> str:
    what = "; ".join(map(wording.change, each.telling))
    why = f": {'; '.join(each.reasons)}" if each.reasons else ""
    return f"**{escape(each.id)}** {escape(each.subject, LENGTH)} ({escape(what)}){escape(why, LENGTH)}"


def _origin(result: Result) -> str:
    stamp = result.stamp
    models = ", ".join(f"{role} {name}" for role, name in sorted(stamp.models.items()))
    facts = (f"Code: {wording.code(result)}", f"data: {stamp.dataset_name} {stamp.dataset[:16]}", f"models: {models}")
    return f"<sub>{escape(' · '.join(facts))}</sub>"
