"""One connection to the mail server that carries many letters, and says of each exactly how far it came.

Until the dot that ends a letter goes over, whatever breaks means that nothing was sent: a server must forget a letter
it did not get whole (RFC 5321, section 4.1.1.4). From the dot to the answer nobody can know.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Final

from tonval.mail.addresses import needs_utf8
from tonval.mail.smtp import Fault, MailFailed, MailServer, Tls, broke_off, cannot_be_reached, not_let_in, refused
from tonval.surveys.sentences import sentence

TALK: Final = 20.0
"""Seconds for all that comes before one letter, connecting and signing in included."""

CALL: Final = 8.0
"""Seconds until a server that does not pick up counts as away: whoever sends has other things to do."""

HANDOVER: Final = 15.0
"""Seconds for sending the letter, and again for the answer to it.

All together less than the outbox's lease of a minute: nobody else may think that a try is lost while it goes on.
"""

CARRIES: Final = 100
"""Letters after which a new connection is made: many servers close one that never ends."""

_CLOSING: Final = 421
_DOT_FIRST: Final = re.compile(rb"^\.", re.MULTILINE)


@contextmanager
def open_line(server: MailServer) -> Iterator[Line]:
    """A line to the server, connected when the first letter goes; taken leave of at the end."""
    line = Line(server)
    try:
        yield line
    finally:
        line.hang_up()


def send(server: MailServer, letter: EmailMessage) -> None:
    """Hand one letter over; returns once the server has accepted it. Raises MailFailed."""
    with open_line(server) as line:
        line.send(letter)


def check(server: MailServer) -> None:
    """Connect and sign in within 5 seconds, and send nothing. Raises MailFailed."""
    _connect(server, time.monotonic() + 5.0).close()


class Line:
    """Carries letters one after the other; connects anew after a fault and after ``CARRIES`` letters."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0

    def send(self, letter: EmailMessage, envelope_from: str | None = None) -> None:
        """Hand one letter to the server; returns once it was accepted. Raises MailFailed.

        ``envelope_from`` is where bounces go; without it they go to whom the letter is from.
        """
        writer = envelope_from or str(letter["From"].addresses[0].addr_spec)
        content = _on_the_wire(letter)
        deadline = time.monotonic() + TALK
        try:
            smtp = self._begin(letter, writer, deadline)
            _name_reader(smtp, letter, deadline)
            _hand_over(smtp, content)
        except MailFailed as failed:
            self._clear(failed.fault)
            raise
        except OSError as error:
            self._drop()
            raise broke_off(error, Fault.LATER) from error
        self._carried += 1

    def hang_up(self) -> None:
        """Say goodbye. What was accepted stays accepted, whatever becomes of the farewell."""
        if self._smtp is not None:
            with suppress(OSError):
                _allow(self._smtp, time.monotonic() + 2.0)
                self._smtp.quit()
        self._drop()

    def _begin(self, letter: EmailMessage, writer: str, deadline: float) -> smtplib.SMTP:
        """Name the sender; a connection that the server has closed since the last letter is made anew."""
        while True:
            smtp = self._connected(deadline)
            options = _options(smtp, letter, writer)
            try:
                _allow(smtp, deadline)
                code, said = smtp.mail(writer, options)
            except OSError:
                if self._carried == 0:
                    raise
                code, said = _CLOSING, b""
            if code == 250:
                return smtp
            if code != _CLOSING or self._carried == 0:
                # It is the sender that is refused: no other letter will pass either, and the account may be mended.
                raise MailFailed(str(refused(code, said)), Fault.AWAY if code >= 500 else Fault.LATER)
            self._drop()

    def _connected(self, deadline: float) -> smtplib.SMTP:
        if self._carried >= CARRIES:
            self.hang_up()
        if self._smtp is None:
            self._smtp = _connect(self._server, deadline)
        return self._smtp

    def _clear(self, fault: Fault) -> None:
        """After a refusal RSET makes the connection clean for the next letter; any other is given up."""
        if self._smtp is None or fault in (Fault.UNKNOWN, Fault.AWAY):
            return self._drop()
        try:
            _allow(self._smtp, time.monotonic() + 5.0)
            clean = self._smtp.rset()[0] == 250
        except OSError:
            clean = False
        return None if clean else self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp, self._carried = None, 0


def _options(smtp: smtplib.SMTP, letter: EmailMessage, writer: str) -> tuple[str, ...]:
    """What MAIL must ask for; only an address with letters beyond ASCII needs anything (RFC 6531, section 3.4)."""
    if writer.isascii() and not needs_utf8(letter["To"].addresses[0]):
        return ()
    if not smtp.has_extn("smtputf8"):
        said = sentence("the mail server takes no address with such letters before the @ (it has no SMTPUTF8)")
        raise MailFailed(said, Fault.REFUSED)
    return ("SMTPUTF8", "BODY=8BITMIME")


def _name_reader(smtp: smtplib.SMTP, letter: EmailMessage, deadline: float) -> None:
    _allow(smtp, deadline)
    _expect(smtp.rcpt(letter["To"].addresses[0].addr_spec), 250, 251)
    _allow(smtp, deadline)
    _expect(smtp.docmd("DATA"), 354)


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> None:
    """The letter and its dot, then the answer. A part of the letter that could not be sent is no letter."""
    _allow(smtp, time.monotonic() + HANDOVER)
    smtp.send(content)
    _allow(smtp, time.monotonic() + HANDOVER)
    try:
        code, said = smtp.getreply()
    except OSError as error:
        told = sentence("the mail server never answered to the letter: %(error)s", error=str(error))
        raise MailFailed(told, Fault.UNKNOWN) from error
    if 400 <= code < 600:
        raise refused(code, said)
    if not 200 <= code < 300:
        raise MailFailed(sentence("the mail server's answer to the letter cannot be read"), Fault.UNKNOWN)


def _on_the_wire(letter: EmailMessage) -> bytes:
    """As DATA carries it: lines end with CR LF, a leading dot is doubled, one dot ends it (RFC 5321, section 4.5.2)."""
    lines = letter.as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    whole = _DOT_FIRST.sub(b"..", lines).rstrip(b"\n")
    return whole.replace(b"\n", b"\r\n") + b"\r\n.\r\n"


def _expect(answer: tuple[int, bytes], *good: int) -> None:
    if answer[0] not in good:
        raise refused(*answer)


def _connect(server: MailServer, deadline: float) -> smtplib.SMTP:
    """Connected and signed in. Raises MailFailed."""
    try:
        smtp = _call(server, max(1.0, min(CALL, deadline - time.monotonic())))
        try:
            _sign_in(smtp, server, deadline)
        except BaseException:
            smtp.close()
            raise
    except smtplib.SMTPException as error:
        raise not_let_in(error) from error
    except OSError as error:
        raise cannot_be_reached(server, error) from error
    return smtp


def _call(server: MailServer, patience: float) -> smtplib.SMTP:
    if server.tls is Tls.FROM_THE_START:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=patience, context=ssl.create_default_context())
    return smtplib.SMTP(server.host, server.port, timeout=patience)


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


def _allow(smtp: smtplib.SMTP, deadline: float) -> None:
    """The next answer may take what is left until ``deadline`` (monotonic seconds). Raises TimeoutError at its end."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("it is too slow")
    if smtp.sock is not None:
        smtp.sock.settimeout(left)
