"""What Twilio's form fields mean for a call.

Source: https://www.twilio.com/docs/voice/twiml#request-parameters and …/voice/twiml/dial#dialcallstatus.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tonval.fieldwork.conduct import Call
from tonval.surveys.turns import Digits, HungUp, Reply, TimedOut

E164: Final = re.compile(r"\+[1-9]\d{6,14}")
WITHHELD: Final = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""Numbers Twilio gives for callers without one: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on a keypad."""

TALKED: Final = frozenset({"completed", "answered"})
"""``DialCallStatus`` values after which there is a conversation to rate."""

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
    )


def reply(form: Mapping[str, str]) -> Reply:
    """The keys, or why there are none: the caller kept silent, or has gone."""
    if digits := form.get("Digits"):
        return Digits(digits)
    return HungUp() if gone(form) else TimedOut()


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
