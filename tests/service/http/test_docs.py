"""The examples of docs/http.md do what they say."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.http.live import real_service

ROOT = Path(__file__).parents[3]
ARTICLES = sorted((ROOT / "eval" / "data" / "articles").glob("2012-*.md"))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with real_service(tmp_path_factory.mktemp("docs"), ARTICLES) as (address, _):
        yield address


def example(language: str, address: str, holding: str = "") -> str:
    text = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    code = next(found for found in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if holding in found)
    assert "http://127.0.0.1:8787" in code
    return str(code).replace("http://127.0.0.1:8787", address)


def test_the_example_of_openais_client(address: str) -> None:
    said = io.StringIO()
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(said):
        exec(compile(example("python", address), "docs/http.md", "exec"), names)
    names["client"].close()  # type: ignore[attr-defined]
    # The service's log comes out of the same process.
    lines = [line for line in said.getvalue().splitlines() if "request_id=" not in line]
    assert lines[0].endswith("[1]")
    assert any(line.startswith("[1] https://example.org/") for line in lines)
    assert lines[-1].startswith("answered 0.")


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_example_of_curl(address: str) -> None:
    command = ["sh", "-c", example("bash", address, "chat/completions")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    reply = json.loads(done.stdout)
    assert reply["dossier"]["status"] == "answered"
    assert reply["choices"][0]["message"]["content"].startswith(reply["dossier"]["text"])


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_example_of_asking(address: str) -> None:
    command = ["sh", "-c", example("bash", address, "/v1/ask")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    (statement,) = json.loads(done.stdout)["statements"]
    assert "whoever controls the dams will decide when the fields" in statement["text"]
