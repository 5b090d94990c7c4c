"""What lets somebody in and how it ends: her sign-ins and her one-time links."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, update

from tonval.store.tables import Moment, admissions, sign_ins

_NOW: Final = bindparam("now", type_=Moment)
_END_SIGN_INS: Final = (
    update(sign_ins)
    .where(sign_ins.c.user == bindparam("who"), sign_ins.c.ended_at.is_(None), sign_ins.c.digest != bindparam("kept"))
    .values(ended_at=_NOW)
)
_END_ADMISSIONS: Final = (
    update(admissions)
    .where(admissions.c.user == bindparam("who"), admissions.c.used_at.is_(None), admissions.c.expires_at > _NOW)
    .values(expires_at=_NOW)
)


def fresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is stored of a token: it is random, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def end_sign_ins(tx: Connection, user: str, now: datetime, *, keep: str = "") -> int:
    """End all sign-ins of the user but the one whose digest is ``keep``; gives their number."""
    return tx.execute(_END_SIGN_INS, {"who": user, "now": now, "kept": keep}).rowcount


def end_admissions(tx: Connection, user: str, now: datetime) -> None:
    """Her one-time links are good for nothing from now on."""
    tx.execute(_END_ADMISSIONS, {"who": user, "now": now})


def end_all(tx: Connection, user: str, now: datetime, *, keep: str = "") -> int:
    """Both; gives the number of sign-ins that ended."""
    end_admissions(tx, user, now)
    return end_sign_ins(tx, user, now, keep=keep)
