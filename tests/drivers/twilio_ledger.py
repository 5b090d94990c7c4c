"""What the stand-in for Twilio keeps and shows: messages both ways, our numbers and messaging services, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

ACCOUNT = "AC00000000000000000000000000000001"


@dataclass
class Taken:
    """One message in the ledger."""

    sid: str
    to: str
    sender: str
    body: str
    at: str
    status: str
    callback: str | None = None
    error_code: int | None = None
    service: str | None = None
    direction: str = "outbound-api"

    @property
    def moment(self) -> datetime:
        """When Twilio took it, to the second as Twilio's dates are."""
        return datetime.fromisoformat(self.at).replace(microsecond=0)

    @property
    def sent_at(self) -> datetime | None:
        """When it was sent or came in; a message that waits in a queue has no such date."""
        return None if self.status in ("accepted", "queued") else self.moment


@dataclass
class Service:
    """A messaging service: its numbers, and where it tells of messages that come in; "": where each number says."""

    numbers: set[str] = field(default_factory=set)
    inbound_url: str = ""


def resource(taken: Taken) -> dict[str, Any]:
    """The message as Twilio's Message resource shows it."""
    return {
        "sid": taken.sid,
        "account_sid": ACCOUNT,
        "messaging_service_sid": taken.service,
        "to": taken.to,
        "from": taken.sender,
        "body": taken.body,
        "status": taken.status,
        "error_code": taken.error_code,
        "date_created": format_datetime(taken.moment),
        "date_sent": format_datetime(taken.sent_at) if taken.sent_at else None,
        "direction": taken.direction,
    }


def message_page(everything: list[Taken], wanted: dict[str, str]) -> dict[str, Any]:
    """A page of the list, newest first, filtered by numbers and by the day (UTC) it was sent, as Twilio filters."""
    fitting = [each for each in reversed(everything) if _fits(each, wanted)]
    newest = sorted(fitting, key=lambda each: each.moment, reverse=True)
    size, page = int(wanted.get("PageSize", 50)), int(wanted.get("Page", 0))
    shown = newest[page * size : (page + 1) * size]
    following = urlencode({**wanted, "PageSize": size, "Page": page + 1})
    more = (page + 1) * size < len(newest)
    return {
        "messages": [resource(each) for each in shown],
        "page": page,
        "page_size": size,
        "next_page_uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?{following}" if more else None,
    }


def _fits(taken: Taken, wanted: dict[str, str]) -> bool:
    if taken.to != wanted.get("To", taken.to) or taken.sender != wanted.get("From", taken.sender):
        return False
    since = wanted.get("DateSent>")
    return since is None or (taken.sent_at is not None and _day(taken.sent_at) >= since[:10])


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def number_page(numbers: dict[str, str], wanted: str | None) -> dict[str, Any]:
    """Our numbers as IncomingPhoneNumber resources: each with its webhook for messages."""
    found = [name for name in numbers if wanted in (None, name)]
    rows = [{"phone_number": name, "sms_url": numbers[name], "capabilities": {"sms": True}} for name in found]
    return {"incoming_phone_numbers": rows, "next_page_uri": None, "page": 0, "page_size": 50}


def service_resource(sid: str, service: Service) -> dict[str, Any]:
    """A messaging service."""
    return {
        "sid": sid,
        "inbound_request_url": service.inbound_url or None,
        "use_inbound_webhook_on_number": not service.inbound_url,
    }


def service_numbers(service: Service) -> dict[str, Any]:
    """The numbers of a messaging service."""
    rows = [{"phone_number": number} for number in sorted(service.numbers)]
    return {"phone_numbers": rows, "meta": {"next_page_url": None, "key": "phone_numbers", "page": 0, "page_size": 50}}
