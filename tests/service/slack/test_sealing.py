from __future__ import annotations

import traceback

import pytest

from ingest.errors import SettingsError
from service.errors import SlackError
from service.slack.sealing import Seal, new_key

OLD, NEW = new_key(), new_key()


def test_what_was_sealed_is_opened() -> None:
    sealed = Seal(OLD).closed("xoxb-secret ✓")
    assert b"xoxb" not in sealed
    assert Seal(OLD).opened(sealed) == "xoxb-secret ✓"
    assert Seal(OLD).closed("xoxb-secret ✓") != sealed


def test_a_key_is_replaced_in_three_steps() -> None:
    sealed = Seal(OLD).closed("token")
    both = Seal(f" {NEW} , {OLD},")
    assert both.opened(sealed) == "token"
    renewed = both.renewed(sealed)
    assert Seal(NEW).opened(renewed) == "token"
    assert Seal(NEW).opened(both.closed("next")) == "next"


def test_another_key_opens_nothing_and_is_told_what_to_do() -> None:
    sealed = Seal(OLD).closed("token")
    for attempt in (Seal(NEW).opened, Seal(NEW).renewed):
        with pytest.raises(SlackError) as caught:
            attempt(sealed)
        assert "DOSSIER_SLACK_TOKEN_KEY" in caught.value.help


@pytest.mark.parametrize("place", [0, 1, 20, -1])
def test_a_damaged_seal_opens_nothing(place: int) -> None:
    sealed = bytearray(Seal(OLD).closed("token"))
    sealed[place] = sealed[place] ^ 1
    with pytest.raises(SlackError, match="damaged"):
        Seal(OLD).opened(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"plain", b"\xff\x00", b"gAAAAA=="])
def test_what_is_no_seal_opens_nothing(sealed: bytes) -> None:
    with pytest.raises(SlackError):
        Seal(OLD).opened(sealed)


@pytest.mark.parametrize(
    "keys",
    ["", " , ", "a-secret-word", OLD[:-2], f"{OLD},a-secret-word", "schlüssel", OLD + NEW],
    ids=["nothing", "commas", "word", "short", "one of two", "letters", "without a comma"],  # the keys are random
)
def test_what_is_no_key_is_refused_and_not_shown(keys: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Seal(keys)
    assert "dossier slack key" in caught.value.help
    told = "".join(traceback.format_exception(caught.value, chain=True))
    assert "a-secret-word" not in told
    assert OLD not in told
