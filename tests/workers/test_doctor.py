"""The doctor: each check with something well and something broken in front of it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from twilio.request_validator import RequestValidator

from tests.drivers.smtp import mail_server
from tests.drivers.twilio_api import ACCOUNT, Service, TwilioApi
from tests.workers.conftest import Redis
from tonval.store.migrate import migrate
from tonval.store.unit import open_unit
from tonval.workers import checks, doctor
from tonval.workers.doctor import Finding, State

TOKEN = "an auth token"


@contextmanager
def web(answer: dict[str, int], believe: bool | None = None) -> Iterator[str]:
    """A small web server; ``believe`` says whether it checks signatures as it should."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(answer.get(self.path, 404))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = dict(pair.split("=") for pair in body.split("&"))
            genuine = RequestValidator(TOKEN).validate(
                url + self.path, fields, self.headers["X-Twilio-Signature"] or ""
            )
            self._say(204 if genuine or not believe else 403)

        def _say(self, status: int) -> None:
            self.send_response(status)
            self.end_headers()
            if status == 200:
                self.wfile.write(b'{"status": "active"}')

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_database_that_is_current_is_well_and_an_old_one_is_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    assert checks.check_database(url).state is State.WARN
    unit = open_unit(url)
    with unit.begin():
        pass
    assert checks.check_database(url) == Finding(
        "database", State.FAIL, f"{url} lacks a migration; start `tonval up` once to run it"
    )
    migrate(unit)
    unit.engine.dispose()
    assert checks.check_database(url).state is State.OK


def test_a_database_that_is_away_fails_without_its_password() -> None:
    found = checks.check_database("postgresql://tonval:hush@127.0.0.1:1/tonval")
    assert found.state is State.FAIL
    assert "hush" not in found.sentence


def test_redis_is_looked_for(redis: Redis, redis_home: Path, tmp_path: Path) -> None:
    assert checks.check_redis(redis_home, None).sentence == "the server answers"
    assert "`tonval up` starts" in checks.check_redis(tmp_path, None).sentence
    assert checks.check_redis(tmp_path, "redis://127.0.0.1:1/0").state is State.FAIL


def test_ffmpeg_and_voices_are_tried() -> None:
    assert checks.check_ffmpeg().sentence.startswith("ffmpeg version")
    assert checks.check_speech(["sv", "en"]) == Finding("speech", State.OK, "voices for en, sv")
    assert checks.check_speech(["sv", "xx"]).state is State.WARN


def test_sip_capacity_is_tried_and_the_port_looked_at() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        address = taken.getsockname()
        assert checks.check_sip(address, 1, 4).state is State.FAIL
    assert checks.check_sip(address, 1, 4).sentence == f"4 calls at once (1 × 4); 127.0.0.1:{address[1]} is free"
    assert "set TONVAL_SIP_CALLS_PER_CELL to 4" in checks.check_sip(address, 1, 5).sentence
    assert checks.check_sip(address, 0, 4).state is State.WARN


@pytest.mark.parametrize(("status", "state"), [(200, State.OK), (401, State.FAIL), (500, State.FAIL)])
def test_the_account_is_fetched_from_twilio(status: int, state: State) -> None:
    with web({"/2010-04-01/Accounts/AC1.json": status}) as url:
        found = checks.check_twilio("AC1", TOKEN, url)
    assert found.state is state
    assert TOKEN not in found.sentence


def test_no_twilio_account_is_a_warning_and_no_api_a_failure() -> None:
    assert checks.check_twilio(None, None, None).state is State.WARN
    assert checks.check_twilio("AC1", TOKEN, "http://127.0.0.1:1").state is State.FAIL


def test_each_number_at_twilio_is_ours_and_tells_us_of_its_messages() -> None:
    mine, service, ours = "+46701740605", "MG00000000000000000000000000000001", "https://survey.example.com"
    with TwilioApi(TOKEN) as api:
        api.numbers = {mine: f"{ours}/twilio/sms"}
        api.services = {service: Service({mine}), "MG2": Service()}
        account = (ACCOUNT, TOKEN, api.url)

        def found(number: str, service: str | None = None) -> Finding:
            return checks.check_twilio_numbers(account, {number: service}, ours)

        assert found(mine).state is found(mine, service).state is State.OK
        assert found("+46701740604").sentence == "+46701740604 is not a number of this Twilio account."
        assert "does not belong to the messaging service MG2." in found(mine, "MG2").sentence
        assert found(mine, "MG3").state is State.FAIL
        api.numbers[mine] = "https://elsewhere.example.com/sms"
        assert "it is https://elsewhere.example.com/sms." in found(mine).sentence
        api.services[service].inbound_url = f"{ours}/twilio/sms"
        assert found(mine, service).state is State.OK
        api.services[service].inbound_url = "https://elsewhere.example.com/sms"
        assert "of its messaging service" in found(mine, service).sentence
    assert found(mine).sentence.startswith("The provider could not be reached.")


def test_numbers_at_twilio_are_not_looked_at_without_an_account() -> None:
    assert (
        checks.check_twilio_numbers((None, None, None), {"+46701740605": None}, "https://x.example").state is State.OK
    )


def test_the_public_address_must_take_signed_webhooks_and_refuse_others() -> None:
    with web({"/healthz": 200}, believe=True) as url:
        assert checks.check_public_url(url, TOKEN).state is State.OK
        assert checks.check_public_url(url, None).state is State.OK
        wrong = checks.check_public_url(url, "another token")
        assert (wrong.state, "is answered 403" in wrong.sentence) == (State.FAIL, True)
    with web({"/healthz": 200}, believe=False) as url:
        assert "an unsigned webhook is answered 204" in checks.check_public_url(url, TOKEN).sentence
    with web({}) as url:
        assert checks.check_public_url(url, TOKEN).state is State.FAIL
    assert checks.check_public_url("http://127.0.0.1:1", TOKEN).state is State.WARN


def test_the_mail_server_is_tried() -> None:
    with mail_server() as mailbox:
        assert checks.check_smtp(mailbox.url).state is State.OK
    assert checks.check_smtp(mailbox.url).state is State.FAIL
    assert checks.check_smtp("nonsense").state is State.FAIL
    assert checks.check_smtp(None).state is State.WARN


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on() -> None:
    def broken() -> Finding:
        raise RuntimeError("no\nmore")

    findings = doctor.examine([("one", broken), ("two", lambda: doctor.ok("two", "fine"))])
    assert findings == [Finding("one", State.FAIL, "RuntimeError: no"), Finding("two", State.OK, "fine")]
    assert doctor.exit_code(findings) == 1
    assert doctor.exit_code([doctor.warn("x", "y")]) == 0
    assert doctor.as_text(findings).splitlines() == [
        "fail  one  RuntimeError: no",
        "ok    two  fine",
        "",
        "1 ok, 0 warn, 1 fail",
    ]
    assert json.loads(doctor.as_json(findings)) == {
        "healthy": False,
        "findings": [
            {"name": "one", "state": "fail", "sentence": "RuntimeError: no"},
            {"name": "two", "state": "ok", "sentence": "fine"},
        ],
    }
