"""The shell parts of CI, run against executables that stand for `dossier`, `gh`, `git` and Python."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.eval.command_lines import faults

ROOT = Path(__file__).parents[2]
ACTION = ROOT / ".github/actions/eval-gate"
GITLAB = ROOT / "docs/gitlab/eval-gate.yml"

DOSSIER = """#!/usr/bin/env bash
printf '%s\\n' "$@" >"$CALLS"
echo "::error::says an article"
if [[ -n $WRITES ]]; then mkdir -p "$FOLDER"; echo '{}' >"$FOLDER/gate.json"; fi
exit "$ENDS"
"""
GH = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$CALLS"
[[ -z $REFUSES ]] || exit 1
for last; do :; done
case $* in
  *--paginate*) printf '%s' "$COMMENTS" | jq -r "$last" ;;
  *) cat "${last#body=@}" >"$BODY" ;;
esac
"""
PYTHON = """#!/usr/bin/env bash
case $* in
  --version) echo "Python 3.11.0" ;;
  "-m venv"*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/uv" ;;
  "pip install"*) printf '%s\\n' "$@" >"$CALLS" ;;
  -c*) echo avx2 ;;
esac
"""

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq, which stands for the one in gh, is not installed")


@dataclass
class Bench:
    """A folder with executables of our own, in which scripts are run."""

    folder: Path

    def make(self, name: str, script: str) -> Path:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script, encoding="utf-8")
        path.chmod(0o755)
        return path

    def run(self, script: Path | str, **environment: str) -> subprocess.CompletedProcess[str]:
        base = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(self.folder / "calls"),
            "FOLDER": str(self.folder / "run"),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_SERVER_URL": "https://git.example.org",
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_RUN_ID": "7",
            "RUNNER_TEMP": str(self.folder),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
        }
        command = ["bash", str(script)] if isinstance(script, Path) else ["bash", "-e", "-c", script]
        return subprocess.run(
            command, env=base | environment, cwd=self.folder, capture_output=True, text=True, check=False
        )

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def outputs(self) -> Mapping[str, str]:
        return dict(line.split("=", 1) for line in self.text("output").splitlines())

    @property
    def calls(self) -> list[str]:
        return self.text("calls").splitlines()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def gate(bench: Bench, ends: int = 0, writes: bool = True, **given: str) -> subprocess.CompletedProcess[str]:
    inputs = dict.fromkeys(("CASES", "ARTICLES", "THRESHOLDS", "BASELINE", "ARGUMENTS"), "")
    dossier = str(bench.make("dossier", DOSSIER))
    return bench.run(
        ACTION / "gate.sh", DOSSIER=dossier, ENDS=str(ends), WRITES="yes" if writes else "", **inputs | given
    )


@pytest.mark.parametrize(
    ("ends", "writes", "verdict", "code"),
    [
        (0, True, "pass", "0"),
        (1, True, "worse", "1"),
        (2, True, "broken", "2"),
        (3, False, "could-not-run", "3"),
        (0, False, "could-not-run", "3"),
        (1, False, "could-not-run", "3"),
        (2, False, "could-not-run", "3"),
        (137, True, "could-not-run", "3"),
    ],
)
def test_a_verdict_needs_both_the_exit_code_and_the_file(
    bench: Bench, ends: int, writes: bool, verdict: str, code: str
) -> None:
    done = gate(bench, ends, writes)
    assert done.returncode == 0, done.stderr
    assert bench.outputs == {"verdict": verdict, "exit-code": code}


def test_what_an_earlier_run_left_is_no_verdict(bench: Bench) -> None:
    (bench.folder / "run").mkdir()
    for name in ("gate.json", "summary.md", "outcomes.jsonl"):
        (bench.folder / "run" / name).write_text("{}", encoding="utf-8")
    gate(bench, ends=1, writes=False)
    assert bench.outputs["verdict"] == "could-not-run"
    assert [path.name for path in (bench.folder / "run").iterdir()] == ["outcomes.jsonl"]


def test_the_gate_is_called_with_what_was_given(bench: Bench) -> None:
    done = gate(
        bench,
        CASES="my cases.jsonl",
        ARTICLES="a b",
        THRESHOLDS="$(touch pwned)",
        BASELINE="b.json",
        ARGUMENTS="--limit 5\n --system 'bm25'  --url \"$(touch pwned)\"",
    )
    assert done.returncode == 0, done.stderr
    given = ["--articles", "a b", "--thresholds", "$(touch pwned)", "--baseline", "b.json"]
    more = ["--out", str(bench.folder / "run"), "--limit", "5", "--system", "bm25", "--url", "$(touch pwned)"]
    assert bench.calls == ["eval", "gate", "my cases.jsonl", *given, *more]
    assert not (bench.folder / "pwned").exists()


def test_the_gate_is_called_with_nothing_that_was_not_given(bench: Bench) -> None:
    gate(bench, ARGUMENTS=" \n ")
    assert bench.calls == ["eval", "gate", "--out", str(bench.folder / "run")]


def test_the_options_that_the_script_gives_are_options_of_the_gate(bench: Bench) -> None:
    gate(bench, CASES="cases.jsonl", ARTICLES="articles", THRESHOLDS="thresholds.toml", BASELINE="baseline.json")
    assert faults(" ".join(["dossier", *bench.calls])) == []


def test_a_quote_without_its_end_stops_the_step(bench: Bench) -> None:
    assert gate(bench, ARGUMENTS="--limit '5").returncode != 0
    assert not (bench.folder / "calls").exists()


def test_nothing_that_is_printed_is_a_command_to_the_runner(bench: Bench) -> None:
    lines = gate(bench).stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert len(token) == 32
    assert lines.index("::error::says an article") < lines.index(f"::{token}::") == len(lines) - 1


@pytest.mark.parametrize(
    ("verdict", "code", "said"),
    [
        ("pass", 0, "Evaluation gate: pass."),
        ("worse", 1, "::error title=Evaluation gate: worse::"),
        ("broken", 2, "::error title=Evaluation gate: broken::"),
        ("could-not-run", 3, "::error title=Evaluation gate: could not run::"),
    ],
)
def test_the_job_ends_as_the_gate_did_and_says_why(bench: Bench, verdict: str, code: int, said: str) -> None:
    done = bench.run(ACTION / "verdict.sh", VERDICT=verdict, EXIT_CODE=str(code))
    assert done.returncode == code
    assert done.stdout.startswith(said)


MARKER = "<!-- dossier eval-gate: eval-gate -->"
BOT = "github-actions[bot]"
COMMENTS = json.dumps(
    [
        {"id": number, "user": {"login": login}, "body": body}
        for number, (login, body) in enumerate(
            [
                (BOT, "Coverage"),
                ("somebody", f"{MARKER}\nAll is well"),
                (BOT, f"{MARKER}\nAs it was"),
                (BOT, "<!-- dossier eval-gate: other -->\nAs it was"),
            ],
            start=1,
        )
    ]
)


def publish(bench: Bench, verdict: str = "pass", **given: str) -> subprocess.CompletedProcess[str]:
    bench.make("gh", GH)
    (bench.folder / "run").mkdir()
    (bench.folder / "run" / "summary.md").write_text("### Pass\n", encoding="utf-8")
    defaults = {"COMMENTS": "[]", "REFUSES": "", "PULL_REQUEST": "12", "BODY": str(bench.folder / "body")}
    fixed = {"VERDICT": verdict, "ARTIFACT": "eval-gate", "GH_TOKEN": "t"}
    return bench.run(ACTION / "publish.sh", **defaults | fixed | given)


@needs_jq
def test_the_first_comment_is_written(bench: Bench) -> None:
    assert publish(bench).returncode == 0
    assert bench.calls[-1].startswith("api --silent --method POST repos/owner/name/issues/12/comments --field body=@")
    assert bench.text("body") == bench.text("summary")
    assert bench.text("body").splitlines() == [
        *(MARKER, "### Pass", ""),
        "[Log and report of this run](https://git.example.org/owner/name/actions/runs/7)",
    ]


@needs_jq
def test_the_gates_own_comment_is_replaced(bench: Bench) -> None:
    assert publish(bench, COMMENTS=COMMENTS).returncode == 0
    assert bench.calls[-1].startswith("api --silent --method PATCH repos/owner/name/issues/comments/3 --field body=@")


@pytest.mark.parametrize("verdict", ["could-not-run", ""])
def test_without_a_verdict_an_old_summary_is_not_shown(bench: Bench, verdict: str) -> None:
    publish(bench, verdict, PULL_REQUEST="")
    assert "could not be run" in bench.text("summary")
    assert "### Pass" not in bench.text("summary")


def test_a_token_that_may_not_write_fails_nothing(bench: Bench) -> None:
    done = publish(bench, REFUSES="yes")
    assert done.returncode == 0
    assert "::notice title=No comment::" in done.stdout
    assert "### Pass" in bench.text("summary")


def test_without_a_pull_request_there_is_no_comment(bench: Bench) -> None:
    publish(bench, PULL_REQUEST="")
    assert "### Pass" in bench.text("summary")
    assert not (bench.folder / "calls").exists()


def test_places_are_apart_by_gate_and_their_key_by_what_is_installed(bench: Bench) -> None:
    python = str(bench.make("python", PYTHON))
    keys = set()
    for install in ("", "dossier==9"):
        bench.run(ACTION / "places.sh", PYTHON=python, INSTALL=install, ARTIFACT="mine")
        keys.add(bench.outputs["packages-key"])
    assert bench.outputs["folder"] == f"{bench.folder}/dossier-mine"
    assert len(keys) == 2
    assert all(key.startswith("dossier-packages-Linux-X64-") for key in keys)


@pytest.mark.parametrize(("install", "expected"), [("", str(ROOT)), ("dossier[openai]==9", "dossier[openai]==9")])
def test_what_is_installed_is_held_to_the_constraints(bench: Bench, install: str, expected: str) -> None:
    python = str(bench.make("python", PYTHON))
    done = bench.run(ACTION / "install.sh", PYTHON=python, INSTALL=install, ENVIRONMENT=str(bench.folder / "env"))
    assert done.returncode == 0, done.stderr
    assert bench.calls[-3:] == ["--constraint", str(ROOT / "constraints.txt"), expected]
    assert bench.outputs["dossier"] == f"{bench.folder}/env/bin/dossier"
    assert bench.outputs["models-key"].startswith("dossier-models-Linux-X64-avx2-")


def gitlab(part: str) -> str:
    (job,) = yaml.safe_load(GITLAB.read_text(encoding="utf-8")).values()
    return "\n".join(job[part])


def test_on_gitlab_an_installation_that_fails_is_no_verdict(bench: Bench) -> None:
    bench.make("git", "#!/usr/bin/env bash\nexit 1\n")
    assert bench.run(gitlab("before_script"), DOSSIER_VERSION="v0", DOSSIER_REPOSITORY="x").returncode == 3


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_on_gitlab_the_job_ends_as_the_gate_does(bench: Bench, code: int) -> None:
    bench.make("dossier", DOSSIER)
    assert bench.run(gitlab("script"), ENDS=str(code), WRITES="").returncode == code
    assert bench.calls[:3] == ["eval", "gate", "quality"]


def test_on_gitlab_the_folder_of_the_run_is_kept_and_its_junit_file_shown(bench: Bench) -> None:
    bench.make("dossier", DOSSIER)
    bench.run(gitlab("script"), ENDS="0", WRITES="")
    (job,) = yaml.safe_load(GITLAB.read_text(encoding="utf-8")).values()
    folder = bench.calls[bench.calls.index("--out") + 1]
    assert job["artifacts"]["paths"] == [f"{folder}/"]
    assert job["artifacts"]["reports"]["junit"] == f"{folder}/junit.xml"
    assert job["after_script"] == [f"python .dossier/docs/gitlab/note.py {folder}"]
    assert (ROOT / "docs/gitlab/note.py").exists()
