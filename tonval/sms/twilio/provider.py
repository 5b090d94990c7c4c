"""Messages through Twilio's REST interface: handed over, looked up, and listened for.

Source: https://www.twilio.com/docs/messaging/api/message-resource. Twilio documents no idempotency key for sending, so
a request is made once; what became of a doubtful one is read from status callbacks or from the list of messages.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Final

from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms.providers import Accepted, Found, Heard, Outcome, one_by_one
from tonval.sms.twilio import words
from tonval.sms.twilio.wire import LINES, PATIENCE, faults_told, rest_client

log = logging.getLogger(__name__)

SKEW: Final = timedelta(minutes=2)
"""How far Twilio's clock may be from ours."""

NEWEST: Final = 50
"""How many of the newest messages to a number are looked through for a lost one."""

PAGE: Final = 1000
"""How many messages a page of the list holds; Twilio allows no more."""

PAGES: Final = 20
"""How many pages are read at the most when we listen to one number."""

RECEIVED: Final = ("inbound", "received")
"""A message from a customer that has come in whole."""

NONE: Final[Mapping[str, str]] = MappingProxyType({})


class TwilioMessages:
    """A ``Provider``. Twilio reports each message's way to ``{public_url}/twilio/status?message=<our id>``.

    ``services`` are the messaging services of those of our numbers that belong to one.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        public_url: str,
        api_url: str | None = None,
        patience: float = PATIENCE,
        services: Mapping[str, str] = NONE,
    ) -> None:
        self._client = rest_client(account_sid, auth_token, api_url, patience)
        self._public_url = public_url.rstrip("/")
        self._services = services

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Hand the messages over, each once, over ``LINES`` connections."""
        return one_by_one(self._hand_over, LINES)(batch)

    def _hand_over(self, message: Outgoing) -> Accepted:
        """Hand one message over. ``smart_encoded`` is off: what was measured is what is sent.

        A messaging service is named together with the sender: its rules hold, and the number is ours to choose.
        """
        with faults_told():
            taken = self._client.messages.create(
                to=message.recipient,
                from_=message.sender,
                messaging_service_sid=self._services.get(message.sender),
                body=message.body,
                status_callback=f"{self._public_url}/twilio/status?message={message.id}",
                smart_encoded=False,
            )
            return Accepted(_text(taken.sid), words.state(_text(taken.status)) or State.ACCEPTED)

    def heard(self, number: str, since: datetime) -> Sequence[Heard]:
        """What Twilio's list holds that was sent to ``number`` since. It is asked for by day and newest first.

        Source: https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources.
        """
        day = f"{since.astimezone(UTC):%Y-%m-%d}"
        with faults_told():
            newest = self._client.messages.stream(to=number, date_sent_after=day, page_size=PAGE, limit=PAGE * PAGES)
            listed = list(takewhile(lambda each: _moment(each) >= since, newest))
            received = [_heard(each) for each in listed if (_text(each.direction), _text(each.status)) == RECEIVED]
        if len(listed) == PAGE * PAGES:
            log.warning("the list is longer than is read provider=twilio messages=%s", len(listed))
        return received[::-1]

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        """Messages of Twilio's list with the same numbers and words. Not by date sent: a queued one has none yet."""
        with faults_told():
            listed = self._client.messages.list(to=message.recipient, from_=message.sender, limit=NEWEST)
            same = [each for each in listed if each.body == message.body and _made_after(each, since - SKEW)]
        return tuple(_found(each) for each in reversed(same))


def _made_after(listed: Any, moment: datetime) -> bool:
    created: datetime | None = listed.date_created
    return created is None or created.astimezone(UTC) >= moment


def _found(listed: Any) -> Found:
    code = _text(listed.error_code) if listed.error_code else None
    return Found(_text(listed.sid), words.state(_text(listed.status)) or State.ACCEPTED, words.sentence(code))


def _text(value: Any) -> str:
    """Twilio's enumerations are strings in some releases of its client and enums in others."""
    return str(getattr(value, "value", value))


def _moment(listed: Any) -> datetime:
    """When Twilio took it: to the second, and in UTC."""
    moment: datetime = listed.date_sent or listed.date_created
    return moment.astimezone(UTC)


def _heard(listed: Any) -> Heard:
    return Heard(_text(listed.sid), _text(listed.from_), _text(listed.to), listed.body or "", _moment(listed))
