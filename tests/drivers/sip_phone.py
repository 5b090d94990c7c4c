"""A telephone on plain sockets: places one call over UDP, presses keys, keeps every packet it hears with its time.

It shares no code with what it tests. Enough of RFC 3261, 3264, 3550 and 4733 for one call, and no more.
"""

from __future__ import annotations

import itertools
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tests.drivers import sound
from tests.waiting import wait_until

FRAME = 0.02
LATER = 0.2
"""Seconds from what was heard to the key: in the first moments of a turn it is taken for the echo of the one before."""
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Heard:
    """One RTP packet with the time it arrived (``time.perf_counter``)."""

    at: float
    sequence: int
    payload_type: int
    payload: bytes

    def samples(self) -> list[int]:
        """The packet's 8 kHz samples."""
        return sound.decode(self.payload_type, self.payload)


class SipPhone:
    """One telephone for one call. Use as a context manager: it hangs up and lets go of its sockets."""

    def __init__(self, port: int, *, target: str = "127.0.0.1", own: str = "127.0.0.1", codec: int = 8) -> None:
        self.target, self.own, self.codec = (target, port), own, codec
        self.responses: list[tuple[int, str]] = []
        self.requests: list[str] = []
        self.heard: list[Heard] = []
        self.refer_answer = "202 Accepted"
        self.call_id = f"{next(_numbers)}-{random.getrandbits(48):x}@{own}"
        self.dialog = f"tag{random.getrandbits(32):x}"
        self._to_tag = ""
        self._cseq = 0
        self._invite = ""
        self._uri = self._contact = ""
        self._routes: list[str] = []
        self._media: tuple[str, int] | None = None
        self._event_type = 101
        self._sip, self._rtp = self._socket(), self._socket()
        self._sequence = itertools.count(random.getrandbits(12))
        self._clock = random.getrandbits(24)
        self._ssrc = random.getrandbits(32)
        self._sending = threading.Lock()
        self._closed = threading.Event()
        self._threads = [threading.Thread(target=loop, daemon=True) for loop in (self._hear_sip, self._hear_rtp)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> SipPhone:
        return self

    def __exit__(self, *_: object) -> None:
        if self.answered and not self.ended:
            self.hang_up()
        self._closed.set()
        for thread in self._threads:
            thread.join()
        self._sip.close()
        self._rtp.close()

    @property
    def answered(self) -> bool:
        """Whether the INVITE got a 200."""
        return any(code == 200 and "INVITE" in header_of(message, "CSeq") for code, message in self.responses)

    @property
    def refused(self) -> int | None:
        """The final code that was no 200."""
        return next((code for code, _ in self.responses if code >= 300), None)

    @property
    def ended(self) -> bool:
        """Whether either side has said BYE."""
        return any(request.startswith("BYE") for request in self.requests)

    def call(self, user: str = "support", headers: dict[str, str] | None = None, *, offer: bool = True) -> SipPhone:
        """Place the call and acknowledge its answer; wait for the final response."""
        self.invite(user, headers, offer=offer)
        wait_until(lambda: self.answered or self.refused)
        if self.answered:
            self._read_answer()
            self._send("ACK", "" if offer else self._sdp())
        return self

    def invite(self, user: str = "support", headers: dict[str, str] | None = None, *, offer: bool = True) -> None:
        """Send the INVITE and nothing more."""
        self._uri = self._contact = f"sip:{user}@{self.target[0]}:{self.target[1]}"
        self._cseq = 1
        self._invite = self._request("INVITE", self._sdp() if offer else "", headers)
        self._sip.sendto(self._invite.encode(), self.target)

    def cancel(self) -> None:
        """Take the INVITE back before it is answered."""
        branch = re.search(r"branch=(\S+)", self._invite)
        assert branch is not None
        self._sip.sendto(self._request("CANCEL", branch=branch[1]).encode(), self.target)

    def hang_up(self) -> None:
        """Say BYE and wait for its answer."""
        self._cseq += 1
        self.requests.append("BYE ours")
        self._send("BYE")
        wait_until(lambda: any("BYE" in header_of(message, "CSeq") for _, message in self.responses))

    def info(self, key: str, kind: str = "application/dtmf-relay") -> None:
        """Press a key by SIP INFO."""
        threading.Event().wait(LATER)
        self._cseq += 1
        body = f"Signal={key}\r\nDuration=160\r\n" if kind.endswith("relay") else key
        self._send("INFO", body, {"Content-Type": kind})
        threading.Event().wait(0.2)

    @property
    def referred(self) -> list[str]:
        """Where we were asked to go, oldest first."""
        return [header_of(request, "Refer-To") for request in self.requests if request.startswith("REFER")]

    def notify(self, status: str, *, last: bool = True) -> None:
        """Tell how the call we were referred to goes (RFC 3515), such as ``200 OK``."""
        self._cseq += 1
        state = "terminated;reason=noresource" if last else "active;expires=60"
        headers = {"Event": "refer", "Subscription-State": state, "Content-Type": "message/sipfrag;version=2.0"}
        self._send("NOTIFY", f"SIP/2.0 {status}\r\n", headers)

    def press(self, keys: str, *, hold: float = 0.06, gap: float = 0.15) -> float:
        """Press keys by RFC 4733 events, each held so long (seconds); the time its first packet left, for the last."""
        began = 0.0
        pause = threading.Event()
        pause.wait(LATER)
        for key in keys:
            began = self._press_one(key, hold)
            pause.wait(gap)
        return began

    def _press_one(self, key: str, hold: float) -> float:
        pause = threading.Event()
        event = "0123456789*#".index(key)
        self._clock += 4000
        began = time.perf_counter()
        frames = max(1, round(hold / FRAME))
        for number in range(frames + 3):
            last = number >= frames
            duration = 160 * min(number + 1, frames)
            payload = struct.pack("!BBH", event, (0x80 if last else 0) | 10, duration)
            self._send_rtp(self._event_type, payload, marker=number == 0)
            if not last:
                pause.wait(max(0.0, began + (number + 1) * FRAME - time.perf_counter()))
        return began

    def say(self, seconds: float, samples: Sequence[int] = ()) -> None:
        """Send so much silence, or so much of what is to be said, in real time."""
        pause = threading.Event()
        sent = sound.encode(self.codec, samples) if samples else bytes([0xD5 if self.codec == 8 else 0xFF])
        sent *= 1 if samples else round(seconds * sound.RATE)
        began = time.perf_counter()
        for number in range(round(seconds / FRAME)):
            self._clock += 160
            self._send_rtp(self.codec, sent[160 * number : 160 * (number + 1)])
            pause.wait(max(0.0, began + (number + 1) * FRAME - time.perf_counter()))

    def hears(self, hertz: float, since: float = 0.0) -> float | None:
        """When the first packet with this tone came, ``None`` before."""
        heard = (packet for packet in tuple(self.heard) if packet.at >= since)
        return next((packet.at for packet in heard if sound.power(packet.samples(), hertz) > 0.8), None)

    def wait_for_tone(self, hertz: float, since: float = 0.0, seconds: float = 30.0) -> float:
        """When the tone was first heard."""
        return wait_until(lambda: self.hears(hertz, since), seconds) or 0.0

    def wait_for_end(self, seconds: float = 30.0) -> None:
        """Wait for the other side's BYE."""
        wait_until(lambda: self.ended, seconds)

    def samples(self) -> list[int]:
        """All that was heard, packets in the order of their numbers."""
        packets = sorted(self.heard, key=lambda packet: packet.sequence)
        return [sample for packet in packets for sample in packet.samples()]

    def _socket(self) -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((self.own, 0))
        made.settimeout(0.2)
        return made

    def _sdp(self) -> str:
        port = self._rtp.getsockname()[1]
        name = {8: "PCMA", 0: "PCMU"}[self.codec]
        return (
            f"v=0\r\no=- 1 1 IN IP4 {self.own}\r\ns=-\r\nc=IN IP4 {self.own}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {self.codec} 101\r\na=rtpmap:{self.codec} {name}/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
        )

    def _request(
        self, method: str, body: str = "", headers: dict[str, str] | None = None, branch: str | None = None
    ) -> str:
        port = self._sip.getsockname()[1]
        kind = {} if not body else {"Content-Type": "application/sdp"}
        lines = {
            "Via": f"SIP/2.0/UDP {self.own}:{port};branch={branch or f'z9hG4bK{random.getrandbits(48):x}'};rport",
            "Max-Forwards": "70",
            "From": f"<sip:+46701740606@{self.own}>;tag={self.dialog}",
            "To": f"<{self._uri}>" + (f";tag={self._to_tag}" if self._to_tag else ""),
            "Call-ID": self.call_id,
            "CSeq": f"{self._cseq} {method}",
            **({"Route": ", ".join(self._routes)} if self._routes else {}),
            "Contact": f"<sip:phone@{self.own}:{port}>",
            **kind,
            **(headers or {}),
            "Content-Length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {self._contact} SIP/2.0\r\n{head}\r\n{body}"

    def _send(self, method: str, body: str = "", headers: dict[str, str] | None = None) -> None:
        self._sip.sendto(self._request(method, body, headers).encode(), self.target)

    def _read_answer(self) -> None:
        message = next(message for code, message in self.responses if code == 200)
        tag = re.search(r"tag=([^;\s]+)", header_of(message, "To"))
        self._to_tag = tag[1] if tag else ""
        place = re.search(r"c=IN IP4 (\S+)", message)
        port = re.search(r"m=audio (\d+)", message)
        contact = re.search(r"<([^>]+)>", header_of(message, "Contact"))
        self._contact = contact[1] if contact else self._uri
        routes = re.findall(r"^Record-Route\s*:\s*(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
        self._routes = [route.strip() for line in reversed(routes) for route in reversed(line.split(","))]
        event = re.search(r"a=rtpmap:(\d+) telephone-event/8000", message)
        if place and port and event:
            self._media = (place[1], int(port[1]))
            self._event_type = int(event[1])

    def _send_rtp(self, payload_type: int, payload: bytes, *, marker: bool = False) -> None:
        if self._media is None:
            return
        second = payload_type | (0x80 if marker else 0)
        head = struct.pack("!BBHII", 0x80, second, next(self._sequence) & 0xFFFF, self._clock, self._ssrc)
        with self._sending:
            self._rtp.sendto(head + payload, self._media)

    def _hear_sip(self) -> None:
        while not self._closed.is_set():
            try:
                data, source = self._sip.recvfrom(65536)
            except TimeoutError:
                continue
            message = data.decode("utf-8", "replace")
            if message.startswith("SIP/2.0"):
                self.responses.append((int(message.split(" ", 2)[1]), message))
                continue
            self._respond(message, source)
            self.requests.append(message)

    def _respond(self, message: str, source: tuple[str, int]) -> None:
        if not message.startswith("ACK"):
            status = self.refer_answer if message.startswith("REFER") else "200 OK"
            self._sip.sendto(reply_to(message, status).encode(), source)

    def _hear_rtp(self) -> None:
        while not self._closed.is_set():
            try:
                data = self._rtp.recv(2048)
            except TimeoutError:
                continue
            at = time.perf_counter()
            if len(data) > 12 and data[1] & 0x7F in sound.TABLES:
                self.heard.append(Heard(at, struct.unpack("!H", data[2:4])[0], data[1] & 0x7F, data[12:]))


def header_of(message: str, name: str) -> str:
    """The first value of a header, empty where there is none."""
    found = re.search(rf"^{name}\s*:\s*(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def reply_to(message: str, status: str) -> str:
    """A response without a body."""
    kept = [line for line in message.split("\r\n\r\n")[0].split("\r\n")[1:] if line]
    names = ("via", "from", "to", "call-id", "cseq")
    lines = [line for line in kept if line.split(":")[0].strip().lower() in names]
    return f"SIP/2.0 {status}\r\n" + "\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n"
