"""A part: one file, or one member of an archive, that can be opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO

from ingest.documents import Hints

Opener = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, slots=True)
class Part:
    """`name` tells the type, `origin` names it in messages and articles; `hints` are the user's and the sidecar's.

    `chosen` is true for what the user named, false for what a folder or archive happens to hold.
    """

    name: str
    origin: str
    open: Opener
    hints: Hints
    chosen: bool
