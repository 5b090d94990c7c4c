"""How often a password may be tried: few times for a guesser, always enough for the owner at a known device.

A device that has signed in keeps a signed cookie and is counted on its own, so that strangers who use up an account's
tries never lock its owner out.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

from tonval.web.counts import Counts, Rate

PER_ACCOUNT: Final = Rate(20, 3600)
PER_ADDRESS: Final = Rate(100, 3600)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the account named, the address it came from, the device's cookie if it sent one."""

    account: str
    address: str
    device: str | None


class Throttle:
    """Counts tries in ``counts``, so that all web workers count as one."""

    def __init__(self, counts: Counts, secret_key: str) -> None:
        self._counts = counts
        self._signer = URLSafeSerializer(secret_key, salt="known device")

    def allows(self, attempt: Attempt) -> bool:
        """Count this try and say whether its password may be looked at."""
        known = self._known(attempt)
        if known:
            return self._hit(PER_ACCOUNT, "device", known)
        return self._hit(PER_ADDRESS, "address", attempt.address) and self._hit(
            PER_ACCOUNT, "account", attempt.account.casefold()
        )

    def device_for(self, account: str) -> str:
        """The cookie that marks a device where ``account`` has signed in."""
        return str(self._signer.dumps([account.casefold(), secrets.token_hex(8)]))

    def _known(self, attempt: Attempt) -> str | None:
        try:
            account, device = self._signer.loads(attempt.device or "")
        except (BadSignature, ValueError, TypeError):
            return None
        return str(device) if account == attempt.account.casefold() else None

    def _hit(self, limit: Rate, *key: str) -> bool:
        return self._counts.add("/".join(("sign-in", *key)), limit.seconds) <= limit.amount
