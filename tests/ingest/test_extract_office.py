from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from ingest.errors import ExtractError
from tests.ingest.extracting import DAY, FIRST, SECOND, of, text_of


def pdf(paragraphs: Sequence[tuple[str, str]], **properties: str) -> bytes:
    buffer, styles = io.BytesIO(), getSampleStyleSheet()
    SimpleDocTemplate(buffer, **properties).build([Paragraph(text, styles[style]) for style, text in paragraphs])
    return buffer.getvalue()


def test_pdf_lines_become_paragraphs_under_headings() -> None:
    body = f"{FIRST} {SECOND} {FIRST}"
    extracted = of(
        "pdf",
        pdf(
            [
                ("Heading1", "A deal is signed"),
                ("BodyText", "By Jane Doe"),
                ("BodyText", body),
                ("BodyText", body),
                ("Heading1", "What it says"),
                ("BodyText", body),
            ],
            title="Microsoft Word - deal.doc",
            author="typist",
        ),
    )
    assert (extracted.article.title, extracted.article.author) == ("A deal is signed", "Jane Doe")
    assert extracted.article.published is None
    assert text_of(extracted) == [(None, f"{body}\n\n{body}"), ("What it says", body)]


def drawn(*pages: Sequence[str]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_pdf_hyphens_running_lines_and_page_numbers() -> None:
    pages = [
        ["The News, page 1", "Uzbekistan and Russia signed an agree-", "ment on security in Moscow, and both", "1"],
        ["The News, page 2", "went home after it had been signed by", "the presidents of the countries who", "2"],
        ["The News, page 3", "had met for the first time that year.", "3"],
    ]
    assert of("pdf", drawn(*pages)).article.text == (
        "Uzbekistan and Russia signed an agreement on security in Moscow, and both went home after it had been signed "
        "by the presidents of the countries who had met for the first time that year."
    )


def test_pdf_with_a_password_is_named_as_such() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(drawn([FIRST])))
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(ExtractError, match="encrypted"):
        of("pdf", buffer.getvalue())


def test_pdf_of_pictures_is_named_as_such() -> None:
    with pytest.raises(ExtractError, match="pictures of pages"):
        of("pdf", drawn([]))


@given(st.integers(0, 900), st.binary(min_size=1, max_size=40))
def test_a_damaged_pdf_is_read_or_refused(position: int, noise: bytes) -> None:
    data = DRAWN[:position] + noise + DRAWN[position + len(noise) :]
    with suppress(ExtractError):
        assert of("pdf", data).article.text


DRAWN = drawn([FIRST])


def word(build: Any) -> bytes:
    document = docx.Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_word_by_styles() -> None:
    def build(document: Any) -> None:
        document.core_properties.author = "Jane Doe"
        document.add_heading("A deal is signed", 0)
        document.add_paragraph("Published: 17 April 2013")
        document.add_paragraph(FIRST)
        document.add_heading("What it says", 1)
        document.add_paragraph("One item", style="List Bullet")
        document.add_paragraph("Two items", style="List Bullet")
        document.add_paragraph(SECOND)
        document.add_table(1, 1).cell(0, 0).text = "A figure"

    extracted = of("docx", word(build))
    article = extracted.article
    assert (article.title, article.author, article.published) == ("A deal is signed", "Jane Doe", DAY)
    assert text_of(extracted) == [(None, FIRST), ("What it says", f"- One item\n- Two items\n\n{SECOND}")]


def test_word_whose_text_is_a_table() -> None:
    def build(document: Any) -> None:
        cells = document.add_table(1, 2).rows[0].cells
        cells[0].text, cells[1].text = FIRST, SECOND

    extracted = of("docx", word(build))
    assert extracted.article.text == f"{FIRST} | {SECOND}"
    assert (extracted.article.author, extracted.article.published) == (None, None)


def with_markup(declared: str, put: str) -> bytes:
    """A Word document whose text declares entities and holds one."""
    given, made = io.BytesIO(word(lambda document: document.add_paragraph(f"{FIRST} HERE"))), io.BytesIO()
    with zipfile.ZipFile(given) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = data.replace(b"?>", f"?><!DOCTYPE x [{declared}]>".encode(), 1).replace(b"HERE", put.encode())
            target.writestr(name, data)
    return made.getvalue()


LAUGHS = "<!ENTITY a 'haha'>" + "".join(
    f"<!ENTITY {name} '{9 * f'&{before};'}'>" for before, name in pairwise("abcdefghij")
)


@pytest.mark.parametrize("bomb", [(LAUGHS, "&j;"), ("<!ENTITY x SYSTEM 'file://{}'>", "&x;")])
def test_entities_of_a_word_document_are_neither_followed_nor_unfolded(tmp_path: Path, bomb: tuple[str, str]) -> None:
    (tmp_path / "secret").write_text("secret words")
    declared, put = bomb
    try:
        text = of("docx", with_markup(declared.replace("{}", str(tmp_path / "secret")), put)).article.text
    except ExtractError:
        return
    assert "secret" not in text
    assert len(text) < len(FIRST) + 100


def test_a_broken_word_document_is_refused() -> None:
    data = word(lambda document: document.add_paragraph(FIRST))
    with pytest.raises(ExtractError, match="broken Word document"):
        of("docx", data[:-200])
