"""A small run in memory: three cases and a claim, and the gate's word on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from eval.records import QuoteRecord, Record, ScoreRecord, StatementRecord
from eval.results import MetricResult, Result, Speed, Stamp, Threshold
from eval.verdicts import Change, GateResult, MetricChange, MetricVerdict, Verdict

BEFORE = "It rained. "
QUOTE = "The note was handed over on 20 June."
AFTER = " Nobody noticed."
HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/x.png) [y](http://evil.example) @admin #12 | \x1b[31m `z`"

METRICS = (
    MetricResult(
        name="right", family="answer", better="higher", meaning="came out right", value=0.5, interval=(0.25, 0.75), n=2
    ),
    MetricResult(name="exactness", family="citations", better="higher", meaning="exact quotes", value=1.0, n=2),
    MetricResult(
        name="wrong_refusal",
        family="abstention",
        better="lower",
        meaning="refused in vain",
        value=0.25,
        interval=(0.1, 0.4),
        n=4,
        unscored=1,
    ),
    MetricResult(name="rouge_l", family="answer", better="higher", meaning="as written", value=None, why="no answers"),
)

STAMP = Stamp(
    key="k" * 16,
    dataset="d" * 16,
    dataset_name="own",
    dataset_note="Written for a test.",
    cases=3,
    claims=0,
    limit=None,
    system="dossier",
    mode="quoted",
    code="c" * 16,
    revision="1f64ab0c93de55aa",
    dirty=True,
    packages={"numpy": "2.3"},
    models={"embedder": "mini", "reader": "r1"},
    settings={"k": 20, "nested": {"tags": ["<b>"]}},
    python="3.11.7",
    processor="x86_64",
)

SPEED = Speed(
    stages={"read": {"p50": 40.0, "p95": 81.5}},
    items_per_second=17.25,
    tokens={"prompt": 1200},
    peak_memory_mb=812.5,
)


def quote(number: int | None = 1, **fields: Any) -> QuoteRecord:
    """A quote in its article."""
    usual: dict[str, Any] = {
        "number": number,
        "article": "leaving.md",
        "title": "Leaving",
        "source": "The Wire",
        "published": date(2012, 6, 29),
        "start": 31,
        "end": 31 + len(QUOTE),
        "before": BEFORE,
        "quote": QUOTE,
        "after": AFTER,
    }
    return QuoteRecord.model_validate(usual | fields)


def case(name: str = "when", right: float | None = 1.0, why: str = "as it should", **fields: Any) -> Record:
    """An answered case that cites one quote."""
    usual: dict[str, Any] = {
        "kind": "case",
        "id": name,
        "cluster": name,
        "tags": ("date",),
        "question": f"{name}, please?",
        "expected": "answered",
        "status": "answered",
        "mode": "quoted",
        "confidence": 0.9,
        "statements": (StatementRecord(text=QUOTE, citations=(1,), verdict="quoted", support=1.0),),
        "citations": (quote(),),
        "gold": (quote(None, gold=True),),
        "answers": ("20 June",),
        "scores": {"right": ScoreRecord(value=right, why=why), "exactness": ScoreRecord(value=1.0, why="1 of 1")},
        "signals": {"confidence": 0.9, "answerable": 1.0, "hit": right or 0.0},
    }
    return Record.model_validate(usual | fields)


def failed(name: str = "failed", error: str = "The disk is full.") -> Record:
    """A case that came to nothing."""
    return Record(kind="case", id=name, cluster=name, question=f"{name}?", expected="answered", error=error)


def claim(name: str = "claim", right: float = 0.0) -> Record:
    """A claim with its verdict."""
    return Record(
        kind="claim",
        id=name,
        cluster="page",
        expected="supported",
        statements=(StatementRecord(text="Rain fell.", verdict="unsupported", support=0.25),),
        citations=(quote(None, before="", after=""),),
        reason="rain is in no sentence",
        scores={"support_right": ScoreRecord(value=right, why="judged unsupported")},
        signals={"support": 0.25, "supported": 1.0},
    )


def result(*records: Record, **fields: Any) -> Result:
    """A run of the records, of a good, a bad and a failed case where none are given."""
    usual: dict[str, Any] = {
        "stamp": STAMP,
        "metrics": METRICS,
        "records": records or (case("good"), case("bad", 0.0, "no gold sentence is cited"), failed()),
        "speed": SPEED,
        "threshold": Threshold(used=0.5, used_right=0.5, best=0.25, best_right=0.75),
        "by_tag": {"date": {"right": (0.125, 2), "wrong_refusal": (0.5, 2)}},
        "notes": ("Judged by r1 itself.",),
    }
    return Result.model_validate(usual | fields)


def gate(verdict: Verdict = "worse", changes: tuple[Change, ...] | None = None, **fields: Any) -> GateResult:
    """A gate over `right` and `exactness`, against a baseline in which `bad` was right and `good` was not."""
    worse = Change(id="bad", metric="right", before=1.0, after=0.0, worse=True, why="no gold sentence is cited")
    better = Change(id="good", metric="right", before=0.0, after=1.0, worse=False, why="cites gold")
    usual: dict[str, Any] = {
        "verdict": verdict,
        "metrics": (
            MetricVerdict(name="right", bounds="≥ 0.55", verdict=verdict, reasons=("0.500 is under 0.55",)),
            MetricVerdict(name="exactness", bounds="≥ 1", verdict="pass"),
            MetricVerdict(name="wrong_refusal", bounds="", verdict="pass"),
        ),
        "against": (MetricChange(name="right", before=0.75, after=0.5, difference=-0.25, interval=(-0.5, 0.125), n=2),),
        "changes": (worse, better) if changes is None else changes,
        "faults": ("failed: The disk is full.",) if verdict == "broken" else (),
        "baseline": "baselines/own.json",
    }
    return GateResult.model_validate(usual | fields)
