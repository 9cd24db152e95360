from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import Thread

import pytest

from ingest.addresses import system_resolver
from ingest.errors import ForbiddenAddress, SourceError, Unreachable
from ingest.fetch import Fetcher
from tests.ingest.site import PUBLIC, Names, Page, Rerouted, Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def local(**settings: float) -> Fetcher:
    return Fetcher(allow_private=True, wait_seconds=0.001, **settings)  # type: ignore[arg-type]


def to(address: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": address})


def test_a_page_with_its_type_and_final_address(site: Site) -> None:
    start = site.add("/old", to("/new"))
    end = site.add("/new", Page("né".encode("latin-1"), "Text/HTML; charset=ISO-8859-1"))
    fetched = local().get(start)
    assert (fetched.address, fetched.media_type, fetched.charset) == (end, "text/html", "iso-8859-1")
    assert fetched.data == b"n\xe9"


@pytest.mark.parametrize(
    "address", ["ftp://news.example/a", "file:///etc/passwd", "http://", "http://user:secret@news.example/", "gopher:x"]
)
def test_other_forms_of_address_are_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddress) as caught:
        local().get(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_unless_allowed(site: Site, host: str) -> None:
    site.add("/", Page(b"secret"))
    with pytest.raises(ForbiddenAddress, match="open internet"):
        Fetcher().get(f"http://{host}:{site.port}/")
    assert site.asked == []


def test_a_name_that_leads_inside_is_refused(site: Site) -> None:
    fetcher = Fetcher(Names(news_example=["10.0.0.7"]), Rerouted(site))
    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.7"):
        fetcher.get("http://news.example/")
    assert site.asked == []


def test_one_private_address_among_public_ones_is_enough_to_refuse(site: Site) -> None:
    def both(host: str, port: int) -> Sequence[str]:
        return [PUBLIC, "192.168.0.1"]

    with pytest.raises(ForbiddenAddress, match=r"192\.168\.0\.1"):
        Fetcher(both, Rerouted(site)).get("http://news.example/")


@pytest.mark.parametrize("target", ["http://127.0.0.1/admin", "http://inside.example/admin", "file:///etc/passwd"])
def test_a_redirect_from_a_public_name_to_the_inside_is_refused(site: Site, target: str) -> None:
    site.add("/story", to(target))
    site.add("/admin", Page(b"secret"))
    names = Names(news_example=[PUBLIC], inside_example=["127.0.0.1"])
    with pytest.raises(ForbiddenAddress):
        Fetcher(names, Rerouted(site)).get("http://news.example/story")
    assert site.asked == [("news.example", "/story")]


def test_the_connection_goes_to_the_address_that_was_checked(site: Site) -> None:
    site.add("/story", Page(b"public"))
    network = Rerouted(site)
    fetcher = Fetcher(Names(news_example=[PUBLIC, "127.0.0.1"]), network)
    assert fetcher.get("http://news.example/story").data == b"public"
    assert network.connected == [PUBLIC]
    with pytest.raises(ForbiddenAddress):
        fetcher.get("http://news.example/story")
    assert network.connected == [PUBLIC]
    assert site.asked == [("news.example", "/story")]


def test_redirects_have_an_end(site: Site) -> None:
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        local().get(site.add("/loop", to("/loop")))
    assert len(site.asked) == 6


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_size_has_a_limit_before_and_after_unpacking(site: Site, headers: dict[str, str]) -> None:
    body = b"x" * 200_000
    page = Page(gzip.compress(body) if headers else body, headers=headers)
    with pytest.raises(SourceError, match=r"larger than 0\.1 MB"):
        local(max_bytes=100_000).get(site.add("/big", page))


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
    ],
)
def test_a_packed_page_is_unpacked(site: Site, coding: str, pack: Callable[[bytes], bytes]) -> None:
    address = site.add("/packed", Page(pack(b"news" * 9000), headers={"Content-Encoding": coding}))
    assert local().get(address).data == b"news" * 9000


def test_a_broken_packed_page_is_told(site: Site) -> None:
    address = site.add("/broken", Page(b"no gzip at all", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="broken compressed body"):
        local().get(address)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "gzip,identity", "compress"])
def test_a_packing_that_was_not_asked_for_is_refused(site: Site, coding: str) -> None:
    packed = gzip.compress(gzip.compress(b"x" * 1000))
    with pytest.raises(SourceError, match="packed as"):
        local().get(site.add("/odd", Page(packed, headers={"Content-Encoding": coding})))


def test_a_bomb_is_unpacked_no_further_than_the_limit(site: Site) -> None:
    bomb = gzip.compress(bytes(100_000_000), 9)
    fetcher, address = local(max_bytes=100_000), site.add("/bomb", Page(bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="larger"):
        fetcher.get(address)
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="larger"):
            fetcher.get(address)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("port", [21, 22, 25, 110, 143, 465, 587, 993])
def test_ports_of_other_services_are_refused(site: Site, port: int) -> None:
    site.add("/story", to(f"http://news.example:{port}/story"))
    fetcher = Fetcher(Names(news_example=[PUBLIC]), Rerouted(site))
    for address in (f"http://news.example:{port}/", "http://news.example/story"):
        with pytest.raises(ForbiddenAddress, match=f"Port {port} "):
            fetcher.get(address)
    assert site.asked == [("news.example", "/story")]


@pytest.mark.parametrize("port", [80, 8080, 8443])
def test_ports_of_the_web_are_not(site: Site, port: int) -> None:
    site.add("/story", Page(b"public"))
    fetcher = Fetcher(Names(news_example=[PUBLIC]), Rerouted(site))
    assert fetcher.get(f"http://news.example:{port}/story").data == b"public"


TRICKS = (
    *("http://news.example@127.0.0.1/", "http://127.0.0.1\\@news.example/", "http://news.example:80@127.0.0.1/"),
    *("http://127.0.0.1#@news.example/", "http://127.0.0.1?@news.example/", "http://news.example\t@127.0.0.1/"),
    *(
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1%25eth0]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
    ),
    *(
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://0/",
    ),
    *("http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://169.254.169.254/latest/meta-data/", "http://LOCALHOST/"),
    *("http://localhost./", "http://127.0.0.1./", "http://%6c%6f%63alhost/", "http:/127.0.0.1/", "http:127.0.0.1/"),
    *(
        "HTTP://127.0.0.1/",
        "http:///127.0.0.1/",
        "http://metadata.google.internal/",
        "http://[::]/",
        "http://\r\n127.0.0.1/",
    ),
)


@pytest.mark.parametrize("way", ["asked", "redirected"])
@pytest.mark.parametrize("address", TRICKS)
def test_no_spelling_of_an_address_leads_inside(site: Site, address: str, way: str) -> None:
    """Whatever it is taken for, a connection is made to public addresses alone."""
    site.add("/start", Page(status=302, headers={"Location": address.replace("\r\n", "").replace("\t", "")}))
    site.add("/", Page(b"inside"))

    def resolve(host: str, port: int) -> Sequence[str]:
        known = {"news.example": [PUBLIC], "metadata.google.internal": ["169.254.169.254"]}
        return known.get(host) or (["127.0.0.1"] if host.rstrip(".") == "localhost" else system_resolver(host, port))

    network = Rerouted(site)
    fetcher = Fetcher(resolve, network, attempts=1)
    with suppress(SourceError):
        fetcher.get("http://news.example/start" if way == "redirected" else address)
    assert set(network.connected) <= {PUBLIC}


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
def test_a_proxy_of_the_environment_is_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It would look names up by itself, where nothing checks them."""
    monkeypatch.setenv(name, f"http://127.0.0.1:{site.port}")
    site.add("/story", Page(b"public"))
    network = Rerouted(site)
    assert Fetcher(Names(news_example=[PUBLIC]), network).get("http://news.example/story").data == b"public"
    assert (network.connected, site.asked) == ([PUBLIC], [("news.example", "/story")])


def test_transient_answers_are_tried_again(site: Site) -> None:
    busy, good = Page(status=503, headers={"Retry-After": "0"}), Page(b"at last")
    assert local().get(site.add("/busy", busy, Page(status=502), good)).data == b"at last"


def test_a_lasting_failure_is_retryable_later(site: Site) -> None:
    with pytest.raises(Unreachable, match="503") as caught:
        local().get(site.add("/down", Page(status=503)))
    assert caught.value.retryable
    assert len(site.asked) == 3


def test_a_missing_page_is_asked_for_once(site: Site) -> None:
    with pytest.raises(SourceError, match="404 Not Found") as caught:
        local().get(f"http://127.0.0.1:{site.port}/nowhere")
    assert not caught.value.retryable
    assert len(site.asked) == 1


def test_a_refused_connection_is_retryable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="could not be reached"):
            local(attempts=1).get(f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_an_unknown_host_is_named() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(SourceError, match="host that does not exist") as caught:
        Fetcher(unknown).get("http://nowhere.example/")
    assert not caught.value.retryable


def test_a_dribbling_server_runs_out_of_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_dribble, args=(server,))
        thread.start()
        started = time.monotonic()
        with pytest.raises(Unreachable, match="too long"):
            local(seconds=0.4, attempts=1).get(f"http://127.0.0.1:{server.getsockname()[1]}/")
        assert time.monotonic() - started < 3
        thread.join()


def _dribble(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            return
