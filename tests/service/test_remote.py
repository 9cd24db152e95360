from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import date

import httpx
import pytest

from ingest.errors import DossierError, FilterError, FolderBusy, NewerFolder, ServerAway, ServiceError, StorageError
from ingest.filters import Filters
from service.answerer import Answerer, DoneEvent, StatementEvent
from service.errors import ModelError, QuestionError
from service.http.app import create_app
from service.http.policy import Policy
from service.question import Question, Turn
from service.remote import RemoteAnswerer
from tests.service.http.doubles import ONE, House, answer_to
from tests.service.http.live import Attended, served

QUESTION = Question("Why did Tashkent leave?")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def app(house: House) -> Attended:
    return Attended(create_app(house.services, Policy(bounds=ONE, keep_alive=0.1, grace=0)))


@pytest.fixture
def remote(app: Attended) -> Iterator[RemoteAnswerer]:
    with served(app) as address:
        remote = RemoteAnswerer(address)
        yield remote
        remote.close()


def mocked(handler: Callable[[httpx.Request], httpx.Response]) -> RemoteAnswerer:
    client = httpx.Client(transport=httpx.MockTransport(handler), base_url="http://service")
    return RemoteAnswerer("http://service", client)


def test_the_answer_and_its_events_are_those_of_the_service(remote: RemoteAnswerer, house: House) -> None:
    local: Answerer = house.answerer
    assert remote.answer(QUESTION) == local.answer(QUESTION)
    assert list(remote.stream(QUESTION)) == list(local.stream(QUESTION))


def test_the_whole_question_reaches_the_service(remote: RemoteAnswerer, house: House) -> None:
    filters = Filters(date(2012, 1, 1), date(2013, 1, 1), ("S", "T"), ("A",))
    question = Question("Who?", filters, (Turn("Where?", "There."),), "c1", "quoted")
    remote.answer(question)
    assert house.answerer.asked == [question]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    "error",
    [
        FolderBusy("Busy.", "Wait."),
        NewerFolder("Newer.", "Update."),
        StorageError("Full.", "Make room."),
        ServerAway("Away.", "Wait."),
        ModelError("Slow.", "Wait."),
    ],
)
def test_errors_come_back_as_what_they_were(
    remote: RemoteAnswerer, house: House, error: DossierError, late: bool
) -> None:
    house.answerer.error = error
    house.answerer.fail_late = late
    with pytest.raises(type(error)) as caught:
        remote.answer(QUESTION)
    assert (type(caught.value), caught.value.message, caught.value.help) == (type(error), error.message, error.help)


def test_an_unforeseen_error_is_a_service_error(remote: RemoteAnswerer, house: House) -> None:
    house.answerer.error = RuntimeError("secret")
    with pytest.raises(ServiceError) as caught:
        remote.answer(QUESTION)
    assert caught.value.help
    assert not caught.value.retryable
    assert "secret" not in str(caught.value)


def test_a_busy_service_says_so(remote: RemoteAnswerer, house: House) -> None:
    house.answerer.go.clear()
    events = remote.stream(QUESTION)
    next(events)
    with pytest.raises(ServiceError, match="under way") as caught:
        remote.answer(QUESTION)
    assert caught.value.retryable
    house.answerer.go.set()
    assert isinstance(list(events)[-1], DoneEvent)


def test_closing_the_iterator_cancels_the_work(remote: RemoteAnswerer, house: House, app: Attended) -> None:
    house.answerer.go.clear()
    events = remote.stream(QUESTION)
    assert isinstance([next(events) for _ in range(3)][-1], StatementEvent)
    events.close()  # type: ignore[attr-defined]
    app.wait()
    house.answerer.go.set()
    assert house.answerer.closed.wait(5)
    assert house.answerer.finished == []


@pytest.mark.parametrize(
    ("name", "error"), [("question-invalid", QuestionError), ("filter-invalid", FilterError), ("else", ServiceError)]
)
def test_problems_before_the_stream(name: str, error: type[DossierError]) -> None:
    problem = {"type": f"/problems/{name}", "title": "T", "status": 422, "detail": "What.", "help": "Do."}
    with pytest.raises(error, match=r"What\. Do\.") as caught:
        mocked(lambda request: httpx.Response(422, json=problem)).answer(QUESTION)
    assert type(caught.value) is error


def event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def done() -> bytes:
    answer = json.loads(answer_to(QUESTION).model_dump_json())
    return event("done", {"type": "done", "answer": answer | {"version": 2, "mood": "new"}})


@pytest.mark.parametrize(
    ("status", "content", "media_type"),
    [
        (200, b"", "text/event-stream"),
        (200, event("status", {"type": "status", "stage": "read"}), "text/event-stream"),
        (200, event("status", {"type": "music"}), "text/event-stream"),
        (200, b"event: status\ndata: {\n\n", "text/event-stream"),
        (200, event("error", "what"), "text/event-stream"),
        (200, done(), "text/event-stream"),
        (200, b"<html>", "text/html"),
        (200, b"{}", "application/json"),
        (502, b"<html>", "text/html"),
        (502, b"{}", "application/json"),
        (302, b"", "text/html"),
    ],
)
def test_what_is_not_a_whole_answer_is_a_service_error(status: int, content: bytes, media_type: str) -> None:
    remote = mocked(lambda request: httpx.Response(status, content=content, headers={"Content-Type": media_type}))
    with pytest.raises(ServiceError) as caught:
        remote.answer(QUESTION)
    assert caught.value.help


def test_a_service_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    remote = RemoteAnswerer(address)
    with pytest.raises(ServiceError, match="cannot be reached"):
        remote.answer(QUESTION)
    remote.close()


def test_a_service_that_falls_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = httpx.Client(base_url=address, trust_env=False, timeout=0.2)
        with client, pytest.raises(ServiceError, match="in time"):
            RemoteAnswerer(address, client).answer(QUESTION)
