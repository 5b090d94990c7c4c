"""A second factor: codes of an authenticator app, and recovery codes for the day the telephone is lost.

The database holds no secret: it is computed from a random salt and the installation's own secret.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.colleagues import totp
from tonval.fieldwork.colleagues.entrances import end_admissions
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.field import Field
from tonval.store.tables import recovery_codes, users
from tonval.surveys.sentences import sentence

RECOVERY_CODES: Final = 8

_FACTOR: Final = select(users.c.totp).where(users.c.id == bindparam("who"))
_CLAIM_STEP: Final = (
    update(users)
    .where(users.c.id == bindparam("who"), users.c.totp == bindparam("salt"))
    .where(or_(users.c.totp_step.is_(None), users.c.totp_step < bindparam("step")))
    .values(totp_step=bindparam("step"))
)
_CLAIM_CODE: Final = (
    update(recovery_codes)
    .where(recovery_codes.c.user == bindparam("who"), recovery_codes.c.digest == bindparam("typed"))
    .where(recovery_codes.c.used_at.is_(None))
)
_LEFT: Final = (
    select(func.count())
    .select_from(recovery_codes)
    .where(recovery_codes.c.user == bindparam("who"), recovery_codes.c.used_at.is_(None))
)


class WrongCode(ValueError):
    """The code is not the app's; the message is a sentence for people."""


def fresh_salt() -> str:
    """What a new secret is computed from; it may be shown to anybody."""
    return secrets.token_hex(16)


def secret_of(office: Field, salt: str) -> bytes:
    """The 20 bytes that the app keeps too (RFC 4226, section 4: at least 128 bits)."""
    return hmac.digest(office.people_key, f"second factor {salt}".encode(), "sha256")[:20]


def is_set(office: Field, user: str) -> bool:
    """Whether she is asked for a code."""
    with office.unit.read() as tx:
        return tx.execute(_FACTOR, {"who": user}).scalar() is not None


def codes_left(office: Field, user: str) -> int:
    """How many of her recovery codes are unused."""
    with office.unit.read() as tx:
        return int(tx.execute(_LEFT, {"who": user}).scalar_one())


def confirm(office: Field, user: Person, salt: str, code: str) -> tuple[str, ...]:
    """Set the factor up with the first code of the app; gives her recovery codes, this once. Raises ``WrongCode``."""
    step = totp.step_of(secret_of(office, salt), _tidy(code), office.now().timestamp())
    if step is None:
        raise WrongCode(
            sentence("That is not the code of now. Check that the telephone's clock is right, and type the next one.")
        )
    with office.unit.begin() as tx:
        tx.execute(update(users).where(users.c.id == user.id).values(totp=salt, totp_step=step))
        fresh = _write_codes(tx, office, user.id)
        audit.note(tx, office, _actor(user), Deed("user.second_factor", "user", user.id, {"name": user.name}))
    return fresh


def new_codes(office: Field, user: Person) -> tuple[str, ...]:
    """New recovery codes; the ones before are good for nothing."""
    with office.unit.begin() as tx:
        fresh = _write_codes(tx, office, user.id)
        audit.note(tx, office, _actor(user), Deed("user.recovery_codes", "user", user.id, {"name": user.name}))
    return fresh


def check(office: Field, user: Person, typed: str) -> bool:
    """Whether ``typed`` is a code of hers that nobody has used before: of the app, or for recovery."""
    code, now = _tidy(typed), office.now()
    with office.unit.begin() as tx:
        salt = tx.execute(_FACTOR, {"who": user.id}).scalar()
        if salt is None:
            return False
        step = totp.step_of(secret_of(office, salt), code, now.timestamp())
        if step is not None:
            return tx.execute(_CLAIM_STEP, {"who": user.id, "salt": salt, "step": step}).rowcount == 1
        spent = _CLAIM_CODE.values(used_at=now)
        if tx.execute(spent, {"who": user.id, "typed": _digest(office, code)}).rowcount != 1:
            return False
        audit.note(tx, office, _actor(user), Deed("user.recovery_code_used", "user", user.id, {"name": user.name}))
    return True


def reset(office: Field, user: str, name: str, *, by: Actor = CONSOLE) -> None:
    """Her password alone lets her in again."""
    with office.unit.begin() as tx:
        tx.execute(update(users).where(users.c.id == user).values(totp=None, totp_step=None))
        tx.execute(delete(recovery_codes).where(recovery_codes.c.user == user))
        end_admissions(tx, user, office.now())
        audit.note(tx, office, by, Deed("user.second_factor_reset", "user", user, {"name": name}))


def _write_codes(tx: Connection, office: Field, user: str) -> tuple[str, ...]:
    fresh = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    tx.execute(delete(recovery_codes).where(recovery_codes.c.user == user))
    tx.execute(insert(recovery_codes), [{"user": user, "digest": _digest(office, code)} for code in fresh])
    return tuple(_grouped(fresh))


def _grouped(codes: Sequence[str]) -> list[str]:
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def _tidy(typed: str) -> str:
    return "".join(letter for letter in typed if letter.isalnum()).lower()


def _digest(office: Field, code: str) -> str:
    return hmac.digest(office.people_key, f"recovery {code}".encode(), "sha256").hex()


def _actor(user: Person) -> Actor:
    return Actor(user.id, user.name)
