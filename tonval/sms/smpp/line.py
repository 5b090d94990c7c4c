"""The line to a message centre, in a thread of its own: bound, watched, and made anew when it is lost.

Whoever has something to send does it from another thread and waits. Nothing is ever sent twice here.
Source: SMPP 3.4 sections 2.2 (states), 4.1 to 4.2 (bind, unbind), 4.11 (enquire_link) and 7.2 (timers).
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

from tonval.sms.smpp import words
from tonval.sms.smpp.account import Account
from tonval.sms.smpp.pdus import BINDS, Command, Pdu, bind_packet, packet
from tonval.sms.smpp.wire import Lost, Wire

log = logging.getLogger(__name__)

T = TypeVar("T")
Write = Callable[[int], bytes]
"""A request as octets, given its sequence number."""

Deliver = Callable[["Wire", Pdu], Coroutine[Any, Any, int]]
"""Takes a message from the centre in and gives the status to answer with, once it is stored."""

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
"""Seconds between two tries to bind: doubled each time, a random half of it so that workers spread out."""

HOPE: Final = 5.0
"""Seconds for which whoever sends waits for a line that was just begun or lost."""

ROUND: Final = 0.05
"""Seconds between two looks at a line that is just being lost."""

PARTING: Final = 5.0
"""Seconds to wait for the last answers, and to store what came in, before the line is given up."""

LONGEST_WORK: Final = 300.0
"""Seconds after which whoever waits for the thread of the line gives up."""

LAST_WORDS: Final = 4 * PARTING
"""Seconds after which whoever closes the line goes without it."""

MOST_AT_ONCE: Final = 500
"""Messages from the centre that may wait to be stored; it is asked to bring further ones again."""


class NotBound(Exception):
    """There is no line now; the request was surely not sent."""


class Unanswered(Exception):
    """No answer came in time; ``answer`` may still come."""

    def __init__(self, answer: asyncio.Future[Pdu]) -> None:
        super().__init__("no answer came in time")
        self.answer = answer


class Refused(Exception):
    """The centre did not open the line; the message says why."""

    def __init__(self, status: int) -> None:
        super().__init__(words.told(status))
        self.status = status


class Line:
    """Begin it with ``start`` and end it with ``close``; both from any thread, as often as one likes."""

    def __init__(self, account: Account, deliver: Deliver | None = None, seed: int | None = None) -> None:
        self.account = account
        self.deliver = deliver
        self._dice = random.Random(seed)  # noqa: S311 - so that workers do not bind in step
        self._bound: dict[Command, tuple[Wire, asyncio.Semaphore]] = {}
        self._storing: set[asyncio.Task[None]] = set()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to bind, if that was not done yet."""
        with self._lock:
            if self._thread is not None:
                return
            started = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(started,), name="smpp", daemon=True)
            self._thread.start()
            started.wait()

    def close(self) -> None:
        """Wait for the last answers, unbind and end the thread."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None or self._loop is None:
                return
            self._loop.call_soon_threadsafe(self._closing.set)
            thread.join(LAST_WORDS)  # an operator who never answers the unbind holds nobody up for longer

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` in the thread of the line and wait for it."""
        self.start()
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST_WORK)

    async def request(self, write: Write) -> Pdu:
        """Send a message when the window has room, and give its answer. Raises ``NotBound``, ``Lost``, ``Unanswered``.

        A message without an answer keeps its place in the window; should that be full of such, the line is made anew.
        """
        wire, window = await self._sender()
        patience = self.account.answer.total_seconds()
        try:
            async with asyncio.timeout(patience):
                await window.acquire()
        except TimeoutError:
            wire.abort()
            raise NotBound("the window is full of messages without an answer") from None
        if not wire.is_open:
            window.release()
            raise NotBound("the line was lost")
        answer = wire.ask(write)
        answer.add_done_callback(lambda _: window.release())
        await asyncio.wait((answer,), timeout=patience)
        if not answer.done():
            raise Unanswered(answer)
        return answer.result()

    async def _sender(self) -> tuple[Wire, asyncio.Semaphore]:
        """The connection that sends; a line that is only just away is waited for."""
        loop = asyncio.get_running_loop()
        while not (found := next((each for each in self._senders() if each[0].is_open), None)):
            left = self._hope_until - loop.time()
            if left <= 0 and not self._senders():
                raise NotBound("the line is away")
            with suppress(TimeoutError):
                async with asyncio.timeout(max(left, ROUND)):
                    await self._changed.wait()
        return found

    def _senders(self) -> list[tuple[Wire, asyncio.Semaphore]]:
        """The connections that may send; one that is just being lost is still among them."""
        return [found for command, found in self._bound.items() if command != Command.BIND_RECEIVER]

    def _run(self, started: threading.Event) -> None:
        asyncio.run(self._live(started))

    async def _live(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._closing, self._changed = asyncio.Event(), asyncio.Event()
        self._hope_until = self._loop.time() + HOPE
        started.set()
        keeping = [asyncio.create_task(self._keep(command)) for command in BINDS[self.account.bind]]
        await self._closing.wait()
        await self._part()
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)

    async def _keep(self, command: Command) -> None:
        """Bind, watch, and bind anew, for ever."""
        tries = 0
        while not self._closing.is_set():
            try:
                wire = await bind(self.account, command, self._take)
                tries = 0
                await self._watch(command, wire)
            except (OSError, Refused, Lost, TimeoutError) as error:
                log.log(
                    logging.WARNING if tries == 0 else logging.INFO, "the line to %s: %s", self.account, _why(error)
                )
            except Exception:
                log.exception("the line to %s broke", self.account)
            tries += 1
            longest = min(FIRST_PAUSE * 2 ** min(tries - 1, 16), LONGEST_PAUSE)
            await asyncio.sleep(longest * (0.5 + self._dice.random() / 2))

    async def _watch(self, command: Command, wire: Wire) -> None:
        """Until the connection is lost: ask whether somebody is there whenever it has been quiet."""
        log.info("the line to %s is bound", self.account)
        self._bound[command] = wire, asyncio.Semaphore(self.account.window)
        self._tell()
        try:
            while not wire.lost.done():
                await asyncio.wait((wire.lost,), timeout=self.account.enquire.total_seconds())
                if not wire.lost.done():
                    await _enquire(wire, self.account.answer.total_seconds())
        finally:
            del self._bound[command]
            self._hope_until = asyncio.get_running_loop().time() + HOPE
            self._tell()
            wire.abort()
        raise Lost("it was lost")

    def _tell(self) -> None:
        """Wake whoever waits for a line."""
        self._changed.set()
        self._changed.clear()

    def _take(self, wire: Wire, pdu: Pdu) -> None:
        match pdu.command:
            case Command.DELIVER_SM if self.deliver and len(self._storing) < MOST_AT_ONCE:
                task = asyncio.create_task(self._store(wire, pdu, self.deliver))
                self._storing.add(task)
                task.add_done_callback(self._storing.discard)
            case Command.DELIVER_SM:
                wire.answer(pdu, words.TRY_AGAIN)
            case Command.ENQUIRE_LINK:
                wire.answer(pdu)
            case Command.UNBIND:
                wire.answer(pdu)
                wire.close()
            case Command.ALERT_NOTIFICATION:
                pass  # it has no answer
            case _:
                wire.reject(pdu, words.INVALID_COMMAND)

    async def _store(self, wire: Wire, pdu: Pdu, deliver: Deliver) -> None:
        """Answered only when it is stored; a fault of ours makes the centre bring it again."""
        try:
            status = await deliver(wire, pdu)
        except Exception:
            log.exception("a message from the centre could not be stored; it will bring it again")
            status = words.TRY_AGAIN
        wire.answer(pdu, status)

    async def _part(self) -> None:
        """Let the last answers come and the last messages be stored, then unbind."""
        wires = [wire for wire, _ in self._bound.values()]
        waiting: set[asyncio.Future[Any]] = {*(answer for wire in wires for answer in wire.unanswered), *self._storing}
        if waiting:
            await asyncio.wait(waiting, timeout=PARTING)
        partings = [wire.ask(lambda sequence: packet(Command.UNBIND, sequence)) for wire in wires]
        if partings:
            await asyncio.wait(partings, timeout=PARTING)
        for wire in wires:
            wire.close()


async def bind(account: Account, command: Command, take: Callable[[Wire, Pdu], None]) -> Wire:
    """Connect and bind. Raises ``Refused``, ``Lost``, ``OSError`` or ``TimeoutError``."""
    context = ssl.create_default_context(cafile=account.ca) if account.tls else None
    loop, patience = asyncio.get_running_loop(), account.answer.total_seconds()
    made = loop.create_connection(lambda: Wire(take), account.host, account.port, ssl=context)
    _, wire = await asyncio.wait_for(made, patience)
    answer = wire.ask(lambda sequence: bind_packet(account, command, sequence))
    await asyncio.wait((answer,), timeout=patience)
    if answer.done() and not answer.exception() and not answer.result().status:
        return wire
    wire.abort()
    if not answer.done():
        raise TimeoutError
    raise Refused(answer.result().status)


async def _enquire(wire: Wire, patience: float) -> None:
    """Raises ``TimeoutError`` when nobody is there."""
    await asyncio.wait_for(wire.ask(lambda sequence: packet(Command.ENQUIRE_LINK, sequence)), patience)


def _why(error: Exception) -> str:
    return "nobody answers" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
