"""Usable by keyboard and screen reader, in the dark, on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Opened
from tests.browser.dossier import Dossier, part

COST = "How much did the Kerki bridge cost?"
GRAVE = ("serious", "critical")


def grave(dossier: Dossier) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(dossier.page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found if each["impact"] in GRAVE for node in each["nodes"]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_axe_finds_nothing_grave(opened: Opened, phone: bool, dark: bool) -> None:
    dossier = opened(phone=phone, dark=dark)
    expect(dossier.page.get_by_text("Newest articles")).to_be_visible()
    assert grave(dossier) == []
    dossier.page.get_by_text("Filters", exact=True).click()
    dossier.ask("Who won the 2014 World Cup?")
    turn = dossier.ask(COST)
    turn.get_by_role("button", name="Not helpful").click()
    assert grave(dossier) == []
    turn.get_by_role("button", name="Citation 2:").first.click()
    expect(dossier.mark).to_be_visible()
    assert grave(dossier) == []
    dossier.page.keyboard.press("Escape")
    dossier.page.get_by_role("button", name="Add articles").click()
    assert grave(dossier) == []


def test_all_by_keyboard(dossier: Dossier) -> None:
    press = dossier.page.keyboard.press
    press("/")
    expect(dossier.question).to_be_focused()
    dossier.page.keyboard.type(COST)
    press("Enter")
    turn = dossier.answered()
    press("Shift+Tab")
    while not turn.get_by_role("button", name="Citation 2:").first.evaluate("(it) => it === document.activeElement"):
        press("Shift+Tab")
    press("Enter")
    expect(dossier.mark).to_be_focused()
    expect(dossier.mark).to_contain_text("174 million dollars")
    press("Escape")
    expect(turn.get_by_role("button", name="Citation 2:").first).to_be_focused()
    expect(part(dossier.reader, "placeholder")).to_be_visible()
    turn.get_by_role("button", name="Helpful", exact=True).focus()
    press("Enter")
    expect(turn.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_screen_reader_is_told_what_happens(dossier: Dossier) -> None:
    announcer = dossier.page.locator("#announcer")
    expect(announcer).to_have_attribute("role", "status")
    dossier.ask(COST)
    expect(announcer).to_have_text("Answered in 2 statements.")
    dossier.ask("Who won the 2014 World Cup?")
    expect(announcer).to_contain_text("Not answered. The articles do not say")


def test_a_line_break_is_written_with_shift(dossier: Dossier) -> None:
    dossier.question.fill("One")
    dossier.question.press("Shift+Enter")
    dossier.page.keyboard.type("two")
    assert dossier.question.input_value() == "One\ntwo"
    expect(dossier.turns).to_have_count(0)
