"""How the HTTP door is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.http.access import Locks
from service.http.pace import SECONDS
from service.http.queue import Bounds


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom the door lets in, and how much at once.

    `bound_to` is the address it will listen on: on loopback, only loopback names and `allowed_hosts` are answered.
    Pages of `allowed_origins` may call it from a browser. Without `locks` no key is asked for. Event streams send a
    comment after `keep_alive` seconds of silence; one that broke off can be resumed for `grace` seconds. A body is
    whole within `body_seconds`, and more where much of it came (see `BodyPace`).
    `log_questions` puts the text of each question into the log.
    """

    bound_to: str = "127.0.0.1"
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    locks: Locks | None = None
    bounds: Bounds = field(default_factory=Bounds)
    max_body_bytes: int = 32 * 2**20
    body_seconds: float = SECONDS
    keep_alive: float = 15.0
    grace: float = 10.0
    log_questions: bool = False


USUAL = Policy()
