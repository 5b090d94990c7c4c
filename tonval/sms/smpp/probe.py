"""Trying the line out: bind, and let go again."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from tonval.sms.smpp.account import Account
from tonval.sms.smpp.line import Refused, bind
from tonval.sms.smpp.pdus import BINDS, Command, Pdu, packet
from tonval.sms.smpp.wire import Lost, Wire

__all__ = ["Lost", "Refused", "bind_once"]


def bind_once(account: Account) -> None:
    """Open and close every connection of the line. Raises ``Refused``, ``Lost``, ``OSError`` or ``TimeoutError``.

    It runs in a thread of its own: whoever asks may be within an event loop already.
    """
    with ThreadPoolExecutor(1, "smpp-probe") as apart:
        apart.submit(lambda: asyncio.run(_bind_each(account))).result()


async def _bind_each(account: Account) -> None:
    for command in BINDS[account.bind]:
        wire = await bind(account, command, _leave)
        parting = wire.ask(lambda sequence: packet(Command.UNBIND, sequence))
        await asyncio.wait((parting,), timeout=account.answer.total_seconds())
        wire.close()


def _leave(wire: Wire, pdu: Pdu) -> None:
    """Nothing is taken in here; the centre brings it to the line that stays."""
    del wire, pdu
