"""Which threads go first: the one that takes requests, before those that answer and ingest."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

ANSWERING = 5
INGESTING = 10
_THREADS = Path("/proc/self/task")


def give_way(niceness: int) -> None:
    """Lets other threads run before the calling one, and before those that it starts. Linux alone knows a niceness of
    threads; elsewhere nothing happens."""
    if sys.platform == "linux":
        _set(threading.get_native_id(), niceness)


def others_give_way(niceness: int) -> None:
    """The same for all threads there are but the calling one."""
    if sys.platform == "linux" and _THREADS.is_dir():
        for thread in map(int, os.listdir(_THREADS)):  # noqa: PTH208
            if thread != threading.get_native_id():
                _set(thread, niceness)


def _set(thread: int, niceness: int) -> None:
    try:
        os.setpriority(os.PRIO_PROCESS, thread, max(niceness, os.getpriority(os.PRIO_PROCESS, thread)))
    except OSError:
        return  # it has ended, or a sandbox forbids it
