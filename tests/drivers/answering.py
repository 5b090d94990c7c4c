"""Calls and SMS interviews that wait for an answer, and the webhooks that Twilio would bring the answers by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from tests.drivers.forgeries import Fields, Signer
from tests.drivers.served import OUTSIDE, TOKEN
from tonval import opening
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.store.tables import messages

OURS = "+46701740605"
TWILIO = Signer(TOKEN, OUTSIDE)
ACCOUNT = ("AccountSid", "AC00000000000000000000000000000001")


def phone(number: int) -> str:
    """The telephone of a customer; the benches reach more of them than there are numbers for fiction."""
    return f"+4670{1000000 + number}"


def open_calls(office: Field, count: int) -> list[str]:
    """Legs that wait for a key."""
    return [_open_call(office, number) for number in range(count)]


def _open_call(office: Field, number: int) -> str:
    call = Call("twilio", f"CA{number:032x}", OURS, "support", f"agent{number % 25}", f"call-{number}", "sv", None)
    return conduct.begin_call(office, call).leg


def ask_by_sms(office: Field, count: int) -> list[str]:
    """As many customers wait to be read; gives the ids of the questions' messages."""
    past = replace(office, now=lambda: opening.now() - timedelta(hours=1))
    for number in range(count):
        invitations.report(past, _interaction(past, number))
    while asking.ask_due(office, 200):
        pass
    with office.unit.read() as tx:
        return list(tx.execute(select(messages.c.id).where(messages.c.purpose == "question")).scalars())


def _interaction(office: Field, number: int) -> Interaction:
    customer, talk = Customer(phone=phone(number), language="sv"), timedelta(minutes=3)
    return Interaction(f"sms-{number}", "call", "sales", f"agent{number % 25}", customer, office.now(), talk, {})


def key_pressed(leg: str, turn: int, keys: str) -> tuple[str, Fields]:
    """Where the webhook goes, and its fields."""
    about = (("CallSid", f"CA{leg}"[:34]), ACCOUNT, ("From", "+46701740606"), ("To", OURS), ("Direction", "inbound"))
    return f"/twilio/voice/{leg}/{turn}", (*about, ("CallStatus", "in-progress"), ("Digits", keys))


def text_written(number: int, body: str) -> tuple[str, Fields]:
    """The same for what customer ``number`` writes."""
    about = (("MessageSid", f"SM{number:032x}"), ACCOUNT, ("From", phone(number)), ("To", OURS))
    return "/twilio/sms", (*about, ("Body", body), ("NumMedia", "0"), ("NumSegments", "1"))


def reported(message: str, number: int, status: str) -> tuple[str, Fields]:
    """The same for how far a message of ours has come."""
    about = (("MessageSid", f"SM{number + 10**9:032x}"), ACCOUNT, ("From", OURS), ("MessageStatus", status))
    return f"/twilio/status?message={message}", about


def flow_of(leg: str, number: int) -> list[tuple[str, Fields]]:
    """What else Twilio tells of a call: a recording, who has answered, a queue, an agent who wants a caller."""
    call: Fields = (ACCOUNT, ("CallSid", f"CA{number:032x}"), ("CallStatus", "in-progress"), ("From", phone(number)))
    spoken: Fields = (*call, ("RecordingSid", f"RE{number:032x}"), ("RecordingDuration", "9"))
    return [
        (f"/twilio/voice/{leg}/1/sound", spoken),
        (f"/twilio/voice/{leg}/1/answered?agent=anna", call),
        ("/twilio/voice/waiting?queue=support&language=sv", call),
        ("/twilio/voice/take/support", call),
        ("/twilio/voice/taken?agent=anna", call),
        ("/twilio/voice/status?dial=dial_1", call),
    ]
