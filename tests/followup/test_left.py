"""An SMS conversation that stops after a low score is looked at within the hour, not when its window has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS, decide
from tests.transcripts.script import centre
from tonval.fieldwork import asking
from tonval.followup import alerts
from tonval.sms import inbound
from tonval.store.tables import alerts as alert_rows
from tonval.store.tables import outbox
from tonval.store.unit import Unit


@pytest.fixture
def office(unit: Unit) -> Office:
    """The centre of the transcripts, where two queues ask by SMS: for a score, and for a score and why."""
    return Office(unit, centre())


def say(office: Office, body: str, ref: str) -> None:
    inbound.receive(
        office.field, provider="console", ref=ref, sender=CUSTOMER, recipient=OURS, body=body, at=office.time
    )


def asked(office: Office, queue: str) -> None:
    decide(office, queue=queue)
    office.time += timedelta(minutes=5)
    assert asking.ask_due(office.field) == 1


def raised(office: Office) -> list[int]:
    alerts.apply_due(office.field, mail_from=None)
    with office.field.unit.read() as tx:
        return list(tx.execute(select(alert_rows.c.value)).scalars())


def test_a_low_score_raises_its_alert_though_nobody_says_why(office: Office) -> None:
    asked(office, "depth")
    say(office, "2", "m-1")
    assert raised(office) == []
    office.time += timedelta(minutes=31)
    assert raised(office) == [2]
    say(office, "lång väntan", "m-2")
    assert raised(office) == [2]


def test_who_puts_her_score_right_in_time_raises_none(office: Office) -> None:
    asked(office, "depth")
    say(office, "2", "m-1")
    say(office, "jag menade 9", "m-2")
    office.time += timedelta(minutes=31)
    assert raised(office) == []


def test_a_survey_that_its_score_ends_is_looked_at_once(office: Office) -> None:
    asked(office, "sales")
    say(office, "2", "m-1")
    assert raised(office) == [2]
    with office.field.unit.read() as tx:
        looks = tx.execute(select(outbox.c.ref).where(outbox.c.kind == alerts.FOLLOW_UP)).scalars().all()
    assert len(looks) == 1
