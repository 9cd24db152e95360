"""Records that changed against the baseline, each with all its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.records import Record
from eval.results import Result
from eval.verdicts import Change, GateResult


@dataclass(frozen=True, slots=True)
class Changed:
    """One record's changes; `record` is None where only the baseline has it. It got worse if any metric did."""

    id: str
    record: Record | None
    changes: Sequence[Change]

    @property
    def worse(self) -> bool:
        """Whether any of its metrics got worse."""
        return any(change.worse for change in self.changes)

    @property
    def subject(self) -> str:
        """What it is about."""
        return subject(self.record) if self.record else ""

    @property
    def telling(self) -> Sequence[Change]:
        """The changes for the worse where there are any, else all."""
        return [change for change in self.changes if change.worse == self.worse]

    @property
    def reasons(self) -> Sequence[str]:
        """Why it changed, each reason once."""
        return list(dict.fromkeys(change.why for change in self.telling if change.why))


def changed(result: Result, gate: GateResult) -> list[Changed]:
    """The records that changed, in the order of the gate, the worse first."""
    records = {record.id: record for record in result.records}
    grouped: dict[str, list[Change]] = {}
    for change in gate.changes:
        grouped.setdefault(change.id, []).append(change)
    found = [Changed(name, records.get(name), changes) for name, changes in grouped.items()]
    return sorted(found, key=lambda each: not each.worse)


def subject(record: Record) -> str:
    """The question of a case, the statement of a claim."""
    return record.question or " ".join(statement.text for statement in record.statements)
