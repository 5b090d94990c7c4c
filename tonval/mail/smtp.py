"""Handing one letter to the mail server (RFC 5321), within a minute at most.

Until the letter itself goes over, a time-out means that nothing was sent. After that it may have been accepted: such
a letter is sent again under the same Message-ID, for an alert that comes twice is better than one that never comes.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum
from urllib.parse import parse_qs, unquote, urlsplit

_TALK, _HANDOVER = 20.0, 15.0
"""Seconds for everything before the letter, and for each of the two answers to the letter.

Together less than the outbox's lease of a minute: nobody else may think that this try is lost while it goes on.
"""


class MailFailed(Exception):
    """The letter was not accepted; the text is a sentence for people. ``retryable``: the same letter may pass later."""

    def __init__(self, sentence: str, *, retryable: bool) -> None:
        super().__init__(sentence)
        self.retryable = retryable


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
        raise BadMailServer("the mail server's port is no number") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadMailServer("the mail server is written smtp://user:password@host:port or smtps://…")
    starttls = "starttls" in parse_qs(parts.query, keep_blank_values=True)
    tls = Tls.FROM_THE_START if parts.scheme == "smtps" else Tls.STARTTLS if starttls else Tls.NONE
    usual = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.FROM_THE_START: 465}[tls]
    user, password = (unquote(word) if word else None for word in (parts.username, parts.password))
    return MailServer(parts.hostname, port or usual, user, password, tls)


def send(server: MailServer, letter: EmailMessage) -> None:
    """Hand ``letter`` over; returns once the server has accepted it. Raises MailFailed."""
    deadline = time.monotonic() + _TALK
    try:
        smtp = _connect(server, deadline)
        try:
            _hand_over(smtp, letter, deadline)
        finally:
            smtp.close()
    except smtplib.SMTPException as error:
        raise _failed(error) from error
    except OSError as error:
        sentence = f"the mail server {server.host}:{server.port} cannot be reached: {error}"
        raise MailFailed(sentence, retryable=True) from error


def check(server: MailServer) -> None:
    """Connect and sign in, and send nothing. Raises MailFailed."""
    try:
        _connect(server, time.monotonic() + 5.0).close()
    except smtplib.SMTPException as error:
        raise _failed(error) from error
    except OSError as error:
        sentence = f"the mail server {server.host}:{server.port} cannot be reached: {error}"
        raise MailFailed(sentence, retryable=True) from error


def _connect(server: MailServer, deadline: float) -> smtplib.SMTP:
    left = max(1.0, deadline - time.monotonic())
    if server.tls is Tls.FROM_THE_START:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=left, context=ssl.create_default_context()
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=left)
    try:
        _sign_in(smtp, server, deadline)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _sign_in(smtp: smtplib.SMTP, server: MailServer, deadline: float) -> None:
    _allow(smtp, deadline)
    smtp.ehlo_or_helo_if_needed()
    if server.tls is Tls.STARTTLS:
        _allow(smtp, deadline)
        smtp.starttls(context=ssl.create_default_context())
        _allow(smtp, deadline)
        smtp.ehlo()
    if server.user:
        _allow(smtp, deadline)
        smtp.login(server.user, server.password or "")


def _hand_over(smtp: smtplib.SMTP, letter: EmailMessage, deadline: float) -> None:
    _allow(smtp, deadline)
    _expect(smtp.mail(_bare(letter["From"])), 250)
    _allow(smtp, deadline)
    _expect(smtp.rcpt(_bare(letter["To"])), 250, 251)
    if smtp.sock is not None:
        smtp.sock.settimeout(_HANDOVER)
    _expect(smtp.data(letter.as_bytes()), 250)
    # Accepted: whatever happens to the farewell must not have the letter sent again.
    with suppress(smtplib.SMTPException, OSError):
        smtp.quit()


def _allow(smtp: smtplib.SMTP, deadline: float) -> None:
    """Each answer may take what is left of the time for talking."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("it is too slow")
    if smtp.sock is not None:
        smtp.sock.settimeout(left)


def _bare(header: object) -> str:
    """The address of a From or To header without its display name."""
    return str(header.addresses[0].addr_spec)  # type: ignore[attr-defined]


def _expect(answer: tuple[int, bytes], *good: int) -> None:
    if answer[0] not in good:
        raise smtplib.SMTPResponseException(*answer)


def _failed(error: smtplib.SMTPException) -> MailFailed:
    match error:
        case smtplib.SMTPAuthenticationError():
            # The account may be mended while the alert waits.
            return MailFailed("the mail server refuses the user or password of TONVAL_SMTP_URL", retryable=True)
        case smtplib.SMTPNotSupportedError():
            return MailFailed(f"the mail server cannot do what TONVAL_SMTP_URL asks: {error}", retryable=True)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=said):
            words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
            return MailFailed(f"the mail server refused: {code} {words}"[:300], retryable=not 500 <= code < 600)
        case _:
            return MailFailed(f"the mail server broke off: {error}"[:300], retryable=True)
