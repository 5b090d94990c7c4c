"""Twilio's payloads and what becomes of them: cases.yaml, webhooks and answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from twilio.request_validator import RequestValidator

from tests.drivers.twilio_api import TwilioApi
from tests.sms.conftest import OUTSIDE, TOKEN
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.ivr.twilio.signature import Signature
from tonval.sms.errors import SendError
from tonval.sms.twilio.provider import TwilioMessages
from tonval.sms.twilio.webhooks import messages_blueprint

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))
NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)
HELLO = Outgoing("msg_1", "att_1", 1, NINE, "twilio", "+46701740605", "+46701740606", "hej", 1, None)


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


class Notes:
    """A post office that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def receive(self, *, provider: str, ref: str, **message: Any) -> None:
        self.told.append({"message": ref, **message})

    def status_changed(self, *, provider: str, ref: str, message: str | None, **report: Any) -> None:
        self.told.append({"report": ref, "ours": message, **report})


@pytest.mark.parametrize("case", CASES["webhooks"], ids=named)
def test_a_webhook_is_told_on_in_our_words(case: dict[str, Any]) -> None:
    notes, app = Notes(), Flask("cases")
    app.register_blueprint(messages_blueprint(Signature(TOKEN, OUTSIDE).genuine, notes, lambda ref, status: None))
    signed = RequestValidator(TOKEN).compute_signature(OUTSIDE + case["path"], case["form"])
    answer = app.test_client().post(case["path"], data=case["form"], headers={"X-Twilio-Signature": signed})
    assert answer.status_code in (200, 204)
    assert notes.told == ([case["told"]] if case["told"] else [])


@contextmanager
def answering(status: int, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    """A server that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("case", CASES["answers"], ids=named)
def test_an_answer_is_an_outcome(case: dict[str, Any]) -> None:
    with answering(case["status"], case.get("headers", {}), case["body"].encode()) as url:
        (outcome,) = TwilioMessages("AC01", TOKEN, OUTSIDE, url, patience=5).send([HELLO])
    if isinstance(outcome, SendError):
        found: dict[str, Any] = {"fault": outcome.fault.name, "detail": outcome.detail}
        found |= {"retry_after": outcome.retry_after.total_seconds()} if outcome.retry_after else {}
    else:
        found = {"ref": outcome.ref, "state": outcome.state}
    assert found == case["outcome"]


def test_answers_that_come_at_once_stand_in_the_order_of_their_messages() -> None:
    batch = [replace(HELLO, id=f"msg_{number}", recipient=f"+467017406{number}") for number in range(10, 70)]
    with TwilioApi(TOKEN) as api:
        outcomes = TwilioMessages("AC01", TOKEN, OUTSIDE, api.url, patience=10).send(batch)
        refs = {taken.to: taken.sid for taken in api.ledger}
    assert [getattr(outcome, "ref", None) for outcome in outcomes] == [refs[each.recipient] for each in batch]
