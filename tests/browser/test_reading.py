"""The article beside the answer: its marked characters are the quote, and nothing else."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Complaints, Opened
from tests.browser.dossier import Dossier, part

WHEN = "When did the allies formally agree to Uzbekistan's suspension?"
COST = "How much did the Kerki bridge cost?"


def assert_in_sight(mark: Locator, within: Locator) -> None:
    expect(mark).to_be_visible()
    inner, outer = mark.bounding_box(), within.bounding_box()
    assert inner
    assert outer
    assert outer["y"] <= inner["y"] <= inner["y"] + inner["height"] <= outer["y"] + outer["height"]


def test_every_citation_of_several_answers_is_marked_exactly(dossier: Dossier) -> None:
    seen = 0
    for question in (WHEN, COST, "How high would the dam at Rogun be?"):
        turn = dossier.ask(question)
        for citation in dossier.answer()["citations"]:
            turn.locator(".statements").get_by_role("button", name=f"Citation {citation['number']}:").first.click()
            expect(dossier.mark).to_have_text(citation["quote"])
            assert dossier.mark.text_content() == citation["quote"]
            article = dossier.read(f"/v1/articles/{citation['article_id']}")
            assert part(dossier.reader, "text").text_content() == article["text"]
            expect(part(dossier.reader, "check")).to_contain_text("are exactly the quote")
            assert_in_sight(dossier.mark, part(dossier.reader, "text"))
            if citation["short"]:
                assert dossier.mark.locator("u").text_content() == citation["short"]["text"]
                seen += 1
    assert seen >= 3


def test_emoji_before_and_within_a_quote_move_nothing(dossier: Dossier) -> None:
    dossier.ask(COST)
    citation = dossier.answer()["citations"][0]
    before = dossier.read(f"/v1/articles/{citation['article_id']}")["text"][: citation["start"]]
    assert len(before.encode("utf-16-le")) // 2 > len(before)
    assert "🎉" in citation["quote"]
    assert dossier.mark.text_content() == citation["quote"]
    assert dossier.mark.locator("u").text_content() == citation["short"]["text"]


def test_pointing_at_a_citation_opens_it_and_leaves_the_focus(dossier: Dossier) -> None:
    turn = dossier.ask(COST)
    first, second = dossier.answer()["citations"]
    expect(dossier.mark).to_have_text(first["quote"])
    turn.get_by_role("button", name="Citation 2:").first.hover()
    expect(dossier.mark).to_have_text(second["quote"])
    expect(dossier.question).to_be_focused()
    expect(turn.locator(".mark[aria-current]")).to_have_count(1)


def test_what_was_chosen_keeps_the_focus_though_it_is_pointed_at(dossier: Dossier) -> None:
    turn = dossier.ask(COST)
    turn.get_by_role("button", name="Citation 2:").first.click()
    expect(dossier.mark).to_be_focused()
    dossier.page.wait_for_timeout(300)  # longer than pointing takes to open an article
    expect(dossier.mark).to_be_focused()


def test_on_a_phone_a_tap_opens_a_sheet_and_closing_it_leads_back(opened: Opened) -> None:
    dossier = opened(phone=True)
    turn = dossier.ask(WHEN)
    expect(dossier.reader).to_be_hidden()
    mark = turn.get_by_role("button", name="Citation 1:").first
    mark.tap()
    expect(dossier.mark).to_have_text(dossier.answer()["citations"][0]["quote"])
    assert_in_sight(dossier.mark, part(dossier.reader, "text"))
    dossier.page.get_by_role("button", name="Close", exact=True).click()
    expect(dossier.reader).to_be_hidden()
    expect(mark).to_be_focused()
    assert dossier.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_link_opens_an_article_at_its_characters(opened: Opened, dossier: Dossier) -> None:
    dossier.ask(COST)
    citation = dossier.answer()["citations"][0]
    link = dossier.reader.get_by_role("link", name=re.compile("Characters")).get_attribute("href")
    assert link == f"#article={citation['article_id']}&start={citation['start']}&end={citation['end']}"
    for phone in (False, True):
        linked = opened(f"/{link}", phone=phone)
        expect(linked.mark).to_have_text(citation["quote"])
        assert_in_sight(linked.mark, part(linked.reader, "text"))


def test_a_link_to_nothing_says_so(opened: Opened, complaints: Complaints) -> None:
    complaints.expected = "status of 404"
    linked = opened("/#article=nothing&start=-5&end=x")
    expect(part(linked.reader, "problem")).to_contain_text("No article has this id.")


def test_an_offset_past_the_end_marks_nothing(opened: Opened, dossier: Dossier) -> None:
    article = dossier.read("/v1/articles?limit=1")["articles"][0]
    linked = opened(f"/#article={article['id']}&start=999999&end=1000000")
    expect(part(linked.reader, "text")).to_be_visible()
    expect(linked.mark).to_have_count(0)


def test_the_screen_may_grow_and_shrink_under_an_open_article(dossier: Dossier) -> None:
    dossier.ask(WHEN)
    quote = dossier.answer()["citations"][0]["quote"]
    for width, way in ((390, ":modal"), (1280, ":not(:modal)"), (390, ":modal")):
        dossier.page.set_viewport_size({"width": width, "height": 800})
        expect(dossier.page.locator(f"#reader{way}")).to_be_visible()
        expect(dossier.mark).to_have_text(quote)
    dossier.page.keyboard.press("Escape")
    expect(dossier.reader).to_be_hidden()
