"""What is read of the service whenever its metrics are asked for."""

from __future__ import annotations

from service.http.metrics import Metrics
from service.http.queue import Queue
from service.http.services import Services


def watch(metrics: Metrics, services: Services, queue: Queue) -> None:
    """Has `metrics` read the size of the corpus, the queue and the jobs, and tell the models."""
    metrics.watch(
        "dossier_articles", "Articles there are, each counted once whatever its versions.", services.library.count
    )
    if services.passage_count:
        metrics.watch("dossier_passages", "Passages that may answer.", services.passage_count)
    metrics.watch("dossier_questions_in_flight", "Questions that are worked on.", lambda: queue.at_work)
    metrics.watch("dossier_questions_waiting", "Questions that wait for their turn.", lambda: queue.waiting)
    metrics.watch(
        "dossier_questions_refused_total",
        "Questions that were refused because too many were under way, by the problem that was told.",
        lambda: queue.refused,
        label="reason",
    )
    metrics.watch("dossier_jobs", "Background ingests that have not ended.", services.jobs.under_way, label="state")
    if services.models:
        metrics.describe(services.models)
