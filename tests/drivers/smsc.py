"""An SMSC for tests: ``smpp34``'s server with a ledger, behind a wire that can be cut.

It runs in a thread of its own. What becomes of the next messages is said by ``behave``; ``to_us`` and ``to_them`` keep
every packet. As a program (``python -m tests.drivers.smsc``) it serves another process: it prints its port and that of
the server within, and for every empty line how many messages it took.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import socket
import ssl
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import smpp34

T = TypeVar("T")
OK = 0
THROTTLED = 0x58
RECEIPT = 0x04


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of one submit_sm: with ``accept`` it is in the ledger.

    ``then`` is ``answer``, ``hang`` (never answered) or ``drop`` (the connection is cut before the answer). Without
    ``accept`` the answer is ``status``. ``delay``: seconds before the answer. ``early``: receipts before the answer.
    """

    accept: bool = True
    then: str = "answer"
    status: int = THROTTLED
    delay: float = 0.0
    early: tuple[str, ...] = ()


FINE = Behaviour()


def refuse(status: int) -> Behaviour:
    """The answer is a refusal."""
    return Behaviour(accept=False, status=status)


@dataclass
class Taken:
    """One submit_sm in the ledger."""

    ref: str
    sender: str
    recipient: str
    coding: int
    esm_class: int
    octets: bytes
    tlvs: dict[int, bytes]
    ton: tuple[int, int]


@dataclass
class Packets:
    """The packets of one direction, and when each came."""

    seen: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def of(self, command: int) -> list[bytes]:
        """Those with this command id."""
        return [octets for octets in list(self.seen) if struct.unpack_from(">I", octets, 4)[0] == command]


class Smsc:
    """The server on a port of the loopback. Use as a context manager; every method may be called from any thread."""

    def __init__(
        self, port: int = 0, receipts: tuple[str, ...] = (), *, keeps: bool = True, tls: ssl.SSLContext | None = None
    ) -> None:
        self.ledger: list[Taken] = []
        self.count = 0
        self.port = port
        self.receipts = receipts
        self.to_us, self.to_them = Packets(), Packets()
        self.most_unanswered = 0
        self.refuse_binds = 0
        self.swallow: set[int] = set()
        self.lose_answers = 0
        self.patience = 20.0
        self._keeps, self._tls = keeps, tls
        self._unanswered: set[int] = set()
        self.within = 0
        self._plan: deque[Behaviour] = deque()
        self._bound: dict[str, smpp34.Esme] = {}
        self._wires: set[asyncio.StreamWriter] = set()
        self._numbers = itertools.count(1)
        self._held: list[smpp34.SubmitSmEvent] = []
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smsc", daemon=True)

    def __enter__(self) -> Smsc:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop(for_good=True))
        self._run(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def url(self, options: str = "", name: str = "tonval", password: str = "secret") -> str:
        """What TONVAL_SMPP_URL is set to."""
        return f"smpp{'s' if self._tls else ''}://{name}:{password}@127.0.0.1:{self.port}/" + (
            f"?{options}" if options else ""
        )

    def behave(self, *next_ones: Behaviour) -> None:
        """What becomes of the next messages, one each; after them all is well again."""
        self._plan.extend(next_ones)

    @property
    def lines(self) -> int:
        """How many are bound and can be brought messages."""
        return sum(esme.can_receive for esme in list(self._bound.values()))

    def cut(self) -> None:
        """Cut every connection."""
        self._run(self._cut())

    def restart(self, away: float = 0.0) -> None:
        """Be away for so many seconds, then come back on the same port with the ledger as it was."""
        self._run(self._stop())
        threading.Event().wait(away)
        self._run(self._start())

    def bring(self, sender: str, recipient: str, octets: bytes, **fields: Any) -> int:
        """A customer writes: the deliver_sm's answer, by the line bound last; -1 when the line was lost first."""
        return self._run(self._bring(sender, recipient, octets, **fields))

    def bring_many(self, count: int, recipient: str, at_once: str = "50") -> float:
        """So many customers write at once to ``recipient``; gives the seconds until all of it is answered well."""

        async def bring_all() -> float:
            room, begun = asyncio.Semaphore(int(at_once)), time.perf_counter()

            async def bring(number: int) -> None:
                async with room:
                    while await self._bring(f"+1201{number % 1000:03d}{number // 1000:04d}", recipient, b"9"):
                        await asyncio.sleep(0.01)

            await asyncio.gather(*(bring(number) for number in range(count)))
            return time.perf_counter() - begun

        return asyncio.run_coroutine_threadsafe(bring_all(), self._loop).result()

    def receipt(self, taken: Taken, stat: str, err: str = "000", **fields: Any) -> int:
        """Report how far a message has come, in the form of appendix B."""
        return self._run(self._receipt(taken, stat, err, **fields))

    async def _start(self) -> None:
        self.within = _free_port()
        self._server = smpp34.Server("127.0.0.1", self.within, system_id="DRIVER", inbound_capacity=4096)
        await self._server.start()
        self._door = await asyncio.start_server(self._connected, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._door.sockets[0].getsockname()[1]
        self._serving = asyncio.create_task(self._serve())

    async def _stop(self, *, for_good: bool = False) -> None:
        self._door.close()
        self._serving.cancel()
        for task in list(self._tasks) if for_good else ():
            task.cancel()
        await self._cut()
        await self._server.stop()
        self._held.clear()

    async def _cut(self) -> None:
        for writer in list(self._wires):
            writer.transport.abort()
        self._bound.clear()

    async def _serve(self) -> None:
        while True:
            event = await self._server.next()
            if isinstance(event, smpp34.Esme):
                self._bound[event.session_id] = event
            elif isinstance(event, smpp34.Unbound):
                self._bound.pop(event.session_id, None)
            else:
                behaviour = self._plan.popleft() if self._plan else FINE
                if behaviour is FINE and not self.receipts:
                    event.accept(self._take(event).ref)
                else:
                    self._go(self._treat(event, behaviour))

    async def _treat(self, event: smpp34.SubmitSmEvent, behaviour: Behaviour) -> None:
        taken = self._take(event) if behaviour.accept else None
        for stat in behaviour.early if taken else ():
            await self._receipt(taken, stat, "000")  # type: ignore[arg-type]
        if behaviour.delay:
            await asyncio.sleep(behaviour.delay)
        if behaviour.then == "hang":
            self._held.append(event)
        elif behaviour.then == "drop":
            await self._cut()
        elif taken is None:
            event.reject(behaviour.status)
        else:
            event.accept(taken.ref)
            for stat in self.receipts:
                while await self._receipt(taken, stat, "000"):
                    await asyncio.sleep(0.1)  # brought again until it is taken

    def _take(self, event: smpp34.SubmitSmEvent) -> Taken:
        tlvs = {tlv.tag: tlv.value for tlv in event.tlvs}
        ton = event.source_addr_ton, event.dest_addr_ton
        text = event.short_message
        number = next(self._numbers)
        about = event.source_addr, event.destination_addr, event.data_coding, event.esm_class
        taken = Taken(f"{number:08x}", *about, text, tlvs, ton)
        self.count += 1
        if self._keeps:
            self.ledger.append(taken)
        return taken

    async def _bring(self, sender: str, recipient: str, octets: bytes, **fields: Any) -> int:
        esmes = [each for each in self._bound.values() if each.can_receive]
        if not esmes:
            return -1
        usual = {"source_addr_ton": 1, "source_addr_npi": 1, "dest_addr_ton": 1, "dest_addr_npi": 1}
        tlvs = [smpp34.Tlv(tag, value) for tag, value in fields.pop("tlvs", {}).items()]
        which = fields.pop("line", -1)
        try:
            bringing = esmes[which].deliver_sm(
                recipient.removeprefix("+"), octets, source_addr=sender.removeprefix("+"), tlvs=tlvs, **usual | fields
            )
            return (await asyncio.wait_for(bringing, self.patience)).command_status
        except (smpp34.SmppError, TimeoutError, RuntimeError, OSError):
            return -1

    async def _receipt(self, taken: Taken, stat: str, err: str, **fields: Any) -> int:
        text = (
            f"id:{taken.ref} sub:001 dlvrd:001 submit date:2611220900 done date:2611220901 stat:{stat} err:{err} text:"
        )
        return await self._bring(taken.recipient, taken.sender, text.encode(), **{"esm_class": RECEIPT} | fields)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry packets between the client and the server within, and look at each."""
        ends = [writer]
        self._wires.add(writer)
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.within)
            ends.append(inner_writer)
            self._wires.add(inner_writer)
            there = self._go(self._carry(reader, inner_writer, writer, inwards=True))
            back = self._go(self._carry(inner_reader, writer, inner_writer, inwards=False))
            await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            return  # the server within is stopping
        finally:
            for each in ends:
                self._wires.discard(each)
                each.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter, *, inwards: bool
    ) -> None:
        unanswered = self._unanswered
        packets = self.to_us if inwards else self.to_them
        try:
            while True:
                head = await reader.readexactly(16)
                length, command, _, sequence = struct.unpack(">IIII", head)
                octets = head + await reader.readexactly(length - 16)
                if self._keeps:
                    packets.seen.append(octets)
                    packets.times.append(time.monotonic())
                    _count_unanswered(unanswered, command, sequence, inwards=inwards)
                    self.most_unanswered = max(self.most_unanswered, len(unanswered))
                if inwards and self.refuse_binds and command in (1, 2, 9):
                    back.write(struct.pack(">IIII", 16, command | 0x80000000, self.refuse_binds, sequence))
                    continue
                if command in self.swallow:
                    continue
                if inwards and command == 0x80000005 and self.lose_answers:
                    self.lose_answers -= 1
                    unanswered.clear()
                    await self._cut()
                    return
                writer.write(octets)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            unanswered.clear()

    def _go(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


async def _end_all() -> None:
    """End what still runs in the loop, and give closed connections the turn in which they let go of their sockets."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _count_unanswered(unanswered: set[int], command: int, sequence: int, *, inwards: bool) -> None:
    if inwards and command == 4:
        unanswered.add(sequence)
    elif not inwards and command == 0x80000004:
        unanswered.discard(sequence)


def main() -> None:
    """Serve until the input ends; ``bring 1000`` has so many customers write, and tells the seconds it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    with Smsc(parser.parse_args().port, keeps=False) as smsc:
        print(smsc.port, smsc.within, flush=True)
        for line in sys.stdin:
            words = line.split()
            print(smsc.bring_many(int(words[1]), *words[2:]) if words else smsc.count, flush=True)


if __name__ == "__main__":
    main()
