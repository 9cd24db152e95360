"""The documents about the evaluation, held against what they speak of."""

import re
from pathlib import Path

import pytest
import yaml

from eval.cases import Case
from eval.metrics import METRICS
from eval.thresholds import read_thresholds
from tests.eval.command_lines import faults, shown

ROOT = Path(__file__).parents[2]
EVALUATION = ROOT / "docs/evaluation.md"
CI = ROOT / "docs/ci.md"
DOCUMENTS = [EVALUATION, CI]
ACTION = ROOT / ".github/actions/eval-gate/action.yml"


def text(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def rows(document: Path, heading: str) -> list[str]:
    """The names in the first column of the table whose heading begins so."""
    (table,) = re.findall(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text(document), re.MULTILINE)
    return [name for row in table.splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_every_metric_is_explained_and_none_that_is_not_there() -> None:
    assert sorted(rows(EVALUATION, "metric")) == sorted(metric.name for metric in METRICS)


def test_every_field_of_a_case_is_explained() -> None:
    assert rows(EVALUATION, "field") == list(Case.model_fields)


def test_every_input_of_the_action_is_explained() -> None:
    assert sorted(rows(CI, "input")) == sorted(yaml.safe_load(text(ACTION))["inputs"])


def test_the_thresholds_that_are_shown_can_be_used(tmp_path: Path) -> None:
    (shown_ones,) = re.findall(r"^```toml\n(.*?)^```", text(EVALUATION), re.MULTILINE | re.DOTALL)
    (tmp_path / "thresholds.toml").write_text(shown_ones, encoding="utf-8")
    assert "right" in read_thresholds(tmp_path / "thresholds.toml").metrics


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_a_document_is_one(document: Path) -> None:
    lines = shown(text(document))
    assert lines
    assert [fault for line in lines for fault in faults(line)] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dossier evaluate", "no such command"),
        ("dossier eval jump", "'jump'"),
        ("dossier eval run|jump", "'jump'"),
        ("dossier eval run --nonsense", "--nonsense"),
        ("dossier eval run --limit", "takes a value"),
        ("dossier check one two three", "too many"),
    ],
)
def test_a_command_that_is_none_is_found_out(line: str, said: str) -> None:
    assert [fault for fault in faults(line) if said in fault]


def test_commands_are_found_in_blocks_spans_and_over_lines() -> None:
    document = "See `dossier check`.\n\n```sh\ndossier eval run \\\n  --limit 5   # few\nls\n```\n"
    assert shown(document) == ["dossier eval run --limit 5   # few", "dossier check"]
    assert [fault for line in shown(document) for fault in faults(line)] == []


def test_documents_name_files_that_are_there() -> None:
    for document in DOCUMENTS:
        named = re.findall(r"`((?:\.github|docs|eval)/[\w./-]+\.\w+)`", text(document))
        assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", text(document))
    assert [link for link in links if not (document.parent / link).exists()] == []
