"""Bytes to text, and text to the one form that is stored and never changed."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence

from ingest.errors import ExtractError

LEAST_LETTERS = 20
"""An article shorter than this says nothing that can be quoted."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROLS_ALLOWED = 0.001
_DAMAGE_ALLOWED = 0.01
_SAMPLE_BYTES = 200_000

_IN_USE = [
    *("cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
    *("iso8859_2", "iso8859_5", "iso8859_7", "iso8859_9", "koi8_r", "koi8_u", "cp866", "mac_roman", "mac_cyrillic"),
    *("gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
]

_TAILS = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MAYBE_MOJIBAKE = re.compile(
    f"[\u0080-\u009f]|[\u00c2-\u00f4][{_TAILS}]|(?:[РС][\u0402-\u040f\u0452-\u045f°±µ¶·{_TAILS}]){{2}}|‚Ä"
)

_DELETED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # soft hyphen and zero widths
    "\u061c\u200e\u200f\u202a-\u202e\u2065-\u206f"  # direction marks
    "\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations and tags
)
_DELETE = re.compile(f"[{_DELETED}]+")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028]")
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD = re.compile(f"[{_DELETED}\t\r\x0b\x0c\x85\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2028\u2029\ud800-\udfff]")
_JOINERS = re.compile("(?<![\u0600-\U0010ffff])[\u200c\u200d]+")
_MARK = (
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a"
    "\u07eb-\u07f3\u0816-\u082d\u08d3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]"
)
_MARKS = re.compile(f"({_MARK}{{30}}){_MARK}+")
_BLANK_LINES = re.compile("\n{3,}")
_WHITE = re.compile(r"\s+")


def decode(data: bytes, declared: str | None = None) -> tuple[str, Sequence[str]]:
    """Text of unknown encoding, with notes on anything but clean UTF-8.

    A byte order mark is believed first, then UTF-8, then the `declared` encoding, then the likeliest one.
    Mis-decoded text (mojibake) is repaired. Raises ExtractError for binary data and text broken beyond repair.
    """
    text, notes = _decoded(data, declared)
    _refuse_binary(text)
    repaired, more = repair(text)
    return repaired, (*notes, *more)


def repair(text: str) -> tuple[str, Sequence[str]]:
    """Undoes mojibake such as "â€™" for "’", with a note. Raises ExtractError where the text stays broken."""
    fixed = _without_mojibake(text)
    notes = () if fixed is text else ("repaired mojibake",)
    lost = fixed.count("\ufffd")
    if lost > len(fixed) * _DAMAGE_ALLOWED:
        raise ExtractError(f"{lost} characters were lost in an earlier conversion.", "Fetch or export it again.")
    return fixed, ((*notes, f"{lost} characters were lost in an earlier conversion") if lost else notes)


def _without_mojibake(text: str) -> str:
    if text.isascii() or not _MAYBE_MOJIBAKE.search(text):
        return text
    import ftfy  # only suspicious text pays for the import and the slow check

    if not ftfy.badness.is_bad(text):
        return text
    fixed: str = ftfy.fix_encoding(text)
    if ftfy.badness.badness(fixed) > max(2, len(fixed) * _DAMAGE_ALLOWED):
        raise ExtractError("The text was decoded wrongly before it came here.", "Save it again as UTF-8.")
    return text if fixed == text else fixed


def normalise(text: str) -> str:
    r"""The form that is stored: NFC, "\n" line ends, plain spaces, nothing invisible, one blank line at most.

    Idempotent: `normalise(normalise(text)) == normalise(text)`.
    """
    if _ODD.search(text):
        text = _BREAK.sub("\n", text).replace("\u2029", "\n\n")
        text = _SURROGATE.sub("\ufffd", _SPACE.sub(" ", _DELETE.sub("", text)))
    text = _composed(text)
    if "\u200c" in text or "\u200d" in text:
        text = _without_stray_joiners(text)
    if " \n" in text:
        text = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip(" \n")


def one_line(text: str) -> str:
    """Normalised, on a single line."""
    return _WHITE.sub(" ", normalise(text)).strip()


def is_whole(text: str) -> bool:
    """Whether it has no lone half of a character (surrogate), as JSON can but UTF-8 and databases cannot."""
    return _SURROGATE.search(text) is None


def require_text(text: str) -> None:
    """Raises ExtractError when there is too little to quote from."""
    if not text.strip():
        raise ExtractError("There is no text in it.", "Check that the file or page holds an article.")
    letters = 0
    for character in text:
        letters += character.isalnum()
        if letters >= LEAST_LETTERS:
            return
    raise ExtractError(
        f"It has only {letters} letters of text.", f"An article needs at least {LEAST_LETTERS} outside its headings."
    )


def _without_stray_joiners(text: str) -> str:
    """Keeps the zero-width joiners that Persian, Indic scripts and emoji are written with."""
    while (after := _composed(_JOINERS.sub("", text))) != text:
        text = after
    return text


def _composed(text: str) -> str:
    """NFC, for which endless runs of combining marks are cut: they mean nothing and take quadratic time."""
    if text.isascii():
        return text
    while (after := unicodedata.normalize("NFC", _MARKS.sub(r"\1", text))) != text:
        text = after
    return text


def _decoded(data: bytes, declared: str | None) -> tuple[str, Sequence[str]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    _refuse_binary(data[:_SAMPLE_BYTES].decode("latin-1"))
    encoding = _known(declared) or _likeliest(data)
    try:
        return data.decode(encoding), (f"decoded as {encoding}",)
    except UnicodeDecodeError:
        return data.decode(encoding, "replace"), (f"decoded as {encoding}, with losses",)


def _strictly(data: bytes, encoding: str) -> tuple[str, Sequence[str]]:
    try:
        return data.decode(encoding), () if encoding == "utf-8" else (f"decoded as {encoding}",)
    except UnicodeDecodeError as error:
        raise ExtractError(
            f"It starts as {encoding}, but byte {error.start} is not.", "Save it again as UTF-8."
        ) from error


def _known(declared: str | None) -> str | None:
    """Pages that declare latin-1 or ASCII mean Windows-1252, as browsers know."""
    try:
        name = codecs.lookup(declared).name if declared else None
    except LookupError:
        return None
    if name in ("utf-8", "utf-16", "utf-32"):
        return None
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def _likeliest(data: bytes) -> str:
    import charset_normalizer

    matches = charset_normalizer.from_bytes(data[:_SAMPLE_BYTES], cp_isolation=_IN_USE, enable_fallback=False)
    best = matches.best()
    if best is None:
        raise ExtractError("Its character encoding is unknown.", "Save it again as UTF-8.")
    western = any(
        (match.chaos, -match.coherence) <= (best.chaos, -best.coherence)
        and {"cp1252", "latin_1"} & {match.encoding, *match.could_be_from_charset}
        for match in matches
    )
    return "cp1252" if western else best.encoding


def _refuse_binary(text: str) -> None:
    if "\0" in text or len(_CONTROLS.findall(text)) > len(text) * _CONTROLS_ALLOWED:
        raise ExtractError("It looks like a binary file.", "Give it the ending of its real type, or leave it out.")
