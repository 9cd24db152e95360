from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from ingest.documents import Document, Failure, FieldNames, Hints
from ingest.errors import ForbiddenAddress
from ingest.sources import Limits, read

SMALL = Limits(document_bytes=1000, archive_bytes=5000)


def split(items: Iterator[Document | Failure]) -> tuple[list[Document], list[Failure]]:
    found = list(items)
    return (
        [item for item in found if isinstance(item, Document)],
        [item for item in found if isinstance(item, Failure)],
    )


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def origins(documents: Sequence[Document], folder: Path) -> list[str]:
    return [document.origin.replace(str(folder), "") for document in documents]


def test_a_folder_is_read_in_order_without_hidden_and_unknown_files(tmp_path: Path) -> None:
    for name in ["b.txt", "a.md", ".hidden.txt", "photo.jpg", "sub/c.HTML", ".git/d.txt", "sub/e.pdf", "sub/f.docx"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"words")
    documents, failures = split(read([str(tmp_path)]))
    assert origins(documents, tmp_path) == ["/a.md", "/b.txt", "/sub/c.HTML", "/sub/e.pdf", "/sub/f.docx"]
    assert [document.kind for document in documents] == ["markdown", "text", "html", "pdf", "docx"]
    assert failures == []


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(b"words")
    monkeypatch.chdir(tmp_path)
    assert split(read(["a.txt"]))[0][0].origin == str(tmp_path / "a.txt")


def test_what_cannot_be_read_is_explained_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    (tmp_path / "good.txt").write_bytes(b"words")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    names = ["missing.txt", "photo.jpg", "loop.txt", "pipe.txt", "empty", "good.txt", "nul\0.txt"]
    documents, failures = split(read([*(str(tmp_path / name) for name in names), "ftp://news.example/a"]))
    assert origins(documents, tmp_path) == ["/good.txt"]
    messages = [failure.error.message for failure in failures]
    for message, expected in zip(
        messages,
        ["not exist", "not read", "could not be read", "neither", "holds no file", "is no path", "not an http"],
        strict=True,
    ):
        assert expected in message
    assert all(failure.error.help for failure in failures)


def test_an_address_without_a_fetcher_is_a_failure() -> None:
    _, failures = split(read(["http://news.example/a"]))
    assert isinstance(failures[0].error, ForbiddenAddress)


@pytest.fixture
def locked_out() -> Iterator[Path]:
    """A folder with a locked file and a locked sub-folder, seen by a user without rights."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "a.txt").write_bytes(b"words")
    (folder / "b.txt").write_bytes(b"words")
    (folder / "b.txt").chmod(0)
    (folder / "locked").mkdir(mode=0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield folder
    finally:
        os.seteuid(user)
        (folder / "locked").chmod(0o700)
        shutil.rmtree(folder)


def test_missing_rights_are_failures_of_their_own(locked_out: Path) -> None:
    documents, failures = split(read([str(locked_out), str(locked_out / "locked")]))
    assert origins(documents, locked_out) == ["/a.txt"]
    assert [failure.origin.replace(str(locked_out), "") for failure in failures][:2] == ["/b.txt", "/locked"]
    assert all("may not be read" in failure.error.message for failure in failures[:2])


def test_a_large_document_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 1001)
    (tmp_path / "b.txt").write_bytes(b"x" * 1000)
    documents, failures = split(read([str(tmp_path)], limits=SMALL))
    assert origins(documents, tmp_path) == ["/b.txt"]
    assert "larger than 0.001 MB" in failures[0].error.message
    assert "JSON Lines" in failures[0].error.help


def test_json_lines_are_streamed_and_bad_lines_are_numbered(tmp_path: Path) -> None:
    lines = [
        b'{"id": 7, "text": "one"}',
        b"{broken",
        b'{"text": "' + b"x" * 1000 + b'"}',
        b"",
        b'["no object"]',
        b'{"id": 7, "text": "six"}',
        b'{"text": "\xe9t\xe9"}',
    ]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n" + b'{"text": "more"}\n' * 500)
    documents, failures = split(read([str(path)], limits=SMALL))
    assert origins(documents, path)[:2] == ["#7", "#7@6"]
    assert [failure.origin.replace(str(path), "") for failure in failures] == ["#2", "#3", "#5"]
    assert all(f"line {number}" in failure.error.message for number, failure in zip((2, 3, 5), failures, strict=True))
    assert json.loads(documents[2].data) == {"text": "été"}
    assert len(documents) == 503


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"text": "one"}, [""]),
        ([{"text": "one", "id": "a"}, {"text": "two"}], ["#a", "#2"]),
        ({"status": "ok", "articles": [{"text": "one"}, {"text": "two"}]}, ["#1", "#2"]),
    ],
)
def test_json_of_several_shapes(tmp_path: Path, value: object, names: list[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value, indent=1))
    documents, failures = split(read([str(path)], fields=FieldNames.parse("text=text")))
    assert origins(documents, path) == names
    assert failures == []
    assert {document.fields.text for document in documents} == {("text",)}


def test_json_lines_under_the_name_of_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"text": "one"}\n{"text": "two"}\n')
    assert origins(split(read([str(path)]))[0], path) == ["#1", "#2"]


@pytest.mark.parametrize("data", [b'{"text": ', b"[" * 100_000, b"", b"3"])
def test_broken_json_is_explained(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    documents, failures = split(read([str(path)]))
    assert documents == []
    assert str(path) in failures[0].error.message


def test_equal_records_have_equal_bytes_whatever_their_layout(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"text": "one", "title": "\\u00e9"}')
    (tmp_path / "b.json").write_text('{"title":"é",\n"text":"one"}')
    first, second = split(read([str(tmp_path)]))[0]
    assert first.data == second.data


def test_gz_is_read_under_its_inner_type(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"words"))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "one"}\n{"text": "two"}\n'))
    documents, failures = split(read([str(tmp_path)]))
    assert origins(documents, tmp_path) == ["/a.txt.gz", "/b.jsonl.gz#1", "/b.jsonl.gz#2"]
    assert documents[0].data == b"words"
    assert failures == []


def test_zip_members_with_their_sidecars(tmp_path: Path) -> None:
    members = {
        "b.txt": b"words",
        "sub/a.html": b"<p>words",
        "photo.jpg": b"x",
        "b.txt.meta.json": b'{"title": "T"}',
        "__MACOSX/b.txt": b"x",
        "sub/inner.zip": b"x",
        "r.jsonl": b'{"id": "x", "text": "one"}',
    }
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(members))
    documents, failures = split(read([str(path)]))
    assert origins(documents, path) == ["#b.txt", "#r.jsonl#x", "#sub/a.html"]
    assert documents[0].hints == Hints(title="T")
    assert [(failure.origin.replace(str(path), ""), failure.error.message[-26:]) for failure in failures] == [
        ("#sub/inner.zip", "archive inside an archive.")
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt.gz", b"no gzip"),
        ("a.txt.gz", gzip.compress(b"words" * 100)[:-20]),
        ("a.zip", b"no zip"),
        ("a.zip", zipped({"a.txt": b"words" * 100})[:-40]),
        ("a.zip.gz", gzip.compress(zipped({"a.txt": b"words"}))),
        ("a.tar.gz", gzip.compress(b"words")),
    ],
    ids=["no gzip", "a gzip cut off", "no zip", "a zip cut off", "a zip in a gzip", "no tar in a gzip"],
)
def test_broken_and_nested_archives_are_explained(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    documents, failures = split(read([str(tmp_path / name)]))
    assert documents == []
    assert len(failures) == 1
    assert failures[0].error.help


def test_a_damaged_member_does_not_hide_the_others(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"first words" * 30, "b.txt": b"second words"}))
    data[40] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(data)
    documents, failures = split(read([str(tmp_path / "a.zip")]))
    assert origins(documents, tmp_path) == ["/a.zip#b.txt"]
    assert "broken archive" in failures[0].error.message


def test_bombs_are_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"x" * 1_000_000))
    (tmp_path / "b.zip").write_bytes(zipped({f"m{number}.txt": b"x" * 900 for number in range(9)}))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"text": "one"}\n' * 10_000))
    documents, failures = split(read([str(tmp_path)], limits=SMALL))
    messages = " ".join(failure.error.message for failure in failures)
    assert "a.txt.gz is larger" in messages or "a.txt.gz unpacks" in messages
    assert "b.zip unpacks to more" in messages
    assert "c.jsonl.gz unpacks to more" in messages
    assert sum(len(document.data) for document in documents) < 2 * SMALL.archive_bytes + 1000


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".meta.json", '{"title": "T", "published": "2013-04-17", "author": "Jane Doe"}'),
        (".meta.yaml", "title: T\npublished: 2013-04-17\nauthor: Jane Doe\n"),
    ],
)
def test_a_sidecar_gives_hints_and_the_caller_wins(tmp_path: Path, ending: str, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(b"words")
    (tmp_path / f"a.txt{ending}").write_text(text)
    (document,), failures = split(read([str(tmp_path)], hints=Hints(author="John Roe")))
    assert document.hints == Hints(title="T", author="John Roe", published=date(2013, 4, 17))
    assert failures == []


@pytest.mark.parametrize("text", ['{"pubished": "2013"}', '{"published": "soon"}', "[1]", "{", ""])
def test_a_sidecar_that_cannot_be_used_is_a_failure_of_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(b"words")
    (tmp_path / "a.txt.meta.json").write_text(text)
    documents, failures = split(read([str(tmp_path)]))
    assert documents == []
    assert "a.txt.meta.json" in failures[0].error.message


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(9 * [f'*{before}'])}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {title: T}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join(9 * [f'*{before}'])}]}}\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "bomb", [f"{LAUGHS}published: *i\n", f"{LAUGHS}title: *i\n", MERGES], ids=["date", "title", "merges"]
)
def test_a_sidecar_cannot_unfold(tmp_path: Path, bomb: str) -> None:
    (tmp_path / "a.txt").write_bytes(b"words")
    (tmp_path / "a.txt.meta.yaml").write_text(bomb)
    documents, failures = split(read([str(tmp_path)]))
    assert documents == []
    assert "holds a reference" in failures[0].error.message


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that is none of the folder's, whose words must not be seen."""
    path = tmp_path / "outside" / "secret.txt"
    path.parent.mkdir()
    path.write_text("title: {secret words: [unclosed")
    return path


def test_a_link_in_a_folder_leads_to_nothing_outside_of_it(tmp_path: Path, outside: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "own.txt").write_bytes(b"own words")
    (folder / "inside.txt").symlink_to(folder / "below" / "own.txt")
    (folder / "out.txt").symlink_to(outside)
    (folder / "relative.txt").symlink_to("../outside/secret.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "farther").symlink_to(outside.parent, target_is_directory=True)
    documents, failures = split(read([str(folder)]))
    assert origins(documents, folder) == ["/inside.txt", "/below/own.txt"]
    assert [failure.error.message.replace(f"{folder}/", "") for failure in failures] == [
        f"{name} is a link that leads out of the folder." for name in ("device.txt", "out.txt", "relative.txt")
    ]
    (chosen,), _ = split(read([str(folder / "out.txt")]))
    assert b"secret words" in chosen.data


def test_a_link_to_a_pipe_makes_nobody_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.txt").symlink_to(tmp_path / "pipe")
    (tmp_path / "b.txt").write_bytes(b"words")
    os.mkfifo(tmp_path / "b.txt.meta.json")
    documents, failures = split(read([str(tmp_path)]))
    assert documents == []
    assert [failure.error.message[-11:] for failure in failures] == ["is no file.", "is no file."]


@pytest.mark.parametrize("chosen", [True, False])
def test_a_sidecar_that_is_a_link_out_tells_nothing_of_what_it_leads_to(
    tmp_path: Path, outside: Path, chosen: bool
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"words")
    (folder / "a.txt.meta.yaml").symlink_to(outside)
    documents, failures = split(read([str(folder / "a.txt") if chosen else str(folder)]))
    assert documents == []
    assert "leads out of the folder" in failures[0].error.message
    assert "secret words" not in str(failures[0].error)


CLIMBING = (
    "../../etc/evil.txt",
    "/etc/evil.txt",
    "C:\\evil.txt",
    "a/../../../evil.txt",
    "..\\..\\evil.txt",
    "~/evil.txt",
)


def test_no_member_of_an_archive_is_written_anywhere(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a.zip"
    path.write_bytes(zipped(dict.fromkeys(CLIMBING, b"evil words")))
    before = sorted(tmp_path.rglob("*"))
    documents, failures = split(read([str(path)]))
    assert {document.data for document in documents} == {b"evil words"}
    assert all(document.origin.startswith(f"{path}#") for document in documents)
    assert failures == []
    assert sorted(tmp_path.rglob("*")) == before
    assert not any(Path(name).expanduser().exists() for name in CLIMBING)


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path, outside: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("link.txt", "b.txt.meta.yaml"):
            member = zipfile.ZipInfo(name)
            member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, str(outside))
        archive.writestr("b.txt", "words")
    documents, failures = split(read([str(path)]))
    assert [document.data for document in documents] == [str(outside).encode()]
    assert "b.txt.meta.yaml" in failures[0].error.message
    assert "secret words" not in str(failures[0].error)


def test_reading_is_lazy(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"words")
    items = read([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
    next(items)
    (tmp_path / "b.txt").write_bytes(b"late words")
    assert isinstance(next(items), Document)


def test_a_name_that_is_not_utf8_is_shown_escaped(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9.txt")).write_bytes(b"words")
    (document,), _ = split(read([str(tmp_path)]))
    assert document.origin.endswith("/\\xe9.txt")
