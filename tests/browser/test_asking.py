from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.dossier import Dossier, part

WHEN = "When did the allies formally agree to Uzbekistan's suspension?"


def test_an_answer_with_its_verdict_confidence_and_date(dossier: Dossier) -> None:
    turn = dossier.ask(WHEN)
    answer = dossier.answer()
    assert part(turn, "words").all_text_contents() == [each["text"] for each in answer["statements"]]
    expect(turn.locator(".statements .verdict")).to_have_text(["quoted"])
    expect(part(turn, "confidence")).to_have_text(f"{round(answer['confidence'] * 100)}\u00a0%")
    assert float(part(turn, "meter").get_attribute("value") or 0) == answer["confidence"]
    expect(part(turn, "as-of")).to_have_text("21 December 2012")
    expect(part(turn, "mode")).to_have_text("in the articles' own words")
    expect(turn.locator(".statements .short")).to_have_text("19 December 2012")
    expect(turn.get_by_role("link", name="original")).to_have_attribute("rel", re.compile("noopener"))


def test_a_follow_up_goes_on_in_the_same_conversation(dossier: Dossier) -> None:
    dossier.ask("When was the note handed to the CSTO secretariat in Moscow?")
    before = dossier.page.url
    turn = dossier.ask("And why?")
    assert dossier.page.url == before
    answer = dossier.answer()
    assert answer["standalone_question"] != "And why?"
    expect(part(turn, "asked-as")).to_have_text(f"Understood as: {answer['standalone_question']}")
    expect(dossier.turns).to_have_count(2)


def test_an_abstention_says_why_and_shows_what_is_no_answer(dossier: Dossier) -> None:
    turn = dossier.ask("Who won the 2014 World Cup?")
    answer = dossier.answer()
    expect(turn.get_by_role("heading", name="Not answered")).to_be_visible()
    expect(part(turn, "reason")).to_have_text(answer["reason"])
    expect(turn.get_by_role("heading", name="Nearest passages not an answer")).to_be_visible()
    assert turn.locator(".closest blockquote").all_text_contents() == [each["quote"] for each in answer["closest"]]
    expect(part(turn, "statements")).to_be_hidden()
    turn.locator(".closest button").nth(1).click()
    expect(dossier.mark).to_have_text(answer["closest"][1]["quote"])


def test_a_question_back_is_answered_by_picking_an_article(dossier: Dossier) -> None:
    turn = dossier.ask("When was it signed?")
    back = dossier.answer()["clarification"]
    expect(turn.get_by_role("heading", name="One question first")).to_be_visible()
    expect(part(turn, "reason")).to_have_text(back["question"])
    assert len(back["options"]) > 1
    picked = back["options"][-1]
    turn.get_by_role("button", name=picked, exact=True).click()
    expect(dossier.turns).to_have_count(2)
    answered = dossier.answered()
    expect(part(answered, "limits")).to_have_text(f"in “{picked}”")
    expect(part(answered, "title").first).to_have_text(picked)


def test_what_sources_tell_differently_is_side_by_side_with_dates(dossier: Dossier) -> None:
    turn = dossier.ask("How much did the Kerki bridge cost?")
    expect(turn.get_by_role("heading", name="The articles disagree about the amount")).to_be_visible()
    sides = turn.locator(".side")
    assert part(sides, "value").all_text_contents() == ["120 million dollars", "174 million dollars"]
    assert part(sides, "source").all_text_contents() == ["River Gazette", "Amu Monitor"]
    assert part(sides, "published").all_text_contents() == ["4 March 2021", "19 April 2021"]
    left, right = (sides.nth(number).bounding_box() for number in (0, 1))
    assert left
    assert right
    assert left["y"] == right["y"]
    sides.nth(1).get_by_role("button").click()
    expect(dossier.mark).to_contain_text("174 million dollars")


def test_filters_of_date_and_source(dossier: Dossier) -> None:
    dossier.page.get_by_text("Filters", exact=True).click()
    dossier.page.get_by_label("Published since").fill("2021-04-01")
    dossier.page.get_by_label("Amu Monitor").check()
    turn = dossier.ask("How much did the Kerki bridge cost?")
    expect(part(turn, "limits")).to_have_text("since 1 April 2021 · Amu Monitor")
    assert {each["source"] for each in dossier.answer()["citations"]} == {"Amu Monitor"}
    dossier.page.get_by_role("button", name="Clear").click()
    expect(part(dossier.ask(WHEN), "limits")).to_be_hidden()


def test_the_start_shows_what_there_is_to_ask_about(dossier: Dossier) -> None:
    expect(dossier.page.get_by_text("23 articles to ask about.")).to_be_visible()
    dossier.page.get_by_role("button", name="What Kerki paid for its crossing").click()
    expect(part(dossier.reader, "text")).to_contain_text("The auditors have done their sums")
    expect(dossier.mark).to_have_count(0)
