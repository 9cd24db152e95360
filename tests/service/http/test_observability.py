"""The dashboard, the alerts and the documentation speak of the metrics that the service really has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import promql_parser
import pytest
import yaml
from prometheus_client.metrics_core import Metric

from service.settings import ServiceSettings
from tests.service.http.live import real_service
from tests.service.http.scrapes import families

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
ARTICLES = sorted((ROOT / "eval" / "data" / "articles").glob("2012-*.md"))
ADDED_BY_PROMETHEUS = {"instance", "job", "le"}
GRAFANA_VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Metric]:
    with real_service(tmp_path_factory.mktemp("scraped"), ARTICLES) as (address, _):
        for question in ("Why did Uzbekistan suspend its membership of the CSTO?", "Who won the World Cup in 2014?"):
            httpx.post(f"{address}/v1/ask", json={"question": question}, timeout=60).raise_for_status()
        return families(httpx.get(f"{address}/metrics").text)


@pytest.fixture(scope="module")
def series(scraped: dict[str, Metric]) -> dict[str, list[dict[str, str]]]:
    """The labels of each series, by the name of its samples."""
    found: dict[str, list[dict[str, str]]] = {}
    for family in scraped.values():
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def dashboard() -> dict[str, Any]:
    return json.loads((DOCS / "deploy" / "grafana.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def shown() -> list[str]:
    targets = [target for panel in dashboard()["panels"] for target in panel.get("targets", ())]
    expressions = [target["expr"] for target in targets]
    for variable, value in GRAFANA_VARIABLES.items():
        expressions = [each.replace(variable, value) for each in expressions]
    return expressions


def rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((DOCS / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return group["rules"]  # type: ignore[no-any-return]


def selectors(expression: str) -> Iterator[promql_parser.VectorSelector]:
    """The series that an expression asks for."""
    found: list[promql_parser.VectorSelector] = []

    def visit(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)
        elif isinstance(node, promql_parser.VectorSelector):
            found.append(node)

    promql_parser.walk(promql_parser.parse(expression), visit)
    yield from found


@pytest.mark.parametrize("expression", [*shown(), *(rule["expr"] for rule in rules())])
def test_an_expression_asks_for_what_is_there(expression: str, series: dict[str, list[dict[str, str]]]) -> None:
    asked = [str(each.name) for each in selectors(expression) if each.name != "up"]
    assert asked or "up" in expression
    assert set(asked) <= set(series)
    known = ADDED_BY_PROMETHEUS.union(*(labels for name in asked for labels in series[name]))
    matched = {matcher.name for selector in selectors(expression) for matcher in selector.matchers.matchers}
    grouped = {label for labels in re.findall(r"by \(([^)]*)\)", expression) for label in labels.split(", ")}
    assert matched | grouped <= known


def test_every_metric_is_on_the_dashboard(scraped: dict[str, Metric]) -> None:
    named = {str(selector.name) for expression in shown() for selector in selectors(expression)}
    asked = {re.sub(r"_(total|bucket|info)$", "", name) for name in named}
    ours = {re.sub(r"_info$", "", name) for name in scraped if name.startswith("dossier_")}
    assert ours <= asked


def test_the_dashboard_can_be_imported() -> None:
    board = dashboard()
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {variable["name"] for variable in board["templating"]["list"]} == {"datasource", "instance"}
    assert {panel["datasource"]["uid"] for panel in panels if panel["type"] != "row"} == {"${datasource}"}
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells


def test_an_alert_says_what_to_do() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "description"}
        assert re.fullmatch(r"\d+[mh]", rule["for"])


def test_the_table_of_metrics_is_that_of_the_code(scraped: dict[str, Metric]) -> None:
    text = (DOCS / "observability.md").read_text(encoding="utf-8")
    documented = [line for line in text.splitlines() if line.startswith("| `dossier_")]
    assert documented == [row(family) for name, family in scraped.items() if name.startswith("dossier_")]


def row(family: Metric) -> str:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    labels = dict.fromkeys(label for sample in family.samples for label in sample.labels if label != "le")
    return f"| `{name}` | {family.type} | {', '.join(f'`{label}`' for label in labels)} | {family.documentation} |"


def test_every_setting_of_it_is_documented() -> None:
    text = (DOCS / "observability.md").read_text(encoding="utf-8")
    for name, field in ServiceSettings.model_fields.items():
        if name.startswith("log_"):
            assert f"| `DOSSIER_{name.upper()}` | {field.default} |".casefold() in text.casefold()
