"""The whole way of an unhappy customer: a key pressed, an alert, one mail at a real mail server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.house import House, running_house
from tests.drivers.smtp import Mailbox, mail_server
from tests.waiting import wait_until
from tonval import opening
from tonval.config import load_config
from tonval.fieldwork import conduct
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.field import Field
from tonval.followup.queries import list_alerts
from tonval.surveys.turns import Digits

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(mailbox: Mailbox) -> Iterator[House]:
    with running_house({"TONVAL_SMTP_URL": mailbox.url, "TONVAL_MAIL_FROM": "Tonval <tonval@example.com>"}) as running:
        yield running


@pytest.fixture
def office(house: House) -> Iterator[Field]:
    """The house's database, with no bell: whatever happens must be found by the clock."""
    opened = opening.open_field(load_config(house.environment()))
    yield opened
    opened.unit.engine.dispose()


def call(office: Field, ref: str, *keys: str) -> str:
    """A call to the support queue that presses ``keys`` and hangs up; its interview."""
    arriving = Call("simulator", ref, "support", "support", "anna", None, "sv", None)
    turn = conduct.begin_call(office, arriving)
    for key in keys:
        turn = conduct.resume(office, turn.leg, Digits(key), turn.turn_no)
    conduct.end_leg(office, turn.leg, "caller hung up")
    assert turn.interview is not None
    return turn.interview


def test_a_low_score_is_mailed_once_and_marked_as_sent(house: House, mailbox: Mailbox, office: Field) -> None:
    interview = call(office, "low-1", "1")
    wait_until(lambda: mailbox.mails)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Low score: 1 of 5 for Anna (support)"
    assert f"{house.url}/desk/conversations/{interview}" in str(mail.get_body(("plain",)))
    wait_until(lambda: _states(office)[interview] == "sent")


def test_what_comes_while_redis_and_worker_are_killed_is_mailed_once(
    house: House, mailbox: Mailbox, office: Field
) -> None:
    before = len(mailbox.mails)
    interviews = set()
    for number, part in enumerate(("redis", "worker", "clock", "redis")):
        interviews.add(call(office, f"killed-{number}", "2"))
        house.kill(part)
        interviews.add(call(office, f"killed-{number}-after", "1"))
    wait_until(lambda: all(_states(office).get(interview) == "sent" for interview in interviews), seconds=120)
    subjects = [mail["Message-ID"] for mail in mailbox.mails[before:]]
    assert len(set(subjects)) == len(interviews)


def _states(office: Field) -> dict[str, str]:
    with office.unit.read() as tx:
        return {alert.interview: alert.mail for alert in list_alerts(tx, units=None)}
