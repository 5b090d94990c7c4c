"""Our own calls to customers, placed by Twilio's REST interface.

Source: https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource. Twilio documents no idempotency key
for it: a call is asked for once, and what became of a doubtful one is read from its reports or from the list of calls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.dialling import InDoubt, NotPlaced, ToDial
from tonval.fieldwork.field import Field
from tonval.ivr.twilio.errors import CallRefused, Fault
from tonval.ivr.twilio.signature import RETRY
from tonval.ivr.twilio.wire import PATIENCE, faults_told, rest_client

PROVIDER: Final = "twilio"

PAUSES: Final[Mapping[Fault, timedelta]] = {
    Fault.THROTTLED: timedelta(seconds=20),
    Fault.UNREACHABLE_PROVIDER: timedelta(minutes=1),
    Fault.NO_CREDIT: timedelta(minutes=10),
    Fault.BAD_CREDENTIALS: timedelta(minutes=10),
}
"""How long is waited after a refusal that may be none the next time."""

SKEW: Final = timedelta(minutes=2)
"""How far Twilio's clock may be from ours."""

NEWEST: Final = 20
"""How many of the newest calls to a number are looked through for a lost one."""

REPORTED: Final = ("initiated", "ringing", "answered", "completed")

ENDS: Final[Mapping[str, str]] = {
    "completed": "answered",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "failed",
}
"""``CallStatus`` values that end a call, as ``dialling.ended`` names them."""


@dataclass(frozen=True, slots=True)
class TwilioCalls:
    """Places calls for one account. Twilio asks ``public_url`` for what to say, and tells it of every step.

    Nothing is asked of Twilio's detection of machines: the key that our guard asks for tells people from them.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    public_url: str
    api_url: str | None = None
    patience: float = PATIENCE
    _client: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        client = rest_client(self.account_sid, self.auth_token, self.api_url, self.patience)
        object.__setattr__(self, "_client", client)

    def place(self, dial: ToDial) -> str:
        """Have the customer called, once; gives Twilio's id of the call.

        Raises ``NotPlaced`` where she is surely not called, ``CallRefused`` where nobody can say.
        """
        about = urlencode({"dial": dial.id})
        try:
            with faults_told():
                call = self._client.calls.create(
                    to=dial.number,
                    from_=dial.caller,
                    url=f"{self.public_url}/twilio/voice?{about}{RETRY}",
                    method="POST",
                    timeout=math.ceil(dial.ring.total_seconds()),
                    status_callback=f"{self.public_url}/twilio/voice/status?{about}{RETRY}",
                    status_callback_event=list(REPORTED),
                    status_callback_method="POST",
                )
                return str(call.sid)
        except CallRefused as refused:
            if refused.doubtful:
                raise
            raise NotPlaced(str(refused), PAUSES.get(refused.fault)) from refused

    def find(self, lost: InDoubt) -> tuple[str, str] | None:
        """Id and status of the call in Twilio's list that this one must be. Raises ``CallRefused``."""
        dial = lost.to_dial
        with faults_told():
            listed = self._client.calls.list(to=dial.number, from_=dial.caller, limit=NEWEST)
            ours = [each for each in listed if _made_after(each, lost.claimed_at - SKEW)]
            return (str(ours[-1].sid), _text(ours[-1].status)) if ours else None


def dial_due(office: Field, calls: TwilioCalls, limit: int) -> int:
    """Place the calls that are due; gives how many."""
    return dialling.place_due(office, PROVIDER, calls.place, limit)


def resolve(office: Field, calls: TwilioCalls) -> int:
    """Look for doubtful calls in Twilio's list; gives how many were found. One that is not there is not placed anew."""
    found = 0
    for lost in dialling.in_doubt(office, PROVIDER):
        try:
            seen = calls.find(lost)
        except CallRefused:
            return found
        if seen is not None:
            changed(office, lost.to_dial.id, *seen)
            found += 1
    return found


def changed(office: Field, dial: str, ref: str, status: str) -> None:
    """A call of ours has come as far as ``status`` (``CallStatus``), by a report, the list, or its own webhook."""
    if ref:
        dialling.placed(office, dial, ref)
    if cause := ENDS.get(status):
        dialling.ended(office, dial, cause)


def _made_after(listed: Any, moment: datetime) -> bool:
    created: datetime | None = listed.date_created
    return created is None or created.astimezone(UTC) >= moment


def _text(value: Any) -> str:
    """Twilio's enumerations are strings in some releases of its client and enums in others."""
    return str(getattr(value, "value", value))
