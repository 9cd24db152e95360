from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.browser.dossier import Dossier

ASKED = "Which country took the CSTO chair from Kazakhstan?"


def given(request: Request) -> Any:
    response = request.response()
    assert response
    assert response.status == 201
    return json.loads(request.post_data or "")


def test_thumbs_up(dossier: Dossier) -> None:
    turn = dossier.ask(ASKED)
    up = turn.get_by_role("button", name="Helpful", exact=True)
    with dossier.page.expect_request("**/v1/feedback") as sent:
        up.click()
    assert given(sent.value) == {"answer_id": dossier.answer()["id"], "verdict": "helpful"}
    expect(turn.get_by_text("Thank you, it is noted.")).to_be_visible()
    expect(up).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("The answer is wrong", "wrong"),
        ("The source does not show it", "wrong_source"),
        ("Something is missing", "missing"),
    ],
)
def test_thumbs_down_with_a_reason(dossier: Dossier, reason: str, verdict: str) -> None:
    turn = dossier.ask(ASKED)
    down = turn.get_by_role("button", name="Not helpful")
    down.click()
    turn.get_by_label(reason).check()
    turn.get_by_label("In your words, if you like").fill("It was <b>Kyrgyzstan</b>.")
    with dossier.page.expect_request("**/v1/feedback") as sent:
        turn.get_by_role("button", name="Send").click()
    assert given(sent.value)["verdict"] == verdict
    assert given(sent.value)["comment"] == "It was <b>Kyrgyzstan</b>."
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(down).to_have_attribute("aria-expanded", "false")
    expect(turn.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "false")


def test_a_thumb_down_wants_its_reason(dossier: Dossier) -> None:
    turn = dossier.ask(ASKED)
    asked: list[str] = []
    dossier.page.on("request", lambda request: asked.append(request.url))
    turn.get_by_role("button", name="Not helpful").click()
    turn.get_by_role("button", name="Send").click()
    expect(turn.get_by_label("The answer is wrong")).to_be_visible()
    assert not [each for each in asked if each.endswith("/v1/feedback")]
