"""Sending through Twilio's REST interface with the official client.

Source: https://www.twilio.com/docs/messaging/api/message-resource. Twilio documents no idempotency key for sending, so
a request is made once; what became of a doubtful one is read from status callbacks or from the list of messages.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, make_headers
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from tonval.fieldwork.delivery import State
from tonval.fieldwork.messages import Outgoing
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Accepted, Found, Heard, Outcome, one_by_one
from tonval.sms.twilio import words

log = logging.getLogger(__name__)

PATIENCE: Final = 10.0
"""Seconds to wait for Twilio to take a connection, and for its answer."""

TWILIO: Final = "https://api.twilio.com"

LINES: Final = 15
"""How many messages are handed over at the same time, over connections that are kept open."""

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


class Wire(TwilioHttpClient):  # type: ignore[misc]  # the client has no types
    """Twilio's HTTP client; with ``api_url`` every request goes to a stand-in instead of api.twilio.com.

    It reads refusals itself: the client's own errors have lost the headers, and with them how long to wait.
    """

    def __init__(self, api_url: str | None = None, patience: float = PATIENCE) -> None:
        super().__init__(timeout=patience, max_retries=0)
        self._lines = _lines(api_url or TWILIO)
        self._stand_in = urlsplit(api_url) if api_url else None

    def request(self, method: str, url: str, **options: Any) -> Response:
        """One request, never repeated. Raises ``SendError`` where the answer is a refusal."""
        named = {name: value for name, value in (options.get("data") or {}).items() if value is not None}
        headers = {**(options.get("headers") or {}), **make_headers(basic_auth=":".join(options["auth"]))}
        answer = self._lines.request(
            method,
            _asking(self._rewritten(url), options.get("params") or {}),
            body=urlencode(named, doseq=True) if named else None,
            headers=headers,
            timeout=self.timeout,
            retries=False,
            redirect=False,
        )
        if not 200 <= answer.status < 300:
            raise _refusal(answer)
        return Response(answer.status, answer.data.decode(), answer.headers)

    def _rewritten(self, url: str) -> str:
        if self._stand_in is None:
            return url
        return urlunsplit(urlsplit(url)._replace(scheme=self._stand_in.scheme, netloc=self._stand_in.netloc))


def _lines(url: str) -> PoolManager:
    """Connections that are kept, through the proxy that the environment names: it is looked at once.

    The client's own library would look at it for each message, and take as long again as the rest of the request.
    """
    proxy = select_proxy(url, get_environ_proxies(url))
    settings: dict[str, Any] = {
        "maxsize": LINES,
        "ca_certs": os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH,
    }
    return ProxyManager(proxy, **settings) if proxy else PoolManager(**settings)


def _asking(url: str, params: Mapping[str, Any]) -> str:
    named = {name: value for name, value in params.items() if value is not None}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(named, doseq=True)}" if named else url


def rest_client(account_sid: str, auth_token: str, api_url: str | None, patience: float) -> Any:
    """Twilio's own client (``twilio.rest.Client``), over our wire; use it within ``faults_told``."""
    return Client(account_sid, auth_token, http_client=Wire(api_url, patience))


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


@contextmanager
def faults_told() -> Iterator[None]:
    """The network's errors, and answers that make no sense, as ours."""
    try:
        yield
    except HTTPError as failure:
        # Without a connection the message cannot have been taken.
        never_left = isinstance(failure, NewConnectionError | ConnectTimeoutError)
        fault = Fault.UNREACHABLE_PROVIDER if never_left else Fault.NO_ANSWER
        raise SendError(fault, type(failure).__name__) from failure
    except (TwilioException, ValueError, KeyError, AttributeError) as nonsense:
        raise SendError(Fault.NO_ANSWER, "unreadable answer") from nonsense


def _refusal(answer: BaseHTTPResponse) -> SendError:
    """Twilio's "no" as ours."""
    code = _code(answer)
    detail = f"Twilio {code}" if code else f"HTTP {answer.status}"
    return SendError(words.fault(answer.status, code), detail, words.pause(answer.headers.get("Retry-After", "")))


def _code(answer: BaseHTTPResponse) -> int | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, int) and code > 0 else None
