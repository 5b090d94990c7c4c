"""Why somebody changed something about a customer, in her own words: kept beside the audit log, so that it can go.

The log holds a salted digest of the words, which is a commitment to them: as long as they stand nobody can change them
unseen, and once they are erased, the salt with them, the digest leads back to nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert

from tonval.store.tables import reasons

DIGEST: Final = "reason_digest"
"""What an entry of the log says of its reason; entries from before hold the words themselves, as ``reason``."""

_SALT: Final = 16
"""Bytes of salt: short words are guessed without."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The words, and what is needed to know them again."""

    words: str
    salt: str

    @property
    def digest(self) -> str:
        """HMAC-SHA256 of the words under the salt, in hexadecimal."""
        return hmac.digest(bytes.fromhex(self.salt), self.words.encode(), hashlib.sha256).hex()


def fresh(words: str) -> Reason:
    """The words with a salt of their own."""
    return Reason(words, secrets.token_hex(_SALT))


def keep(tx: Connection, entry: int, interview: str, reason: Reason) -> None:
    """Lay the words beside the entry of the log that has their digest."""
    row = {"entry": entry, "interview": interview, "words": reason.words, "salt": reason.salt}
    tx.execute(insert(reasons), row)


def is_whole(detail: Mapping[str, Any], words: str | None, salt: str | None) -> bool:
    """Whether the words beside an entry are those it was written with; erased ones (``None``) are."""
    if words is None or salt is None:
        return True
    try:
        return hmac.compare_digest(str(detail.get(DIGEST, "")), Reason(words, salt).digest)
    except ValueError:
        return False
