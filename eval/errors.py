"""Errors of the evaluation's side; see `ingest.errors` for the base.

DossierError
├── CaseError    a case, or an article that cases speak of, cannot be used; names file and line
└── RunError     the evaluation could not be run or its result not be written
"""

from __future__ import annotations

from ingest.errors import DossierError


class CaseError(DossierError):
    """A case, or an article that cases speak of, that cannot be used."""


class RunError(DossierError):
    """An evaluation that could not be run, or whose result could not be written."""
