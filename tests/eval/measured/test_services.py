"""A live service measured through both of its doors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from eval.errors import RunError
from eval.measured import served as patience
from eval.measured.openai import OpenAISystem
from eval.measured.service import ServiceSystem
from eval.shelf import Shelf, read_shelf
from eval.systems import System
from ingest.article import Article
from ingest.errors import FilterError, FolderBusy, ServiceError
from ingest.filters import Filters
from service.http.app import create_app
from service.http.policy import Policy
from service.question import Question, Turn
from service.wiring import House as RealHouse
from tests.service.http.doubles import ONE, House
from tests.service.http.live import real_service, served

SAMPLE = Path(__file__).parents[3] / "eval" / "data" / "articles"
NAMES = ("2012-06-29-uzbekistan-suspends-csto-membership.md", "2012-08-06-going-it-alone.md")
NOTE = "The mill of Tarn\n\nThe old mill of Tarn burned down on 3 May 1911 after a lamp fell over.\n"
ASKED = "Why did Uzbekistan suspend its membership of the CSTO?"
UNANSWERED = "Who won the 2014 World Cup?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name in NAMES:
        (folder / name).write_bytes((SAMPLE / name).read_bytes())
    (folder / "note.txt").write_text(NOTE)
    return folder


@pytest.fixture(scope="module")
def shelf(folder: Path) -> Shelf:
    return read_shelf(folder)


@pytest.fixture(scope="module")
def real(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, RealHouse]]:
    with real_service(tmp_path_factory.mktemp("measured"), [folder]) as service:
        yield service


@pytest.fixture(params=[ServiceSystem, OpenAISystem])
def system(request: pytest.FixtureRequest, real: tuple[str, RealHouse]) -> Iterator[System]:
    system = request.param(f"{real[0]}/", "quoted")
    yield system
    system.close()


def test_the_answer_is_that_of_the_house(system: System, real: tuple[str, RealHouse]) -> None:
    unlike = {"id", "conversation_id", "timings_ms"}
    for text in (ASKED, UNANSWERED):
        expected = real[1].answerer.answer(Question(text, mode="quoted"))
        reply = system.answer(Question(text))
        assert reply.answer.model_dump(exclude=unlike) == expected.model_dump(exclude=unlike)
        assert reply.insisted == (reply.answer if expected.status == "answered" else None)


def test_only_the_asking_door_tells_the_passages(real: tuple[str, RealHouse]) -> None:
    asking, chatting = ServiceSystem(real[0], "quoted"), OpenAISystem(real[0], "quoted")
    (passage, *_) = asking.answer(Question(ASKED)).passages
    article = asking.article(passage.article_id)
    assert article
    assert article.text[passage.start : passage.end] == passage.quote
    assert chatting.answer(Question(ASKED)).passages == ()
    asking.close()
    chatting.close()


def test_a_conversation_and_articles_to_ask_reach_the_service(system: System, shelf: Shelf) -> None:
    turns = (Turn(ASKED, "It prefers bilateral ties."),)
    answer = system.answer(Question("When was that?", conversation=turns)).answer
    assert answer.standalone_question == "When did Uzbekistan suspend its membership of the CSTO?"
    only = str(system.known_as(shelf.articles[NAMES[1]]))
    answer = system.answer(Question(ASKED, Filters(articles=(only,)))).answer
    assert {each.article_id for each in answer.citations} | {each.article_id for each in answer.closest} == {only}


def test_articles_are_those_of_the_set(system: System, shelf: Shelf) -> None:
    for article in shelf.articles.values():
        known = system.known_as(article)
        assert known == article.id
        found = system.article(known)
        assert found
        assert (found.id, found.text, found.title) == (article.id, article.text, article.title)
    assert system.article("nothing") is None


def test_an_article_read_from_elsewhere_is_known_by_its_text(system: System, shelf: Shelf) -> None:
    note, news = shelf.articles["note.txt"], shelf.articles[NAMES[0]]
    moved = replace(note, origin="/elsewhere/note.txt")
    assert moved.id != note.id
    assert system.known_as(moved) == note.id
    retold = replace(news, title="Another headline", source="Another paper")
    assert retold.id != news.id
    assert system.known_as(retold) == news.id


def test_an_article_that_it_does_not_hold_as_it_is_is_not_known(system: System, shelf: Shelf) -> None:
    note, news = shelf.articles["note.txt"], shelf.articles[NAMES[0]]
    changed = note.text.replace("1911", "1912")
    assert len(changed) == len(note.text)
    strangers = [
        replace(note, text=changed),
        replace(news, text=news.text + " And so on."),
        replace(note, title="Another", origin="/elsewhere"),
        Article("Never heard of.", title="New"),
    ]
    assert [system.known_as(stranger) for stranger in strangers] == [None] * 4


def test_articles_are_fetched_once(real: tuple[str, RealHouse], shelf: Shelf) -> None:
    system = ServiceSystem(real[0], "quoted")
    before = [system.known_as(article) for article in shelf.articles.values()]
    texts = [system.article(str(known)) for known in before]
    system.close()
    assert [system.known_as(article) for article in shelf.articles.values()] == before
    assert [system.article(str(known)) for known in before] == texts


def test_what_it_is_called_and_can_do(real: tuple[str, RealHouse]) -> None:
    for system in (ServiceSystem(f"{real[0]}/", "auto"), OpenAISystem(f"{real[0]}/v1", "auto")):
        assert system.name.endswith(f" {real[0]}")
        assert system.abilities == {"answer"}
        assert (system.models, system.threshold) == ({}, None)
        system.close()


class TestOverDoubles:
    @pytest.fixture
    def house(self) -> House:
        return House()

    @pytest.fixture(params=[ServiceSystem, OpenAISystem])
    def system(self, request: pytest.FixtureRequest, house: House) -> Iterator[System]:
        with served(create_app(house.services, Policy(bounds=ONE))) as address:
            system = request.param(address, "auto")
            yield system
            system.close()

    def test_the_mode_is_the_systems(self, system: System, house: House) -> None:
        system.answer(Question("Why?", mode="quoted"))
        assert [question.mode for question in house.answerer.asked] == ["auto"]

    def test_errors_come_back_as_what_they_were(self, system: System, house: House) -> None:
        house.answerer.error = FilterError("No.", "Mend it.")
        with pytest.raises(FilterError, match=r"No\. Mend it\."):
            system.answer(Question("Why?"))
        house.answerer.error = RuntimeError("secret")
        with pytest.raises(ServiceError) as caught:
            system.answer(Question("Why?"))
        assert "secret" not in str(caught.value)

    def test_a_busy_service_is_asked_again(self, system: System, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 2:
                house.answerer.error = None

        monkeypatch.setattr(patience, "sleep", wait)
        house.answerer.error = FolderBusy("Busy.")
        assert system.answer(Question("Why?")).answer.status == "answered"
        assert waited == list(patience.WAITS[:2])

    def test_patience_ends(self, system: System, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(patience, "sleep", lambda _: None)
        house.answerer.error = FolderBusy("Busy.")
        with pytest.raises(FolderBusy):
            system.answer(Question("Why?"))
        assert len(house.answerer.asked) == len(patience.WAITS) + 1


REPLY = {"id": "1", "object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "Hello."}}]}


@pytest.mark.parametrize(
    ("status", "content", "error", "said"),
    [
        (200, REPLY, RunError, "is not a Dossier service"),
        (200, REPLY | {"dossier": "yes"}, RunError, "is not a Dossier service"),
        (200, REPLY | {"dossier": {"id": "1"}}, ServiceError, "another version"),
        (401, {"error": {"message": "No key.", "type": "x", "param": None, "code": "no_key"}}, ServiceError, "No key"),
        (404, {"detail": "Not Found"}, ServiceError, "another version"),
        (502, "<html>", ServiceError, "not JSON"),
    ],
)
def test_a_server_that_is_no_dossier_service(status: int, content: object, error: type[Exception], said: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        assert json.loads(request.content)["model"] == "gpt-5"
        return httpx.Response(status, text=content if isinstance(content, str) else json.dumps(content))

    client = httpx.Client(transport=httpx.MockTransport(handle), base_url="http://other")
    system = OpenAISystem("http://other", "auto", model="gpt-5", client=client)
    with pytest.raises(error, match=said):
        system.answer(Question("Why?"))
    system.close()
