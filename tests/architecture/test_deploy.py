"""The files that put the service into production: they fit their tools, the settings and each other."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.settings import IngestSettings
from service.settings import ServiceSettings, SlackSettings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs/deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.suffix != ".json")
PORT = str(ServiceSettings.model_fields["port"].default)
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def run(*command: str) -> str:
    """What a tool has to say; empty when it is content."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{done.stdout}{done.stderr}" if done.returncode else ""


def test_the_dockerfile_has_no_known_fault() -> None:
    assert run(str(Path(sys.executable).parent / "hadolint"), str(DEPLOY / "Dockerfile")) == ""


def test_the_compose_files_are_such() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    assert run(*command, *map(str, sorted(DEPLOY.glob("compose*.yaml")))) == ""


@pytest.mark.parametrize("name", ["dossier.service", "dossier-slack.service"])
def test_the_unit_is_one(tmp_path: Path, name: str) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed: the unit was not verified")
    there = shutil.which("true") or "/bin/true"
    for path in DEPLOY.glob("*.service"):
        text = re.sub("/opt/dossier/bin/dossier|/usr/bin/curl", there, path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    assert run(analyze, "verify", str(tmp_path / name)) == ""


@pytest.mark.parametrize(
    "path", [*FILES, ROOT / "docs/deployment.md", ROOT / "docs/slack.md"], ids=lambda path: path.name
)
def test_every_variable_is_a_setting(path: Path) -> None:
    of_slack = {f"slack_{name}" for name in SlackSettings.model_fields}
    fields = {*IngestSettings.model_fields, *ServiceSettings.model_fields, *of_slack}
    named = re.findall(r"\bDOSSIER_([A-Z_]+)\b", path.read_text(encoding="utf-8"))
    assert [name for name in named if name.lower() not in fields] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_port_of_the_service_is_the_usual_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"(?:EXPOSE |DOSSIER_PORT=|127\.0\.0\.1:|dossier:)(\d+)(?::(\d+))?", text)
    others = {"9090", "3000"} if path.name == "compose.yaml" else set()
    assert {port for pair in named for port in pair if port} <= {PORT, *others}


def copied() -> Iterator[str]:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        yield from line.split()[:-1]


def test_what_the_image_is_made_of_is_there_and_nothing_else_is_sent_to_the_builder() -> None:
    wanted = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert wanted == set(copied())
    assert [name for name in wanted if not (ROOT / name).exists()] == []


def test_the_image_runs_as_a_user_without_rights_who_is_named_by_number() -> None:
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    number = user.partition(":")[0]
    assert number.isdigit()
    assert int(number) > 0
    assert f"--uid {number}" in DOCKERFILE


def test_the_image_is_made_of_the_same_versions_as_everywhere() -> None:
    (smollm,) = re.findall(r"^SMOLLM := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    (uv,) = re.findall(r"uv==\S+", (ROOT / ".github/actions/eval-gate/install.sh").read_text())
    assert smollm in DOCKERFILE
    assert uv in DOCKERFILE


def test_services_are_confined_and_reached_from_this_machine_alone() -> None:
    for service in COMPOSE["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_what_the_compose_file_mounts_is_there() -> None:
    mounts = [volume.split(":") for service in COMPOSE["services"].values() for volume in service["volumes"]]
    files = [source for source, *_ in mounts if source.startswith(".")]
    assert [name for name in files if not (DEPLOY / name).exists()] == []
    assert {source for source, *_ in mounts} - set(files) == set(COMPOSE["volumes"])
