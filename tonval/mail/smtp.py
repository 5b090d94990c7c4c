"""The mail server: where it is, and what can go wrong with it (RFC 5321)."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from tonval.surveys.sentences import sentence


class Fault(Enum):
    """Why a letter was not accepted, as far as it decides what becomes of it."""

    AWAY = "away"  # nobody there, or nobody who lets us in: no letter at all can go now
    LATER = "later"  # this letter may pass another time
    REFUSED = "refused"  # this letter will never pass
    UNKNOWN = "unknown"  # handed over whole, and the answer is missing: it may or may not have been accepted


_LONGEST: Final = 300  # characters of a sentence that is kept


class MailFailed(Exception):
    """The letter was not accepted, or nobody knows; the text is a sentence for people."""

    def __init__(self, sentence: str, fault: Fault) -> None:
        super().__init__(sentence if len(sentence) <= _LONGEST else sentence[:_LONGEST])
        self.fault = fault

    @property
    def retryable(self) -> bool:
        """Whether a letter that rather comes twice than never is worth another try."""
        return self.fault is not Fault.REFUSED


class BadMailServer(ValueError):
    """TONVAL_SMTP_URL cannot be read; the text says why and never repeats the password."""


class Tls(Enum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    FROM_THE_START = "smtps"


@dataclass(frozen=True, slots=True, repr=False)
class MailServer:
    """Where letters are handed in."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: Tls = Tls.NONE


def mail_server(url: str) -> MailServer:
    """Read ``smtp://[user:password@]host[:port][?starttls]`` or ``smtps://…``. Raises BadMailServer."""
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise BadMailServer(sentence("the mail server's port is no number")) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadMailServer(sentence("the mail server is written smtp://user:password@host:port or smtps://…"))
    starttls = "starttls" in parse_qs(parts.query, keep_blank_values=True)
    tls = Tls.FROM_THE_START if parts.scheme == "smtps" else Tls.STARTTLS if starttls else Tls.NONE
    usual = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.FROM_THE_START: 465}[tls]
    user, password = (unquote(word) if word else None for word in (parts.username, parts.password))
    return MailServer(parts.hostname, port or usual, user, password, tls)


def cannot_be_reached(server: MailServer, error: OSError) -> MailFailed:
    """Nobody answers there."""
    place = f"{server.host}:{server.port}"
    said = sentence("the mail server %(place)s cannot be reached: %(error)s", place=place, error=str(error))
    return MailFailed(said, Fault.AWAY)


def refused(code: int, said: bytes | str) -> MailFailed:
    """An answer of the server that is no yes: 5yz is for good, all else for now (RFC 5321, section 4.2.1)."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    told = sentence("the mail server refused: %(answer)s", answer=f"{code} {words}")
    return MailFailed(told, Fault.REFUSED if 500 <= code < 600 else Fault.LATER)


def broke_off(error: Exception, fault: Fault) -> MailFailed:
    """The connection was lost."""
    return MailFailed(sentence("the mail server broke off: %(error)s", error=str(error)), fault)


def not_let_in(error: smtplib.SMTPException) -> MailFailed:
    """The connection was made, but it cannot be used; settings may be mended while letters wait."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return MailFailed(sentence("the mail server refuses the user or password of TONVAL_SMTP_URL"), Fault.AWAY)
        case smtplib.SMTPNotSupportedError():
            said = sentence("the mail server cannot do what TONVAL_SMTP_URL asks: %(error)s", error=str(error))
            return MailFailed(said, Fault.AWAY)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            return MailFailed(str(refused(code, answer)), Fault.AWAY)
        case _:
            return broke_off(error, Fault.AWAY)
