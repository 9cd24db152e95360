from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from service.priority import give_way

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows a niceness of threads")


def niceness(thread: int | None = None) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread or threading.get_native_id())


def in_a_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_thread_gives_way_alone_and_never_takes_it_back() -> None:
    before, seen = niceness(), []

    def work() -> None:
        give_way(before + 3)
        give_way(before + 1)
        seen.append(niceness())

    in_a_thread(work)
    assert (seen, niceness()) == ([before + 3], before)


SCRIPT = """
import os, threading
from service.priority import others_give_way
done = threading.Event()
other = threading.Thread(target=done.wait)
other.start()
before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
others_give_way(before + 4)
threads = (threading.get_native_id(), other.native_id)
print(*[os.getpriority(os.PRIO_PROCESS, thread) - before for thread in threads])
done.set()
"""


def test_all_threads_but_the_calling_one_give_way() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "4"]
