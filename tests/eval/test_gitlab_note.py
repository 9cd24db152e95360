"""The note of a merge request, written to a server that stands for GitLab."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

NOTE = Path(__file__).parents[2] / "docs/gitlab/note.py"
MARKER = "<!-- dossier eval-gate -->"
WRITER, SOMEBODY = 5, 6


@dataclass
class Forge:
    """What the server holds and was told."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    token: str = "secret"
    url: str = ""

    def add(self, author: int, body: str) -> None:
        self.notes.append({"id": len(self.notes) + 1, "author": {"id": author}, "body": body})


@pytest.fixture
def forge() -> Iterator[Forge]:
    """A server on loopback that answers as GitLab's API does."""
    forge = Forge()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(forge))
    forge.url = f"http://127.0.0.1:{server.server_port}/api/v4"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield forge
    server.shutdown()
    thread.join()
    server.server_close()


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or "null")
            address = urlsplit(self.path)
            allowed = self.headers["PRIVATE-TOKEN"] == forge.token
            known = address.path.removeprefix("/api/v4")
            content = _reply(forge, self.command, known, parse_qs(address.query), sent) if allowed else {}
            body = json.dumps(content).encode()
            self.send_response(200 if allowed else 403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def _reply(forge: Forge, method: str, path: str, query: dict[str, list[str]], sent: Any) -> Any:
    notes = "/projects/3/merge_requests/9/notes"
    if (method, path) == ("GET", "/user"):
        return {"id": WRITER}
    if (method, path) == ("GET", notes):
        size, page = int(query["per_page"][0]), int(query["page"][0])
        return forge.notes[(page - 1) * size : page * size]
    if (method, path) == ("POST", notes):
        forge.add(WRITER, sent["body"])
        return forge.notes[-1]
    assert method == "PUT"
    (note,) = [note for note in forge.notes if path == f"{notes}/{note['id']}"]
    note["body"] = sent["body"]
    return note


def write(folder: Path, forge: Forge, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {
        "DOSSIER_NOTE_TOKEN": "secret",
        "CI_API_V4_URL": forge.url,
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "9",
        "CI_JOB_URL": "https://git.example.org/jobs/1",
    }
    return subprocess.run(
        [sys.executable, str(NOTE), str(folder)],
        env=os.environ | {"no_proxy": "127.0.0.1"} | given | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "summary.md").write_text("### Pass\n", encoding="utf-8")
    return tmp_path


def test_the_first_note_is_written_and_the_next_replaces_it(folder: Path, forge: Forge) -> None:
    forge.add(SOMEBODY, f"{MARKER}\nAll is well")
    forge.add(WRITER, "Something else")
    for _ in range(150):
        forge.add(SOMEBODY, "Talk")
    assert write(folder, forge).returncode == 0
    assert forge.notes[152]["body"].splitlines() == [
        *(MARKER, "### Pass", "", ""),
        "[Log and report of this run](https://git.example.org/jobs/1)",
    ]
    (folder / "summary.md").write_text("### Worse\n", encoding="utf-8")
    assert write(folder, forge).returncode == 0
    assert len(forge.notes) == 153
    assert "### Worse" in forge.notes[152]["body"]


def test_no_line_of_the_summary_is_an_order_to_gitlab(folder: Path, forge: Forge) -> None:
    (folder / "summary.md").write_text("/merge\n  /approve\nand/or\n", encoding="utf-8")
    write(folder, forge)
    assert forge.notes[0]["body"].splitlines()[1:4] == ["\\/merge", "  \\/approve", "and/or"]


def test_without_a_summary_the_note_says_that_nothing_was_measured(tmp_path: Path, forge: Forge) -> None:
    write(tmp_path / "gone", forge)
    assert "could not be run" in forge.notes[0]["body"]


def test_without_a_token_there_is_no_note(folder: Path, forge: Forge) -> None:
    done = write(folder, forge, DOSSIER_NOTE_TOKEN="")
    assert (done.returncode, done.stderr) == (0, "No note: DOSSIER_NOTE_TOKEN not set.\n")
    assert forge.notes == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [({"DOSSIER_NOTE_TOKEN": "wrong"}, "403"), ({"CI_API_V4_URL": "http://127.0.0.1:9/api/v4"}, "did not answer")],
)
def test_what_gitlab_refuses_is_said_in_a_line(
    folder: Path, forge: Forge, environment: dict[str, str], said: str
) -> None:
    done = write(folder, forge, **environment)
    assert done.returncode == 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
