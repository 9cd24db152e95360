"""Writes small files of sets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write(path: Path, text: str) -> Path:
    """The text at a path, gzipped where its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8")
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_lines(path: Path, records: Iterable[Any]) -> Path:
    """One JSON value a line."""
    return write(path, "".join(json.dumps(record) + "\n" for record in records))
