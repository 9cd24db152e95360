"""The crowd that `eval.bench.arrivals` sends, in a process of its own: locust puts gevent in the place of threads and
sockets when it is imported. Reads a plan from standard input and writes the replies to standard output.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import asdict
from time import monotonic
from typing import Any

import gevent
from locust import FastHttpUser, task
from locust.env import Environment
from locust.exception import StopUser

from eval.bench.arrivals import Plan, Reply


def replies(plan: Plan) -> list[Reply]:
    """Sends a reader for each question, and waits until every one has gone."""
    questions, heard = iter(plan.questions), list[Reply]()

    class Reader(FastHttpUser):
        """Comes, asks one question over a connection of its own, and goes."""

        host = plan.address
        connection_timeout = network_timeout = plan.patience

        @task
        def ask(self) -> None:
            self.client.post("/v1/ask", json={"question": next(questions), "mode": "quoted"})
            raise StopUser

        def on_stop(self) -> None:
            self.client.client.clientpool.close()

    environment = Environment(user_classes=[Reader])
    environment.events.request.add_listener(lambda **request: heard.append(_reply(**request)))  # type: ignore[no-untyped-call]
    runner = environment.create_local_runner()
    began = monotonic()
    for arrival in _arrivals(plan):
        gevent.sleep(max(0.0, began + arrival - monotonic()))
        runner.spawn_users({Reader.__name__: 1})
    runner.user_greenlets.join()
    runner.quit()
    return heard


def _arrivals(plan: Plan) -> Iterator[float]:
    """Seconds from the beginning, as of readers who know nothing of each other (a Poisson process)."""
    random_ = random.Random(plan.seed)  # noqa: S311 - reproducible, not secret
    at = 0.0
    for _ in plan.questions:
        yield at
        at += random_.expovariate(plan.rate)


def _reply(response_time: float, response: Any, **_: Any) -> Reply:
    return Reply(response_time / 1000, response.status_code, "retry-after" in (response.headers or {}))


if __name__ == "__main__":
    json.dump([asdict(reply) for reply in replies(Plan(**json.load(sys.stdin)))], sys.stdout)
