"""A server that does nothing, in a process of its own: however long it takes to answer, no service is to blame."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from eval.errors import RunError

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MAX_REQUEST_BYTES = 2**16


@contextmanager
def idle_server() -> Iterator[str]:
    """Its base address; it ends with the context. Raises: RunError when it does not start."""
    command = [sys.executable, "-m", __name__]
    process = subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        if not port:
            raise RunError("The server that does nothing did not start.", f"Run: python -m {__name__}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Tells its port on standard output, and answers one request after the other until standard input ends."""
    server = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{server.getsockname()[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=_answer, args=(server,), daemon=True).start()
    sys.stdin.read()


def _answer(server: socket.socket) -> None:
    while True:
        connection, _ = server.accept()
        with connection, suppress(OSError):
            connection.recv(MAX_REQUEST_BYTES)
            connection.sendall(REPLY)


if __name__ == "__main__":
    main()
