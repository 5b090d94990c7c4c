"""How often a password or a code may be tried: few times for a guesser, always enough for the owner at a known device.

A device that has signed in keeps a signed cookie and is counted on its own, so that strangers who use up an account's
tries never lock its owner out.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer

from tonval.fieldwork.colleagues import tries
from tonval.fieldwork.colleagues.tries import Limit
from tonval.fieldwork.field import Field
from tonval.web.counts import Rate

HOUR: Final = 3600
PER_ACCOUNT: Final = Rate(20, HOUR)
PER_ADDRESS: Final = Rate(100, HOUR)
CODES: Final = Rate(5, HOUR)
"""Codes for one right password."""

WISHES: Final = Rate(5, HOUR)
"""Letters for a new password, by name and by address of the network."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the account named, the address it came from, the device's cookie if it sent one."""

    account: str
    address: str
    device: str | None


class Throttle:
    """Counts tries in the database, so that all web workers count as one and none forgets."""

    def __init__(self, office: Field, secret_key: str) -> None:
        self._office = office
        self._signer = URLSafeSerializer(secret_key, salt="known device")

    def wait(self, attempt: Attempt) -> int:
        """Count this try: 0 where its password may be looked at, else the seconds until one may be."""
        known = self._known(attempt)
        if known:
            return self._take((PER_ACCOUNT, f"device {known}"))
        near, account = neighbourhood(attempt.address), attempt.account.casefold()
        return self._take((PER_ADDRESS, f"address {near}"), (PER_ACCOUNT, f"account {account}"))

    def wait_for_code(self, attempt: Attempt, step: str) -> int:
        """The same for a code; ``step`` is the right password before it, which is good for a few codes only."""
        known = self._known(attempt)
        whose = f"code device {known}" if known else f"code account {attempt.account.casefold()}"
        return self._take((CODES, f"step {step}"), (PER_ACCOUNT, whose))

    def wait_for_wish(self, attempt: Attempt) -> int:
        """The same for a wish for a new password."""
        near, account = neighbourhood(attempt.address), attempt.account.casefold()
        return self._take((PER_ACCOUNT, f"wish address {near}"), (WISHES, f"wish account {account}"))

    def device_for(self, account: str) -> str:
        """The cookie that marks a device where ``account`` has signed in."""
        return str(self._signer.dumps([account.casefold(), secrets.token_hex(8)]))

    def _known(self, attempt: Attempt) -> str | None:
        try:
            account, device = self._signer.loads(attempt.device or "")
        except (BadSignature, ValueError, TypeError):
            return None
        return str(device) if account == attempt.account.casefold() else None

    def _take(self, *wanted: tuple[Rate, str]) -> int:
        limits = [Limit(what, rate.amount, rate.seconds) for rate, what in wanted]
        return 0 if tries.allow(self._office, limits) else tries.wait(self._office, limits)


def neighbourhood(address: str) -> str:
    """What one guesser has at least: an IPv4 address, or the /64 network of an IPv6 address (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))
    return address
