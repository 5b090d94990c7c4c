"""The keys of one database: what a sealed value is made with, opened with and looked up by. Pure.

Sealing is AES-SIV (RFC 5297): the same text of the same purpose always gives the same sealed text, because its initial
value is a keyed hash of both. So a sealed column is its own lookup: equality, joins and unique indexes go on working.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX: Final = "t1:"
"""What every sealed text begins with: the number of the ring that sealed it."""

SHORT: Final = 100
REMEMBERED: Final = 4096
"""So many short texts are not sealed and opened twice: one number stands in many statements of a transaction."""

_KEY: Final = 64
"""Bytes: AES-256 in each half of SIV."""


class Unreadable(ValueError):
    """A sealed value that was changed, or is of another database or purpose; the message is a sentence."""


class WrongSecret(ValueError):
    """The ring was wrapped with another secret; the message is a sentence for who starts Tonval."""


class Ring:
    """One random data key, and the two keys that are derived from it.

    ``origin`` is the secret key the database began with: what is signed with it stays good when that is exchanged.
    """

    def __init__(self, key: bytes, origin: str = "") -> None:
        self.key = key
        self.origin = origin
        self._siv = AESSIV(derived(key, b"", b"sealed values", _KEY))
        self._lookup = derived(key, b"", b"lookup", 32)
        self._remembered = lru_cache(REMEMBERED)(self._seal)
        self._opened = lru_cache(REMEMBERED)(self._unseal)

    def seal(self, purpose: str, text: str) -> str:
        """``text`` sealed; the empty text, which says nothing of anybody, stays empty."""
        if len(text) > SHORT:
            return self._seal(purpose, text)
        return self._remembered(purpose, text) if text else text

    def _seal(self, purpose: str, text: str) -> str:
        return PREFIX + base64.urlsafe_b64encode(self._siv.encrypt(text.encode(), [purpose.encode()])).decode()

    def unseal(self, purpose: str, sealed: str) -> str:
        """What was sealed for the purpose; a text without the prefix is given as it is. Raises ``Unreadable``."""
        if not sealed.startswith(PREFIX):
            return sealed
        return self._unseal(purpose, sealed) if len(sealed) > 2 * SHORT else self._opened(purpose, sealed)

    def _unseal(self, purpose: str, sealed: str) -> str:
        try:
            body = base64.urlsafe_b64decode(sealed[len(PREFIX) :])
            return self._siv.decrypt(body, [purpose.encode()]).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Unreadable(f"a sealed {purpose} was changed in the database, or is not of it") from None

    def holds(self, purpose: str, text: str) -> bool:
        """Whether this ring has sealed ``text`` for the purpose."""
        try:
            return text.startswith(PREFIX) and bool(self.unseal(purpose, text))
        except Unreadable:
            return False

    def lookup(self, text: str) -> str:
        """A keyed hash (HMAC-SHA256, base64url) by which a text is known again that is kept nowhere."""
        return base64.urlsafe_b64encode(hmac.digest(self._lookup, text.encode(), "sha256")).decode()

    def wrapped(self, secret: str, salt: bytes) -> bytes:
        """The data key and the origin, sealed with the installation's secret key."""
        return _wrapper(secret, salt).encrypt(self.key + self.origin.encode(), None)


def fresh_ring(origin: str = "") -> Ring:
    """A ring that no database has yet."""
    return Ring(secrets.token_bytes(_KEY), origin)


def unwrapped(secret: str, salt: bytes, body: bytes) -> Ring:
    """The ring that ``wrapped`` gave. Raises ``WrongSecret``."""
    try:
        plain = _wrapper(secret, salt).decrypt(body, None)
        return Ring(plain[:_KEY], plain[_KEY:].decode())
    except (InvalidTag, ValueError):
        raise WrongSecret(
            "the database cannot be read with this secret key; start with the TONVAL_SECRET_KEY it was written with, "
            "or give it the new one: tonval rekey --from-file FILE_WITH_THE_OLD_KEY"
        ) from None


def derived(secret: bytes, salt: bytes, purpose: bytes, length: int) -> bytes:
    """A key of ``length`` bytes for one purpose (HKDF with SHA-256, RFC 5869)."""
    return HKDF(SHA256(), length, salt or None, purpose).derive(secret)


def _wrapper(secret: str, salt: bytes) -> AESSIV:
    return AESSIV(derived(secret.encode(), salt, b"tonval keyring", _KEY))
