"""R3: each of Twilio's error codes, through the real client and the sender, ends as its table says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.drivers.twilio_api import ACCOUNT, TwilioApi, refuse
from tests.sms.conftest import OUTSIDE, TOKEN
from tests.sms.stage import CUSTOMER, Stage, stage_on
from tests.sms.test_webhooks import Twilio
from tonval.sms.errors import Fault, Reason
from tonval.sms.sender import send_batch
from tonval.sms.twilio import words
from tonval.sms.twilio.provider import TwilioMessages
from tonval.store.tables import messages, opt_outs

STATUS = {
    "20003": 401,
    "20403": 403,
    "20404": 404,
    "20429": 429,
    "20500": 500,
    "20503": 503,
    "20504": 504,
    "63038": 429,
}
"""The HTTP status that a code comes with, where it is not 400."""

CODES = list(words.ERRORS.values())


@dataclass
class Line:
    """One office and one stand-in for all codes: each has a message, and hours pass in between."""

    stage: Stage
    api: TwilioApi
    twilio: TwilioMessages

    def send(self) -> Any:
        """Send what is due; the newest message."""
        send_batch(self.stage.office, {"twilio": self.twilio})
        return self.newest()

    def newest(self) -> Any:
        """The message that was queued last."""
        with self.stage.office.unit.read() as tx:
            return tx.execute(select(messages).order_by(messages.c.id.desc()).limit(1)).one()

    def opted_out(self) -> set[str]:
        """Whom the provider has told us to leave alone."""
        with self.stage.office.unit.read() as tx:
            wanted = select(opt_outs.c.address).where(opt_outs.c.source == "provider", opt_outs.c.channel == "sms")
            return set(tx.execute(wanted).scalars())


@pytest.fixture(scope="module")
def line(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """On SQLite: what differs between the databases is tried in test_sender."""
    database = tmp_path_factory.mktemp("codes") / "tonval.db"
    shutil.copy(sqlite_template, database)
    with TwilioApi(TOKEN) as api, stage_on(f"sqlite:///{database}") as stage:
        api.now = lambda: stage.time
        yield Line(stage, api, TwilioMessages(ACCOUNT, TOKEN, OUTSIDE, api.url, patience=5))


def _somebody(reason: Reason) -> str:
    """Whoever opts out is not asked again: each of them is somebody else."""
    return f"+4670174{600 + int(reason.code) % 90:04d}" if reason.fault.opted_out else CUSTOMER


@pytest.mark.parametrize("reason", CODES, ids=lambda reason: reason.code)
def test_a_refusal_with_this_code(line: Line, reason: Reason) -> None:
    line.stage.pass_time(hours=2)
    customer, status = _somebody(reason), STATUS.get(reason.code, 400)
    line.stage.queue("hej", to=customer)
    line.api.behave(refuse(int(reason.code), status))
    taken = len(line.api.ledger)
    row = line.send()
    assert len(line.api.ledger) == taken
    if status >= 500:
        assert row.state == "unknown"
    elif reason.fault.outcome == "try again":
        assert (row.state, row.due_at > line.stage.time) == ("queued", True)
        line.stage.pass_time(hours=1)
        assert line.send().state == "accepted"
    else:
        assert (row.state, row.error) == ("failed", f"{reason.fault.sentence} (Twilio {reason.code})")
        assert (customer in line.opted_out()) is reason.fault.opted_out


@pytest.mark.parametrize("reason", CODES, ids=lambda reason: reason.code)
def test_a_report_with_this_code(line: Line, reason: Reason) -> None:
    line.stage.pass_time(hours=2)
    line.stage.queue("hej", to=CUSTOMER)
    row = line.send()
    form = {"MessageSid": row.ref, "MessageStatus": "undelivered", "ErrorCode": reason.code, "To": "+46701740699"}
    assert Twilio(line.stage.office).post(f"/twilio/status?message={row.id}", form)[0] == 204
    row, taken = line.newest(), len(line.api.ledger)
    assert (row.state, row.error) == ("undelivered", f"{reason.fault.sentence} (Twilio {reason.code})")
    assert ("+46701740699" in line.opted_out()) >= reason.fault.opted_out
    line.stage.time += timedelta(hours=3)
    line.send()
    assert len(line.api.ledger) == taken  # whatever the reason, it is not sent again


@pytest.mark.parametrize(
    ("state", "status"),
    [
        *(("failed", status) for status in (400, 409, 418)),
        *(("queued", status) for status in (401, 403, 404, 429)),
        *(("unknown", status) for status in (408, 500, 502, 503, 599)),
    ],
)
def test_a_code_that_nobody_has_heard_of_is_judged_by_its_status(line: Line, state: str, status: int) -> None:
    line.stage.pass_time(hours=2)
    line.stage.queue("hej")
    line.api.behave(refuse(29999, status))
    assert line.send().state == state
    line.stage.pass_time(hours=1)
    line.send()


def test_the_pause_that_a_429_asks_for_is_kept(line: Line) -> None:
    line.stage.pass_time(hours=2)
    line.stage.queue("hej")
    line.api.behave(refuse(20429, 429, retry_after=1234))
    assert line.send().due_at >= line.stage.time + timedelta(seconds=1234)
    line.stage.pass_time(hours=1)
    assert line.send().state == "accepted"


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "٣", "99999999999"])
def test_a_pause_that_makes_no_sense_is_none(said: str) -> None:
    assert words.pause(said) is None


def test_a_pause_has_a_bound() -> None:
    assert words.pause("17") == timedelta(seconds=17)
    assert words.pause("86400") == timedelta(hours=1)


def test_a_message_of_a_service_names_it_and_the_number(line: Line) -> None:
    line.stage.pass_time(hours=2)
    sid = "MG00000000000000000000000000000001"
    line.stage.queue("hej")
    served = TwilioMessages(ACCOUNT, TOKEN, OUTSIDE, line.api.url, services={"+46701740605": sid})
    send_batch(line.stage.office, {"twilio": served})
    taken = line.api.ledger[-1]
    assert (taken.sender, taken.service) == ("+46701740605", sid)
    assert Fault.BAD_SERVICE is words.ERRORS["21711"].fault
