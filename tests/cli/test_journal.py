"""What reaches a log: telephone numbers masked, whoever wrote them."""

from __future__ import annotations

import logging

import pytest

from tonval import journal


@pytest.mark.parametrize("form", ["text", "json"])
def test_numbers_are_masked_in_every_line(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.root.handlers[:], logging.root.level
    try:
        journal.set_up(form)
        logging.getLogger("twilio.test").warning("could not reach %s", "+46701740606")
        logging.getLogger("sip").info("call from <sip:+46701740607@pbx.example> leg_01a2012f0407da2075375f2a53")
    finally:
        logging.root.handlers[:] = before[0]
        logging.root.setLevel(before[1])
    said = capsys.readouterr().err
    assert "+46•••••06" in said and "+46•••••07" in said
    assert "1740606" not in said and "leg_01a2012f0407da2075375f2a53" in said
