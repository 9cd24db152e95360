"""The page as a user handles it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect


class Dossier:
    """Finds things by what they are called, as a person or a screen reader does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.question = page.get_by_label("Your question")
        self.turns = page.get_by_role("main").get_by_role("article")
        self.reader = page.locator("#reader")
        self.mark = self.reader.locator("mark")

    def ask(self, question: str) -> Locator:
        """Asks, and waits until the answer is whole."""
        with self.page.expect_response("**/v1/ask"):
            self.question.fill(question)
            self.question.press("Enter")
        return self.answered()

    def answered(self) -> Locator:
        """The last turn, once it is whole."""
        turn = self.turns.last
        expect(turn).not_to_have_attribute("aria-busy", "true")
        return turn

    def read(self, path: str) -> Any:
        """What the service says at that address."""
        response = self.page.request.get(path)
        assert response.ok
        return json.loads(response.text())

    def answer(self) -> dict[str, Any]:
        """The last answer of the conversation on the page, as the service keeps it."""
        conversation = self.page.evaluate("new URLSearchParams(location.hash.slice(1)).get('conversation')")
        answers = self.read(f"/v1/conversations/{conversation}")["answers"]
        found: dict[str, Any] = answers[-1]
        return found


def part(within: Locator | Page, name: str) -> Locator:
    """What the page's HTML calls by that name."""
    return within.locator(f'[data-part="{name}"]')
