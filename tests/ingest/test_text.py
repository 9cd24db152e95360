from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ExtractError
from ingest.text import decode, normalise, one_line, repair, require_text

FRENCH = "Le président a déclaré que l’été était fini. C’est très intéressant, naïve café."
RUSSIAN = "Президент Узбекистана Ислам Каримов встретился с Владимиром Путиным в Москве 15 апреля. "
HOSTILE = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\r\n\t \u00a0\u00ad\u200b\u200c\u200d\ufeff\u2028\u2029\u202e\x0b\x0c\x85\ud800"),
        st.sampled_from("aéه\u0301\u0323\u0651\u212b\u093f"),
    )
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_clean(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == (FRENCH, ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(encoding: str) -> None:
    text, notes = decode(RUSSIAN.encode(encoding))
    assert text == RUSSIAN
    assert notes == (f"decoded as {encoding}-le",)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_cyrillic_encodings_are_told_apart(encoding: str) -> None:
    text, notes = decode((RUSSIAN * 3).encode(encoding))
    assert text == RUSSIAN * 3
    assert len(notes) == 1


@pytest.mark.parametrize("text", [FRENCH.replace("’", "'"), "El niño comió mañana en España, según él."])
def test_latin1_is_read_as_windows_1252_and_noted(text: str) -> None:
    assert decode(text.encode("latin-1")) == (text, ("decoded as cp1252",))


def test_windows_quotes_survive() -> None:
    text = "The “quoted” words – with dashes — of Karimov’s café."
    assert decode(text.encode("cp1252")) == (text, ("decoded as cp1252",))


def test_the_declared_encoding_is_used_when_it_is_not_utf8() -> None:
    assert decode("čeština".encode("iso8859-2"), "iso-8859-2")[0] == "čeština"
    assert decode(FRENCH.encode(), "iso-8859-1")[0] == FRENCH


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03" * 50, bytes(range(256)) * 20, b"\x7fELF\x02\x01\x01\x00", b"\x01\x02 words \x03" * 9]
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(ExtractError, match="binary"):
        decode(data)


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_mojibake_is_repaired_and_noted(wrong: str) -> None:
    right = "Karimov’s café — naïve"
    broken = right.encode().decode(wrong)
    assert decode(broken.encode()) == (right, ("repaired mojibake",))


def test_cyrillic_mojibake_is_repaired() -> None:
    assert repair(RUSSIAN.encode().decode("latin-1"))[0] == RUSSIAN


@pytest.mark.parametrize("text", ["akiapōlā‘au and ‘akepa", "café’s “été”", RUSSIAN, "Ångström’s naïve Ñandú"])
def test_clean_text_is_left_alone(text: str) -> None:
    assert repair(text) == (text, ())


def test_text_that_lost_its_characters_is_refused_and_a_single_loss_is_noted() -> None:
    with pytest.raises(ExtractError, match="lost"):
        repair("Pr\ufffdsident d\ufffdclar\ufffd")
    assert repair("word " * 100 + "\ufffd")[1] == ("1 characters were lost in an earlier conversion",)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("co\u00adop\u200beration\ufeff", "cooperation"),
        ("a\u00a0b\u202fc\td", "a b c d"),
        ("line  \n\n\n\n  next ", "line\n\n  next"),
        ("e\u0301", "é"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("a\u200cb", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\ud800b", "a\ufffdb"),
    ],
)
def test_normalise(raw: str, stored: str) -> None:
    assert normalise(raw) == stored


@given(HOSTILE)
def test_normalise_is_idempotent_and_keeps_its_promises(raw: str) -> None:
    text = normalise(raw)
    assert normalise(text) == text
    assert unicodedata.is_normalized("NFC", text)
    assert text.encode("utf-8").decode("utf-8") == text
    assert not any(character in text for character in "\r\t\u00a0\u00ad\u200b\ufeff\u2028\u202e")
    assert "\n\n\n" not in text
    assert all(line == line.rstrip(" ") for line in text.split("\n"))


def test_endless_runs_of_marks_are_cut() -> None:
    assert len(normalise("a" + "\u0301\u0323" * 1_000_000 + "b")) < 40


@given(HOSTILE)
def test_one_line_has_one_line(raw: str) -> None:
    assert "\n" not in one_line(raw)


@given(st.binary(max_size=300))
def test_decode_gives_text_or_a_clear_refusal(data: bytes) -> None:
    with suppress(ExtractError):
        assert "\0" not in decode(data)[0]


@pytest.mark.parametrize("text", ["", " \n ", "Too short."])
def test_too_little_text_is_refused(text: str) -> None:
    with pytest.raises(ExtractError):
        require_text(text)


def test_enough_text_is_enough() -> None:
    require_text("Tashkent left the CSTO in 2012.")
