"""A telephone's ear: the RTP that comes to one port, put in order and read back as samples."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.drivers.sound import TABLES, decode

_HEADER = struct.Struct("!BBHII")


@dataclass
class Ear:
    """``port`` is where to send; ``packets`` maps an RTP timestamp to the samples that begin there."""

    port: int
    packets: dict[int, list[int]] = field(default_factory=dict)

    def samples(self) -> list[int]:
        """All that was heard from the first packet to the last; what never came is silence."""
        if not self.packets:
            return []
        first, last = min(self.packets), max(self.packets)
        heard = [0] * (last - first + len(self.packets[last]))
        for at, samples in self.packets.items():
            heard[at - first : at - first + len(samples)] = samples
        return heard

    def take(self, packet: bytes) -> None:
        """One RTP packet of G.711 (RFC 3550, section 5.1); anything else is no sound."""
        if len(packet) <= _HEADER.size:
            return
        _, kind, _, timestamp, _ = _HEADER.unpack_from(packet)
        if kind & 0x7F in TABLES:
            self.packets[timestamp] = decode(kind & 0x7F, packet[_HEADER.size :])


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[Ear]:
    """An ear on a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind((host, 0))
        door.settimeout(0.1)
        ear, done = Ear(door.getsockname()[1]), threading.Event()
        thread = threading.Thread(target=_hear, args=(door, ear, done))
        thread.start()
        try:
            yield ear
        finally:
            done.set()
            thread.join()


def _hear(door: socket.socket, ear: Ear, done: threading.Event) -> None:
    while not done.is_set():
        try:
            ear.take(door.recv(2048))
        except TimeoutError:
            continue


def are_heard(call: Callable[[], Sequence[int]], masters: Sequence[Sequence[int]]) -> bool:
    """Whether one of three calls brings every master whole.

    A busy machine now and then loses a packet, and so a frame of one call; whatever else differs does so in each.
    """
    calls = (call() for _ in range(3))
    return any(all(differences(heard, master) == [] for master in masters) for heard in calls)


def differences(heard: Sequence[int], master: Sequence[int]) -> list[int]:
    """Sample by sample what G.711 cannot explain, where the master is heard best; nothing where it was heard exactly.

    A-law keeps four bits below the leading one: it may be wrong by 1/32 of a sample, and by 16 near silence.
    """
    loud = next(place for place, sample in enumerate(master) if abs(sample) > 3000)
    probe = master[loud : loud + 160]
    starts = range(len(heard) - len(probe))
    place = min(
        starts, key=lambda at: sum(abs(a - b) for a, b in zip(heard[at : at + 160 : 8], probe[::8], strict=True))
    )
    begin = place - loud
    if begin < 0 or begin + len(master) > len(heard):
        return list(master)
    stretch = heard[begin : begin + len(master)]
    return [a - b for a, b in zip(stretch, master, strict=True) if abs(a - b) > max(16, abs(b) / 24)]
