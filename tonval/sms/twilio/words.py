"""Twilio's states and error codes in ours.

Sources: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values and
https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tonval.fieldwork.delivery import State
from tonval.sms.errors import Fault

STATES: Final[Mapping[str, State]] = {
    "accepted": State.ACCEPTED,
    "scheduled": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}

FAULTS: Final[Mapping[int, Fault]] = {
    20003: Fault.BAD_CREDENTIALS,
    20005: Fault.NO_CREDIT,  # account not active
    20429: Fault.THROTTLED,
    21211: Fault.BAD_NUMBER,
    21212: Fault.BAD_SENDER,
    21217: Fault.BAD_NUMBER,
    21408: Fault.REGION_OFF,
    21606: Fault.BAD_SENDER,
    21608: Fault.NO_CREDIT,  # a trial account sends to verified numbers only
    21610: Fault.OPTED_OUT,
    21611: Fault.THROTTLED,  # the sender's queue at Twilio is full
    21612: Fault.REGION_OFF,  # no route from this sender to this number
    21614: Fault.NOT_MOBILE,
    21659: Fault.BAD_SENDER,
    21660: Fault.BAD_SENDER,
    30001: Fault.THROTTLED,  # queue overflow
    30002: Fault.NO_CREDIT,  # account suspended
    30003: Fault.UNREACHABLE,
    30004: Fault.BLOCKED,
    30005: Fault.UNKNOWN_NUMBER,
    30006: Fault.NOT_MOBILE,
    30007: Fault.FILTERED,
    30008: Fault.NETWORK,
    30022: Fault.THROTTLED,  # carrier rate limit
    30023: Fault.LIMIT_REACHED,
    30034: Fault.BAD_SENDER,  # US A2P 10DLC registration missing
    63038: Fault.LIMIT_REACHED,
}


def state(word: str) -> State | None:
    """Our state for Twilio's; ``None`` for words about incoming messages and for new ones."""
    return STATES.get(word)


def fault(status: int, code: int | None) -> Fault:
    """Why a request failed, from its HTTP status and Twilio's code. After a 5xx nobody knows whether it was taken."""
    if code is not None and code in FAULTS:
        return FAULTS[code]
    if status == 429:
        return Fault.THROTTLED
    if status == 401:
        return Fault.BAD_CREDENTIALS
    return Fault.NO_ANSWER if status >= 500 else Fault.OTHER


def sentence(code: str | None) -> str | None:
    """What to tell people about the error code of a status report, ``None`` where there is none."""
    if not code or not code.isdecimal() or code == "0":
        return None
    return f"{FAULTS.get(int(code), Fault.NETWORK).sentence} (Twilio {code})"
