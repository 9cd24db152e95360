"""Writes a run's summary as one note of a GitLab merge request; the earlier note is replaced. Needs nothing but Python.

    python note.py RUN_DIR

From the environment: DOSSIER_NOTE_TOKEN (scope `api`), and what GitLab sets itself. Ends with 0, note or not.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MARKER = "<!-- dossier eval-gate -->"
PAGE = 100
TIMEOUT_SECONDS = 30
NEEDED = ("DOSSIER_NOTE_TOKEN", "CI_API_V4_URL", "CI_PROJECT_ID", "CI_MERGE_REQUEST_IID", "CI_JOB_URL")


class Note:
    """The gate's note of one merge request."""

    def __init__(self, api: str, project: str, merge_request: str, token: str) -> None:
        self._api = api
        self._notes = f"{api}/projects/{project}/merge_requests/{merge_request}/notes"
        self._token = token

    def write(self, body: str) -> None:
        """Replaces the earlier note, or writes the first. Raises: HTTPError when the token may not, OSError when GitLab
        cannot be reached, ValueError when something else answers."""
        earlier = next(self._earlier(), None)
        if earlier is None:
            self._sent("POST", self._notes, {"body": body})
        else:
            self._sent("PUT", f"{self._notes}/{earlier}", {"body": body})

    def _earlier(self) -> Iterator[int]:
        # Only the token's own notes: anybody could write one that begins with the marker.
        writer = self._sent("GET", f"{self._api}/user")["id"]
        page = 1
        while True:
            notes = self._sent("GET", f"{self._notes}?per_page={PAGE}&page={page}")
            for note in notes:
                if note["author"]["id"] == writer and note["body"].startswith(MARKER):
                    yield note["id"]
            if len(notes) < PAGE:
                return
            page += 1

    def _sent(self, method: str, address: str, content: Any = None) -> Any:
        headers = {"PRIVATE-TOKEN": self._token, "Content-Type": "application/json"}
        data = None if content is None else json.dumps(content).encode()
        request = Request(address, data, headers, method=method)  # noqa: S310 - GitLab's own address, set by GitLab
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return json.load(response)


def body(folder: Path, job: str) -> str:
    """The note: the run's summary, or that there is none, and where to read more."""
    try:
        summary = (folder / "summary.md").read_text(encoding="utf-8")
    except OSError:
        summary = "**The evaluation could not be run.** The log of the job says why."
    return f"{MARKER}\n{_harmless(summary)}\n\n[Log and report of this run]({job})\n"


def _harmless(text: str) -> str:
    """The text with no line that GitLab takes for a quick action such as `/merge`: articles and questions are in it."""
    return re.sub(r"^([^\S\n]*)/", r"\1\\/", text, flags=re.MULTILINE)


def main(folder: Path) -> None:
    """Writes the note, or says on standard error why there is none."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        sys.stderr.write(f"No note: {', '.join(missing)} not set.\n")
        return
    token, api, project, merge_request, job = (os.environ[name] for name in NEEDED)
    try:
        Note(api, project, merge_request, token).write(body(folder, job))
    except HTTPError as error:
        sys.stderr.write(f"No note: GitLab said {error.code} {error.reason}. The token needs the scope `api`.\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"No note: GitLab did not answer ({error}).\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: note.py RUN_DIR")
    main(Path(sys.argv[1]))
