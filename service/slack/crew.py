"""Work behind Slack's back: begun once Slack was told that the event arrived, and finished whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

import structlog
from anyio import to_thread

from service.store.slack_tasks import SlackTasks, Task
from service.telemetry import described

BEATS = 3
"""How often in the time of a lease it is renewed."""
log = structlog.get_logger(__name__)

T = TypeVar("T")
Do = Callable[[Task, bool], Awaitable[None]]
"""Does a task; told True where an earlier worker has begun it."""


class Undone(Exception):
    """The task came to nothing, and can be taken on anew."""


class Crew:
    """Takes tasks on, each once among all workers that share a store, and goes on with those of workers that died."""

    def __init__(self, tasks: SlackTasks, do: Do) -> None:
        self._tasks = tasks
        self._do = do
        self._running: dict[asyncio.Task[None], str] = {}
        self._done: set[str] = set()
        self._beat: asyncio.Task[None] | None = None

    async def take(self, key: str, body: Mapping[str, Any]) -> bool:
        """Begins the task unless somebody has; it is written down when this returns.

        Raises: what `SlackTasks.take` raises.
        """
        taken = await to_thread.run_sync(self._tasks.take, key, body)
        if taken:
            self._begin(Task(key, body), again=False)
        return taken

    def go(self, work: Coroutine[Any, Any, object]) -> None:
        """Does something that is not worth writing down, such as opening a window."""
        self._follow(work, "")

    async def supersede(self, subject: str, task: str) -> None:
        """Ends the tasks about the same subject that came before that one; see `SlackTasks.supersede`."""
        await to_thread.run_sync(self._tasks.supersede, subject, task)
        earlier = [running for running, key in self._running.items() if _about(key, subject) and key < task]
        for running in earlier:
            running.cancel()
        await asyncio.gather(*earlier, return_exceptions=True)

    def start(self) -> None:
        """Looks from now on, now and then, for tasks that were left."""
        self._beat = asyncio.create_task(self._keep_beating())

    async def close(self) -> None:
        """Stops what is under way and leaves it to the next worker."""
        for task in (self._beat, *self._running):
            if task:
                task.cancel()
        await asyncio.gather(*filter(None, (self._beat, *self._running)), return_exceptions=True)
        await to_thread.run_sync(self._tasks.release)

    async def _keep_beating(self) -> None:
        while True:
            await _guarded(self._beat_once())
            await asyncio.sleep(self._tasks.lease / BEATS)

    async def _beat_once(self) -> None:
        await to_thread.run_sync(self._tasks.renew)
        for key in list(self._done):
            await self._finish(key)
        for task in await to_thread.run_sync(self._tasks.adopt):
            self._begin(task, again=True)

    def _begin(self, task: Task, again: bool) -> None:
        self._follow(self._whole(task, again), task.key)

    async def _whole(self, task: Task, again: bool) -> None:
        try:
            await self._do(task, again)
        except Undone:
            await to_thread.run_sync(self._tasks.drop, task.key)
            return
        except Exception as error:  # noqa: BLE001  one event's fault must not stop the others
            log.error("slack event failed", **described(error))
        self._done.add(task.key)
        await self._finish(task.key)

    async def _finish(self, key: str) -> None:
        """What cannot be noted now is noted at the next beat."""
        await to_thread.run_sync(self._tasks.finish, key)
        self._done.discard(key)

    def _follow(self, work: Coroutine[Any, Any, object], key: str) -> None:
        running = asyncio.create_task(_guarded(work))
        self._running[running] = key
        running.add_done_callback(self._running.pop)


def _about(key: str, subject: str) -> bool:
    return key == subject or key.startswith(f"{subject}:")


async def _guarded(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001
        log.error("slack event failed", **described(error))


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Does the work to its end, even where whoever waits for it is cancelled meanwhile."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        if not running.cancelled() and (error := running.exception()):
            log.info("slack task superseded", error=type(error).__name__)
        raise
