"""Telling Twilio's own requests from everybody else's.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security. Checked by the official ``RequestValidator``.
"""

from __future__ import annotations

from typing import Final

from flask import Request
from twilio.request_validator import RequestValidator

RETRY: Final = "#rc=2&rp=5xx,ct,rt"
"""Appended to the addresses we hand out: Twilio tries twice more after a 5xx, a lost connection or a slow answer.

Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""


class Signature:
    """Checks requests against one account's auth token, at the address the world reaches this house by.

    Proxies in front change scheme, host and port, and their headers can be forged, so only ``public_url`` counts;
    the path and the raw query string are taken as they arrived. Without a token nothing is genuine.
    """

    def __init__(self, auth_token: str | None, public_url: str) -> None:
        self._validator = RequestValidator(auth_token) if auth_token else None
        self._outside = public_url.rstrip("/")

    def genuine(self, request: Request) -> bool:
        """Whether Twilio sent exactly these form fields to exactly this address."""
        signature = request.headers.get("X-Twilio-Signature", "")
        if self._validator is None or not signature:
            return False
        # The fragment never travels; whether it is signed is not documented, so both readings pass.
        address = self._address(request)
        return any(self._matches(url, request, signature) for url in (address, address + RETRY))

    def _address(self, request: Request) -> str:
        query = request.query_string.decode("latin-1")
        return f"{self._outside}{request.path}?{query}" if query else f"{self._outside}{request.path}"

    def _matches(self, url: str, request: Request, signature: str) -> bool:
        assert self._validator is not None
        return bool(self._validator.validate(url, request.form, signature))
