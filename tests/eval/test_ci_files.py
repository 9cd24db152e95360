"""The files that bring the gate into CI: the GitHub action and workflow, the GitLab job."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.eval.command_lines import faults, typed

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github/actions/eval-gate/action.yml"
WORKFLOW = ROOT / ".github/workflows/eval-gate.yml"
GITLAB = ROOT / "docs/gitlab/eval-gate.yml"

SCRIPTS = sorted(ACTION.parent.glob("*.sh"))
OF_THE_RUNNER = re.compile(r"(?:GITHUB|RUNNER|BASH)_\w+")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps() -> list[dict[str, Any]]:
    (job,) = read(WORKFLOW)["jobs"].values()
    return [*read(ACTION)["runs"]["steps"], *job["steps"]]


def script_of(step: dict[str, Any]) -> str | None:
    found = re.fullmatch(r'bash "\$GITHUB_ACTION_PATH/([\w-]+\.sh)"', step.get("run", ""))
    return (ACTION.parent / found[1]).read_text(encoding="utf-8") if found else None


@pytest.mark.parametrize(
    ("schema", "path"), [("github-actions", ACTION), ("github-workflows", WORKFLOW), ("gitlab-ci", GITLAB)]
)
def test_each_file_is_valid_to_its_ci_system(schema: str, path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_pasted_into_a_shell() -> None:
    runs = [step["run"] for step in steps() if "run" in step]
    assert runs
    assert [run for run in runs if "${{" in run] == []


def test_actions_of_others_are_pinned_to_a_version() -> None:
    foreign = [step["uses"] for step in steps() if "uses" in step and not step["uses"].startswith("./")]
    assert foreign
    assert [uses for uses in foreign if not re.fullmatch(r"actions/[\w/-]+@v\d+", uses)] == []


def test_the_workflow_may_read_the_code_and_write_the_comment_and_no_more() -> None:
    workflow = read(WORKFLOW)
    (job,) = workflow["jobs"].values()
    assert workflow["permissions"] == {}
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_the_workflow_never_runs_foreign_code_with_the_rights_of_the_repository() -> None:
    triggers = read(WORKFLOW)[True]  # YAML 1.1 takes `on` for a truth value
    assert set(triggers) == {"pull_request", "workflow_dispatch"}


def test_every_script_is_run_by_a_step_that_gives_it_its_variables() -> None:
    run = {text: step for step in steps() if (text := script_of(step))}
    assert len(run) == len(SCRIPTS)
    for text, step in run.items():
        needed = set(re.findall(r"\$\{?([A-Z][A-Z_]+)\b(?!:-)", text)) - set(re.findall(r"\b([A-Z_]+)=", text))
        assert {name for name in needed if not OF_THE_RUNNER.fullmatch(name)} <= set(step["env"]), step["name"]


def test_every_output_that_the_action_reads_is_written_by_the_script_of_that_step() -> None:
    scripts = {step["id"]: text for step in steps() if (text := script_of(step)) and "id" in step}
    read_ones = re.findall(r"steps\.(\w+)\.outputs\.([\w-]+)", ACTION.read_text(encoding="utf-8"))
    of_scripts = [(step, name) for step, name in read_ones if step in scripts]
    assert {step for step, _ in of_scripts} == {"places", "install", "gate"}
    for step, name in of_scripts:
        assert f'echo "{name}=' in scripts[step]


def test_every_input_is_used_and_every_input_used_is_declared() -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", ACTION.read_text(encoding="utf-8")))
    assert used == set(read(ACTION)["inputs"])


def test_what_the_workflow_and_its_copy_give_the_action_are_inputs() -> None:
    inputs = set(read(ACTION)["inputs"])
    copied = re.search(r"^#( +- uses: OWNER/.*?)^\w", WORKFLOW.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert copied
    (step,) = yaml.safe_load(copied[1].replace("\n#", "\n"))
    assert step["with"]
    assert set(step["with"]) <= inputs


def gitlab_commands() -> Iterator[str]:
    for job in read(GITLAB).values():
        for line in job["script"]:
            yield from typed(line)


def test_every_command_of_the_gitlab_job_is_one() -> None:
    lines = list(gitlab_commands())
    assert lines
    assert [fault for line in lines for fault in faults(line)] == []
