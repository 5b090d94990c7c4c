"""What Twilio's form fields mean for a call.

Source: https://www.twilio.com/docs/voice/twiml#request-parameters and …/voice/twiml/dial#dialcallstatus,
…/voice/twiml/record#action, …/voice/twiml/enqueue#queueresult-values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tonval.fieldwork.conduct import Call
from tonval.surveys.turns import Digits, HungUp, Reply, TimedOut

E164: Final = re.compile(r"\+[1-9]\d{6,14}")
WITHHELD: Final = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""Numbers Twilio gives for callers without one: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on a keypad."""

RECORDING: Final = re.compile(r"RE[0-9a-f]{32}", re.ASCII)

TALKED: Final = frozenset({"completed", "answered"})
"""``DialCallStatus`` values after which there is a conversation to rate."""

BRIDGED: Final = frozenset({"bridged", "redirected-from-bridged", "bridging-in-process"})
"""``QueueResult`` values of callers whom an agent has taken out of the queue."""

LONGEST_COUNT: Final = 9
"""Digits of a number of seconds that is believed."""

CAUSES: Final[Mapping[str, str]] = {
    "completed": "hangup",
    "busy": "busy",
    "failed": "failed",
    "no-answer": "no-answer",
    "canceled": "canceled",
}
"""``CallStatus`` values that end a call, with the cause they are recorded under."""


def arriving(form: Mapping[str, str], query: Mapping[str, str]) -> Call:
    """The call as Twilio tells of it. On a call we placed, the customer is the one who was called."""
    caller, dialled = form.get("From", ""), form.get("To", "")
    if form.get("Direction", "").startswith("outbound"):
        caller, dialled = dialled, caller
    return Call(
        provider="twilio",
        ref=form["CallSid"],
        dialled=user_part(dialled),
        queue=query.get("queue") or None,
        agent=query.get("agent") or None,
        interaction=query.get("interaction") or None,
        language=query.get("language") or None,
        caller=phone(caller),
        dial=query.get("dial") or None,
    )


def reply(form: Mapping[str, str]) -> Reply:
    """The keys, or why there are none: the caller kept silent, or has gone."""
    if digits := form.get("Digits"):
        return Digits(digits)
    return HungUp() if gone(form) else TimedOut()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A recording: its name at Twilio and its length; ``gone``: the caller hung up while she spoke."""

    ref: str
    length: timedelta
    gone: bool


def spoken(form: Mapping[str, str]) -> Spoken | None:
    """The recording that a ``<Record>`` made, ``None`` where the form tells of none.

    Only its name is taken, never an address. Pressing a key and hanging up both end it and stand in ``Digits``.
    """
    ref = form.get("RecordingSid") or form.get("RecordingUrl", "").rpartition("/")[2]
    if not RECORDING.fullmatch(ref):
        return None
    hung_up = form.get("Digits") == "hangup" or gone(form)
    return Spoken(ref, _seconds(form.get("RecordingDuration", "")) or timedelta(0), hung_up)


@dataclass(frozen=True, slots=True)
class Parted:
    """The end of a ``<Dial>`` or of the stay in a queue: whether they talked, for how long if it is told.

    ``left``: the caller has hung up.
    """

    talked: bool
    talk: timedelta | None
    left: bool


def parted(form: Mapping[str, str]) -> Parted | None:
    """How it went with the agent, ``None`` where the form tells of none."""
    if result := form.get("QueueResult"):
        return Parted(result in BRIDGED, None, result == "hangup" or gone(form))
    if "DialCallStatus" in form:
        reached = talked(form) and form.get("DialBridged") != "false"
        return Parted(reached, _seconds(form.get("DialCallDuration", "")), gone(form))
    return None


def _seconds(count: str) -> timedelta | None:
    counts = count.isascii() and count.isdecimal() and len(count) <= LONGEST_COUNT
    return timedelta(seconds=int(count)) if counts else None


def gone(form: Mapping[str, str]) -> bool:
    """Whether the call is over: Twilio runs the action of a ``<Dial>`` even when it was the customer who hung up."""
    return form.get("CallStatus") in CAUSES


def talked(form: Mapping[str, str]) -> bool:
    """Whether anybody can rate a conversation: not after a ``<Dial>`` that reached no one."""
    return form.get("DialCallStatus", "completed") in TALKED


def phone(number: str) -> str | None:
    """The number when it is E.164 and somebody's; ``None`` for SIP addresses, clients and withheld numbers."""
    return number if E164.fullmatch(number) and number not in WITHHELD else None


def user_part(address: str) -> str:
    """``support`` of ``sip:support@example.com``; a plain number stays as it is."""
    return address.removeprefix("sips:").removeprefix("sip:").partition("@")[0]


def shown_to_agents(form: Mapping[str, str]) -> str | None:
    """The number an agent sees: the caller's, or ours where hers may not be shown; ``None``: Twilio may choose."""
    return phone(form.get("From", "")) or phone(form.get("To", ""))
