from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from ingest.documents import Document, Failure
from ingest.fetch import Fetcher
from ingest.pipeline import OnOutcome, OnProgress, Progress, Report
from ingest.records import Outcome
from service import parcels
from service.http.app import create_app
from service.http.policy import Policy
from service.jobs import Jobs
from service.store.jobs import JobBook
from tests.browser.conftest import Opened, Serving
from tests.browser.dossier import Dossier, part
from tests.service.http.doubles import House
from tests.service.http.live import real_service

CABLE = """The cable car at Nurek

NUREK. The cable car at Nurek carried its first passengers on 9 May 2019. It climbs 410 metres in six minutes.
The town paid for it out of the sale of its old buses, and has not regretted it so far, the mayor said.
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service without articles."""
    with real_service(tmp_path_factory.mktemp("empty"), []) as (address, _):
        yield address


@pytest.fixture
def dialog(opened: Opened, empty: str) -> Locator:
    dossier = opened(at=empty)
    dossier.page.get_by_role("button", name="Add articles").click()
    return dossier.page.get_by_role("dialog", name="Add articles")


def job_of(dialog: Locator) -> Locator:
    """The newest one, when it is done."""
    job = dialog.locator(".job").first
    expect(part(job, "state")).to_contain_text("Done")
    return job


def test_files_are_added_and_can_be_asked_about(dialog: Locator, tmp_path: Path) -> None:
    good, bad = tmp_path / "cable.txt", tmp_path / "broken.pdf"
    good.write_text(CABLE, encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7 nothing")
    dialog.get_by_label("Files").set_input_files([good, bad])
    dialog.get_by_text("What the files do not say themselves").click()
    dialog.get_by_label("Source").fill("Nurek Daily")
    dialog.get_by_label("Published").fill("2019-05-10")
    dialog.get_by_role("button", name="Add", exact=True).click()
    job = job_of(dialog)
    expect(part(job, "state")).to_have_text("Done · 1 of 2 articles new or changed")
    expect(part(job, "progress")).to_be_hidden()
    expect(part(job, "status")).to_have_text(["new", "failed"])
    expect(part(job, "origin")).to_have_text(["cable.txt", "broken.pdf"])
    expect(part(job, "reason").nth(1)).not_to_be_empty()
    dialog.get_by_role("button", name="Close").click()

    dossier = Dossier(dialog.page)
    expect(dossier.page.get_by_text("1 article to ask about.")).to_be_visible()
    turn = dossier.ask("When did the cable car at Nurek carry its first passengers?")
    expect(turn.locator(".statements .short")).to_have_text("9 May 2019")
    expect(part(turn, "facts").last).to_contain_text("Nurek Daily · 10 May 2019")
    dossier.page.get_by_text("Filters", exact=True).click()
    expect(dossier.page.get_by_role("checkbox", name="Nurek Daily")).to_be_visible()


def test_an_address_that_cannot_be_read_is_told(dialog: Locator) -> None:
    dialog.get_by_label("Web addresses").fill("http://127.0.0.1:9/article")
    dialog.get_by_role("button", name="Add", exact=True).click()
    job = job_of(dialog)
    expect(part(job, "status")).to_have_text("failed")
    expect(part(job, "origin")).to_have_text("http://127.0.0.1:9/article")


def test_what_is_no_address_is_told_before_it_is_sent(dialog: Locator) -> None:
    add = dialog.get_by_role("button", name="Add", exact=True)
    add.click()
    expect(part(dialog, "problem")).to_have_text("Choose a file, or write an address.")
    dialog.get_by_label("Web addresses").fill("javascript:alert(1)")
    add.click()
    expect(part(dialog, "problem")).to_contain_text("“javascript:alert(1)” is not a web address")
    expect(dialog.locator(".job")).to_have_count(0)


def test_the_empty_service_says_what_to_do(opened: Opened, serving: Serving) -> None:
    dossier = opened(at=serving(create_app(House().services, Policy())))
    expect(dossier.page.get_by_text("There are no articles yet: add some, then ask.")).to_be_visible()


def test_a_job_shows_how_far_it_is_and_is_cancelled(opened: Opened, serving: Serving) -> None:
    house, go = House(), threading.Event()

    def one_at_a_time(documents: Iterable[Document | Failure], progress: OnProgress, outcome: OnOutcome) -> Report:
        for document in documents:
            outcome(Outcome(origin=document.origin, status="new"))
            progress(Progress(documents=1, passages=40, done=10, reading=True))
            go.wait(10)
        return Report()

    jobs = Jobs(JobBook(house.store, house.worker), one_at_a_time, partial(parcels.opened, fetcher=Fetcher()))
    app = create_app(replace(house.services, jobs=jobs), Policy())
    with jobs.working():
        dossier = opened(at=serving(app))
        dossier.page.get_by_role("button", name="Add articles").click()
        dialog = dossier.page.get_by_role("dialog", name="Add articles")
        dialog.get_by_label("Files").set_input_files([_text_file("a.txt"), _text_file("b.txt")])
        dialog.get_by_role("button", name="Add", exact=True).click()
        job = dialog.locator(".job")
        expect(job.get_by_role("heading")).to_have_text("2 files")
        expect(part(job, "state")).to_have_text("Reading · 1 document · 10 of 40 passages ready")
        assert part(job, "progress").evaluate("(bar) => bar.position") == 0.25
        with dossier.page.expect_response("**/v1/jobs/*"):
            job.get_by_role("button", name="Cancel").click()
        go.set()
        expect(part(job, "state")).to_have_text("Cancelled")
        expect(part(job, "origin")).to_have_text(["a.txt"])
        expect(job.get_by_role("button", name="Cancel")).to_be_hidden()


def _text_file(name: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": CABLE.encode()}
