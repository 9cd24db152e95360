"""An HTTP transport that connects only to addresses it has checked, and only until its time is up.

The name is resolved once and the connection goes to the very address that was checked, so a name that changes
its address between the check and the connection gains nothing. TLS and the Host header still see the name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator

import httpcore
import httpx

from ingest.addresses import Resolver, is_public
from ingest.errors import ForbiddenAddress


class Clock:
    """Seconds left of a fetch as a whole."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, timeout: float | None = None) -> float:
        """The time one step may take: its own timeout or what is left. Raises httpcore.ReadTimeout at the end."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for this address is up")
        return left if timeout is None else min(left, timeout)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream, self._clock = stream, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout))
        return _TimedStream(stream, self._clock)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, resolver: Resolver, network: httpcore.NetworkBackend, allow_private: bool, clock: Clock) -> None:
        self._resolver, self._network = resolver, network
        self._allow_private, self._clock = allow_private, clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._checked(host, port):
            try:
                left = self._clock.left(timeout)
                stream = self._network.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._clock)
        raise failure

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = list(self._resolver(host, port))
        except UnicodeError as error:
            raise ForbiddenAddress(f"{host!r} is not a host name.", "Check the address.") from error
        private = [address for address in addresses if not is_public(address)]
        if private and not self._allow_private:
            named = host if host == private[0] else f"{host} leads to {private[0]}, which"
            raise ForbiddenAddress(
                f"{named} is not an address of the open internet.",
                "Set DOSSIER_ALLOW_PRIVATE_ADDRESSES=true if it is to be fetched nonetheless.",
            )
        return addresses


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class GuardedTransport(httpx.BaseTransport):
    """For one fetch with all its redirects. Raises ForbiddenAddress, socket.gaierror and httpcore's errors."""

    def __init__(
        self,
        resolver: Resolver,
        network: httpcore.NetworkBackend,
        allow_private: bool,
        seconds: float,
        tls: ssl.SSLContext,
    ) -> None:
        backend = _GuardedBackend(resolver, network, allow_private, Clock(seconds))
        self._pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(status_code=response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        self._pool.close()


NETWORK_ERRORS = (
    httpx.TransportError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    socket.gaierror,
)
"""What a guarded fetch raises when the network, not the address, is at fault."""
