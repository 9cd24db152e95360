from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.catalog import catalog_in
from ingest.ownership import Ownership
from tests.commands import Command, Service, finished, start
from tests.conftest import OwnModel
from tests.rooms import telling


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder of two articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for seed in (1, 2):
        (folder / f"{seed}.md").write_text(
            f"---\ntitle: Report {seed}\nsource: Post {seed}\npublished: 2013-04-1{seed}\n---\n\n{telling(seed)}\n"
        )
    return folder


@pytest.fixture
def filled(dossier: Command, articles: Path, data: Path) -> Path:
    """A data folder that holds the two articles."""
    assert dossier("ingest", articles, "--data", data).code == 0
    return data


def counts(new: int = 0, changed: int = 0, unchanged: int = 0, duplicate: int = 0, failed: int = 0) -> dict[str, int]:
    return {"new": new, "changed": changed, "unchanged": unchanged, "duplicate": duplicate, "failed": failed}


def assert_told(err: str, *words: str) -> None:
    """An error for a user: what happened and what to do, without a traceback."""
    flat = " ".join(err.split())
    for word in words:
        assert word in flat
    assert "Traceback" not in err
    assert "fault of Dossier" not in err


def test_articles_come_in_once(dossier: Command, articles: Path, data: Path) -> None:
    first = dossier("ingest", articles, "--data", data, "--json")
    assert first.code == 0
    assert first.json.items() >= counts(new=2).items()
    assert first.json["passages"] == 2
    assert first.json["failures"] == first.json["notes"] == []
    second = dossier("ingest", articles, "--data", data, "--json")
    assert second.json.items() >= counts(unchanged=2).items()
    assert second.json["passages"] == 0
    (articles / "1.md").write_text(telling(3))
    third = dossier("ingest", articles / "1.md", "--data", data)
    assert third.code == 0
    assert "0 new, 1 changed, 0 unchanged, 0 duplicate, 0 failed" in third.out


def test_one_bad_file_fails_the_command_but_not_the_others(dossier: Command, articles: Path, data: Path) -> None:
    (articles / "0-empty.txt").touch()
    (articles / "binary.txt").write_bytes(bytes(range(256)) * 20)
    done = dossier("ingest", articles, "/no/such/file", "ftp://example.org/a", "--data", data, "--json")
    assert done.code == 1
    assert done.json.items() >= counts(new=2, failed=4).items()
    failed = {Path(failure["origin"]).name: failure["reason"] for failure in done.json["failures"]}
    assert set(failed) == {"0-empty.txt", "binary.txt", "file", "a"}
    assert all(failed.values())
    told = dossier("ingest", articles, "--data", data)
    assert told.code == 1
    assert f"failed {articles / 'binary.txt'}: It looks like a binary file." in told.out
    assert_told(told.err)


def test_a_name_that_is_no_utf8_is_shown(dossier: Command, tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "names"
    folder.mkdir()
    Path(str(folder) + "/caf\udce9.txt").write_text(telling(1))
    Path(str(folder) + "/vide\udce9.txt").touch()
    done = dossier("ingest", folder, "--data", data, "--json")
    assert done.json.items() >= counts(new=1, failed=1).items()
    assert done.json["failures"][0]["origin"].endswith("vide\\xe9.txt")
    assert dossier("articles", "list", "--data", data).code == 0


def test_what_the_command_line_says_holds(dossier: Command, tmp_path: Path, data: Path) -> None:
    (tmp_path / "a.txt").write_text(telling(1))
    given = ("--title", "A title", "--source", "A source", "--author", "An author", "--url", "https://news.example/a")
    done = dossier("ingest", tmp_path / "a.txt", "--data", data, *given, "--published", "2013-04-17")
    assert done.code == 0
    (listed,) = dossier("articles", "list", "--data", data, "--json").json
    assert listed["title"] == "A title"
    assert (listed["source"], listed["author"]) == ("A source", "An author")
    assert (listed["url"], listed["published"], listed["updated"]) == ("https://news.example/a", "2013-04-17", None)


def test_named_fields_of_records(dossier: Command, tmp_path: Path, data: Path) -> None:
    lines = [json.dumps({"prose": telling(seed), "name": f"Record {seed}"}) for seed in range(3)]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, "{broken"]))
    done = dossier("ingest", tmp_path / "a.jsonl", "--data", data, "--fields", "text=prose,title=name", "--json")
    assert done.code == 1
    assert done.json.items() >= counts(new=3, failed=1).items()
    wrong = dossier("ingest", tmp_path / "a.jsonl", "--data", data, "--fields", "colour=prose")
    assert wrong.code == 1
    assert_told(wrong.err, "'colour' is not a role", "Roles: text, title")


def test_articles_are_listed(dossier: Command, filled: Path) -> None:
    done = dossier("articles", "list", "--data", filled)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].split() == ["id", "published", "source", "title"]
    assert [line.split(maxsplit=1)[1].split() for line in lines[1:3]] == [
        ["2013-04-12", "Post", "2", "Report", "2"],
        ["2013-04-11", "Post", "1", "Report", "1"],
    ]
    assert lines[3] == "2 of 2 articles"
    narrowed = dossier("articles", "list", "post 1", "--data", filled, "--json").json
    assert [record["title"] for record in narrowed] == ["Report 1"]
    assert dossier("articles", "list", "--offset", "1", "--limit", "1", "--data", filled, "--json").json == narrowed


def test_an_article_is_shown_and_removed(dossier: Command, filled: Path) -> None:
    (listed,) = dossier("articles", "list", "Report 1", "--data", filled, "--json").json
    shown = dossier("articles", "show", listed["id"], "--data", filled)
    assert shown.code == 0
    assert "Report 1\nPost 1 · published 2013-04-11\n" in shown.out
    assert telling(1) in shown.out
    assert dossier("articles", "show", listed["id"], "--data", filled, "--json").json["text"] == telling(1)
    removed = dossier("articles", "remove", listed["id"], "ffffffffffffffff", "--data", filled)
    assert removed.code == 1
    assert "1 removed" in removed.out
    assert_told(removed.err, "There is no article ffffffffffffffff.", "dossier articles list")
    gone = dossier("articles", "show", listed["id"], "--data", filled)
    assert gone.code == 1
    assert_told(gone.err, f"There is no article {listed['id']}.")
    assert len(dossier("articles", "list", "--data", filled, "--json").json) == 1


def test_markup_in_an_article_is_shown_as_it_is(dossier: Command, tmp_path: Path, data: Path) -> None:
    nasty = "[/nobody] [red]x[/red] \\ [bold]\\"
    record = {"text": f"{telling(1)} {nasty}", "title": nasty, "source": nasty, "author": nasty}
    (tmp_path / "[x].json").write_text(json.dumps(record))
    (tmp_path / "[red]empty.txt").touch()
    done = dossier("ingest", tmp_path / "[x].json", tmp_path / "[red]empty.txt", "--data", data)
    assert "[red]empty.txt" in done.out
    listed = dossier("articles", "list", "--data", data)
    assert listed.code == 0, listed.err
    assert "[/nobody]" in listed.out
    (record_json,) = dossier("articles", "list", "--data", data, "--json").json
    shown = dossier("articles", "show", record_json["id"], "--data", data)
    assert shown.code == 0, shown.err
    assert shown.out.startswith(nasty)
    assert nasty in shown.out.splitlines()[1]


def test_a_terminal_is_given_no_orders(dossier: Command, tmp_path: Path, data: Path) -> None:
    orders = "\x1b[31m\x1b]0;owned\x07\x9b2J"
    (tmp_path / "a.json").write_text(json.dumps({"text": "", "id": orders}))
    (tmp_path / f"{orders}.txt").touch()
    (tmp_path / "b.json").write_text(json.dumps({"text": telling(1) + orders, "title": orders, "source": orders}))
    done = dossier("ingest", tmp_path, "--data", data)
    shown = dossier(
        "articles", "show", dossier("articles", "list", "--data", data, "--json").json[0]["id"], "--data", data
    )
    printed = done.out + done.err + shown.out + dossier("articles", "list", "--data", data).out
    for command in (("ingest", tmp_path), ("articles", "list"), ("check",)):
        told = dossier(*command, "--data", data, "--json")
        assert told.json
        printed += told.out
    assert "\\x1b[31m" in done.out
    assert not set("\x1b\x07\x9b") & set(printed)


def test_a_check_tells_what_does_not_agree_and_mends_it(dossier: Command, filled: Path) -> None:
    sound = dossier("check", "--data", filled)
    assert sound.code == 0
    assert "agree on 2 articles, 2 passages" in sound.out
    catalog = catalog_in(filled)
    with catalog.database.writing() as connection:
        connection.execute(text("DELETE FROM full_text WHERE rowid = 1"))
    catalog.close()
    broken = dossier("check", "--data", filled, "--json")
    assert broken.code == 1
    assert broken.json == {
        "articles": 2,
        "passages": 2,
        "problems": [{"what": "full text: 1 passage missing", "repairable": True}],
    }
    assert "dossier check --repair" in dossier("check", "--data", filled).out
    mended = dossier("check", "--repair", "--data", filled)
    assert mended.code == 0
    assert "All well" in mended.out


def test_another_embedder_is_refused_and_a_rebuild_mends_it(
    dossier: Command, filled: Path, own_model: OwnModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOSSIER_CACHE", str(own_model.cache))
    monkeypatch.setenv("DOSSIER_EMBEDDER", str(own_model.folder))
    refused = dossier("check", "--data", filled)
    assert refused.code == 1
    assert_told(refused.err, "all-MiniLM-L6-v2", "dossier rebuild")
    monkeypatch.delenv("DOSSIER_EMBEDDER")
    rebuilt = dossier("rebuild", "--data", filled, "--embedder", own_model.folder)
    assert rebuilt.code == 0
    assert "2 passages embedded with" in rebuilt.out
    assert f"DOSSIER_EMBEDDER={own_model.folder}" in rebuilt.out
    monkeypatch.setenv("DOSSIER_EMBEDDER", str(own_model.folder))
    assert dossier("check", "--data", filled).code == 0


def test_a_busy_folder_is_refused_with_its_owner(dossier: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.cli.WAIT_SECONDS", 0.0)
    ownership = Ownership(data)
    ownership.acquire("dossier rebuild")
    for command in (("check",), ("articles", "list"), ("ingest", "/no/such/file"), ("rebuild",)):
        done = dossier(*command, "--data", data)
        assert done.code == 1
        assert_told(done.err, "in use by dossier rebuild (process", "run the command again")
    ownership.release()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("articles", "list", "--limit", "0"), "--limit"),
        (("ingest",), "PATH|URL..."),
        (("ingest", "a.txt", "--published", "yesterday"), "--published"),
        (("articles", "show"), "ID"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_arguments_are_told(dossier: Command, arguments: tuple[str, ...], words: str) -> None:
    done = dossier(*arguments)
    assert done.code == 2
    assert_told(done.err, words)


def test_a_wrong_setting_is_told(dossier: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOSSIER_ALLOW_PRIVATE_ADDRESSES", "maybe")
    done = dossier("ingest", "/no/such/file", "--data", data)
    assert done.code == 1
    assert_told(done.err, "DOSSIER_ALLOW_PRIVATE_ADDRESSES")


def test_a_file_for_a_data_folder_is_told(dossier: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = dossier("check", "--data", tmp_path / "file")
    assert done.code == 1
    assert_told(done.err, "is not a folder", "--data")


def test_the_command_as_a_process(articles: Path, data: Path) -> None:
    (articles / "empty.txt").touch()
    done = finished(start("ingest", articles, "--json", environment={"DOSSIER_DATA": str(data)}))
    assert done.code == 1
    assert done.json.items() >= counts(new=2, failed=1).items()
    assert done.err == ""
    version = finished(start("--version"))
    assert (version.code, version.err) == (0, "")
    assert version.out.startswith("dossier ")


@pytest.fixture
def service(data: Path) -> Iterator[str]:
    """The address of a service that owns the data folder."""
    with Service(data) as process:
        yield process.address
        assert process.stop().code == 0


def test_commands_go_through_the_service_that_owns_the_folder(
    dossier: Command, articles: Path, data: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.cli.WAIT_SECONDS", 0.0)
    (articles / "empty.txt").touch()
    done = dossier("ingest", articles, "/no/such/file", "--data", data, "--json")
    assert done.json.items() >= counts(new=2, failed=2).items()
    assert done.code == 1
    assert f"The service at {service} owns the data folder" in " ".join(done.err.split())
    assert dossier("ingest", articles / "1.md", "--data", data, "--json").json.items() >= counts(unchanged=1).items()
    listed = dossier("articles", "list", "--data", data, "--json").json
    assert [(record["title"], record["source"]) for record in listed] == [
        ("Report 2", "Post 2"),
        ("Report 1", "Post 1"),
    ]
    shown = dossier("articles", "show", listed[0]["id"], "--data", data, "--json").json
    assert shown["text"] == telling(2)
    assert dossier("articles", "remove", listed[0]["id"], "--data", data).code == 0
    assert len(dossier("articles", "list", "--data", data, "--json").json) == 1
    refused = dossier("check", "--data", data)
    assert refused.code == 1
    assert_told(refused.err, "in use by dossier serve", service)
