"""Which ports a node uses: a SIP port and a block of RTP ports for each cell, none of them twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_LOWEST_RTP: Final = 16_384
_HIGHEST_RTP: Final = 65_535
_PORTS_PER_CALL: Final = 8
"""RTP and RTCP, and room for those of calls that have just ended."""


class BadPorts(ValueError):
    """The settings leave no room for the ports; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class CellPorts:
    """The ports of one cell: SIP on UDP and TCP, RTP and RTCP from ``rtp`` on for ``rtp_count`` ports, UDP."""

    sip: int
    rtp: int
    rtp_count: int


def plan_ports(port: int, cells: int, calls_per_cell: int) -> tuple[CellPorts, ...]:
    """Cell i has SIP port ``port + i``. RTP blocks follow from the SIP port alone, so two nodes on one host agree.

    Raises ``BadPorts`` when a port would be used twice or is out of range.
    """
    if not 1024 <= port <= 65_535 - cells:
        raise BadPorts(f"{cells} cells from SIP port {port} on do not fit between 1024 and 65535")
    count = _PORTS_PER_CALL * calls_per_cell
    blocks = (_HIGHEST_RTP + 1 - _LOWEST_RTP) // count
    if cells > blocks:
        raise BadPorts(f"there are RTP ports for {blocks} cells of {calls_per_cell} calls, not for {cells}")
    cell_ports = [CellPorts(sip, _LOWEST_RTP + count * (sip % blocks), count) for sip in range(port, port + cells)]
    for taken in cell_ports:
        if taken.rtp < port + cells and port < taken.rtp + taken.rtp_count:
            raise BadPorts(f"RTP ports from {taken.rtp} on would reach the SIP ports from {port} on: move TONVAL_SIP")
    return tuple(cell_ports)
