"""MCP over standard input and output, until the client hangs up or SIGTERM comes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import anyio
from anyio import from_thread
from anyio.lowlevel import EventLoopToken, current_token
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server


def run(server: Server[Any]) -> None:
    """Serves one client. What it is still waiting for when it hangs up is cancelled. Standard output carries the
    protocol alone: while serving, whatever else is printed goes to standard error."""
    anyio.run(_serve, server)


async def _serve(server: Server[Any]) -> None:
    try:
        async with anyio.create_task_group() as tasks:
            await tasks.start(_end_at_signal, tasks.cancel_scope)
            with _lines() as lines:
                async with stdio_server(stdin=cast(Any, lines)) as (read, write):
                    await server.run(read, write, server.create_initialization_options())
            tasks.cancel_scope.cancel()
    except* BrokenPipeError:
        pass  # The client is gone, and there is nobody to tell.


async def _end_at_signal(
    scope: anyio.CancelScope, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED
) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            scope.cancel()


@contextmanager
def _lines() -> Iterator[MemoryObjectReceiveStream[str]]:
    """The lines of standard input. They are read in a thread that the process does not wait for: a read of a pipe
    cannot be cancelled, and the SDK's own would keep a process alive that was told to end."""
    sender, receiver = anyio.create_memory_object_stream[str]()
    wire = os.dup(0)
    _read_nothing()
    threading.Thread(target=_pump, args=(wire, sender, current_token()), daemon=True).start()
    with sender, receiver:
        yield receiver


def _read_nothing() -> None:
    """Leaves the protocol to the reader above: anything else that reads standard input finds its end."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _pump(wire: int, sender: MemoryObjectSendStream[str], loop: EventLoopToken) -> None:
    gone = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.RunFinishedError)
    with open(wire, encoding="utf-8", errors="replace") as lines, suppress(*gone):
        for line in lines:
            from_thread.run(sender.send, line, token=loop)
        from_thread.run_sync(sender.close, token=loop)
