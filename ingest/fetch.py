"""Addresses to bytes, over http and https only, from the open internet only."""

from __future__ import annotations

import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message
from functools import cached_property
from ssl import SSLContext

import httpcore
import httpx
import stamina

from ingest.addresses import Resolver, system_resolver
from ingest.errors import ForbiddenAddress, SourceError, Unreachable
from ingest.guard import NETWORK_ERRORS, GuardedTransport
from ingest.retries import log_retries
from ingest.unpacking import ACCEPTED, unpacked

USER_AGENT = "Dossier/0.1 (reads the articles its user names)"
MEGABYTE = 1_000_000
MAX_REDIRECTS = 5
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT = 30.0
_WEB_PORTS = frozenset({80, 443})
_FIRST_OPEN_PORT = 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered. `address` is where the redirects ended; `media_type` is lower case, "" if not told."""

    address: str
    data: bytes = field(repr=False)
    media_type: str = ""
    charset: str | None = None


class Fetcher:
    """Fetches what users and feeds name. Every hop of a redirect is checked and pinned; see `ingest.guard`.

    `network` opens the connections, only to addresses that `resolver` gave and the guard let through;
    `seconds` bounds one attempt from the first look-up to the last byte. `allow_private` is for an intranet.
    """

    def __init__(
        self,
        resolver: Resolver = system_resolver,
        network: httpcore.NetworkBackend | None = None,
        allow_private: bool = False,
        max_bytes: int = 20 * MEGABYTE,
        seconds: float = 30.0,
        attempts: int = 3,
        wait_seconds: float = 0.5,
    ) -> None:
        log_retries()
        self._resolver = resolver
        self._network = network or httpcore.SyncBackend()
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._attempts = attempts
        self._wait_seconds = wait_seconds

    def get(self, address: str) -> Fetched:
        """The bytes at an address.

        Raises ForbiddenAddress for what must not be fetched, Unreachable for what may work later, SourceError else.
        """
        retries = stamina.retry_context(
            on=_worth_another_try, attempts=self._attempts, wait_initial=self._wait_seconds, timeout=None
        )
        for attempt in retries:
            with attempt:
                return self._once(address)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, address: str) -> Fetched:
        with _explained(address), self._client() as client, client.stream("GET", address) as response:
            _refuse_status(address, response)
            data = self._body(address, response)
            media_type, charset = _content_type(response.headers.get("content-type", ""))
            return Fetched(str(response.url), data, media_type, charset)

    def _client(self) -> httpx.Client:
        return httpx.Client(
            transport=GuardedTransport(self._resolver, self._network, self._allow_private, self._seconds, self._tls),
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "Accept-Encoding": ACCEPTED,
            },
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            timeout=min(10.0, self._seconds),
            trust_env=False,
            event_hooks={"request": [_refuse_form, *([] if self._allow_private else [_refuse_port])]},
        )

    @cached_property
    def _tls(self) -> SSLContext:
        return httpx.create_ssl_context(trust_env=False)

    def _body(self, address: str, response: httpx.Response) -> bytes:
        body = bytearray()
        coding = response.headers.get("content-encoding", "")
        for chunk in unpacked(response.iter_raw(), coding, address):
            body += chunk
            if len(body) > self._max_bytes:
                raise SourceError(
                    f"{address} is larger than {self._max_bytes / MEGABYTE:g} MB.",
                    "Save it, split it and give the parts as files.",
                )
        return bytes(body)


def _refuse_form(request: httpx.Request) -> None:
    if request.url.scheme not in ("http", "https") or not request.url.host:
        raise ForbiddenAddress(f"{request.url} is not an http or https address.", "Only those are fetched.")
    if request.url.userinfo:
        raise ForbiddenAddress(
            f"The address on {request.url.host} carries a user name or password.", "Save the page and give the file."
        )


def _refuse_port(request: httpx.Request) -> None:
    """Below 1024 the other ports belong to mail, files and the like, which a request in their own words could move."""
    port = request.url.port
    if port is not None and port < _FIRST_OPEN_PORT and port not in _WEB_PORTS:
        raise ForbiddenAddress(
            f"Port {port} of {request.url.host} is not one of the web.", "Save the page and give the file."
        )


def _refuse_status(address: str, response: httpx.Response) -> None:
    if response.is_success:
        return
    message = f"{address} answered {response.status_code} {response.reason_phrase}".rstrip() + "."
    if response.status_code in _TRANSIENT:
        error = Unreachable(message, "Try again later.")
        error.retry_after = _seconds_asked(response.headers.get("retry-after", ""))
        raise error
    raise SourceError(message, "Open it in a browser; if it needs a login, save the page and give the file.")


def _seconds_asked(header: str) -> float | None:
    return min(float(header), _LONGEST_WAIT) if header.strip().isdecimal() else None


def _worth_another_try(error: Exception) -> bool | timedelta:
    if not isinstance(error, Unreachable):
        return False
    return True if error.retry_after is None else timedelta(seconds=error.retry_after)


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = header or "application/octet-stream"
    return (message.get_content_type() if header else ""), message.get_content_charset()


@contextmanager
def _explained(address: str) -> Iterator[None]:
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol) as error:
        raise ForbiddenAddress(f"{address} leads to no http or https address: {error}.", "Check it.") from error
    except httpx.TooManyRedirects as error:
        raise SourceError(f"{address} redirects more than {MAX_REDIRECTS} times.", "Give its last address.") from error
    except zlib.error as error:
        raise SourceError(f"{address} sent a broken compressed body.", "Save the page and give the file.") from error
    except NETWORK_ERRORS as error:
        raise _network_error(address, error) from error


def _network_error(address: str, error: Exception) -> SourceError:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME:
        return SourceError(f"{address} names a host that does not exist.", "Check the address.")
    if isinstance(error, httpx.TimeoutException | httpcore.TimeoutException):
        return Unreachable(f"{address} took too long to answer.", "Try again later.")
    return Unreachable(f"{address} could not be reached: {error}.", "Check the address and the network connection.")
