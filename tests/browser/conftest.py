"""One Chromium and one real service for all tests of the page; whatever the page complains of fails the test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect, sync_playwright
from starlette.types import ASGIApp

from tests.browser.dossier import Dossier
from tests.commands import ROOT
from tests.service.http.live import real_service, served

ARTICLES = [ROOT / "eval" / "data" / "articles", Path(__file__).parent / "articles"]
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
VIOLATIONS = (
    "addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective))"
)

PATIENCE = 30_000
"""Milliseconds until something has to be on the page; a busy machine answers in some of them."""
expect.set_options(timeout=PATIENCE)

Opened = Callable[..., Dossier]
Serving = Callable[[ASGIApp], str]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Of the package and no longer: while it is there, no other test could run an event loop."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        chromium = shutil.which("chromium") or (str(own) if own.exists() else None)
        if chromium is None:
            pytest.skip("Chromium is not installed: the web page is not tested")
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """The real service over real articles; without a browser there is no need of it."""
    with real_service(tmp_path_factory.mktemp("browser"), ARTICLES) as (address, _):
        yield address


class Complaints:
    """What the page wrote to the console, and where it went without being asked to."""

    def __init__(self) -> None:
        self.expected: str | None = None
        self._found: list[str] = []

    def listen(self, page: Page, address: str) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._found.append(f"{error}"))
        page.on("request", lambda request: self._request(request.url, address))

    def unexpected(self) -> list[str]:
        return [each for each in self._found if not (self.expected and re.search(self.expected, each))]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._found.append(message.text)

    def _request(self, url: str, address: str) -> None:
        if not url.startswith(f"{address}/"):
            self._found.append(f"asked {url}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    found = Complaints()
    yield found
    assert found.unexpected() == []


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Serves an app, and gives its address, until the pages that were opened are closed."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(served(app))


@pytest.fixture
def opened(browser: Browser, address: str, complaints: Complaints, serving: Serving) -> Iterator[Opened]:
    """Opens the page, in a browser that knows nothing yet."""
    contexts = []

    def open_page(path: str = "/", *, at: str = address, phone: bool = False, dark: bool = False) -> Dossier:
        context = browser.new_context(
            base_url=at,
            viewport=PHONE if phone else WIDE,  # type: ignore[arg-type]
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        complaints.listen(page, at)
        page.goto(path)
        return Dossier(page)

    yield open_page
    for context in contexts:
        try:
            context.close()
        except Error as error:
            raise AssertionError("the page crashed") from error


@pytest.fixture
def dossier(opened: Opened) -> Dossier:
    """The page on a wide screen."""
    return opened()
