from __future__ import annotations

import pytest
from limits import parse
from playwright.sync_api import expect

from service.http.access import Locks
from service.http.app import create_app
from service.http.policy import Policy
from service.http.rates import LocalRates
from tests.browser.conftest import Complaints, Opened, Serving
from tests.browser.dossier import Dossier, part
from tests.service.http.doubles import House

REFUSED = "status of (401|403|404)"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def locked(house: House, serving: Serving) -> str:
    """A service that asks for keys."""
    locks = Locks(house.keyring.holder, LocalRates(parse("600/minute")))
    return serving(create_app(house.services, Policy(locks=locks)))


def enter(dossier: Dossier, key: str) -> None:
    dialog = dossier.page.get_by_role("dialog", name="A key is needed")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Key").fill(key)
    dialog.get_by_role("button", name="Use this key").click()


def test_a_key_is_asked_for_once_and_kept_in_the_tab(
    opened: Opened, locked: str, house: House, complaints: Complaints
) -> None:
    complaints.expected = REFUSED
    _, secret = house.keyring.create("desk", ["ask", "write"])
    dossier = opened(at=locked)
    enter(dossier, f"{secret[:-2]}xx")
    expect(dossier.page.get_by_text("The service does not take the key given.")).to_be_visible()
    enter(dossier, secret)
    expect(dossier.page.get_by_role("dialog", name="A key is needed")).to_be_hidden()
    expect(dossier.page.get_by_role("button", name="Add articles")).to_be_visible()
    expect(part(dossier.ask("Why?"), "confidence")).to_be_visible()
    dossier.page.reload()
    expect(dossier.page.get_by_role("button", name="Add articles")).to_be_visible()
    expect(dossier.page.get_by_role("dialog", name="A key is needed")).to_be_hidden()
    assert dossier.page.evaluate("localStorage.length") == 0
    assert secret not in dossier.page.url


def test_who_may_only_ask_is_not_offered_to_add(
    opened: Opened, locked: str, house: House, complaints: Complaints
) -> None:
    complaints.expected = REFUSED
    _, secret = house.keyring.create("reader", ["ask"])
    dossier = opened(at=locked)
    enter(dossier, secret)
    expect(dossier.page.get_by_text("There are no articles yet")).to_be_visible()
    expect(dossier.page.get_by_role("button", name="Add articles")).to_be_hidden()


def test_who_may_do_all_is_offered_to_add(opened: Opened, locked: str, house: House, complaints: Complaints) -> None:
    complaints.expected = REFUSED
    _, secret = house.keyring.create("chief", ["admin"])
    dossier = opened(at=locked)
    enter(dossier, secret)
    expect(dossier.page.get_by_role("button", name="Add articles")).to_be_visible()


def test_without_a_key_the_page_says_what_is_missing(opened: Opened, locked: str, complaints: Complaints) -> None:
    complaints.expected = REFUSED
    dossier = opened(at=locked)
    dossier.page.get_by_role("button", name="Cancel").click()
    expect(dossier.page.locator("#notice")).to_contain_text("The request has no key.")
    dossier.page.locator("#notice").get_by_role("button", name="Try again").click()
    expect(dossier.page.get_by_role("dialog", name="A key is needed")).to_be_visible()
