"""A stand-in for Twilio: it keeps what it accepts of messages and calls, holds recordings, and misbehaves on request.

As a program (``python -m tests.drivers.twilio_api --port 9001 --token secret --callbacks sent,delivered``) it serves
another process; ``GET /ledger`` tells what it accepted and ``POST /behave`` (JSON, see ``Behaviour``) sets it up:
``next`` (a list of these), ``throttle``, ``callbacks``, ``repeats``, ``shuffled``, ``retry_after``, ``list_status``.
What it keeps and how that looks is in ``twilio_ledger``.
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.drivers.twilio_calls import Placed, Recordings, call_page, call_resource
from tests.drivers.twilio_ledger import (
    ACCOUNT,
    Service,
    Taken,
    message_page,
    number_page,
    resource,
    service_numbers,
    service_resource,
)

__all__ = ["ACCOUNT", "FINE", "THROTTLE", "Behaviour", "Service", "Taken", "TwilioApi", "refuse"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of one request to send.

    ``then`` is ``answer``, ``hang``, ``reset`` or ``500``; with ``accept`` the message is in the ledger all the same.
    Without it ``status`` and ``code`` say how it is refused, and ``retry_after`` for how many seconds. ``early``
    statuses are reported before the answer.
    """

    accept: bool = True
    then: str = "answer"
    status: int = 400
    code: int = 21211
    early: tuple[str, ...] = ()
    retry_after: int | None = None


FINE = Behaviour()


def refuse(code: int, status: int = 400, retry_after: int | None = None) -> Behaviour:
    """Twilio says no with an error code."""
    return Behaviour(accept=False, status=status, code=code, retry_after=retry_after)


THROTTLE = refuse(20429, 429)


class TwilioApi:
    """The server, in threads of this process, on a port of the loopback. Use as a context manager.

    After each message its ``callbacks`` are reported: each ``repeats`` times, and shuffled when ``shuffled``. The lists
    answer ``list_status``; throttled requests are told to wait ``retry_after`` seconds. ``numbers`` are those of the
    account with the webhook each one has for messages.
    """

    def __init__(self, token: str = "secret", port: int = 0, callbacks: tuple[str, ...] = (), seed: int = 1) -> None:
        self.token = token
        self.ledger: list[Taken] = []
        self.received: list[Taken] = []
        self.calls: list[Placed] = []
        self.recordings = Recordings()
        self.numbers: dict[str, str] = {}
        self.services: dict[str, Service] = {}
        self.callbacks, self.repeats, self.shuffled = callbacks, 1, False
        self.list_status = 200
        self.retry_after: int | None = None
        self.listings = 0
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
            return refuse(20429, 429, self.retry_after) if unlucky else FINE

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
                service=form.get("MessagingServiceSid"),
            )
            self.ledger.append(taken)
            return taken

    def place(self, form: dict[str, list[str]]) -> Placed:
        """Write a call into the list of calls."""
        with self._lock:
            placed = Placed(f"CA{len(self.calls) + 1:032x}", form, self.now())
            self.calls.append(placed)
            return placed

    def call_back(self, taken: Taken) -> None:
        """Report the message's way as it was set up."""
        statuses = list(self.callbacks) * self.repeats
        if self.shuffled:
            self._dice.shuffle(statuses)
        for status in statuses:
            self.report(taken, status)

    def report(self, taken: Taken, status: str, code: int | None = None) -> int:
        """Tell the message's status callback and return the HTTP status of its answer; 0 when nobody is there."""
        taken.status, taken.error_code = status, code
        if not taken.callback:
            return 0
        form = {"MessageSid": taken.sid, "MessageStatus": status, "To": taken.to, "From": taken.sender}
        return self.post(taken.callback, form | ({"ErrorCode": str(code)} if code else {}))

    def write(
        self, webhook: str, sender: str, recipient: str, body: str, sid: str, opt_out_type: str | None = None
    ) -> int:
        """A customer sends a message: it is listed, posted to ``webhook``, signed, and the HTTP status comes back.

        ``opt_out_type``: Advanced Opt-Out has taken it for STOP, START or HELP.
        """
        self.receive(sender, recipient, body, sid)
        form = {"MessageSid": sid, "From": sender, "To": recipient, "Body": body, "NumMedia": "0"}
        return self.post(webhook, form | ({"OptOutType": opt_out_type} if opt_out_type else {}))

    def receive(
        self, sender: str, recipient: str, body: str, sid: str | None = None, at: datetime | None = None
    ) -> Taken:
        """A customer's message is in the list, and nobody is told of it."""
        with self._lock:
            sid, moment = sid or f"SMf{len(self.received) + 1:031x}", (at or self.now()).isoformat()
            came = Taken(sid, recipient, sender, body, moment, status="received", direction="inbound")
            self.received.append(came)
            return came

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
        form = parse_qs(content, keep_blank_values=True)
        if urlsplit(self.path).path.endswith("/Calls.json"):
            self._call(form)
        else:
            self._send({name: values[-1] for name, values in form.items()})

    def do_DELETE(self) -> None:
        sid = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".json")
        self.send_response(self.server.stand_in.recordings.delete(sid))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        stand_in, address = self.server.stand_in, urlsplit(self.path)
        wanted = {name: values[-1] for name, values in parse_qs(address.query).items()}
        match address.path.strip("/").split("/"):
            case ["ledger"]:
                self._json(200, [asdict(taken) for taken in stand_in.ledger])
            case ["2010-04-01", "Accounts", _, "Calls.json"]:
                self._json(stand_in.list_status, call_page(stand_in.calls, wanted))
            case ["2010-04-01", "Accounts", _, "Recordings", name] if name.endswith(".wav"):
                self._sound(stand_in.recordings.fetch(name.removesuffix(".wav")))
            case ["2010-04-01", "Accounts", _, "Messages.json"]:
                stand_in.listings += 1
                self._json(stand_in.list_status, message_page([*stand_in.ledger, *stand_in.received], wanted))
            case ["2010-04-01", "Accounts", _, "IncomingPhoneNumbers.json"]:
                self._json(200, number_page(stand_in.numbers, wanted.get("PhoneNumber")))
            case ["2010-04-01", "Accounts", account]:
                self._json(200, {"sid": account.removesuffix(".json"), "status": "active"})
            case ["v1", "Services", sid, *rest] if sid in stand_in.services:
                service = stand_in.services[sid]
                self._json(200, service_numbers(service) if rest else service_resource(sid, service))
            case _:
                self._json(404, {"code": 20404, "message": "not found", "status": 404})

    def _send(self, form: dict[str, str]) -> None:
        stand_in = self.server.stand_in
        behaviour = stand_in.next_behaviour()
        if not behaviour.accept and behaviour.then == "answer":
            told = {"code": behaviour.code, "message": "no", "status": behaviour.status}
            self._json(behaviour.status, told, behaviour.retry_after)
            return
        taken = stand_in.take(form) if behaviour.accept else None
        if taken:
            for status in behaviour.early:
                stand_in.report(taken, status)
        self._answer(behaviour, taken)

    def _call(self, form: dict[str, list[str]]) -> None:
        behaviour = self.server.stand_in.next_behaviour()
        if not behaviour.accept and behaviour.then == "answer":
            told = {"code": behaviour.code, "message": "no", "status": behaviour.status}
            self._json(behaviour.status, told, behaviour.retry_after)
            return
        placed = self.server.stand_in.place(form) if behaviour.accept else None
        if placed is not None and behaviour.then == "answer":
            self._json(201, call_resource(placed))
        else:
            self._answer(behaviour, None)

    def _sound(self, sound: bytes | None) -> None:
        self.send_response(404 if sound is None else 200)
        self.send_header("Content-Type", "audio/x-wav")
        self.send_header("Content-Length", str(len(sound or b"")))
        self.end_headers()
        self.wfile.write(sound or b"")

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
                self._json(201, resource(taken) | {"status": "queued"})
                threading.Thread(target=self.server.stand_in.call_back, args=(taken,), daemon=True).start()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def _set_up(self, wish: dict[str, Any]) -> None:
        stand_in = self.server.stand_in
        for each in wish.get("next", ()):
            stand_in.behave(Behaviour(**{**each, "early": tuple(each.get("early", ()))}))
        stand_in.throttle(wish.get("throttle", stand_in.share))
        stand_in.callbacks = tuple(wish.get("callbacks", stand_in.callbacks))
        for name in ("repeats", "shuffled", "retry_after", "list_status"):
            setattr(stand_in, name, wish.get(name, getattr(stand_in, name)))
        self._json(200, {})

    def _json(self, status: int, value: Any, retry_after: int | None = None) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        if retry_after is not None:
            self.send_header("Retry-After", str(retry_after))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet: the ledger tells the story."""


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
