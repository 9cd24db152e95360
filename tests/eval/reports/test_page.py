import base64
import hashlib
import re
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from eval.reports.page import page
from eval.results import Result
from eval.verdicts import Change, GateResult
from tests.eval.reports.doubles import AFTER, BEFORE, HOSTILE, QUOTE, case, claim, failed, gate, quote, result

SUPPORT = [{**result().metrics[0].model_dump(), "name": "support_right", "family": "support"}]
RUNS: dict[str, tuple[Result, GateResult | None]] = {
    "plain": (result(), None),
    "pass": (result(), gate("pass")),
    "worse": (result(), gate("worse")),
    "broken": (result(), gate("broken")),
    "floors": (result(), gate("pass", baseline=None, against=(), changes=())),
    "claims": (result(claim(), metrics=SUPPORT, threshold=None, speed={}, by_tag={}), None),
    "ranking": (result(case("r", 0.5, status=None, statements=(), citations=(), signals={})), None),
    "empty": (result(case("good"), metrics=(), threshold=None, speed={}, by_tag={}, notes=()), None),
}


@pytest.fixture(scope="module", params=RUNS)
def rendered(request: pytest.FixtureRequest) -> str:
    return page(*RUNS[request.param])


def parsed(run: Result, told: GateResult | None = None) -> Any:
    return html.document_fromstring(page(run, told))


def said(element: Any) -> str:
    """Its words, whatever elements they stand in."""
    return " ".join(" ".join(element.itertext()).split())


def test_nothing_is_asked_for_from_anywhere(rendered: str) -> None:
    tree = html.document_fromstring(rendered)
    addresses = [value for name in ("href", "src", "action", "data") for value in tree.xpath(f"//@{name}")]
    assert all(value.startswith("#") for value in addresses)
    assert not re.search(r"@import|url\((?!#)", rendered)
    assert not tree.xpath("//link | //iframe | //img | //object | //embed")


def test_only_the_page_s_own_script_may_run(rendered: str) -> None:
    (script,) = html.document_fromstring(rendered).xpath("//script")
    known = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{known}'" in rendered


def test_ids_are_unique_and_links_lead_somewhere(rendered: str) -> None:
    tree = html.document_fromstring(rendered)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in tree.xpath("//a/@href")} <= set(ids)


def test_headings_go_down_one_step_at_a_time(rendered: str) -> None:
    levels = [int(heading.tag[1]) for heading in html.document_fromstring(rendered).xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_equal_runs_give_equal_pages() -> None:
    assert page(*RUNS["worse"]) == page(*RUNS["worse"])


def test_the_verdict_is_told_in_words() -> None:
    (verdict,) = parsed(result(), gate("worse")).find_class("verdict")
    assert "Worse: 1 of 2 bounded metrics failed: right." in said(verdict)
    assert "1 case got worse and 1 better against baselines/own.json." in said(verdict)
    assert "right : 0.500 is under 0.55" in said(verdict)
    assert not parsed(result()).find_class("verdict")


def test_a_metric_is_told_with_all_that_is_known_of_it() -> None:
    rows = parsed(result(), gate()).xpath("//section[@aria-labelledby='metrics']//tr[td]")
    told = {said(row.find("th")).split()[0]: [said(cell) for cell in row.findall("td")] for row in rows}
    assert told["right"] == ["0.500", "0.250 – 0.750", "2", "0.750", "−0.250 −0.500 … +0.125", "≥ 0.55", "worse"]
    assert "rouge_l" not in told
    assert "Unscored, since no answers: rouge_l." in said(parsed(result(), gate()))


def test_the_main_metrics_are_the_first_of_each_family() -> None:
    (figures,) = parsed(result()).find_class("figures")
    assert [said(each).split()[0] for each in figures] == ["right", "exactness", "wrong_refusal"]


def test_a_tag_beyond_the_interval_stands_out() -> None:
    (section,) = parsed(result()).xpath("//section[@aria-labelledby='tags']")
    assert [said(each) for each in section.find_class("low")] == ["0.125", "0.500"]


def test_a_quote_is_marked_in_its_article_with_the_gold_beside() -> None:
    (one,) = parsed(result(case("bad", 0.0))).xpath("//details[contains(@class, 'case')]")
    cited, gold = one.xpath(".//blockquote")
    assert cited.text_content() == f"…{BEFORE}{QUOTE}{AFTER}…"
    assert [mark.text for mark in one.xpath(".//mark")] == [QUOTE, QUOTE]
    assert "[1] Leaving · The Wire · 2012-06-29 · characters 31–67" in said(cited.getparent())
    assert gold.getparent().get("class") == "quote gold"
    assert one.xpath(".//ol/li/a/@href") == [f"#{cited.getparent().get('id')}"]


def test_a_start_of_an_article_is_not_cut_off() -> None:
    (one,) = parsed(result(case("bad", 0.0, gold=(), citations=(quote(start=11, end=47),)))).xpath("//blockquote")
    assert one.text_content().startswith(BEFORE)


def test_the_worst_come_first_and_only_thirty() -> None:
    run = result(*(case(f"case-{number}", 0.0) for number in range(33)), failed())
    cases = parsed(run).xpath("//section[@id='worst']/details")
    assert len(cases) == 30
    assert "failed" in said(cases[0].find("summary"))
    assert "The disk is full." in said(cases[0])
    assert "34 cases failed or lost a score; these are the worst 30" in said(parsed(run))


def test_why_a_case_lost_is_told() -> None:
    (one,) = parsed(result(case("bad", 0.0, "no gold sentence is cited"))).find_class("why")
    assert [said(each) for each in one.xpath("./li/span")] == ["right", "no gold sentence is cited"]


def test_a_claim_shows_label_verdict_reasons_and_sentences() -> None:
    text = said(parsed(*RUNS["claims"]).xpath("//section[@id='worst']/details")[0])
    for told in ("Rain fell.", "Label supported", "Verdict unsupported (0.25)", "rain is in no sentence", QUOTE):
        assert told in text


def test_cases_that_got_worse_are_told_in_full_though_others_are_worse() -> None:
    others = (case(f"case-{number}", 0.0) for number in range(30))
    change = Change(id="half", metric="right", before=1.0, after=0.5, worse=True, why="half of it")
    (section,) = parsed(result(*others, case("half", 0.5, "half of it")), gate(changes=(change,))).xpath(
        "//section[@aria-labelledby='changed']"
    )
    (told,) = section.xpath("./details")
    assert section.xpath(".//ul[@class='changes']//a/@href") == [f"#{told.get('id')}"]
    assert "got worse" in said(told.find("summary"))


def test_what_produced_it_is_told() -> None:
    text = said(parsed(result()).xpath("//section[last()]")[0])
    for told in ("1f64ab0c93de with uncommitted changes", "d" * 16, "embedder mini", "numpy 2.3", '"k": 20', "x86_64"):
        assert told in text


def test_no_text_of_others_becomes_markup() -> None:
    hostile = HOSTILE + "\"'</script></style>"
    bad = case(
        hostile,
        0.0,
        hostile,
        question=hostile,
        tags=(hostile,),
        reason=hostile,
        reference=hostile,
        answers=(hostile,),
        citations=(
            quote(article=hostile, title=hostile, source=hostile, before=hostile, quote=hostile, after=hostile),
        ),
    )
    change = Change(id=hostile, metric="right", before=1.0, after=0.0, worse=True, why=hostile)
    told = gate("broken", changes=(change,), faults=(hostile,), baseline=hostile)
    run = result(bad, failed(error=hostile), by_tag={hostile: {"right": (0.1, 1)}}, notes=(hostile,))
    text = page(run, told)
    tree = html.document_fromstring(text)
    assert len(tree.xpath("//script")) == 1
    assert len(tree.xpath("//style")) == 1
    assert not tree.xpath("//img")
    assert all(link.startswith("#") for link in tree.xpath("//@href"))
    assert text.count("<script>alert") == 0
