"""The line to Twilio's REST interface: the official client, never trying twice, and its refusals as ours.

Source: https://www.twilio.com/docs/usage/twilios-response.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from tonval.ivr.twilio.errors import CallRefused, Fault, fault_of

PATIENCE: Final = 10.0
"""Seconds to wait for Twilio to take a connection, and for its answer."""

TWILIO: Final = "https://api.twilio.com"


class Wire(TwilioHttpClient):  # type: ignore[misc]  # the client has no types
    """Twilio's HTTP client; with ``api_url`` every request goes to a stand-in instead of api.twilio.com."""

    def __init__(self, api_url: str | None = None, patience: float = PATIENCE) -> None:
        super().__init__(timeout=patience, max_retries=0)
        self._there = urlsplit(api_url or TWILIO)

    def request(self, method: str, url: str, *rest: Any, **options: Any) -> Response:
        """One request."""
        here = urlsplit(url)._replace(scheme=self._there.scheme, netloc=self._there.netloc)
        return super().request(method, here.geturl(), *rest, **options)


def rest_client(account_sid: str, auth_token: str, api_url: str | None, patience: float = PATIENCE) -> Any:
    """Twilio's own client (``twilio.rest.Client``) over our wire; use it within ``faults_told``."""
    return Client(account_sid, auth_token, http_client=Wire(api_url, patience))


@contextmanager
def faults_told() -> Iterator[None]:
    """Refusals, the network's errors, and answers that make no sense, as ``CallRefused``."""
    try:
        yield
    except TwilioRestException as refusal:
        detail = f"Twilio {refusal.code}" if refusal.code else f"HTTP {refusal.status}"
        raise CallRefused(fault_of(refusal.status, refusal.code), detail) from refusal
    except RequestException as failure:
        fault = Fault.UNREACHABLE_PROVIDER if _never_left(failure) else Fault.NO_ANSWER
        raise CallRefused(fault, type(failure).__name__) from failure
    except (TwilioException, ValueError, KeyError, AttributeError) as nonsense:
        raise CallRefused(Fault.NO_ANSWER, "unreadable answer") from nonsense


def _never_left(failure: RequestException) -> bool:
    """Without a connection nothing can have been asked for."""
    reason = getattr(failure.args[0], "reason", None) if failure.args else None
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)
