"""Sound documents of every kind, made here: what fuzzing breaks."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache

import docx
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from ingest.confined import wire
from ingest.documents import Document
from ingest.extract import extract

FIRST = "Uzbekistan and Russia signed an agreement on security in Moscow on Monday, officials of both sides said."
SECOND = "“It covers intelligence,” said Mr. A. B. Karimov of the U.S. embassy (on p. 5), “and it costs $1.5 m.”"
TEXT = f"A deal is signed\n\nBy Jane Doe | 17 April 2013\n\nMOSCOW, April 17 (The News) — {FIRST}\n\n{SECOND}\n"
MARKDOWN = (
    f"---\ntitle: A deal\npublished: 2013-04-17\nauthor: [Jane, Joe]\n---\n# A deal\n\n{FIRST}\n\n## Why\n\n- one\n  - two\n\n"
    f"> {SECOND}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n[link](http://a.example 'b') ![i](j) <b>c</b>\n"
)
HTML = (
    '<!doctype html><html><head><meta charset="utf-8"><title>A deal</title><meta name="author" content="Jane Doe">'
    '<link rel="canonical" href="https://news.example/2013/04/17/deal"><script type="application/ld+json">'
    '{"@graph": [{"@type": "NewsArticle", "datePublished": "2013-04-17"}]}</script></head><body><nav><a href="/">Home</a>'
    f"</nav><article><h1>A deal</h1><time datetime=2013-04-17>x</time><p>{FIRST}<br>{SECOND}</p><h2>Why</h2><ul><li>One of it."
    f"</li></ul><blockquote><p>{SECOND}</p></blockquote><table><tr><td>a</td><td>b</td></tr></table><p>{FIRST}</p></article>"
    "</body></html>"
)
FEED = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News'
    "</title><link>http://a.example</link><item><title>A deal</title><link>/deal</link><pubDate>Wed, 17 Apr 2013 10:00:00 GMT"
    f"</pubDate><author>Jane</author><content:encoded><![CDATA[<p>{FIRST * 6}</p>]]></content:encoded></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><title>A</title><link href="http://a.example/1"/>'
    f"<updated>2013-04-17T10:00:00Z</updated><content type='html'>&lt;p&gt;{FIRST * 6}&lt;/p&gt;</content></entry></feed>"
)
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://a.example/1</loc><lastmod>2013-04-17</lastmod>'
    "</url></urlset>"
)
RECORD = {
    "text": TEXT,
    "title": "A deal",
    "url": "http://a.example",
    "date": "2013-04-17",
    "authors": [{"name": "Jane"}],
    "id": 7,
}
EVENTS = (
    'event: status\ndata: {"type": "status", "stage": "retrieving"}\n\n: keep-alive\n\nevent: statement\ndata: {"type": '
    '"statement", "statement": {"text": "x", "citations": [1], "verdict": "quoted", "support": 1.0}}\n\nevent: done\ndata: {}\n\n'
)
CHAT = {
    "model": "dossier",
    "messages": [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "Why did Tashkent leave the CSTO?"},
        {"role": "assistant", "content": "It did not say [1].\n\n[1] A deal"},
        {"role": "user", "content": [{"type": "text", "text": "And when?"}]},
    ],
    "stream": True,
    "filters": {"since": "2013-01-01", "sources": ["The News"]},
}


@cache
def pdf() -> bytes:
    """A PDF with a heading, paragraphs and a table."""
    buffer, styles = io.BytesIO(), getSampleStyleSheet()
    story = [
        Paragraph("A deal", styles["Heading1"]),
        *(Paragraph(f"{FIRST} {SECOND}", styles["BodyText"]) for _ in range(4)),
    ]
    SimpleDocTemplate(buffer, title="A deal", author="Jane", invariant=1).build(
        [*story, Table([["a", "b"], ["1", "2"]])]
    )
    return buffer.getvalue()


@cache
def word() -> bytes:
    """A Word document with a heading, paragraphs, a list and a table."""
    buffer, made = io.BytesIO(), docx.Document()
    made.add_heading("A deal", 1)
    made.add_paragraph(FIRST)
    made.add_paragraph("One item", style="List Bullet")
    made.add_paragraph(SECOND)
    made.add_table(2, 2).cell(0, 0).text = "cell"
    made.save(buffer)
    return buffer.getvalue()


@cache
def archive() -> bytes:
    """A zip of texts, records, an archive and a sidecar."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", TEXT)
        packed.writestr("a.txt.meta.json", '{"title": "From beside", "published": "2013-04-17"}')
        packed.writestr("../b.md", MARKDOWN)
        packed.writestr("c.jsonl", json.dumps(RECORD) + "\n" + json.dumps(RECORD))
        packed.writestr("d.gz", gzip.compress(b"x", mtime=0))
        packed.writestr("e.xml", FEED)
    return buffer.getvalue()


def nameless() -> bytes:
    """A zip whose one member has an empty name, which `zipfile` reads but would not write."""
    content = b"x"
    sizes = zlib.crc32(content), len(content), len(content)
    local = b"PK\x03\x04" + struct.pack("<5H3L2H", 20, 0, 0, 0, 33, *sizes, 0, 0) + content
    central = b"PK\x01\x02" + struct.pack("<6H3L5H2L", 20, 20, 0, 0, 0, 33, *sizes, 0, 0, 0, 0, 0, 0, 0)
    return local + central + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 1, 1, len(central), len(local), 0)


SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    "html": lambda: [
        HTML.encode(),
        HTML.encode("utf-16"),
        b'<?xml version="1.0" encoding="koi8-r"?><p>' + b"\xc1 " * 60,
    ],
    "pdf": lambda: [pdf()],
    "docx": lambda: [word()],
    "record": lambda: [json.dumps(RECORD).encode(), json.dumps({"text": HTML}).encode()],
    "text": lambda: [TEXT.encode(), TEXT.encode("utf-16"), TEXT.encode("cp1252", "replace")],
    "markdown": lambda: [MARKDOWN.encode()],
    "feed": lambda: [FEED.encode(), ATOM.encode(), SITEMAP.encode()],
    "zip": lambda: [archive(), nameless()],
    "gz": lambda: [gzip.compress(TEXT.encode(), mtime=0)],
    "json": lambda: [json.dumps([RECORD, RECORD]).encode(), json.dumps({"articles": [RECORD]}).encode()],
    "jsonl": lambda: [(json.dumps(RECORD) + "\n" + json.dumps(RECORD)).encode()],
    "sidecar": lambda: [
        b'{"title": "x", "published": "2013-04-17"}',
        b"title: x\nauthors: [a, {name: b}]\nupdated: 2013-04-17",
    ],
    "sentences": lambda: [TEXT.encode(), MARKDOWN.encode()],
    "times": lambda: [
        b"What happened last April, or before 2012, or in the past three weeks?",
        b"since March 2013 until today",
    ],
    "followup": lambda: [
        b"Why did Tashkent leave the CSTO?\0It shed the forum (in 2012).\0And when did it rejoin?\0No.\0What about him?"
    ],
    "reply": lambda: [b'- **Answer:** It left in 2012 [S1, S2].\n2) "It costs $5" [S2]\n[S9]\nnothing'],
    "wire": lambda: [wire.packed(extract(Document("/a", "text", TEXT.encode())))],
    "events": lambda: [EVENTS.encode(), b'{"type": "about:blank", "title": "x", "status": 500}'],
    "chat": lambda: [json.dumps(CHAT).encode()],
}
"""Sound inputs of each target of `tests.fuzz.targets`."""
