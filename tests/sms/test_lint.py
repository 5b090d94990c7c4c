"""Texts that cost more than one SMS are found before they are sent."""

from __future__ import annotations

from pathlib import Path

from tonval.fieldwork.routing import load_centre, read_centre
from tonval.sms.lint import long_messages

CENTRE = """
numbers: {"+46701740605": {}}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605"}
surveys:
  nps:
    questions:
      - {id: q, scale: nps, text: {sv: "QUESTION"}}
"""


def test_a_dash_that_doubles_the_price_is_named_with_its_line() -> None:
    text = "Hur troligt är det att du rekommenderar oss till en vän? Svara 0–10 i ett sms, tack."
    (fault,) = long_messages(read_centre(CENTRE.replace("QUESTION", text)))
    assert fault.line == 8 and fault.warning
    assert "2 SMS" in fault.sentence and "–" in fault.sentence


def test_the_surveys_we_ship_fit_one_sms_each() -> None:
    assert list(long_messages(load_centre(Path("queues.yaml")))) == []
