"""Messages to premium numbers and to countries the file leaves out: none goes, whatever it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fieldwork.asked import rows, sent
from tests.fieldwork.office import Office
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.outgoing import queue_message
from tonval.sms import inbound
from tonval.store import tables as t

OURS, EVA, PREMIUM, NORA = "+46701740605", "+46701740606", "+46900123456", "+4740612345"
PURPOSES = ("question", "thanks", "confirmation")


def restrict(office: Office, *countries: str) -> None:
    """From now on SMS go to these countries only."""
    terms = replace(office.field.centre.texting, countries=frozenset(countries))
    office.field = replace(office.field, centre=replace(office.field.centre, texting=terms))


def say(office: Office, recipient: str, purpose: str) -> None:
    with office.field.unit.begin() as tx:
        queue_message(tx, office.field, OURS, recipient, "Tack!", purpose, None)


def claimed(office: Office) -> list[str]:
    return [message.recipient for message in messages.claim_due(office.field, 20)]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_message_of_any_kind_goes_to_a_premium_number(office: Office, purpose: str) -> None:
    for recipient in (PREMIUM, EVA, "72345", "+881612345678"):
        say(office, recipient, purpose)
    assert claimed(office) == [EVA]
    assert {row.recipient: (row.state, row.error) for row in sent(office) if row.recipient != EVA} == {
        PREMIUM: ("failed", "The customer's number is a premium-rate number: no SMS goes there."),
        "72345": ("failed", "The customer's number is a short or alphanumeric number: no SMS goes there."),
        "+881612345678": (
            "failed",
            "The customer's number is one of a satellite or international network: no SMS goes there.",
        ),
    }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_country_that_is_left_out_since_gets_nothing_that_waits(office: Office, purpose: str) -> None:
    say(office, NORA, purpose)
    say(office, EVA, purpose)
    restrict(office, "SE")
    assert claimed(office) == [EVA]
    (row,) = [row for row in sent(office) if row.recipient == NORA]
    assert (row.state, row.error) == ("failed", "No SMS goes to numbers of NO, only to those of SE.")


@pytest.mark.parametrize("sender", [PREMIUM, NORA])
@pytest.mark.parametrize("body", ["STOPP", "HJÄLP", "Ring mig!"])
def test_what_comes_from_there_is_kept_and_obeyed_and_not_answered(office: Office, sender: str, body: str) -> None:
    restrict(office, "SE")
    ref = f"MO-{body}"
    received = {"sender": sender, "recipient": OURS, "body": body, "at": office.time}
    inbound.receive(office.field, provider="console", ref=ref, **received)  # type: ignore[arg-type]
    assert claimed(office) == []
    assert [row.body for row in rows(office, t.messages, t.messages.c.direction == "in")] == [body]
    assert {row.state for row in sent(office)} <= {"failed"}
    with office.field.unit.read() as tx:
        opted_out = [row.address for row in tx.execute(t.opt_outs.select())]
    assert opted_out == ([sender] if body == "STOPP" else [])


def test_a_message_that_was_refused_counts_nothing_towards_the_day(office: Office) -> None:
    say(office, PREMIUM, "question")
    assert claimed(office) == []
    with office.field.unit.read() as tx:
        assert [row.segments for row in tx.execute(t.spending.select()) if row.segments] == []
