"""What Prometheus makes of a scrape."""

from __future__ import annotations

import httpx
from fastapi.testclient import TestClient
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

Values = dict[str, float]


def families(text: str) -> dict[str, Metric]:
    """The metrics of a scrape, by the name that its samples begin with."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def values(client: TestClient | httpx.Client, name: str) -> Values:
    """The samples of that name, by the values of their labels in the order of the labels' names."""
    found = (sample for family in families(client.get("/metrics").text).values() for sample in family.samples)
    return {
        " ".join(value for _, value in sorted(sample.labels.items())): sample.value
        for sample in found
        if sample.name == name
    }
