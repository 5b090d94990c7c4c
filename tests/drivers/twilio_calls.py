"""What the stand-in for Twilio knows of calls: those it was asked to place, and recordings until they are deleted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from tests.drivers.twilio_ledger import ACCOUNT


@dataclass
class Placed:
    """One call that was asked for: ``form`` is how."""

    sid: str
    form: dict[str, list[str]]
    at: datetime
    status: str = "queued"

    @property
    def to(self) -> str:
        """Who is called."""
        return self.form["To"][0]

    @property
    def sender(self) -> str:
        """Which number of ours she sees."""
        return self.form["From"][0]

    @property
    def url(self) -> str:
        """Where it is asked what to say when she answers."""
        return self.form["Url"][0]

    @property
    def told(self) -> str:
        """Where each step is reported."""
        return self.form["StatusCallback"][0]


@dataclass
class Recordings:
    """Sounds by their name. ``unready`` times each is asked for in vain; ``refuses`` is answered to deletions."""

    sounds: dict[str, bytes] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    unready: int = 0
    refuses: int = 0

    def fetch(self, sid: str) -> bytes | None:
        """The sound, once it is ready."""
        self.fetched.append(sid)
        if self.fetched.count(sid) <= self.unready:
            return None
        return self.sounds.get(sid)

    def delete(self, sid: str) -> int:
        """The status of the answer."""
        if self.refuses:
            return self.refuses
        self.deleted.append(sid)
        return 204 if self.sounds.pop(sid, None) is not None else 404


def call_resource(call: Placed) -> dict[str, Any]:
    """The call as Twilio's Call resource shows it."""
    return {
        "sid": call.sid,
        "account_sid": ACCOUNT,
        "to": call.to,
        "from": call.sender,
        "status": call.status,
        "direction": "outbound-api",
        "date_created": format_datetime(call.at.replace(microsecond=0)),
    }


def call_page(calls: list[Placed], wanted: dict[str, str]) -> dict[str, Any]:
    """The list, newest first, filtered by numbers."""
    fitting = [each for each in reversed(calls) if each.to == wanted.get("To") and each.sender == wanted.get("From")]
    return {"calls": [call_resource(each) for each in fitting], "next_page_uri": None, "page": 0, "page_size": 50}
