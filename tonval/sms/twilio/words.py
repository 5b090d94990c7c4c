"""Twilio's states and error codes in ours.

Sources: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values and
https://www.twilio.com/docs/api/errors, Twilio's own dictionary, read code by code in its edition of December 2024 and
in later pages. Left out are the codes that no SMS of ours can meet: calls, numbers being bought, link shortening,
scheduling, WhatsApp's templates, and the refusals of registrations.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Final

from tonval.fieldwork.messaging.delivery import State
from tonval.sms.errors import Fault, Reason, read_reasons
from tonval.sms.keywords import Keyword

TITLE: Final = "Twilio"
SOURCE: Final = "https://www.twilio.com/docs/api/errors"

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

ERRORS: Final[Mapping[str, Reason]] = read_reasons(files(__package__) / "errors.csv")
"""Every code that Twilio gives for a message by SMS, in its answer to a request or in a report of the way."""


LONGEST: Final = timedelta(hours=1)

_COMMANDS: Final = {"STOP": Keyword.STOP, "START": Keyword.START, "HELP": Keyword.HELP}

_BY_STATUS: Final[Mapping[int, Fault]] = {
    401: Fault.BAD_CREDENTIALS,
    403: Fault.BAD_CREDENTIALS,
    404: Fault.BAD_CREDENTIALS,
    429: Fault.THROTTLED,
}
"""What a refusal without a code that we know most likely is."""


def state(word: str) -> State | None:
    """Our state for Twilio's; ``None`` for words about incoming messages and for new ones."""
    return STATES.get(word)


def command(opt_out_type: str) -> Keyword | None:
    """What Advanced Opt-Out of a messaging service took a message for, obeyed and confirmed; ``None`` for none.

    Source: the parameter OptOutType of https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out.
    """
    return _COMMANDS.get(opt_out_type)


def fault(status: int, code: int | None) -> Fault:
    """Why a request failed, from its HTTP status and Twilio's code.

    After a 5xx, or a 408, nobody knows whether the message was taken, whatever the code says.
    """
    if status >= 500 or status == 408:
        return Fault.NO_ANSWER
    reason = ERRORS.get(str(code))
    return reason.fault if reason else _BY_STATUS.get(status, Fault.OTHER)


def pause(retry_after: str) -> timedelta | None:
    """The pause that an answer's Retry-After asks for in seconds (RFC 9110, section 10.2.3), LONGEST at the most."""
    if not (retry_after.isascii() and retry_after.isdecimal()) or len(retry_after) > 9:
        return None
    return min(timedelta(seconds=int(retry_after)), LONGEST)


def reported(code: str | None) -> Fault | None:
    """Why a message that was taken did not arrive, by the code of a status report; ``None`` where there is none."""
    if not code or not code.isdecimal() or code == "0":
        return None
    reason = ERRORS.get(code)
    return reason.fault if reason else Fault.NETWORK


def sentence(code: str | None) -> str | None:
    """What to tell people about the error code of a status report, ``None`` where there is none."""
    found = reported(code)
    return f"{found.sentence} (Twilio {code})" if found else None
