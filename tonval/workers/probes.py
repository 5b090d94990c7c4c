"""Asking a part from outside whether it is there: HTTP for the web, OPTIONS for SIP. No probe raises."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import socket

Address = tuple[str, int]


def address_of(text: str) -> Address:
    """``host:port`` taken apart. Raises ValueError when it is not one."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{text!r} is no host:port")
    return host.strip("[]"), int(port)


def web_answers(address: Address, path: str = "/healthz", seconds: float = 2.0) -> bool:
    """Whether the web server gives any answer below 500."""
    connection = http.client.HTTPConnection(*_reachable(address), timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def sip_answers(address: Address, seconds: float = 0.4) -> bool:
    """Whether anything answers SIP OPTIONS (RFC 3261, section 11) there by UDP; every status is an answer."""
    return sip_answer(address, seconds) is not None


def sip_answer(address: Address, seconds: float = 2.0) -> str | None:
    """What is answered to SIP OPTIONS there by UDP, as ``200 OK``; ``None``: nothing."""
    host, port = _reachable(address)
    try:
        with socket.socket(_family(host), socket.SOCK_DGRAM) as probe:
            probe.settimeout(seconds)
            probe.connect((host, port))
            probe.send(_options(host, port, probe.getsockname()))
            first = probe.recv(4096).partition(b"\r\n")[0].decode(errors="replace")
    except OSError:
        return None
    return first.removeprefix("SIP/2.0 ") if first.startswith("SIP/2.0 ") else None


def tcp_in_use(address: Address) -> bool:
    """Whether somebody listens on the TCP port already."""
    return not _can_bind(address, socket.SOCK_STREAM)


def udp_in_use(address: Address) -> bool:
    """Whether somebody has bound the UDP port already."""
    return not _can_bind(address, socket.SOCK_DGRAM)


def _can_bind(address: Address, kind: socket.SocketKind) -> bool:
    with contextlib.closing(socket.socket(_family(address[0]), kind)) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does: TIME_WAIT is not "in use"
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _reachable(address: Address) -> Address:
    """Where to knock for a server that listens on every interface."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0]), address[1]  # noqa: S104


def _options(host: str, port: int, here: tuple[str, int]) -> bytes:
    tag = secrets.token_hex(8)
    lines = (
        f"OPTIONS sip:{host}:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP {here[0]}:{here[1]};branch=z9hG4bK{tag};rport",
        "Max-Forwards: 70",
        f"From: <sip:tonval@{here[0]}>;tag={tag}",
        f"To: <sip:{host}:{port}>",
        f"Call-ID: {tag}@tonval",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:tonval@{here[0]}:{here[1]}>",
        "Content-Length: 0",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
