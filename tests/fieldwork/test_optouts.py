"""Who said no is sent nothing more: what STOP and START write, and that it is looked at when messages are claimed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from tests.fieldwork.office import BEGINNING, Office
from tonval.fieldwork import optouts
from tonval.fieldwork.messaging import due, messages
from tonval.store.migrate import migrate
from tonval.store.tables import messages as table
from tonval.store.tables import opt_outs
from tonval.store.unit import open_unit

EVA, BO = "+46701740606", "+46701740607"
HOUR = timedelta(hours=1)


def _queue(office: Office, name: str, recipient: str = EVA, **columns: Any) -> None:
    row = {"id": name, "direction": "out", "purpose": "question", "provider": "console", "sender": "+46701740605"}
    row |= {"recipient": recipient, "body": "?", "segments": 1, "state": "queued", "due_at": BEGINNING}
    row |= {"created_at": BEGINNING, "changed_at": BEGINNING}
    with office.field.unit.begin() as tx:
        tx.execute(insert(table), row | columns)


def _stop(office: Office, address: str, channel: str = "sms") -> bool:
    with office.field.unit.begin() as tx:
        return optouts.opt_out(tx, address, channel, office.time, "message")


def _claimed(office: Office, limit: int = 10) -> list[str]:
    return [message.id for message in messages.claim_due(office.field, limit)]


def _states(office: Office) -> dict[str, str]:
    with office.field.unit.read() as tx:
        return {row.id: row.state for row in tx.execute(select(table.c.id, table.c.state))}


def test_the_first_stop_is_news_and_keeps_its_date(office: Office) -> None:
    assert _stop(office, EVA)
    office.pass_time(hours=1)
    assert not _stop(office, EVA)
    with office.field.unit.read() as tx:
        assert tx.execute(select(opt_outs.c.created_at)).scalar_one() == BEGINNING


def test_start_lifts_the_channels_opt_out_and_the_general_one_but_no_others(office: Office) -> None:
    for channel in ("sms", "*", "email"):
        _stop(office, EVA, channel)
    _stop(office, BO)
    with office.field.unit.begin() as tx:
        assert optouts.opt_in(tx, EVA, "sms", BEGINNING)
        assert not optouts.opt_in(tx, EVA, "sms", BEGINNING)
    with office.field.unit.read() as tx:
        left = [tuple(row) for row in tx.execute(select(opt_outs.c.address, opt_outs.c.channel))]
    assert set(left) == {(EVA, "email"), (BO, "sms")}


def test_due_messages_are_claimed_oldest_first_and_only_once(office: Office) -> None:
    _queue(office, "m2", due_at=BEGINNING)
    _queue(office, "m1", due_at=BEGINNING - HOUR)
    _queue(office, "m3", due_at=BEGINNING + HOUR)
    assert [_claimed(office, 1), _claimed(office, 1), _claimed(office, 1)] == [["m1"], ["m2"], []]
    assert _states(office) == {"m1": "sending", "m2": "sending", "m3": "queued"}


def test_who_opted_out_since_is_sent_the_confirmation_and_nothing_else(office: Office) -> None:
    _stop(office, EVA)
    _queue(office, "question")
    _queue(office, "thanks", purpose="thanks")
    _queue(office, "confirmation", purpose="confirmation")
    _queue(office, "another", BO)
    assert _claimed(office) == ["another", "confirmation"]
    assert _states(office)["question"] == _states(office)["thanks"] == "failed"
    with office.field.unit.read() as tx:
        told = tx.execute(select(table.c.error).where(table.c.id == "question")).scalar_one()
    assert told == "The customer does not want messages."


@pytest.mark.parametrize("pattern", [EVA, "+46701*"])
def test_who_was_blocked_since_is_sent_nothing(office: Office, pattern: str) -> None:
    _queue(office, "m1")
    optouts.block(office.field, pattern, "by letter")
    assert _claimed(office) == []
    assert _states(office) == {"m1": "failed"}


def test_batches_of_refused_messages_do_not_end_the_work_early(office: Office) -> None:
    _stop(office, EVA)
    for number in range(7):
        _queue(office, f"refused-{number}", due_at=BEGINNING - HOUR)
    _queue(office, "last", BO)
    assert _claimed(office, 3) == ["last"]
    assert _claimed(office, 3) == []


@pytest.mark.parametrize(
    ("opens", "closes", "now", "sent"),
    [
        (None, None, BEGINNING, True),
        (BEGINNING, BEGINNING + HOUR, BEGINNING, True),
        (BEGINNING, BEGINNING + HOUR, BEGINNING - timedelta(seconds=1), False),
        (BEGINNING, BEGINNING + HOUR, BEGINNING + HOUR - timedelta(seconds=1), True),
        (BEGINNING, BEGINNING + HOUR, BEGINNING + HOUR, False),
    ],
)
def test_a_message_goes_out_in_its_open_hours_alone(
    office: Office, opens: datetime | None, closes: datetime | None, now: datetime, sent: bool
) -> None:
    _queue(office, "m1", open_from=opens, open_until=closes, due_at=BEGINNING - HOUR)
    office.time = now
    assert _claimed(office) == (["m1"] if sent else [])


def test_messages_whose_hours_ended_are_told_and_nothing_else_is(office: Office) -> None:
    _queue(office, "missed", open_from=BEGINNING - HOUR, open_until=BEGINNING)
    _queue(office, "open", open_from=BEGINNING - HOUR, open_until=BEGINNING + HOUR)
    _queue(office, "at any hour")
    _queue(office, "sent", open_from=BEGINNING - HOUR, open_until=BEGINNING, state="sent")
    with office.field.unit.read() as tx:
        assert due.closed_due(tx, BEGINNING, 10) == ("missed",)
        assert due.closed_due(tx, BEGINNING - timedelta(seconds=1), 10) == ()


def test_a_batch_costs_the_same_statements_whatever_its_size(office: Office) -> None:
    seen: list[str] = []
    event.listen(office.field.unit.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    counts = []
    for number in (2, 4, 60):  # the first of a day also begins the day's account
        for place in range(number):
            _queue(office, f"m-{number}-{place}", EVA if place % 2 else BO)
        _stop(office, EVA)
        seen.clear()
        assert len(messages.claim_due(office.field, 100)) == number / 2
        counts.append(sum(not text.startswith(("BEGIN", "COMMIT")) for text in seen))
    assert counts[1] == counts[2] < 12


def test_the_index_of_pending_messages_serves_letters_and_closed_hours(sqlite_url: str) -> None:
    unit = open_unit(sqlite_url)
    migrate(unit)
    seen: list[tuple[str, tuple[Any, ...]]] = []
    event.listen(unit.engine, "before_cursor_execute", lambda *told: seen.append((told[2], told[3])))
    with unit.read() as tx:
        due.letters(tx, BEGINNING, 10)
        due.has_letters(tx, BEGINNING)
        due.closed_due(tx, BEGINNING, 10)
        asked = [each for each in seen if each[0].startswith("SELECT")]
        plans = [" ".join(row[-1] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", told))
                 for text, told in asked]  # fmt: skip
    unit.engine.dispose()
    looked_up = "ix_messages_due (channel=? AND state=? AND due_at<?)"
    assert [looked_up in plan for plan in plans] == [True] * 4


def test_a_stop_that_stands_before_the_claim_is_heeded_however_many_workers_run(office: Office) -> None:
    people = [f"+4670174{number:04}" for number in range(600, 700)]
    for place, person in enumerate(people):
        _queue(office, f"m{place:03}", person)
    stopped: set[str] = set()
    claimed: list[tuple[str, frozenset[str]]] = []
    ready = threading.Barrier(3)

    def stop() -> None:
        ready.wait()
        for person in people[::2]:
            _stop(office, person)
            stopped.add(person)

    def work() -> None:
        ready.wait()
        for _ in range(40):
            before = frozenset(stopped)
            claimed.extend((message.recipient, before) for message in messages.claim_due(office.field, 3))

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(stop), threads.submit(work), threads.submit(work)]:
            done.result()
    assert [person for person, before in claimed if person in before] == []
    assert len(claimed) == len({person for person, _ in claimed}) >= 50
    failed = sum(state == "failed" for state in _states(office).values())
    assert failed + len(claimed) == len(people)
