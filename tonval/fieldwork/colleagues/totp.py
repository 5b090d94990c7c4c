"""Codes from an authenticator app: TOTP (RFC 6238) over HOTP (RFC 4226). Pure."""

from __future__ import annotations

import base64
import hmac
from typing import Final
from urllib.parse import quote, urlencode

STEP: Final = 30
"""Seconds that a code stands for."""

DIGITS: Final = 6
AROUND: Final = (0, -1, 1)
"""Steps around the present one that are taken too: clocks differ, and typing takes time (RFC 6238, section 5.2)."""


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """The code of a step since 1970: HMAC-SHA-1, truncated (RFC 4226, section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, code: str, seconds: float) -> int | None:
    """The step near the moment ``seconds`` (since 1970) that ``code`` belongs to, if any."""
    now, given = int(seconds) // STEP, code.encode(errors="replace")
    fits = [now + near for near in AROUND if hmac.compare_digest(code_at(secret, now + near).encode(), given)]
    return fits[0] if fits else None


def written(secret: bytes) -> str:
    """The secret as people type it: base 32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def link(secret: bytes, issuer: str, name: str) -> str:
    """The ``otpauth`` address that an authenticator app takes the secret from."""
    asked = urlencode({"secret": written(secret).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{name}', safe='')}?{asked}"
