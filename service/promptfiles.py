"""The prompt files as a whole, without what it takes to render them."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

from ingest.article import digest

HASH_DIGITS = 12


def prompts_hash(folder: Traversable | None = None) -> str:
    """One hash over the names and texts of all prompts, the installed ones unless a folder is given."""
    files = sorted((file for file in (folder or resources.files("prompts")).iterdir()), key=lambda file: file.name)
    parts = [(file.name, file.read_text("utf-8")) for file in files if file.name.endswith(".md")]
    return digest(*(part for named in parts for part in named))[:HASH_DIGITS]
