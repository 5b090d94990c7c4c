"""Sending through Twilio's REST interface with the official client.

Source: https://www.twilio.com/docs/messaging/api/message-resource. Twilio documents no idempotency key for sending, so
a request is made once; what became of a doubtful one is read from status callbacks or from the list of messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from tonval.fieldwork.delivery import State
from tonval.fieldwork.messages import Outgoing
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Accepted, Found, Heard, Outcome, one_by_one
from tonval.sms.twilio import words

PATIENCE: Final = 10.0
"""Seconds to wait for Twilio to take a connection, and for its answer."""

LINES: Final = 10
"""How many messages are handed over at the same time: Twilio's client keeps so many connections open."""

SKEW: Final = timedelta(minutes=2)
"""How far Twilio's clock may be from ours."""

NEWEST: Final = 50
"""How many of the newest messages to a number are looked through for a lost one."""


class Wire(TwilioHttpClient):  # type: ignore[misc]  # the client has no types
    """Twilio's HTTP client; with ``api_url`` every request goes to a stand-in instead of api.twilio.com."""

    def __init__(self, api_url: str | None = None, patience: float = PATIENCE) -> None:
        super().__init__(timeout=patience, max_retries=0)
        self._stand_in = urlsplit(api_url) if api_url else None

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """One request, never repeated."""
        return super().request(method, self._rewritten(url), *args, **kwargs)

    def _rewritten(self, url: str) -> str:
        if self._stand_in is None:
            return url
        return urlunsplit(urlsplit(url)._replace(scheme=self._stand_in.scheme, netloc=self._stand_in.netloc))


class TwilioMessages:
    """A ``Provider``. Twilio reports each message's way to ``{public_url}/twilio/status?message=<our id>``."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        public_url: str,
        api_url: str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._client = Client(account_sid, auth_token, http_client=Wire(api_url, patience))
        self._public_url = public_url.rstrip("/")

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Hand the messages over, each once, over ``LINES`` connections."""
        return one_by_one(self._hand_over, LINES)(batch)

    def _hand_over(self, message: Outgoing) -> Accepted:
        """Hand one message over. ``smart_encoded`` is off: what was measured is what is sent."""
        with _faults():
            taken = self._client.messages.create(
                to=message.recipient,
                from_=message.sender,
                body=message.body,
                status_callback=f"{self._public_url}/twilio/status?message={message.id}",
                smart_encoded=False,
            )
            return Accepted(_text(taken.sid), words.state(_text(taken.status)) or State.ACCEPTED)

    def heard(self, number: str, since: datetime) -> Iterable[Heard]:
        """Nothing yet."""
        del number, since
        return ()

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        """Messages of Twilio's list with the same numbers and words. Not by date sent: a queued one has none yet."""
        with _faults():
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


@contextmanager
def _faults() -> Iterator[None]:
    """Twilio's and the network's errors as ours."""
    try:
        yield
    except TwilioRestException as refusal:
        code = refusal.code if refusal.code and refusal.code > 0 else None
        detail = f"Twilio {code}" if code else f"HTTP {refusal.status}"
        raise SendError(words.fault(refusal.status, code), detail) from refusal
    except requests.RequestException as failure:
        fault = Fault.UNREACHABLE_PROVIDER if _never_left(failure) else Fault.NO_ANSWER
        raise SendError(fault, type(failure).__name__) from failure
    except (TwilioException, ValueError, KeyError) as nonsense:
        raise SendError(Fault.NO_ANSWER, "unreadable answer") from nonsense


def _never_left(failure: requests.RequestException) -> bool:
    """Whether no connection was made, so that the message cannot have been taken."""
    if isinstance(failure, requests.ConnectTimeout):
        return True
    inner = failure.args[0] if failure.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)
