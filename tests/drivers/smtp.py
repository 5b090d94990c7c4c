"""A mail server to send to: keeps what it accepts and can be told to refuse, hang up or swallow its own answer.

Also a program: ``python -m tests.drivers.smtp PORT FOLDER`` writes each accepted mail to FOLDER as ``0001.eml``.
"""

from __future__ import annotations

import asyncio
import email
import re
import signal
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import FrameType
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ACCEPT = "250 accepted"
ACCEPT_AND_HANG_UP = "250 accepted, but the answer is lost on the way"
ACCEPT_AND_SAY_NOTHING = "250 accepted, but the answer never comes"
BABBLE = "what?"
HANG_UP = "nobody there any more"

_MESSAGE_ID = re.compile(rb"^Message-ID: *(<[^>]*>)", re.MULTILINE | re.IGNORECASE)

PATIENT = 5.0  # seconds a silent server keeps its connection


class Mailbox:
    """What the server has accepted, and its plan: the answers to the next letters, then always ``ACCEPT``.

    ``recipients`` and ``senders`` map an address to the answer it gets instead of a yes. ``ledger`` holds the
    Message-ID of every accepted letter, ``mails`` the letters unless they are not kept.
    """

    def __init__(self, folder: Path | None = None, *, keeps: bool = True) -> None:
        self.mails: list[EmailMessage] = []
        self.ledger: list[str] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.plan: list[str] = []
        self.recipients: dict[str, str] = {}
        self.senders: dict[str, str] = {}
        self.connections = 0
        self.url = ""
        self._folder = folder
        self._keeps = keeps

    async def handle_EHLO(
        self, server: SMTP, talk: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connections."""
        talk.host_name = hostname
        self.connections += 1
        return responses

    async def handle_MAIL(
        self, server: SMTP, talk: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the sender, or answer as planned."""
        if address in self.senders:
            return self._refuse(server, self.senders[address])
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, talk: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or answer as planned."""
        if address in self.recipients:
            return self._refuse(server, self.recipients[address])
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def _refuse(self, server: SMTP, answer: str) -> str:
        if answer == HANG_UP:
            assert server.transport is not None
            server.transport.close()
        return answer

    async def handle_DATA(self, server: SMTP, talk: Session, envelope: Envelope) -> str:
        """Keep the letter, or answer as planned."""
        answer = self.plan.pop(0) if self.plan else ACCEPT
        if answer.startswith("250"):
            self.envelopes.append((str(envelope.mail_from), [str(to) for to in envelope.rcpt_tos]))
            self._keep(cast("bytes", envelope.content))
        if answer == ACCEPT_AND_SAY_NOTHING:
            await asyncio.sleep(PATIENT)
        if answer == ACCEPT_AND_HANG_UP:
            assert server.transport is not None
            server.transport.close()
            await asyncio.sleep(0)
        return answer

    def _keep(self, content: bytes) -> None:
        found = _MESSAGE_ID.search(content)
        self.ledger.append(found[1].decode() if found else "")
        if self._keeps:
            self.mails.append(cast("EmailMessage", email.message_from_bytes(content, policy=default)))
        if self._folder is not None:
            (self._folder / f"{len(self.mails):04}.eml").write_bytes(content)


class _OnAnyPort(Controller):
    """Learns the port it was given before it knocks there to see whether it answers."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    *,
    port: int = 0,
    folder: Path | None = None,
    user: str | None = None,
    password: str | None = None,
    keeps: bool = True,
    tls: tuple[str, ssl.SSLContext] | None = None,
    utf8: bool = True,
) -> Iterator[Mailbox]:
    """A running server on loopback; ``mailbox.url`` is its TONVAL_SMTP_URL.

    ``tls`` is ``starttls`` or ``smtps`` with the server's certificate; ``utf8`` whether it speaks SMTPUTF8.
    """

    def authenticate(server: SMTP, talk: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.login == (user or "").encode()
        good = good and cast("LoginPassword", given).password == (password or "").encode()
        return AuthResult(success=good, handled=False)

    mailbox = Mailbox(folder, keeps=keeps)
    settings: dict[str, Any] = {"enable_SMTPUTF8": utf8}
    if user:
        settings |= {"authenticator": authenticate, "auth_require_tls": tls is not None and tls[0] == "starttls"}
    if tls:
        settings |= (
            {"tls_context": tls[1], "require_starttls": True} if tls[0] == "starttls" else {"ssl_context": tls[1]}
        )
    controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=port, ready_timeout=10, **settings)
    controller.start()
    try:
        signed_in, kind = f"{user}:{password}@" if user else "", tls[0] if tls else ""
        mailbox.url = f"{'smtps' if kind == 'smtps' else 'smtp'}://{signed_in}127.0.0.1:{controller.port}"
        mailbox.url += "?starttls" if kind == "starttls" else ""
        yield mailbox
    finally:
        controller.stop()


def _main(port: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with mail_server(port=port, folder=folder) as mailbox:
        print(mailbox.url, flush=True)
        stopping.wait()


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]))
