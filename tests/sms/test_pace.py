"""Numbers with a pace, among others: nobody is too fast, nobody waits for another, and each wakes in time."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from tests.sms.stage import CUSTOMER, OURS, Stage
from tonval.fieldwork.addresses import PhoneNumber
from tonval.fieldwork.messaging import messages, pacing
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms.console.provider import Console
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Accepted, Outcome
from tonval.sms.sender import ROUND, send_batch

FAST = "+46701740604"


def half() -> float:
    return 0.5


class Network(Console):
    """Takes everything, or fails as it is told to, and remembers when it was asked for what from which number."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.taken: list[tuple[datetime, Outgoing]] = []
        self.rounds: list[int] = []
        self.fault: SendError | None = None
        self._lock = threading.Lock()

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        with self._lock:
            self.rounds.append(len(batch))
            if self.fault:
                return [self.fault] * len(batch)
            self.taken += [(self.stage.time, message) for message in batch]
        return super().send(batch)

    def segments(self, sender: str = OURS) -> int:
        return sum(message.segments for _, message in self.taken if message.sender == sender)


@pytest.fixture
def network(stage_on_both: Stage) -> Network:
    return Network(stage_on_both)


def set_rate(stage: Stage, rate: float | None, number: str = OURS) -> None:
    ours = PhoneNumber(number)
    numbers = {**stage.office.centre.numbers, ours: replace(stage.office.centre.numbers[ours], rate=rate)}
    stage.office = replace(stage.office, centre=replace(stage.office.centre, numbers=numbers))


def run(stage: Stage, network: Network, length: timedelta) -> None:
    """Send as a worker does: whenever it is told to come again."""
    ways = {"twilio": network, "console": network}
    ends, waits = stage.time + length, [timedelta(0)]
    while waits and stage.time < ends:
        stage.time = min(ends, stage.time + max(timedelta(milliseconds=100), waits[-1]))
        waits.clear()
        while send_batch(stage.office, ways, later=waits.append):
            pass


@pytest.mark.parametrize("rate", [0.5, 1.0, 7.0, 60.0])
def test_a_number_keeps_its_pace(stage_on_both: Stage, network: Network, rate: float) -> None:
    set_rate(stage_on_both, rate)
    seconds = 60 / rate + 5
    stage_on_both.queue(*("hej" for _ in range(500)))
    run(stage_on_both, network, timedelta(seconds=seconds))
    assert rate * (seconds - 1) <= network.segments() <= rate * (seconds + 1) + 1


def test_the_pace_counts_segments_and_long_messages_are_not_left_behind(stage_on_both: Stage, network: Network) -> None:
    set_rate(stage_on_both, 1)
    stage_on_both.queue("lång " * 100, *("kort" for _ in range(10)), "lång " * 100)
    run(stage_on_both, network, timedelta(seconds=40))
    assert sorted(message.segments for _, message in network.taken) == [1] * 10 + [4, 4]
    assert network.taken[-1][0] - network.taken[0][0] >= timedelta(seconds=12)


def test_a_slow_number_with_a_long_queue_keeps_nobody_waiting(stage_on_both: Stage, network: Network) -> None:
    set_rate(stage_on_both, 0.1)
    stage_on_both.queue(*("hej" for _ in range(200)))
    stage_on_both.pass_time(seconds=1)
    stage_on_both.queue(*("hej" for _ in range(100)), sender=FAST)
    ways = {"twilio": network, "console": network}
    assert send_batch(stage_on_both.office, ways, limit=200) == 101  # one of them from the slow number
    assert Counter(message.sender for _, message in network.taken)[FAST] == 100


def test_a_long_queue_leaves_room_for_others_in_each_round(stage_on_both: Stage, network: Network) -> None:
    stage_on_both.queue(*("hej" for _ in range(200)))
    stage_on_both.queue("tack", sender=FAST)
    send_batch(stage_on_both.office, {"twilio": network, "console": network}, limit=ROUND)
    assert FAST in {message.sender for _, message in network.taken}


def test_a_worker_is_told_when_the_next_message_may_go(stage_on_both: Stage, network: Network) -> None:
    set_rate(stage_on_both, 2)
    stage_on_both.queue(*("hej" for _ in range(9)))
    waits: list[timedelta] = []
    while send_batch(stage_on_both.office, {"twilio": network}, later=waits.append):
        pass
    assert set(waits) == {timedelta(seconds=0.5)}
    with stage_on_both.office.unit.read() as tx:
        assert not messages.has_due(tx, stage_on_both.time)
        assert messages.has_due(tx, stage_on_both.time + timedelta(seconds=0.5))


def test_many_workers_together_keep_the_pace_of_a_number(stage_on_both: Stage, network: Network) -> None:
    set_rate(stage_on_both, 5)
    stage_on_both.queue(*("hej" for _ in range(80)))
    for _ in range(5):
        together(stage_on_both, network)
        stage_on_both.pass_time(seconds=1)
    assert 25 <= network.segments() <= 31
    assert len({message.id for _, message in network.taken}) == len(network.taken)


def together(stage: Stage, network: Network) -> None:
    """Eight workers at once."""
    workers = [threading.Thread(target=send_batch, args=(stage.office, {"twilio": network})) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    send_batch(stage.office, {"twilio": network})


def test_a_provider_that_throttles_is_left_alone_longer_each_time(stage_on_both: Stage, network: Network) -> None:
    stage_on_both.queue(*("hej" for _ in range(100)))
    network.fault = SendError(Fault.THROTTLED)
    waits: list[timedelta] = []
    for _ in range(9):
        send_batch(stage_on_both.office, {"twilio": network}, jitter=half, later=waits.append)
        stage_on_both.time += waits[-1]
    assert [wait.total_seconds() for wait in waits] == [0.75, 1.5, 3, 6, 12, 24, 45, 45, 45]
    assert network.rounds == [ROUND, ROUND] + [1] * 7  # it is only asked whether it is well again
    network.fault = None
    run(stage_on_both, network, timedelta(minutes=10))
    assert len({message.id for _, message in network.taken}) == 100


def test_the_pause_a_provider_asks_for_is_kept(stage_on_both: Stage, network: Network) -> None:
    stage_on_both.queue("hej")
    network.fault = SendError(Fault.THROTTLED, retry_after=timedelta(seconds=17))
    waits: list[timedelta] = []
    send_batch(stage_on_both.office, {"twilio": network}, later=waits.append)
    assert waits == [timedelta(seconds=17)]


def test_a_throttled_number_does_not_hold_the_others_up(stage_on_both: Stage, network: Network) -> None:
    stage_on_both.queue(*("hej" for _ in range(50)))
    network.fault = SendError(Fault.THROTTLED)
    send_batch(stage_on_both.office, {"twilio": network}, jitter=half)
    stage_on_both.queue("tack", sender=FAST, to=CUSTOMER)
    assert send_batch(stage_on_both.office, {"twilio": network, "console": Console()}) == 1


def test_a_provider_that_never_says_what_it_took_is_given_few_messages(stage_on_both: Stage, network: Network) -> None:
    """Each of them is in doubt, and may not go again."""
    stage_on_both.queue(*("hej" for _ in range(100)))
    network.fault = SendError(Fault.NO_ANSWER)
    for _ in range(10):
        send_batch(stage_on_both.office, {"twilio": network}, jitter=half)
        stage_on_both.pass_time(seconds=3)
    assert sum(network.rounds) <= 2 * ROUND + 4
    assert Counter(stage_on_both.states())["queued"] >= 100 - 2 * ROUND - 4


class Moody(Network):
    """Says 429 to a share of the messages, by seeded dice; each try takes it two milliseconds of the stage's clock."""

    def __init__(self, stage: Stage, share: float) -> None:
        super().__init__(stage)
        self.dice, self.share = random.Random(7), share
        self.tries = 0

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.tries += len(batch)
        self.stage.time += timedelta(milliseconds=2 * len(batch))
        return [self._answer(message) for message in batch]

    def _answer(self, message: Outgoing) -> Outcome:
        if self.dice.random() < self.share:
            return SendError(Fault.THROTTLED)
        self.taken.append((self.stage.time, message))
        return Accepted(f"SM-{message.id}")


@pytest.mark.parametrize(("rate", "count"), [(None, 6000), (50.0, 1000), (1.0, 60)])
def test_three_in_ten_throttled_lose_and_double_nothing_and_cost_little_time(
    stage: Stage, rate: float | None, count: int
) -> None:
    moody = Moody(stage, 0.3)
    set_rate(stage, rate)
    stage.queue(*(f"nummer {number}" for number in range(count)))
    begun, dice = stage.time, random.Random(8)
    waits = [timedelta(0)]
    while waits:
        stage.time += max(timedelta(milliseconds=100), waits[-1])
        waits.clear()
        while send_batch(stage.office, {"twilio": moody}, jitter=dice.random, later=waits.append):
            pass
    assert sorted(message.body for _, message in moody.taken) == sorted(f"nummer {number}" for number in range(count))
    took = (stage.time - begun).total_seconds()
    ideal = moody.tries * max(0.002, 1 / rate if rate else 0)  # every try takes its time, and its place in the pace
    print(f"rate {rate}: {moody.tries} tries, {took / ideal:.2f} x the ideal time")
    assert took <= 1.2 * ideal


def test_numbers_with_messages_are_found_by_their_index_alone(stage_on_both: Stage) -> None:
    stage_on_both.queue("hej")
    with stage_on_both.office.unit.read() as tx:
        sqlite = tx.dialect.name == "sqlite"
        if not sqlite:
            tx.execute(text("SET LOCAL enable_seqscan = off"))  # a table of one row is read whole otherwise
        plan = tx.execute(text(f"EXPLAIN {'QUERY PLAN' if sqlite else ''} {pacing.WAITING.text}")).all()
    used = [line for line in (str(row[-1]) for row in plan) if " ix_messages" in line]
    assert len(used) == 2
    assert all("ix_messages_sender_due" in line for line in used)
