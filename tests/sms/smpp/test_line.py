import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drivers.smsc import Smsc
from tests.sms.smpp.conftest import Connect
from tests.sms.stage import CUSTOMER, OURS, Stage
from tests.waiting import wait_until
from tonval import opening
from tonval.config import BadSetting, load_config
from tonval.fieldwork.field import Field
from tonval.sms import sender
from tonval.sms.smpp.account import read_account
from tonval.workers.checks import check_smpp

ENQUIRE, ENQUIRE_ANSWER = 0x15, 0x80000015


def test_a_quiet_line_is_asked_whether_somebody_is_there(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    connect("enquire=1s").listen()
    wait_until(lambda: smsc.to_them.of(ENQUIRE_ANSWER))
    assert len(smsc.to_us.of(9)) == 1


def test_a_line_where_nobody_answers_is_made_anew(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    smsc.swallow.add(ENQUIRE_ANSWER)
    connect("enquire=1s&answer=1s").listen()
    wait_until(lambda: len(smsc.to_us.of(9)) == 2)


def test_the_line_comes_back_after_the_centre_was_away(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    connect().listen()
    wait_until(lambda: smsc.lines)
    smsc.restart(away=0.3)
    wait_until(lambda: smsc.lines)
    assert smsc.bring(CUSTOMER, OURS, b"9") == 0


def test_a_pair_sends_by_one_line_and_hears_by_the_other(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect("bind=pair")
    line.listen()
    wait_until(lambda: len(smsc.to_us.of(1) + smsc.to_us.of(2)) == 2 and smsc.lines)
    stage.queue("Hej")
    sender.send_batch(stage.office, {"smpp": line}, 10)
    smsc.patience = 0.5  # its server takes a receiver's answers for a mistake
    smsc.receipt(smsc.ledger[0], "DELIVRD")
    (answer,) = smsc.to_us.of(0x80000005)
    assert int.from_bytes(answer[8:12], "big") == 0
    assert stage.states() == ["delivered"]
    assert smsc.to_us.of(9) == []


def test_a_line_that_only_hears_sends_nothing(
    stage: Stage, smsc: Smsc, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonval.sms.smpp.line.HOPE", 0.1)
    line = connect("bind=receiver")
    stage.queue("Hej")
    sender.send_batch(stage.office, {"smpp": line}, 10)
    assert (stage.states(), smsc.ledger) == (["queued"], [])


def test_the_line_may_go_over_tls_to_a_centre_that_is_trusted(stage: Stage, tmp_path: Path) -> None:
    key, signed = tmp_path / "key.pem", tmp_path / "both.pem"
    subject = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", str(key), "-out", str(signed), *subject]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    with Smsc(tls=context) as smsc:
        assert check_smpp(read_account(smsc.url(f"ca={signed}"))).state == "ok"
        stranger = check_smpp(read_account(smsc.url()))
    assert stranger.state == "fail"
    assert "certificate verify failed" in stranger.sentence


DOCTOR = [
    (0, "ok", "tonval at 127.0.0.1:{} opens a line (transceiver)"),
    (0x05, "warn", "tonval at 127.0.0.1:{} has all its lines in use; is a worker of Tonval running?"),
    (
        0x0E,
        "fail",
        "tonval at 127.0.0.1:{} refuses TONVAL_SMPP_URL: 0x0000000E RINVPASWD: the password is wrong.",
    ),
    (0x1234, "fail", "tonval at 127.0.0.1:{} refuses TONVAL_SMPP_URL: 0x00001234, a code of the operator's own"),
]


@pytest.mark.parametrize(("status", "level", "says"), DOCTOR)
def test_the_doctor_tries_the_line(smsc: Smsc, status: int, level: str, says: str) -> None:
    smsc.refuse_binds = status
    finding = check_smpp(read_account(smsc.url()))
    assert (finding.state, finding.sentence) == (level, says.format(smsc.port))


def test_the_doctor_names_a_line_that_cannot_be_reached(smsc: Smsc) -> None:
    account = read_account(smsc.url("answer=1s"))
    smsc.swallow.add(9)
    assert check_smpp(account).sentence == f"{account} cannot be reached (nobody answers)"
    smsc.restart()
    smsc.swallow.clear()
    assert check_smpp(None).sentence == "not used (TONVAL_SMPP_URL is not set)"


QUEUES = """
numbers: {"+46701740605": {provider: smpp}, "+46701740604": {}}
defaults: {languages: [sv]}
queues: {sales: {survey: s, channel: sms, from: "+46701740605"}}
surveys: {s: {questions: [{id: q, scale: nps, text: {sv: "0-10?"}}]}}
"""
LINE = "smpp://tonval:secret@smsc.example.net/"
PUBLIC = {"TONVAL_PUBLIC_URL": "https://survey.example.com", "TONVAL_SECRET_KEY": "W7yqk2fJ0aZr9TnX"}
TWILIO = {"TONVAL_TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TONVAL_TWILIO_AUTH_TOKEN": "t"}

PROVIDERS = [
    ({}, "console", "console"),
    ({"TONVAL_SMPP_URL": LINE}, "smpp", "smpp"),
    (TWILIO, "console", "twilio"),
    ({"TONVAL_SMPP_URL": LINE} | TWILIO, "smpp", "twilio"),
    ({"TONVAL_SMPP_URL": LINE} | PUBLIC, "smpp", "smpp"),
]


Installed = Callable[[dict[str, str]], Field]


@pytest.fixture
def installed(sqlite_url: str, tmp_path: Path) -> Iterator[Installed]:
    """Opens the field office of an installation with these settings."""
    opened: list[Field] = []
    (tmp_path / "queues.yaml").write_text(QUEUES, encoding="utf-8")
    usual = {
        "TONVAL_HOME": str(tmp_path),
        "TONVAL_QUEUES": str(tmp_path / "queues.yaml"),
        "TONVAL_DATABASE_URL": sqlite_url,
    }

    def open_(environment: dict[str, str]) -> Field:
        opened.append(opening.open_field(load_config(usual | environment)))
        return opened[-1]

    yield open_
    for office in opened:
        office.unit.engine.dispose()


@pytest.mark.parametrize(("environment", "named", "unnamed"), PROVIDERS)
def test_a_number_has_its_provider_or_the_console_for_trying_out(
    installed: Installed, environment: dict[str, str], named: str, unnamed: str
) -> None:
    numbers = installed(environment).centre.numbers.values()
    assert [number.provider for number in numbers] == [named, unnamed]


def test_in_production_a_number_without_its_line_is_refused(installed: Installed) -> None:
    with pytest.raises(BadSetting, match=r"queues.yaml sends from \+46701740605 by SMPP; set TONVAL_SMPP_URL too"):
        installed(PUBLIC)
