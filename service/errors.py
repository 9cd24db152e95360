"""Errors of the answer's side; see `ingest.errors` for the base and the corpus's own.

DossierError
├── PromptError      a prompt file lacks a variable or names an unknown one
├── ModelError       the LLM cannot be built, timed out or failed       (answers degrade to quotes)
├── QuestionError    the question or its filters cannot be used
│   └── UnknownConversation
├── UnknownAnswer    no such answer in the journal
├── UnknownJob       no such ingest job
├── TooManyJobs      as many jobs wait as are taken
├── UnknownKey       no such API key
├── RepeatError      a repeated request does not fit the first one
├── TooBusy          too many questions are under way
└── SlackError       Slack, or what is kept of it, cannot be used
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


class UnknownAnswer(DossierError):
    """An answer id that the journal does not know."""


class UnknownJob(DossierError):
    """A job id that the store does not know."""


class UnknownKey(DossierError):
    """A key id that the store does not know."""


class RepeatError(DossierError):
    """An idempotency key that came before with another body, or whose first request is still being worked on."""


class TooBusy(DossierError):
    """As many questions as are taken are under way."""

    retryable = True


class SlackError(DossierError):
    """A workspace that the app is not installed in, or tokens that cannot be read."""


class TooManyJobs(DossierError):
    """As many jobs wait as are taken."""

    retryable = True
