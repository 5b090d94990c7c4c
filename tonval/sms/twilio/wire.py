"""The line to Twilio's REST interface: the official client over connections of our own, and its refusals as ours.

Source: https://www.twilio.com/docs/usage/twilios-response.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, make_headers
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from tonval.sms.errors import Fault, SendError
from tonval.sms.twilio import words

PATIENCE: Final = 10.0
"""Seconds to wait for Twilio to take a connection, and for its answer."""

TWILIO: Final = "https://api.twilio.com"

LINES: Final = 15
"""How many messages are handed over at the same time, over connections that are kept open."""


def rest_client(account_sid: str, auth_token: str, api_url: str | None, patience: float) -> Any:
    """Twilio's own client (``twilio.rest.Client``), over our wire; use it within ``faults_told``."""
    return Client(account_sid, auth_token, http_client=Wire(api_url, patience))


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
