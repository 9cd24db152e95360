"""What the page says when something goes wrong, and that it goes on afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from playwright.sync_api import expect

from ingest.documents import Document
from ingest.errors import StorageError
from service.http.app import create_app
from service.http.policy import Policy
from tests.browser.conftest import Complaints, Opened, Serving
from tests.browser.dossier import Dossier, part
from tests.browser.relay import relayed
from tests.service.http.doubles import ONE, QUOTE, TEXT, House
from tests.service.http.live import Attended

REFUSED = "Failed to load resource"


@pytest.fixture
def house() -> House:
    """Answers when it is told to go, and has the article that it cites."""
    made = House()
    made.library.add([Document("posted", "record", json.dumps({"text": TEXT, "title": "Tashkent leaves"}).encode())])
    (article,) = made.library.records.values()
    made.library.records["a1"] = replace(article, id="a1")
    return made


def kept(house: House, grace: float) -> FastAPI:
    """A question at a time; a connection that broke may be taken up again for `grace` seconds."""
    return create_app(house.services, Policy(bounds=ONE, keep_alive=0.1, grace=grace))


@pytest.fixture
def scripted(house: House, serving: Serving) -> Iterator[str]:
    """The address of a service that answers by the script."""
    yield serving(kept(house, grace=10))
    house.answerer.go.set()


def begin(dossier: Dossier) -> None:
    """Asks, and waits for the first statement of an answer that is not whole yet."""
    dossier.question.fill("Why?")
    dossier.question.press("Enter")
    expect(part(dossier.turns.last, "words")).to_have_text([QUOTE])
    expect(dossier.turns.last).to_have_attribute("aria-busy", "true")


def test_statements_appear_before_the_answer_is_whole(opened: Opened, scripted: str, house: House) -> None:
    house.answerer.go.clear()
    dossier = opened(at=scripted)
    begin(dossier)
    expect(part(dossier.turns.last, "facts")).to_be_hidden()
    house.answerer.go.set()
    expect(part(dossier.answered(), "confidence")).to_have_text("90\u00a0%")
    expect(part(dossier.turns.last, "words")).to_have_count(1)


def test_stop_ends_the_work(opened: Opened, serving: Serving, house: House) -> None:
    house.answerer.go.clear()
    app = Attended(kept(house, grace=0))
    dossier = opened(at=serving(app))
    begin(dossier)
    dossier.page.get_by_role("button", name="Stop").click()
    expect(part(dossier.answered(), "problem-text")).to_have_text("Stopped.")
    # The service learns of it when the connection is closed, which the browser does in its own time.
    app.wait()
    house.answerer.go.set()
    assert house.answerer.closed.wait(10)
    assert house.answerer.finished == []
    dossier.turns.last.get_by_role("button", name="Ask again").click()
    expect(part(dossier.answered(), "confidence")).to_be_visible()
    expect(dossier.turns).to_have_count(1)


def test_a_broken_connection_is_taken_up_again(
    opened: Opened, scripted: str, house: House, complaints: Complaints
) -> None:
    complaints.expected = REFUSED
    house.answerer.go.clear()
    with relayed(scripted) as relay:
        dossier = opened(at=relay.address)
        begin(dossier)
        relay.cut()
        expect(part(dossier.turns.last, "stage")).to_contain_text("taking the answer up again")
        house.answerer.go.set()
        expect(part(dossier.answered(), "confidence")).to_be_visible()
        expect(part(dossier.turns.last, "words")).to_have_text([QUOTE])
    assert len(house.answerer.asked) == 1


def test_a_connection_that_stays_broken_is_told(
    opened: Opened, scripted: str, house: House, complaints: Complaints
) -> None:
    complaints.expected = REFUSED
    house.answerer.go.clear()
    with relayed(scripted) as relay:
        dossier = opened(at=relay.address)
        begin(dossier)
        relay.broken = True
        relay.cut()
        expect(part(dossier.turns.last, "problem-text")).to_have_text(
            "The connection broke before the answer was whole. Ask again."
        )
        expect(part(dossier.turns.last, "words")).to_have_text([QUOTE])


def test_an_offline_service_is_told_and_asked_again(dossier: Dossier, complaints: Complaints) -> None:
    complaints.expected = REFUSED
    dossier.page.context.set_offline(True)
    dossier.question.fill("Who won the 2014 World Cup?")
    dossier.question.press("Enter")
    expect(part(dossier.answered(), "problem-text")).to_contain_text("The service does not answer.")
    dossier.page.context.set_offline(False)
    dossier.turns.last.get_by_role("button", name="Ask again").click()
    expect(part(dossier.answered(), "verdict")).to_have_text("Not answered")
    expect(dossier.turns).to_have_count(1)


def test_a_conversation_that_cannot_be_read_is_told_and_read_again(dossier: Dossier, complaints: Complaints) -> None:
    complaints.expected = REFUSED
    dossier.ask("Who won the 2014 World Cup?")
    link = dossier.page.url
    dossier.page.get_by_role("button", name="New question").click()
    expect(dossier.turns).to_have_count(0)
    dossier.page.context.set_offline(True)
    dossier.page.evaluate("(link) => { location.href = link }", link)
    notice = dossier.page.locator("#notice")
    expect(notice).to_contain_text("The service does not answer.")
    dossier.page.context.set_offline(False)
    notice.get_by_role("button", name="Try again").click()
    expect(dossier.turns).to_have_count(1)
    expect(notice).to_be_hidden()


def test_a_busy_service_says_when_to_ask_again(
    opened: Opened, scripted: str, house: House, complaints: Complaints
) -> None:
    complaints.expected = "status of 503"
    house.answerer.go.clear()
    begin(opened(at=scripted))
    second = opened(at=scripted)
    second.question.fill("And I?")
    second.question.press("Enter")
    expect(part(second.answered(), "problem-text")).to_contain_text("Try again in 2 s.")
    house.answerer.go.set()
    assert house.answerer.closed.wait(10)
    second.turns.last.get_by_role("button", name="Ask again").click()
    expect(part(second.answered(), "confidence")).to_be_visible()


def test_filters_that_cannot_be_used_are_told(dossier: Dossier, complaints: Complaints) -> None:
    complaints.expected = "status of 422"
    dossier.page.get_by_text("Filters", exact=True).click()
    dossier.page.get_by_label("Published since").fill("2014-01-02")
    dossier.page.get_by_label("until").fill("2014-01-01")
    dossier.question.fill("Who won?")
    dossier.question.press("Enter")
    expect(part(dossier.answered(), "problem-text")).to_contain_text("2014-01-02")


def test_an_answer_that_fails_half_way_is_told(opened: Opened, scripted: str, house: House) -> None:
    house.answerer.error, house.answerer.fail_late = StorageError("The disk is full.", "Make room."), True
    dossier = opened(at=scripted)
    dossier.question.fill("Why?")
    dossier.question.press("Enter")
    expect(part(dossier.answered(), "problem-text")).to_have_text("The disk is full. Make room.")
