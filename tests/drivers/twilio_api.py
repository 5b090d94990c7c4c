"""A stand-in for Twilio's messaging interface: it keeps a ledger of all it accepts and misbehaves on request.

As a program (``python -m tests.drivers.twilio_api --port 9001 --token secret --callbacks sent,delivered``) it serves
another process; ``GET /ledger`` tells what it accepted and ``POST /behave`` (JSON, see ``Behaviour``) sets it up.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import socket
import struct
import threading
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

ACCOUNT = "AC00000000000000000000000000000001"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of one request to send.

    ``then`` is ``answer``, ``hang``, ``reset`` or ``500``; with ``accept`` the message is in the ledger all the same.
    Without it ``status`` and ``code`` say how it is refused. ``early`` statuses are reported before the answer.
    """

    accept: bool = True
    then: str = "answer"
    status: int = 400
    code: int = 21211
    early: tuple[str, ...] = ()


FINE = Behaviour()


def refuse(code: int, status: int = 400) -> Behaviour:
    """Twilio says no with an error code."""
    return Behaviour(accept=False, status=status, code=code)


THROTTLE = refuse(20429, 429)


@dataclass
class Taken:
    """One message in the ledger."""

    sid: str
    to: str
    sender: str
    body: str
    at: str
    status: str
    callback: str | None
    error_code: int | None = None


class TwilioApi:
    """The server, in threads of this process, on a port of the loopback. Use as a context manager."""

    def __init__(self, token: str = "secret", port: int = 0, callbacks: tuple[str, ...] = (), seed: int = 1) -> None:
        self.token = token
        self.ledger: list[Taken] = []
        self.callbacks = callbacks
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.throttled = 0
        self.share = 0.0
        self._plan: deque[Behaviour] = deque()
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> TwilioApi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """What TONVAL_TWILIO_API_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def behave(self, *next_ones: Behaviour) -> None:
        """What becomes of the next requests, one each; after them all is well again."""
        with self._lock:
            self._plan.extend(next_ones)

    def throttle(self, share: float) -> None:
        """Answer this share of the requests with 429, by the seeded dice."""
        self.share = share

    def bodies(self) -> list[str]:
        """The words of every message accepted, in order."""
        return [taken.body for taken in self.ledger]

    def next_behaviour(self) -> Behaviour:
        """What becomes of the request at hand."""
        with self._lock:
            if self._plan:
                return self._plan.popleft()
            unlucky = self.share and self._dice.random() < self.share
            self.throttled += bool(unlucky)
            return THROTTLE if unlucky else FINE

    def take(self, form: dict[str, str]) -> Taken:
        """Write a message into the ledger."""
        with self._lock:
            taken = Taken(
                sid=f"SM{len(self.ledger) + 1:032x}",
                to=form["To"],
                sender=form["From"],
                body=form["Body"],
                at=self.now().isoformat(),
                status="queued",
                callback=form.get("StatusCallback"),
            )
            self.ledger.append(taken)
            return taken

    def report(self, taken: Taken, status: str, code: int | None = None) -> int:
        """Tell the message's status callback and return the HTTP status of its answer; 0 when nobody is there."""
        taken.status, taken.error_code = status, code
        if not taken.callback:
            return 0
        form = {"MessageSid": taken.sid, "MessageStatus": status, "To": taken.to, "From": taken.sender}
        return self.post(taken.callback, form | ({"ErrorCode": str(code)} if code else {}))

    def write(self, webhook: str, sender: str, recipient: str, body: str, sid: str) -> int:
        """A customer sends a message: post it, signed, to ``webhook`` and return the HTTP status."""
        return self.post(webhook, {"MessageSid": sid, "From": sender, "To": recipient, "Body": body, "NumMedia": "0"})

    def post(self, url: str, form: dict[str, str]) -> int:
        """A signed form to ``url``; the fragment is Twilio's own and does not travel."""
        address = url.partition("#")[0]
        signature = RequestValidator(self.token).compute_signature(address, form)
        request = urllib.request.Request(address, urlencode(form).encode(), {"X-Twilio-Signature": signature})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    stand_in: TwilioApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length).decode()
        if urlsplit(self.path).path == "/behave":
            self._set_up(json.loads(content))
            return
        form = {name: values[-1] for name, values in parse_qs(content, keep_blank_values=True).items()}
        self._send(form)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/ledger":
            self._json(200, [asdict(taken) for taken in self.server.stand_in.ledger])
            return
        wanted = {name: values[-1] for name, values in parse_qs(address.query).items()}
        self._json(200, {"messages": self._listed(wanted), "next_page_uri": None, "page": 0, "page_size": 50})

    def _send(self, form: dict[str, str]) -> None:
        stand_in = self.server.stand_in
        behaviour = stand_in.next_behaviour()
        if not behaviour.accept and behaviour.then == "answer":
            self._json(behaviour.status, {"code": behaviour.code, "message": "no", "status": behaviour.status})
            return
        taken = stand_in.take(form) if behaviour.accept else None
        if taken:
            for status in behaviour.early:
                stand_in.report(taken, status)
        self._answer(behaviour, taken)

    def _answer(self, behaviour: Behaviour, taken: Taken | None) -> None:
        match behaviour.then:
            case "hang":
                self.server.stand_in.closing.wait(60)
            case "reset":
                self._reset()
            case "500":
                self._json(500, {"code": 20500, "message": "Internal Server Error", "status": 500})
            case _:
                assert taken
                self._json(201, _resource(taken) | {"status": "queued"})
                threading.Thread(target=self._call_back, args=(taken,), daemon=True).start()

    def _call_back(self, taken: Taken) -> None:
        for status in self.server.stand_in.callbacks:
            self.server.stand_in.report(taken, status)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def _listed(self, wanted: dict[str, str]) -> list[dict[str, Any]]:
        fits = [
            taken
            for taken in self.server.stand_in.ledger
            if taken.to == wanted.get("To", taken.to) and taken.sender == wanted.get("From", taken.sender)
        ]
        return [_resource(taken) for taken in reversed(fits)]

    def _set_up(self, wish: dict[str, Any]) -> None:
        stand_in = self.server.stand_in
        for each in wish.get("next", ()):
            stand_in.behave(Behaviour(**{**each, "early": tuple(each.get("early", ()))}))
        stand_in.throttle(wish.get("throttle", stand_in.share))
        stand_in.callbacks = tuple(wish.get("callbacks", stand_in.callbacks))
        self._json(200, {})

    def _json(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet: the ledger tells the story."""


def _resource(taken: Taken) -> dict[str, Any]:
    """The message as Twilio's Message resource shows it."""
    return {
        "sid": taken.sid,
        "account_sid": ACCOUNT,
        "to": taken.to,
        "from": taken.sender,
        "body": taken.body,
        "status": taken.status,
        "error_code": taken.error_code,
        "date_created": format_datetime(datetime.fromisoformat(taken.at)),
        "date_sent": None,
        "direction": "outbound-api",
    }


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--token", default="secret")
    parser.add_argument("--callbacks", default="", help="statuses reported after each message: sent,delivered")
    options = parser.parse_args()
    callbacks = tuple(word for word in options.callbacks.split(",") if word)
    with TwilioApi(options.token, options.port, callbacks) as stand_in, contextlib.suppress(KeyboardInterrupt):
        print(stand_in.url, flush=True)
        stand_in.closing.wait()


if __name__ == "__main__":
    main()
