"""R9: a whole house is away for ten minutes while a hundred customers write; after its start every reply is there."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select, update

from tests.drivers.customers import report
from tests.drivers.house import House, running_house
from tests.drivers.twilio_api import TwilioApi
from tests.waiting import wait_until
from tonval.store import tables as t
from tonval.store.unit import Unit

TOKEN = "a-token-of-the-tests"
OURS = "+46701740605"
EVERYBODY = [f"+467017406{number:02d}" for number in range(6, 96)]
ANSWER, STOP, IN_TIME, SILENT = EVERYBODY[:80], EVERYBODY[80], EVERYBODY[81], EVERYBODY[82:]


def test_a_hundred_replies_are_taken_in_once_and_obeyed_before_anything_is_sent() -> None:
    with TwilioApi(TOKEN) as twilio:
        settings = {
            "TONVAL_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "TONVAL_TWILIO_AUTH_TOKEN": TOKEN,
            "TONVAL_TWILIO_API_URL": twilio.url,
            "TONVAL_SIP_CELLS": "0",
        }
        with running_house(settings) as house:
            _ask_everybody(house, twilio)
            house.stop()
            unit = house.open_unit()
            _ten_minutes_pass(unit)
            _write(twilio)
            house.start()
            wait_until(lambda: len(_rows(unit, t.messages, direction="in")) == 100, seconds=60)
            wait_until(lambda: not _rows(unit, t.messages, state="queued"), seconds=60)
            _look(unit, twilio)
            unit.engine.dispose()


def _ask_everybody(house: House, twilio: TwilioApi) -> None:
    key = json.loads(house.run("key", "add", "pbx", "--json").stdout)["key"]
    for number in EVERYBODY:
        report(house.url, key, f"call-{number}", number)
    wait_until(lambda: len(twilio.ledger) == len(EVERYBODY), seconds=60)


def _ten_minutes_pass(unit: Unit) -> None:
    """Everything becomes a quarter of an hour older. One window has ended, and one more message is due to go out."""
    age = timedelta(minutes=15)
    with unit.begin() as tx:
        for table, columns in (
            (t.interviews, ("started_at", "expires_at")),
            (t.messages, ("created_at", "changed_at", "due_at")),
            (t.listening, ("heard_until", "asked_at")),
        ):
            for row in tx.execute(select(table)):
                moved = {name: getattr(row, name) - age for name in columns if getattr(row, name)}
                same = [column == getattr(row, column.name) for column in table.primary_key]
                tx.execute(update(table).where(*same).values(moved))
        ended = {"expires_at": datetime.now(UTC) - timedelta(minutes=4)}
        tx.execute(update(t.interviews).where(t.interviews.c.thread == f"{IN_TIME}>{OURS}").values(ended))
        asked = tx.execute(select(t.messages).where(t.messages.c.recipient == STOP)).one()
        fresh = {"id": "msg_more", "ref": None, "state": "queued", "body": "En sak till", "attempt": None}
        tx.execute(insert(t.messages).values({**asked._mapping, **fresh}))


def _write(twilio: TwilioApi) -> None:
    now = datetime.now(UTC)
    for place, number in enumerate(ANSWER):
        twilio.receive(number, OURS, str(place % 11), at=now - timedelta(minutes=9, seconds=-place))
    twilio.receive(STOP, OURS, "STOPP", at=now - timedelta(minutes=7))
    twilio.receive(IN_TIME, OURS, "10", at=now - timedelta(minutes=6))
    for number in SILENT[:8]:
        twilio.receive(number, OURS, "vem är ni?", at=now - timedelta(minutes=5))
    for number in ANSWER[:10]:
        twilio.receive(number, OURS, "tack för hjälpen", at=now - timedelta(minutes=2))


def _look(unit: Unit, twilio: TwilioApi) -> None:
    came = {row.ref: (row.sender, row.body) for row in _rows(unit, t.messages, direction="in")}
    assert came == {each.sid: (each.sender, each.body) for each in twilio.received}
    given = Counter(row.data["value"] for row in _rows(unit, t.events, kind="AnswerGiven"))
    assert given == Counter(place % 11 for place in range(80)) + Counter([10])
    ended = {row.thread.partition(">")[0]: row.disposition for row in _rows(unit, t.interviews)}
    assert {ended[number] for number in (*ANSWER, IN_TIME)} == {"complete"}
    assert ended[STOP] == "refused"
    assert {ended[number] for number in SILENT} == {None}
    told = Counter(taken.to for taken in twilio.ledger)
    assert "En sak till" not in twilio.bodies()
    assert told[STOP] == 2  # the question, and that nothing more comes
    assert all(told[number] == 2 for number in ANSWER)


def _rows(unit: Unit, table: Table, **wanted: str) -> list[Any]:
    with unit.read() as tx:
        return list(tx.execute(select(table).where(*(table.c[name] == value for name, value in wanted.items()))))
