"""The problems (RFC 9457) that the HTTP door answers with, and their two-way mapping to DossierError.

No web framework is imported here: the client that reads problems back must start fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel, Field

from ingest.errors import (
    DataFolderError,
    DossierError,
    EmbedderError,
    FilterError,
    FolderBusy,
    IndexMismatch,
    NewerFolder,
    ServerAway,
    ServiceError,
    SourceError,
    StorageError,
)
from service.errors import (
    ModelError,
    PromptError,
    QuestionError,
    RepeatError,
    TooManyJobs,
    UnknownAnswer,
    UnknownConversation,
    UnknownJob,
)

MEDIA_TYPE = "application/problem+json"
PREFIX = "/problems/"


class FieldProblem(BaseModel):
    """One field that does not fit the contract; the value itself is never repeated."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong and what to do about it. `type` is stable: programs may rely on it."""

    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    help: str
    request_id: str | None = None
    errors: Sequence[FieldProblem] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem. `help` is used where the case at hand has nothing better to say."""

    name: str
    status: int
    title: str
    help: str

    @property
    def type(self) -> str:
        """The stable `type` of its problems."""
        return PREFIX + self.name

    def problem(
        self,
        detail: str,
        help: str = "",
        *,
        request_id: str | None = None,
        errors: Sequence[FieldProblem] = (),
    ) -> Problem:
        """A problem of this kind."""
        return Problem(
            type=self.type,
            title=self.title,
            status=self.status,
            detail=detail,
            help=help or self.help,
            request_id=request_id,
            errors=errors,
        )


BODY_UNREADABLE = Kind("body-unreadable", 400, "The body cannot be read", "Send one JSON object, encoded in UTF-8.")
UNSUPPORTED_PARAMETER = Kind(
    "unsupported-parameter", 400, "The request asks for what Dossier does not do", "Leave the parameter out."
)
KEY_MISSING = Kind(
    "key-missing",
    401,
    "A key is needed",
    "Make one with `dossier keys create` on the service's machine; send it as `Authorization: Bearer KEY`, or set "
    "DOSSIER_API_KEY for the `dossier` command.",
)
SCOPE_MISSING = Kind("scope-missing", 403, "The key is not good for this", "Use a key with the scope that is named.")
ORIGIN_NOT_ALLOWED = Kind(
    "origin-not-allowed",
    403,
    "A page of another origin may not do this",
    "Use the service's own page, or add the origin to DOSSIER_ALLOW_ORIGINS.",
)
ANSWER_NOT_FOUND = Kind("answer-not-found", 404, "No such answer", "Use the id of an answer that you were given.")
ARTICLE_NOT_FOUND = Kind(
    "article-not-found", 404, "No such article", "GET /v1/articles lists the articles there are, with their ids."
)
CONVERSATION_NOT_FOUND = Kind(
    "conversation-not-found", 404, "No such conversation", "Use the conversation_id of an earlier answer."
)
JOB_NOT_FOUND = Kind("job-not-found", 404, "No such job", "Use the id that POST /v1/jobs gave.")
MODEL_NOT_FOUND = Kind("model-not-found", 404, "No such model", "GET /v1/models lists the models there are.")
NOT_FOUND = Kind("not-found", 404, "No such address", "/docs lists the addresses there are.")
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed", 405, "The address does not take this method", "The Allow header lists those it takes."
)
BODY_SLOW = Kind("body-slow", 408, "The body comes too slowly", "Send it again, less at once.")
REPEAT_REFUSED = Kind(
    "repeat-refused", 409, "The request repeats another", "Use a new Idempotency-Key for a new request."
)
BODY_TOO_LARGE = Kind(
    "body-too-large", 413, "The body is too large", "Send less at once, or give large files to `dossier ingest`."
)
MEDIA_TYPE_UNSUPPORTED = Kind(
    "media-type-unsupported", 415, "The body is not JSON", "Send JSON, with Content-Type: application/json."
)
HOST_NOT_ALLOWED = Kind(
    "host-not-allowed",
    421,
    "This service does not answer to that name",
    "Use the address the service is bound to, or add the name to DOSSIER_ALLOW_HOSTS.",
)
REQUEST_INVALID = Kind(
    "request-invalid", 422, "The request does not fit the contract", "Correct what `errors` lists; /docs shows it all."
)
QUESTION_INVALID = Kind("question-invalid", 422, "The question cannot be used", "Ask another way.")
FILTER_INVALID = Kind("filter-invalid", 422, "A filter cannot be used", "Correct or leave out the filters.")
SOURCE_UNREADABLE = Kind("source-unreadable", 422, "The article cannot be used", "Look at the article's text.")
TOO_MANY_REQUESTS = Kind("too-many-requests", 429, "Too many requests", "Wait, then try again.")
CLIENT_LEFT = Kind("client-left", 499, "The client has left", "Ask again.")
INTERNAL = Kind(
    "internal", 500, "The service failed", "Try again; if it stays, look up the request id in the service's log."
)
PROMPT_INVALID = Kind("prompt-invalid", 500, "A prompt cannot be used", "Correct the prompt files.")
FAILED = Kind("failed", 500, "The service could not do it", "Look up the request id in the service's log.")
BUSY = Kind("busy", 503, "The service is busy", "Try again after the seconds that Retry-After gives.")
JOBS_WAITING = Kind("jobs-waiting", 503, "Too many jobs wait", "Try again when some are done.")
NOT_READY = Kind("not-ready", 503, "The service is not ready", "Mend what `detail` lists, or wait.")
MODEL_UNAVAILABLE = Kind("model-unavailable", 503, "The language model does not answer", "Try again later.")
EMBEDDER_UNAVAILABLE = Kind(
    "embedder-unavailable", 503, "The embedding model cannot be loaded", "Check the embedder's settings."
)
FOLDER_BUSY = Kind("folder-busy", 503, "Another process owns the data folder", "Try again later.")
FOLDER_NEWER = Kind("folder-newer", 503, "The data folder is of a newer version", "Update the service.")
INDEX_MISMATCH = Kind("index-mismatch", 503, "The index is of another embedder", "Run `dossier rebuild`.")
FOLDER_UNUSABLE = Kind("folder-unusable", 503, "The data folder cannot be used", "Run `dossier check`.")
STORAGE_AWAY = Kind(
    "storage-away", 503, "The data cannot be reached", "Try again later, or look at the server of the data."
)
STORAGE_FAILED = Kind("storage-failed", 507, "The data cannot be stored", "Check the disk's space and rights.")

BY_STATUS = {
    kind.status: kind
    for kind in (
        BODY_UNREADABLE,
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        BODY_TOO_LARGE,
        MEDIA_TYPE_UNSUPPORTED,
        TOO_MANY_REQUESTS,
        BUSY,
    )
}

BY_ERROR: tuple[tuple[type[DossierError], Kind], ...] = (
    (UnknownConversation, CONVERSATION_NOT_FOUND),
    (UnknownAnswer, ANSWER_NOT_FOUND),
    (UnknownJob, JOB_NOT_FOUND),
    (RepeatError, REPEAT_REFUSED),
    (TooManyJobs, JOBS_WAITING),
    (QuestionError, QUESTION_INVALID),
    (FilterError, FILTER_INVALID),
    (PromptError, PROMPT_INVALID),
    (ModelError, MODEL_UNAVAILABLE),
    (SourceError, SOURCE_UNREADABLE),
    (FolderBusy, FOLDER_BUSY),
    (NewerFolder, FOLDER_NEWER),
    (IndexMismatch, INDEX_MISMATCH),
    (ServerAway, STORAGE_AWAY),
    (StorageError, STORAGE_FAILED),
    (DataFolderError, FOLDER_UNUSABLE),
    (EmbedderError, EMBEDDER_UNAVAILABLE),
    (DossierError, FAILED),
)
"""The first class that an error is an instance of decides; the last one takes every error."""


def kind_of_status(status: int) -> Kind:
    """The kind for a bare HTTP status, one made from the status's own phrase where there is none."""
    known = BY_STATUS.get(status)
    if known:
        return known
    return Kind(f"http-{status}", status, HTTPStatus(status).phrase, "/docs shows what the service takes.")


def kind_of(error: DossierError) -> Kind:
    """The kind of problem an error becomes."""
    return next(kind for cls, kind in BY_ERROR if isinstance(error, cls))


def error_of(problem: Problem) -> DossierError:
    """The error that a problem came from; ServiceError for kinds that only a service can have."""
    classes = {kind.type: cls for cls, kind in BY_ERROR if cls is not DossierError}
    error = classes.get(problem.type, ServiceError)(problem.detail, problem.help)
    error.retryable |= problem.type in (BUSY.type, TOO_MANY_REQUESTS.type)
    return error
