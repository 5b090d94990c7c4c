"""Whom we called in vain rings the number she finds on her telephone: fieldwork in earnest, both calls real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.drivers.sip_callee import SipCallee
from tests.drivers.sip_node import sip_node
from tests.drivers.sip_office import TONES, InTones, open_office
from tests.drivers.sip_phone import SipPhone, header_of
from tests.waiting import wait_until
from tonval.fieldwork import invitations
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.store.tables import dials, events, interactions, interviews, legs

pytestmark = pytest.mark.sip

EVA, OURS = "+46701740606", "+46846500110"
FILE = """\
brand: Nordlys
country: SE
sms: {{countries: [SE]}}
sip: {{trunk: {{address: "sip:127.0.0.1:{port}", caller: "+46846500110"}}}}
defaults: {{cap: 30d, languages: [sv, en], survey: nki}}
queues:
  first: {{channel: keypad}}
  support: {{channel: keypad, call: {{after: 10m, retry: [2h, 1d]}}}}
surveys:
  nki: {{questions: [{{id: helped, scale: nki, text: {{sv: "Hur gick det?", en: "How did it go?"}}}}]}}
"""


@dataclass
class Clock:
    """It begins at noon in Stockholm and runs on, faster where it is told to."""

    ahead: timedelta = field(default_factory=lambda: datetime(2026, 11, 20, 11, tzinfo=UTC) - datetime.now(UTC))

    def now(self) -> datetime:
        """The time there."""
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def trunk() -> Iterator[SipCallee]:
    """Her line is engaged."""
    with SipCallee("486 Busy Here") as callee:
        yield callee


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(trunk: SipCallee, clock: Clock, tmp_path: Path) -> Iterator[Field]:
    opened = open_office(tmp_path, FILE.format(port=trunk.port))
    yield replace(opened, now=clock.now)
    opened.unit.engine.dispose()


def hang_up_first(office: Field) -> None:
    """The telephone system reports that she ended her talk with Anna."""
    told: dict[str, Any] = {"customer": Customer(phone=EVA, language="en"), "report": {"ended_by": "customer"}}
    told |= {"ended_at": office.now(), "talk": timedelta(minutes=4)}
    invitations.report(office, Interaction(ref="call-1", kind="call", queue="support", agent="anna", **told))


def rows(office: Field, table: Any) -> list[Any]:
    with office.unit.read() as tx:
        return list(tx.execute(select(table)).all())


def states(office: Field) -> list[str]:
    return [row.state for row in rows(office, dials)]


def test_who_was_called_in_vain_rings_back_and_is_asked_about_that_call_and_not_called_again(
    office: Field, clock: Clock, trunk: SipCallee, tmp_path: Path
) -> None:
    hang_up_first(office)
    clock.ahead += timedelta(minutes=10)
    with sip_node(InTones(office), tmp_path) as node:
        wait_until(lambda: states(office) == ["busy", "waiting"])
        assert OURS in header_of(trunk.invites[0], "From")
        with SipPhone(node.port) as phone:
            phone.call(OURS, {"P-Asserted-Identity": f"<sip:{EVA}@pbx.example>"})
            phone.wait_for_tone(TONES["question.helped en"])
            phone.press("4")
            phone.wait_for_tone(TONES["closing en"])
            phone.wait_for_end()
        wait_until(lambda: all(row.ended_at for row in rows(office, legs)))
        clock.ahead += timedelta(hours=2, minutes=1)
        wait_until(lambda: "waiting" not in states(office))
    (about,) = rows(office, interactions)
    (asked,) = rows(office, interviews)
    assert (about.ref, about.agent, about.disposition) == ("call-1", "anna", "complete")
    assert (asked.interaction, asked.queue, asked.agent) == (about.id, "support", "anna")
    assert [row.data["value"] for row in rows(office, events) if row.kind == "AnswerGiven"] == [4]
    assert len(trunk.invites) == 1
