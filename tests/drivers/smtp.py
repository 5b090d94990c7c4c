"""A mail server to send to: keeps what it accepts and can be told to refuse, hang up or swallow its own answer.

Also a program: ``python -m tests.drivers.smtp PORT FOLDER`` writes each accepted mail to FOLDER as ``0001.eml``.
"""

from __future__ import annotations

import asyncio
import email
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import FrameType
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ACCEPT = "250 accepted"
ACCEPT_AND_HANG_UP = "250 accepted, but the answer is lost on the way"


class Mailbox:
    """What the server has accepted, and its plan: the answers to the next letters, then always ``ACCEPT``."""

    def __init__(self, folder: Path | None = None) -> None:
        self.mails: list[EmailMessage] = []
        self.plan: list[str] = []
        self.url = ""
        self._folder = folder

    async def handle_DATA(self, server: SMTP, talk: Session, envelope: Envelope) -> str:
        """Keep the letter, or answer as planned."""
        answer = self.plan.pop(0) if self.plan else ACCEPT
        if answer.startswith("250"):
            self._keep(cast("bytes", envelope.content))
        if answer == ACCEPT_AND_HANG_UP:
            assert server.transport is not None
            server.transport.close()
            await asyncio.sleep(0)
        return answer

    def _keep(self, content: bytes) -> None:
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
    *, port: int = 0, folder: Path | None = None, user: str | None = None, password: str | None = None
) -> Iterator[Mailbox]:
    """A running server on loopback; ``mailbox.url`` is its TONVAL_SMTP_URL."""

    def authenticate(server: SMTP, talk: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.login == (user or "").encode()
        good = good and cast("LoginPassword", given).password == (password or "").encode()
        return AuthResult(success=good, handled=False)

    mailbox = Mailbox(folder)
    signing_in = {"authenticator": authenticate, "auth_require_tls": False} if user else {}
    controller = _OnAnyPort(mailbox, hostname="127.0.0.1", port=port, ready_timeout=10, **signing_in)
    controller.start()
    try:
        mailbox.url = f"smtp://{f'{user}:{password}@' if user else ''}127.0.0.1:{controller.port}"
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
