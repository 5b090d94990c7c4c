"""The demo centre: the same every time, harmless to the real one, and gone without a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tonval.fieldwork import asking
from tonval.fieldwork.routing import load_centre, read_centre
from tonval.stats import rebuild
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.workers import demo

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TRACES = (t.interactions, t.interviews, t.invitations, t.contacts, t.legs, t.turns, t.events, t.messages, t.alerts)


@pytest.fixture
def office(unit: Unit) -> Office:
    """The centre that is shipped, at noon."""
    made = Office(unit, load_centre(demo_queues()))
    made.time = NOON
    return made


def demo_queues() -> Any:
    """The file that is shipped."""
    from pathlib import Path

    return Path(__file__).parent.parent.parent / "queues.yaml"


def rows(office: Office, table: Any, *where: Any) -> int:
    """How many rows a table has."""
    with office.field.unit.read() as tx:
        found: int = tx.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    return found


def test_nothing_of_the_demo_is_left_to_be_done_or_lies_in_the_future(office: Office) -> None:
    made = demo.fill(office.field, days=6, agents=5, seed=3)
    assert made == rows(office, t.interviews) > 20
    assert rows(office, t.messages, t.messages.c.state == "queued") == 0
    assert rows(office, t.outbox, t.outbox.c.state != "done") == 0
    assert rows(office, t.interviews, t.interviews.c.disposition.is_(None)) == 0
    assert rows(office, t.caps) == 0
    assert rows(office, t.events, t.events.c.at > NOON) == 0
    assert rows(office, t.alerts, t.alerts.c.created_at > NOON) == 0
    assert rebuild.check(office.field.unit) == []


def test_the_customers_of_the_demo_answer_the_number_of_the_pool_that_asked_them(unit: Unit) -> None:
    pool = ["+46701740605", "+46701740604", "+46701740603"]
    numbers = "\n".join(f'  "{number}": {{}}' for number in pool)
    text = demo_queues().read_text(encoding="utf-8").replace(f'  "{pool[0]}": {{}}', numbers, 1)
    office = Office(unit, read_centre(text.replace(f'sms, from: "{pool[0]}"', f"sms, from: {pool}")))
    office.time = NOON
    demo.fill(office.field, days=6, agents=5, seed=3)
    answered = select(t.interviews.c.thread).where(t.interviews.c.thread.is_not(None), t.interviews.c.answered > 0)
    with unit.read() as tx:
        asked_from = {thread.partition(">")[2] for thread in tx.execute(answered).scalars()}
    assert len(asked_from) > 1


def test_a_real_customer_is_asked_as_usual_beside_the_demo(office: Office) -> None:
    demo.fill(office.field, days=6, agents=5, seed=3)
    for last in range(6, 100):
        assert decide(office, f"real-{last}", phone=f"+467017406{last:02d}")["outcome"] == "invited"
    assert asking.ask_due(office.field, 200) == 0
    office.pass_time(minutes=2)
    assert asking.ask_due(office.field, 200) == 94
    assert rows(office, t.messages, t.messages.c.state == "queued") == 94


def test_a_demo_beside_real_customers_leaves_their_caps_and_surveys_alone(office: Office) -> None:
    real = [f"+467017406{last:02d}" for last in range(6, 100)]
    for phone in real:
        decide(office, f"real-{phone}", phone=phone)
    demo.fill(office.field, days=6, agents=5, seed=3)
    assert {decide(office, f"again-{phone}", phone=phone)["rule"] for phone in real} == {"frequency_cap"}
    assert rows(office, t.caps) == len(real)


def test_taking_the_demo_away_leaves_no_row_and_no_number_behind(office: Office) -> None:
    assert decide(office, "real")["outcome"] == "invited"
    before = [rows(office, table) for table in TRACES]
    filled = demo.fill(office.field, days=4, agents=4, seed=1)
    assert 0 < demo.remove(office.field) <= filled
    assert [rows(office, table) for table in TRACES] == before
    assert rebuild.check(office.field.unit) == []
    assert demo.remove(office.field) == 0
