"""Links that only their customer has: the token is computed when it is sent, and only its digest is stored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import Connection, Select, bindparam, insert, or_, select

from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.store.among import among, listed
from tonval.store.tables import Moment, interviews, links
from tonval.surveys.questionnaire import Channel
from tonval.surveys.wording import fill

Purpose = Literal["survey", "stop"]

LENGTH: Final = 22
"""Characters of a token: 62^22 is more than 2^130."""

PATHS: Final = {"survey": "s", "stop": "u"}
PLACEHOLDER: Final = "{link}"
UNSEEN: Final = "•••"
"""What stands for a token where anybody but its customer reads."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ON_PAGE: Final = tuple(channel for channel in Channel if channel.on_page)
_WRITE: Final = insert(links)
_FIND: Final = select(links.c.interview).where(
    links.c.digest == bindparam("digest"),
    links.c.purpose == bindparam("purpose"),
    or_(links.c.expires_at.is_(None), links.c.expires_at > bindparam("now", type_=Moment)),
)


def token_of(key: bytes, purpose: Purpose, interview: str) -> str:
    """The token of an interview: HMAC-SHA256 (RFC 2104) in base 62, cut to ``LENGTH``."""
    number = int.from_bytes(hmac.digest(key, f"{purpose}:{interview}".encode(), "sha256"))
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(digits)


def make_links(tx: Connection, office: Field, interview: str, open_for: timedelta) -> None:
    """Let the interview be answered for so long, and its customer say stop at any time."""
    now = office.now()
    ends: dict[Purpose, datetime | None] = {"survey": now + open_for, "stop": None}
    rows = [
        {
            "digest": digest_of(token_of(office.link_key, purpose, interview)),
            "purpose": purpose,
            "interview": interview,
            "created_at": now,
            "expires_at": end,
        }
        for purpose, end in ends.items()
    ]
    tx.execute(_WRITE, rows)


def interview_behind(tx: Connection, office: Field, purpose: Purpose, token: str) -> str | None:
    """The interview whose token this is; ``None`` for any other text and for a link that is too old."""
    if len(token) != LENGTH:
        return None
    wanted = {"digest": digest_of(token), "purpose": purpose, "now": office.now()}
    return tx.execute(_FIND, wanted).scalar()


def link_for(office: Field, interview: str, address: str | None = None) -> str:
    """Where the customer answers: our own page, or the company's ``address`` that holds it."""
    token = token_of(office.link_key, "survey", interview)
    return f"{address}#{token}" if address else f"{office.public_url}/{PATHS['survey']}/{token}"


def stop_link_for(office: Field, interview: str) -> str:
    """Where the customer says that she wants no more."""
    return f"{office.public_url}/{PATHS['stop']}/{token_of(office.link_key, 'stop', interview)}"


def links_of(tx: Connection, office: Field, asked: Collection[str]) -> dict[str, str]:
    """Where the customer of each of these interviews answers; nothing of those that are not answered on a page."""
    rows = tx.execute(_forms(tx.dialect.name), {"ids": listed(tx, asked)}).all() if asked else ()
    forms = {row.id: form_of(tx, office.centre, row.survey, row.version) for row in rows}
    return {interview: link_for(office, interview, form.page.address) for interview, form in forms.items()}


def links_to_try(office: Field, asked: Collection[str]) -> dict[str, str]:
    """The same for whoever plays the customer: only for messages that go to nobody."""
    with office.unit.read() as tx:
        return links_of(tx, office, asked)


def put_in(office: Field, body: str, interview: str, link: str) -> str:
    """A stored text as its customer gets it."""
    return fill(body, {"link": link, "stop_link": stop_link_for(office, interview)})


def unseen(office: Field, body: str) -> str:
    """A stored text as anybody else may read it: with the places of its links, but without their tokens."""
    shown = {"link": PATHS["survey"], "stop_link": PATHS["stop"]}
    return fill(body, {name: f"{office.public_url}/{path}/{UNSEEN}" for name, path in shown.items()})


def digest_of(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


@lru_cache(maxsize=4)
def _forms(dialect: str) -> Select[Any]:
    wanted = select(interviews.c.id, interviews.c.survey, interviews.c.version)
    return wanted.where(among(dialect, interviews.c.id, "ids"), interviews.c.channel.in_(_ON_PAGE))
