"""What a day may cost: it holds with many workers, counts what goes out and nothing else, and ends at midnight."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from tests.sms.stage import CUSTOMER, OURS, Stage
from tonval.fieldwork.centre import Texting
from tonval.fieldwork.messaging import messages, spending
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Ended
from tonval.fieldwork.messaging.outgoing import CONFIRMATION, queue_message
from tonval.fieldwork.messaging.spending import Spent
from tonval.sms.console.provider import Console
from tonval.sms.sender import send_batch
from tonval.store import tables as t
from tonval.store.unit import Unit

PRICES: Mapping[str, int] = MappingProxyType({"SE": 700, "": 1000})
NORWAY = "+4790000000"


@pytest.fixture
def stage(unit: Unit) -> Stage:
    return Stage(unit)


def limit(stage: Stage, **terms: Any) -> None:
    texting = Texting(prices=PRICES, currency="EUR", **terms)
    stage.office = replace(stage.office, centre=replace(stage.office.centre, texting=texting))


def send(stage: Stage, most: int = 1000) -> int:
    return send_batch(stage.office, {"twilio": Console(), "console": Console()}, limit=most)


def test_messages_have_their_cost_and_the_day_its_sum(stage: Stage) -> None:
    limit(stage)
    stage.queue("hej", "lång " * 100)
    stage.queue("hei", to=NORWAY)
    assert [row.cost for row in stage.rows()] == [700, 2800, 1000]
    send(stage)
    assert spending.today(stage.office).spent == Spent(6, 4500)


def test_without_prices_segments_are_counted_all_the_same(stage: Stage) -> None:
    stage.queue("hej")
    send(stage)
    assert stage.rows()[0].cost is None
    assert spending.today(stage.office).spent == Spent(1, 0)


@pytest.mark.parametrize("terms", [{"segments_a_day": 3}, {"money_a_day": 2100}, {"money_a_day": 2799}])
def test_what_is_over_the_limit_waits_until_tomorrow(stage: Stage, terms: dict[str, int]) -> None:
    limit(stage, **terms)
    stage.queue(*("hej" for _ in range(5)))
    send(stage)
    assert Counter(stage.states()) == {"delivered": 3, "queued": 2}
    assert spending.today(stage.office).full
    stage.time = datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC)
    assert send(stage) == 0
    stage.pass_time(seconds=1)  # midnight in Stockholm
    assert send(stage) == 2
    assert spending.today(stage.office).spent == Spent(2, 1400)


def test_a_short_message_takes_the_room_a_long_one_has_not(stage: Stage) -> None:
    limit(stage, segments_a_day=3)
    stage.queue("hej", "lång " * 100, "hej", "hej", "hej")
    send(stage)
    assert stage.states() == ["delivered", "queued", "delivered", "delivered", "queued"]


def test_the_confirmation_of_an_opt_out_always_goes_out_and_is_counted(stage: Stage) -> None:
    limit(stage, segments_a_day=0)
    stage.queue("en fråga")
    with stage.office.unit.begin() as tx:
        queue_message(tx, stage.office, OURS, CUSTOMER, "Du får inga fler.", CONFIRMATION, None)
    send(stage)
    assert stage.states() == ["queued", "delivered"]
    assert spending.today(stage.office).spent == Spent(1, 700)


def test_the_limit_is_told_of_once_a_day(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    spending._tell.cache_clear()
    limit(stage, segments_a_day=1)
    for _ in range(3):
        stage.queue("hej", "hej")
        send(stage)
    assert [record.levelname for record in caplog.records if "limit" in record.message] == ["WARNING"]


@pytest.mark.parametrize(("state", "counted"), [("queued", 1), ("failed", 1), ("unknown", 2), ("accepted", 2)])
def test_what_was_surely_not_taken_costs_nothing(stage: Stage, state: str, counted: int) -> None:
    limit(stage)
    stage.queue("hej", "hej")
    first, second = messages.claim_due(stage.office, 2)
    ended = [Ended(first, State.ACCEPTED, "SM1"), Ended(second, State(state), due_at=stage.time)]
    messages.turn_over(stage.office, 0, ended)
    assert spending.today(stage.office).spent == Spent(counted, 700 * counted)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(most=st.integers(0, 60), lengths=st.lists(st.integers(1, 3), min_size=1, max_size=40))
def test_with_many_workers_a_day_costs_no_more_than_it_may(stage: Stage, most: int, lengths: list[int]) -> None:
    with stage.office.unit.begin() as tx:
        tx.execute(delete(t.messages))
        tx.execute(delete(t.spending))
    limit(stage, segments_a_day=most)
    stage.queue(*("x" * (150 * length) for length in lengths))
    sizes = [row.segments for row in stage.rows()]
    workers = [threading.Thread(target=send, args=(stage, 7)) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while send(stage):
        pass
    gone = sum(row.segments for row in stage.rows() if row.state == "delivered")
    assert spending.today(stage.office).spent.segments == gone <= most
    assert gone == sum(sizes) or gone > most - max(sizes)  # and no room was left that a message had needed
