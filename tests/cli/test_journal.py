"""What reaches a log: telephone numbers and e-mail addresses masked, whoever wrote them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from tonval import journal


@pytest.fixture
def before() -> Iterator[None]:
    """Logging is put back as it was."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def fail() -> None:
    raise ValueError("no such customer: +46701740606")


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.usefixtures("before")
def test_numbers_are_masked_in_every_line(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    journal.set_up(form)
    logging.getLogger("twilio.test").warning("could not reach %s", "+46701740606")
    logging.getLogger("sip").info("call from <sip:+46701740607@pbx.example> leg_01a2012f0407da2075375f2a53")
    said = capsys.readouterr().err
    assert "+46•••••06" in said and "+46•••••07" in said
    assert "1740606" not in said and "leg_01a2012f0407da2075375f2a53" in said


@pytest.mark.usefixtures("before")
def test_a_line_with_fields_is_masked_and_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    journal.set_up("json")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("call failed", caller="+46701740607", cell=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["cell"], line["caller"]) == ("call failed", "error", 3, "+46•••••07")
    assert "ValueError: no such customer: +46•••••06" in line["exception"]


@pytest.mark.usefixtures("before")
def test_an_exception_shows_where_it_arose(capsys: pytest.CaptureFixture[str]) -> None:
    journal.set_up("text")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("call failed", cell=3)
    said = capsys.readouterr().err
    assert "call failed" in said and "cell=3" in said
    assert "test_journal.py" in said and "+46•••••06" in said and "1740606" not in said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("to +46701740606.", "to +46•••••06."),
        ("to +46 70-174 06 06,", "to +46•••••06,"),
        ("to +46 (0)70 174 06 06", "to +46•••••06"),
        ("to 0046701740606", "to 0046•••••06"),
        ("to 0701740606 now", "to 0•••••06 now"),
        ("to 070-174 06 06", "to 0•••••06"),
        ("to (070) 174 06 06", "to 0•••••06"),
        ("to +1 202-555-0143", "to +1 2•••••43"),
        ("GET /desk/threads/%2B46701740606/x", "GET /desk/threads/%2B46•••••06/x"),
        ("sip:+46701740606@pbx.example;tag=1", "sip:+46•••••06@pbx.example;tag=1"),
        ("mail to Eva.Ek+x@post.example.com: no", "mail to E•••@post.example.com: no"),
        ("<mailto:eva@example.com>", "<mailto:e•••@example.com>"),
        ("to=eva%40example.com&x", "to=e•••@example.com&x"),
    ],
)
def test_whatever_the_notation_nobody_can_be_told_from_a_line(said: str, shown: str) -> None:
    assert journal.mask(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-22T09:03:04.123456Z leg_01a2012f0407da2075375f2a53 took 0.0123456 s",
        "itv_019adb0f0407 from 127.0.0.1:5060 to 10.0.0.5, 0 of 1234567890 rows",
        "SM00000000000000000000000000000001 sip:support@127.0.0.1:5060",
        "https://tonval@smsc.example.com:2775/x",
        "2026-11-22 09:03:04 pid 20260131 digest 0d9f1234567890",
    ],
)
def test_what_is_nobodys_number_stays_in_a_line(said: str) -> None:
    assert journal.mask(said) == said


def test_fields_and_faults_are_masked_as_well() -> None:
    event = {"event": "x", "to": ["+46701740606", {"at": "eva@example.com"}], "why": ValueError("+46701740606"), "n": 7}
    assert "1740606" not in str(masked := journal.mask_numbers(None, "", event)) and "eva" not in str(masked)
    assert masked["n"] == 7
