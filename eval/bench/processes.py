"""What a process takes of its machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eval.errors import RunError


def require_psutil() -> None:
    """Raises: RunError when it is not installed."""
    with _explained():
        import psutil  # noqa: F401


def resident(pid: int) -> int:
    """Bytes of memory resident. Raises: RunError when the process is gone, or psutil is missing."""
    import psutil

    with _explained():
        return int(psutil.Process(pid).memory_info().rss)


def handles(pid: int) -> int:
    """Open files and sockets. Raises: as `resident`."""
    import psutil

    with _explained():
        return int(psutil.Process(pid).num_fds())


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise RunError("psutil is not installed.", "Run: pip install psutil") from error
    except Exception as error:
        import psutil

        if isinstance(error, psutil.Error):
            raise RunError("The process that was watched is gone.", "See its log.") from error
        raise
