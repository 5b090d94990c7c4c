"""Keeping strangers out: a socket filter in the kernel, so that a packet from elsewhere is never even read.

The library answers whatever it reads, if only with 100 Trying; what the kernel drops it cannot answer. A filtered
TCP listener does not complete the handshake, so a stranger learns neither that the port is open nor that it is closed.
Source: Linux ``socket(7)`` SO_ATTACH_FILTER and the classic BPF machine of ``linux/filter.h``.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

_SO_ATTACH_FILTER: Final = 26
_LOAD_WORD, _AND, _JUMP_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_IP_SOURCE: Final = 0xFFF00000 + 12  # SKF_NET_OFF: 12 bytes into the IP header
_WHOLE: Final = 0xFFFFFFFF


def allow_only(networks: Sequence[IPv4Network], port: int, *, fresh: bool = True) -> int:
    """Filter every IPv4 socket of this process bound to ``port``, in place of an earlier filter; returns how many.

    Packets that came in before the first filter (``fresh``) are thrown away unread. Raises ``OSError``
    when the kernel refuses.
    """
    code = _program(networks)
    memory = ctypes.create_string_buffer(code)
    filter_ = struct.pack("HL", len(code) // 8, ctypes.addressof(memory))
    count = 0
    for found in _bound_to(port):
        found.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter_)
        if fresh:
            _empty(found)
        count += 1
    return count


def _program(networks: Sequence[IPv4Network]) -> bytes:
    steps = []
    for network in networks:
        steps += [
            (_LOAD_WORD, 0, 0, _IP_SOURCE),
            (_AND, 0, 0, int(network.netmask)),
            (_JUMP_EQUAL, 0, 1, int(network.network_address)),
            (_RETURN, 0, 0, _WHOLE),
        ]
    steps.append((_RETURN, 0, 0, 0))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _bound_to(port: int) -> Iterator[socket.socket]:
    """This process's sockets on ``port``, each as a copy that closes without closing the library's own."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            copy = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:
            continue  # no socket, or the descriptor of the listing itself
        with copy:
            if copy.family == socket.AF_INET and copy.getsockname()[1] == port:
                yield copy


def _empty(found: socket.socket) -> None:
    """Throw away what arrived before the filter; the library's sockets never block."""
    found.setblocking(False)
    try:
        while True:
            if found.type == socket.SOCK_DGRAM:
                found.recv(65536)
            else:
                found.accept()[0].close()
    except BlockingIOError:
        return
