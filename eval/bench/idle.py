"""A server that does nothing, in a process of its own: how long it takes to answer is the machine's doing alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from eval.errors import RunError

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
MAX_REQUEST_BYTES = 2**16


@contextmanager
def idle_server() -> Iterator[str]:
    """Its base address; it ends with the context. Raises: RunError when it does not start."""
    process = subprocess.Popen([sys.executable, "-m", __name__], stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
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
    """Tells its port on standard output, and answers one request after the other until it is killed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sys.stdout.write(f"{server.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(MAX_REQUEST_BYTES)
                connection.sendall(REPLY)


if __name__ == "__main__":
    main()
