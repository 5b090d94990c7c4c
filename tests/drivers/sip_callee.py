"""A telephone that is called, or a trunk that asks for a password: plain sockets, one call."""

from __future__ import annotations

import re
from hashlib import md5

from tests.drivers.sip_phone import SipPhone, header_of, reply_to
from tests.waiting import wait_until

REALM, NONCE = "trunk.example", "abc123"


class SipCallee(SipPhone):
    """Answers an INVITE with ``status``: ``200 OK`` at once, ``180 Ringing`` for ever, anything else is the end,
    after it has rung unless that is a ``503``.

    With a ``password`` it asks for that first (RFC 2617).
    """

    def __init__(self, status: str = "200 OK", *, password: str = "", own: str = "127.0.0.1") -> None:
        self.status, self.password = status, password
        self.invites: list[str] = []
        super().__init__(0, own=own)

    @property
    def port(self) -> int:
        """Where it is called."""
        return int(self._sip.getsockname()[1])

    @property
    def cancelled(self) -> bool:
        """Whether the call was taken back."""
        return any(request.startswith("CANCEL") for request in self.requests)

    @property
    def confirmed(self) -> bool:
        """Whether our answer was acknowledged."""
        return any(request.startswith("ACK") for request in self.requests)

    @property
    def answered(self) -> bool:
        """Whether there is a call that must be ended."""
        return self.confirmed and self.status.startswith("200")

    def wait_for_call(self) -> str:
        """The INVITE that was answered, once it is acknowledged."""
        wait_until(lambda: self.confirmed)
        return self.invites[-1]

    def knows_password(self, invite: str, user: str) -> bool:
        """Whether the INVITE proves that the caller knows it."""
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', header_of(invite, "Authorization")))
        if not said or said["username"] != user:
            return False
        first = _digest(f"{user}:{said['realm']}:{self.password}")
        second = _digest(f"INVITE:{said['uri']}")
        middle = f":{said['nc']}:{said['cnonce']}:{said['qop']}:" if "qop" in said else ":"
        return said["response"] == _digest(f"{first}:{NONCE}{middle}{second}")

    def _respond(self, message: str, source: tuple[str, int]) -> None:
        if message.startswith("CANCEL"):
            self._sip.sendto(reply_to(message, "200 OK").encode(), source)
            self._sip.sendto(self._tagged(self.invites[-1], "487 Request Terminated"), source)
        elif message.startswith("INVITE"):
            self._ring(message, source)
        else:
            super()._respond(message, source)

    def _ring(self, invite: str, source: tuple[str, int]) -> None:
        if invite in self.invites:
            return
        self.invites.append(invite)
        if self.password and not header_of(invite, "Authorization"):
            challenge = f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5, qop="auth"\r\n'
            self._sip.sendto(self._tagged(invite, "401 Unauthorized", challenge), source)
            return
        self.target, self.call_id = source, header_of(invite, "Call-ID")
        self._read_caller(invite)
        if not self.status.startswith(("180", "503")):
            self._sip.sendto(self._tagged(invite, "180 Ringing"), source)
        more = f"Contact: <sip:callee@{self.own}:{self.port}>\r\n"
        body = self._sdp() if self.status.startswith("200") else ""
        self._sip.sendto(self._tagged(invite, self.status, more, body), source)

    def _read_caller(self, invite: str) -> None:
        place, port = re.search(r"c=IN IP4 (\S+)", invite), re.search(r"m=audio (\d+)", invite)
        caller = re.search(r"<([^>]+)>.*tag=([^;\s]+)", header_of(invite, "From"))
        contact = re.search(r"<([^>]+)>", header_of(invite, "Contact"))
        event = re.search(r"a=rtpmap:(\d+) telephone-event/8000", invite)
        assert place and port and caller and contact and event
        self._event_type = int(event[1])
        self._media = (place[1], int(port[1]))
        self._uri, self._to_tag, self._contact = caller[1], caller[2], contact[1]

    def _tagged(self, message: str, status: str, more: str = "", body: str = "") -> bytes:
        reply = reply_to(message, status)
        reply = re.sub(r"(?m)^(To:[^\r]*?)\r$", rf"\1;tag={self.dialog}\r", reply)
        kind = "Content-Type: application/sdp\r\n" if body else ""
        head, _, _ = reply.partition("Content-Length")
        return f"{head}{more}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _digest(text: str) -> str:
    return md5(text.encode()).hexdigest()
