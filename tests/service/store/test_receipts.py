from __future__ import annotations

import pytest
from sqlalchemy import update

from service.errors import RepeatError
from service.store.database import Store
from service.store.receipts import ABANDONED_SECONDS, KEPT_SECONDS, Receipt, Receipts
from service.store.tables import receipts as table
from service.store.workers import Worker

ANSWER = Receipt(201, {"location": "/x"}, b'{"a": "\xc3\xa9"}')


@pytest.fixture
def receipts(store: Store, worker: Worker) -> Receipts:
    return Receipts(store, worker)


def aged(store: Store, seconds: float) -> None:
    with store.transaction() as connection:
        connection.execute(update(table).values(made=table.c.made - seconds))


def test_a_repetition_is_answered_as_the_first(receipts: Receipts) -> None:
    assert receipts.begin("me", "POST /x 1", "d") is None
    receipts.keep("me", "POST /x 1", ANSWER)
    assert receipts.begin("me", "POST /x 1", "d") == ANSWER


def test_another_caller_and_another_request_are_something_else(receipts: Receipts) -> None:
    assert receipts.begin("me", "POST /x 1", "d") is None
    assert receipts.begin("you", "POST /x 1", "d") is None
    assert receipts.begin("me", "POST /x 2", "d") is None


def test_a_request_under_way_and_another_body_are_refused(receipts: Receipts) -> None:
    receipts.begin("me", "POST /x 1", "d")
    with pytest.raises(RepeatError, match="under way"):
        receipts.begin("me", "POST /x 1", "d")
    with pytest.raises(RepeatError, match="another body"):
        receipts.begin("me", "POST /x 1", "e")


def test_what_came_to_nothing_may_be_tried_again(receipts: Receipts) -> None:
    receipts.begin("me", "POST /x 1", "d")
    receipts.drop("me", "POST /x 1")
    assert receipts.begin("me", "POST /x 1", "d") is None


def test_what_was_cut_off_may_be_tried_again_after_a_while(store: Store, receipts: Receipts) -> None:
    receipts.begin("me", "POST /x 1", "d")
    aged(store, ABANDONED_SECONDS + 1)
    assert receipts.begin("me", "POST /x 1", "d") is None


def test_receipts_are_forgotten_after_a_day(store: Store, receipts: Receipts) -> None:
    receipts.begin("me", "POST /x 1", "d")
    receipts.keep("me", "POST /x 1", ANSWER)
    aged(store, KEPT_SECONDS - 10)
    assert receipts.begin("me", "POST /x 1", "d") == ANSWER
    aged(store, 20)
    assert receipts.begin("me", "POST /x 1", "d") is None
