"""Errors of the answer's side; see `ingest.errors` for the base and the corpus's own.

DossierError
├── PromptError      a prompt file lacks a variable or names an unknown one
├── ModelError       the LLM cannot be built, timed out or failed       (answers degrade to quotes)
└── QuestionError    the question or its filters cannot be used
"""

from __future__ import annotations

from ingest.errors import DossierError


class PromptError(DossierError):
    """A prompt that cannot be rendered."""


class ModelError(DossierError):
    """An LLM that cannot be built or did not answer."""

    retryable = True


class QuestionError(DossierError):
    """A question or filter that cannot be used."""


class UnknownConversation(QuestionError):
    """A conversation id that the journal does not know."""
