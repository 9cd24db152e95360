"""Articles are untrusted: what they hold stays text."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from service.answer import Answer
from service.http.app import create_app
from service.http.policy import Policy
from service.question import Question
from tests.browser.conftest import Complaints, Opened, Serving
from tests.browser.dossier import Dossier, part
from tests.service.http.doubles import House, ScriptedAnswerer, answer_to

ASKED = "When did the ferry at Farab sink?"


def test_markup_in_an_article_stays_text_everywhere(dossier: Dossier) -> None:
    shown = dossier.page.get_by_role(
        "button", name="<img src=x onerror=\"document.title='owned'\"> The ferry at <b>Farab</b>"
    )
    expect(shown).to_be_visible()
    turn = dossier.ask(ASKED)
    citation = dossier.answer()["citations"][0]
    assert "<script>" in citation["quote"]
    assert citation["title"].startswith("<img")
    expect(part(turn, "words").first).to_contain_text("<script>")
    expect(part(turn, "title").first).to_have_text(citation["title"])
    expect(dossier.mark).to_have_text(citation["quote"])
    expect(part(dossier.reader, "title")).to_have_text(citation["title"])
    assert dossier.page.title() == "Dossier"
    assert dossier.page.locator("main img, #reader img, main script, #reader script, #reader b").count() == 0


def test_a_question_stays_text(dossier: Dossier) -> None:
    question = "<img src=x onerror=alert(1)> Who <b>won</b>?"
    turn = dossier.ask(question)
    expect(turn.get_by_role("heading", level=2)).to_have_text(question)
    assert dossier.page.locator("main img").count() == 0


def test_no_script_can_turn_text_into_markup(dossier: Dossier, complaints: Complaints) -> None:
    complaints.expected = "require-trusted-types-for|TrustedHTML"
    refused = "() => { try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true } }"
    assert dossier.page.evaluate(refused)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "nonsense"])
def test_no_link_leads_elsewhere_than_to_the_web(
    opened: Opened, serving: Serving, url: str, complaints: Complaints
) -> None:
    complaints.expected = "status of 404"  # the article itself does not exist

    def reply(question: Question) -> Answer:
        answer = answer_to(question)
        return answer.model_copy(
            update={"citations": tuple(each.model_copy(update={"url": url}) for each in answer.citations)}
        )

    house = House(ScriptedAnswerer(reply))
    turn = opened(at=serving(create_app(house.services, Policy()))).ask("Why?")
    expect(part(turn, "title").first).to_have_text("Tashkent leaves")
    expect(part(turn, "link")).to_be_hidden()
    assert part(turn, "link").get_attribute("href") is None
