from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Complaints, Opened
from tests.browser.dossier import Dossier, part

FIRST = "How long is Uzbekistan's border with Afghanistan?"
SECOND = "Who introduced the foreign-policy concept to the senators?"


def test_list_open_and_delete(dossier: Dossier) -> None:
    dossier.ask(FIRST)
    dossier.page.get_by_role("button", name="New question").click()
    expect(dossier.page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    expect(dossier.question).to_be_focused()
    dossier.ask(SECOND)
    listed = dossier.page.get_by_role("navigation", name="Conversations")
    assert listed.get_by_role("link").all_text_contents()[:2] == [SECOND, FIRST]
    expect(listed.get_by_role("link", name=SECOND)).to_have_attribute("aria-current", "page")

    listed.get_by_role("link", name=FIRST).click()
    expect(dossier.turns.get_by_role("heading", level=2)).to_have_text(FIRST)
    expect(part(dossier.turns, "confidence")).to_be_visible()
    dossier.page.go_back()
    expect(dossier.turns.get_by_role("heading", level=2)).to_have_text(SECOND)

    dossier.page.get_by_role("button", name=f"Delete: {SECOND}").click()
    dossier.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(listed.get_by_role("link", name=SECOND)).to_have_count(0)
    expect(dossier.turns).to_have_count(0)


def test_a_link_opens_a_conversation_and_it_goes_on(opened: Opened, dossier: Dossier) -> None:
    dossier.ask("When was the note handed to the CSTO secretariat in Moscow?")
    again = opened(re.sub(r"^http://[^/]+", "", dossier.page.url))
    expect(again.turns).to_have_count(1)
    expect(part(again.turns, "words").first).to_have_text(dossier.answer()["statements"][0]["text"])
    again.ask("And why?")
    assert again.answer()["conversation_id"] == dossier.answer()["conversation_id"]


def test_on_a_phone_they_are_in_a_drawer(opened: Opened, dossier: Dossier) -> None:
    dossier.ask(FIRST)
    phone = opened(phone=True)
    phone.page.get_by_role("button", name="Conversations").click()
    phone.page.get_by_role("link", name=FIRST).first.click()
    expect(phone.page.locator("#conversations")).to_be_hidden()
    expect(phone.turns).to_have_count(1)


def test_a_link_to_no_conversation_says_so(opened: Opened, complaints: Complaints) -> None:
    complaints.expected = "status of 404"
    dossier = opened("/#conversation=nothing")
    expect(dossier.page.locator("#notice")).to_contain_text("There is no conversation with this id.")
