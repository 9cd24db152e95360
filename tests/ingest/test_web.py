from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.documents import Document, Failure, Hints
from ingest.errors import ForbiddenAddress
from ingest.extract import extract
from ingest.fetch import Fetcher
from ingest.sources import Limits, read
from tests.ingest.site import PUBLIC, Names, Page, Rerouted, Site, running_site

STORY = b"<html><head><title>A deal</title></head><body><article><h1>A deal</h1>" + (
    b"<p>Uzbekistan and Russia signed an agreement on security in Moscow on Monday, officials said.</p>" * 4
    + b"</article></body></html>"
)
FULL_TEXT = "<p>Tashkent explained its reasons at length to Moscow.</p>" * 20


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def names_of(site: Site, path: str, **settings: int) -> tuple[list[Document], list[Failure]]:
    """What comes of a path of the site under its public name."""
    fetcher = Fetcher(Names(news_example=[PUBLIC]), Rerouted(site), attempts=1)
    found = list(read([f"http://news.example{path}"], fetcher=fetcher, limits=Limits(**settings)))
    return [one for one in found if isinstance(one, Document)], [one for one in found if isinstance(one, Failure)]


def rss(*items: str) -> Page:
    channel = f"<channel><title>The News</title><link>http://news.example/</link>{''.join(items)}</channel>"
    return Page(f'<?xml version="1.0"?><rss version="2.0" {CONTENT}>{channel}</rss>'.encode(), "application/rss+xml")


CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def item(path: str, extra: str = "") -> str:
    link = f"<link>http://news.example{path}</link>" if path else ""
    return f"<item><title>Entry title</title>{link}{extra}</item>"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (Page(STORY), "html"),
        (Page(STORY, "application/octet-stream"), "html"),
        (Page(b"Plain words", "text/plain"), "text"),
        (Page(b"%PDF-1.7 ...", "text/html"), "pdf"),
        (Page(b"# Words", "text/markdown"), "markdown"),
    ],
)
def test_an_address_is_read_by_what_it_answers(site: Site, page: Page, kind: str) -> None:
    site.add("/story", page)
    (document,), failures = names_of(site, "/story#part")
    assert (document.kind, document.origin) == (kind, "http://news.example/story")
    assert document.fallbacks == Hints(url="http://news.example/story")
    assert failures == []


def test_a_picture_is_no_article(site: Site) -> None:
    site.add("/photo", Page(b"\x89PNG", "image/png"))
    documents, failures = names_of(site, "/photo")
    assert documents == []
    assert "image/png" in failures[0].error.message


def test_records_behind_an_address(site: Site) -> None:
    site.add("/api", Page(b'[{"id": "a", "text": "one"}]', "application/json"))
    assert [document.origin for document in names_of(site, "/api")[0]] == ["http://news.example/api#a"]


def test_the_encoding_of_the_answer_is_believed(site: Site) -> None:
    body = "<html><body><article>" + "<p>Переговоры о безопасности прошли в Москве.</p>" * 10
    site.add("/story", Page(body.encode("koi8-r"), "text/html; charset=koi8-r"))
    (document,), _ = names_of(site, "/story")
    assert "Переговоры о безопасности" in extract(document).article.text


def test_a_page_speaks_only_for_its_own_site(site: Site) -> None:
    for path, canonical in (("/own", "https://www.news.example/best"), ("/foreign", "https://other.example/story")):
        site.add(path, Page(STORY.replace(b"<head>", f'<head><link rel="canonical" href="{canonical}">'.encode())))
    own, foreign = (extract(names_of(site, path)[0][0]).article for path in ("/own", "/foreign"))
    assert own.url == "https://www.news.example/best"
    assert foreign.url == "http://news.example/foreign"


def test_entries_of_a_feed_are_fetched_and_fill_gaps(site: Site) -> None:
    facts = "<dc:creator>Jane Doe</dc:creator><pubDate>Wed, 17 Apr 2013 23:00:00 -0500</pubDate>"
    site.add("/feed", rss(item("/story", facts), item("/story", facts)))
    site.add("/story", Page(STORY))
    (document,), failures = names_of(site, "/feed")
    article = extract(document).article
    assert (article.title, article.author, article.source) == ("A deal", "Jane Doe", "The News")
    assert (article.published, article.url) == (date(2013, 4, 17), "http://news.example/story")
    assert failures == []


def test_a_broken_entry_does_not_stop_the_feed(site: Site) -> None:
    items = [
        item("/gone"),
        item(""),
        item("/story"),
        "<item><title>Inside</title><link>http://127.0.0.1/</link></item>",
    ]
    site.add("/feed", rss(*items, "<item><link>file:///etc/passwd</link></item>"))
    site.add("/story", Page(STORY))
    documents, failures = names_of(site, "/feed")
    assert [document.origin for document in documents] == ["http://news.example/story"]
    assert ["404" in failure.error.message for failure in failures] == [True, False, False, False]
    assert "no link" in failures[1].error.message
    assert all(isinstance(failure.error, ForbiddenAddress) for failure in failures[2:])


def test_full_text_in_the_feed_stands_in_for_a_page_that_fails(site: Site) -> None:
    full = f"<content:encoded><![CDATA[{FULL_TEXT}]]></content:encoded>"
    teaser = "<content:encoded><![CDATA[<p>Read more</p>]]></content:encoded>"
    site.add("/feed", rss(item("/gone", full), item("/lost", teaser)))
    (document,), (failure,) = names_of(site, "/feed")
    article = extract(document).article
    assert article.title == "Entry title"
    assert "Tashkent explained its reasons" in article.text
    assert failure.origin == "http://news.example/lost"


def test_atom_with_relative_links(site: Site) -> None:
    entry = '<entry><title>T</title><link href="/story"/><published>2013-04-17T00:00:00Z</published></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The News</title>{entry}</feed>'
    site.add("/feed", Page(feed.encode(), "application/atom+xml"))
    site.add("/story", Page(STORY))
    (document,), failures = names_of(site, "/feed")
    assert document.fallbacks.published == date(2013, 4, 17)
    assert failures == []


def test_a_feed_that_is_a_file(site: Site, tmp_path: Path) -> None:
    site.add("/story", Page(STORY))
    (tmp_path / "news.rss").write_bytes(rss(item("/story")).body)
    fetcher = Fetcher(Names(news_example=[PUBLIC]), Rerouted(site))
    assert [one.origin for one in read([str(tmp_path)], fetcher=fetcher)] == ["http://news.example/story"]


def test_xml_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<config><a/></config>")
    (found,) = read([str(tmp_path / "a.xml")])
    assert isinstance(found, Failure)
    assert "neither a feed nor a sitemap" in found.error.message
    (tmp_path / "b.txt").write_text("words")
    assert [one.origin for one in read([str(tmp_path)])] == [str(tmp_path / "b.txt")]


def sitemap(*paths: str) -> bytes:
    urls = "".join(f"<url><loc>http://news.example{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def test_a_sitemap_index_with_a_packed_and_a_missing_part(site: Site) -> None:
    parts = "".join(f"<sitemap><loc>http://news.example/{name}</loc></sitemap>" for name in ("1.xml.gz", "gone.xml"))
    site.add("/sitemap.xml", Page(f"<sitemapindex>{parts}</sitemapindex>".encode(), "text/xml"))
    site.add("/1.xml.gz", Page(gzip.compress(sitemap("/a", "/b", "/a")), "application/gzip"))
    site.add("/a", Page(STORY))
    site.add("/b", Page(STORY))
    documents, failures = names_of(site, "/sitemap.xml")
    assert [document.origin for document in documents] == ["http://news.example/a", "http://news.example/b"]
    assert [failure.origin for failure in failures] == ["http://news.example/gone.xml"]


def test_a_sitemap_is_cut_off_and_says_so(site: Site) -> None:
    site.add("/sitemap.xml", Page(sitemap(*(f"/{number}" for number in range(9))), "text/xml"))
    for number in range(9):
        site.add(f"/{number}", Page(STORY))
    documents, failures = names_of(site, "/sitemap.xml", pages=3)
    assert len(documents) == 3
    assert "more than 3 addresses" in failures[0].error.message


def test_a_news_sitemap_fills_gaps(site: Site) -> None:
    news = (
        '<news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:publication><news:name>The News'
        "</news:name></news:publication><news:publication_date>2013-04-17</news:publication_date></news:news>"
    )
    body = sitemap("/story").replace(b"</url>", news.encode() + b"</url>")
    site.add("/sitemap.xml", Page(body, "text/xml"))
    site.add("/story", Page(STORY))
    (document,), _ = names_of(site, "/sitemap.xml")
    assert (document.fallbacks.source, document.fallbacks.published) == ("The News", date(2013, 4, 17))


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>E</title><link href="{}"/></entry></feed>'
)
LEADING = {
    "a feed": rss("<item><title>E</title><link>{}</link></item>").body.decode(),
    "an Atom feed": ATOM,
    "a sitemap": "<urlset><url><loc>{}</loc></url></urlset>",
    "an index of sitemaps": "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>",
}
INSIDE = (
    *("http://127.0.0.1/admin", "http://[::1]/admin", "http://2130706433/admin", "http://169.254.169.254/latest"),
    *("http://inside.example/admin", "file:///etc/passwd", "ftp://news.example/a", "http://u:p@news.example/admin"),
    *("http://news.example:25/admin", "gopher://news.example/x", "http://news.example/away"),
)


@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.parametrize("leading", LEADING)
def test_nothing_that_names_addresses_leads_inside(site: Site, leading: str, inside: str) -> None:
    site.add("/list", Page(LEADING[leading].replace("{}", inside).encode(), "application/xml"))
    site.add("/away", Page(status=301, headers={"Location": "http://inside.example/admin"}))
    site.add("/admin", Page(STORY))
    names, network = Names(news_example=[PUBLIC], inside_example=["10.0.0.7"]), Rerouted(site)
    (found,) = read(["http://news.example/list"], fetcher=Fetcher(names, network, attempts=1))
    assert isinstance(found, Failure)
    assert isinstance(found.error, ForbiddenAddress)
    assert set(network.connected) == {PUBLIC}
    assert {path for _, path in site.asked} <= {"/list", "/away"}


def test_a_feed_of_nothing_but_elements_is_refused(site: Site) -> None:
    site.add("/feed", rss("<item/>" * 250_000))
    documents, (failure,) = names_of(site, "/feed")
    assert documents == []
    assert "more than 200,000 elements" in failure.error.message


def test_entities_of_a_feed_are_neither_followed_nor_unfolded(site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("http://news.example/secret")
    laughs = "".join(f"<!ENTITY {name} '{9 * f'&{before};'}'>" for before, name in pairwise("abcdefghi"))
    bomb = f"<!DOCTYPE rss [<!ENTITY x SYSTEM 'file://{tmp_path}/secret'><!ENTITY a 'ha'>{laughs}]>"
    feed = rss("<item><title>&x;&i;</title><link>&x;</link></item>", item("/story", "<description>&i;</description>"))
    site.add("/feed", Page(feed.body.replace(b"?><rss", f"?>{bomb}<rss".encode()), "application/rss+xml"))
    site.add("/story", Page(STORY))
    documents, failures = names_of(site, "/feed")
    assert all("secret" not in str(found.fallbacks) and len(str(found.fallbacks)) < 5000 for found in documents)
    assert all("secret" not in str(found.error) and len(str(found.error)) < 5000 for found in failures)
    assert "/secret" not in {path for _, path in site.asked}


def test_entities_of_a_sitemap_are_not_followed(site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("http://news.example/secret")
    bomb = f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    site.add("/sitemap.xml", Page(bomb + sitemap("/&x;").replace(b"http://news.example/&x;", b"&x;"), "text/xml"))
    documents, _ = names_of(site, "/sitemap.xml")
    assert documents == []
    assert [path for _, path in site.asked] == ["/sitemap.xml"]
