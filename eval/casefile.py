"""Reads cases from JSONL files, and publishes their schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from eval.cases import Case
from eval.errors import CaseError
from eval.shelf import Shelf
from ingest.errors import DossierError

DRAFT = "draft"
"""Tag of a case that no person has looked at yet."""


def load(path: Path, shelf: Shelf) -> list[Case]:
    """The cases of a JSONL file, in its order.

    Raises: CaseError, with file and line, for unreadable lines, unknown fields, duplicate ids, answerable cases without
    gold, articles that are not on the shelf, and quotes that do not stand exactly once in their article.
    """
    cases: list[Case] = []
    lines: dict[str, int] = {}
    for number, line in _lines(path):
        where = f"{path}:{number}"
        case = _parsed(line, where)
        if case.id in lines:
            raise CaseError(f"{where}: the id {case.id!r} is that of line {lines[case.id]} too.", "Give each its own.")
        _check_gold(case, shelf, where)
        lines[case.id] = number
        cases.append(case)
    if not cases:
        raise CaseError(f"There are no cases in {path}.", "Write one JSON object a line.")
    return cases


def schema() -> str:
    """The JSON schema of a case (draft 2020-12), as published in docs/case.schema.json."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Case.model_json_schema()}
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaseError(f"{path} cannot be read ({error.strerror}).", "Give a JSONL file of cases.") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"{path} is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _parsed(line: str, where: str) -> Case:
    try:
        case = Case.model_validate_json(line)
        case.asked("quoted")
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'case'}: {item['msg']}" for item in error.errors())
        raise CaseError(f"{where}: {found}", "The fields of a case are described in docs/case.schema.json.") from error
    except DossierError as error:
        raise CaseError(f"{where}: {error.message}", error.help) from error
    if case.expected == "answered" and not (case.gold or case.gold_articles):
        raise CaseError(f"{where}: an answerable case needs a gold sentence or a gold article.", "Add one.")
    return case


def _check_gold(case: Case, shelf: Shelf, where: str) -> None:
    for name in sorted(case.named):
        if name not in shelf.articles:
            raise CaseError(f"{where}: there is no article {name!r}.", "Name a file of the articles' folder.")
    for gold in case.gold:
        count = len(shelf.places(gold.article, gold.quote))
        if count != 1:
            raise CaseError(
                f"{where}: {gold.quote[:80]!r} stands {count} times in {gold.article}, not once.",
                "Quote one whole sentence of the article, character by character.",
            )
