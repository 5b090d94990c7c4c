"""However a fault was put, it stands beside its field in one form."""

from __future__ import annotations

import pytest
from flask import Flask

from tonval.surveys.sentences import sentence
from tonval.web.faults import as_fault


@pytest.mark.parametrize(
    ("put", "shown"),
    [
        ("is no time", "Is no time."),
        (sentence("write it like %(number)s", number="+46701740606"), "Write it like +46701740606."),
        ("Write it like 7.", "Write it like 7."),
        ("e-mail addresses have an @", "E-mail addresses have an @."),
        ("min_talk is no length", "min_talk is no length."),
        ("“abc” is no number", "“abc” is no number."),
        ("there is none; is it “sv”?", "There is none; is it “sv”?"),
        ("åttio är för mycket", "Åttio är för mycket."),
        ("7.5 is no whole number", "7.5 is no whole number."),
        ("cc-leads: who is site-manager needs the unit", "cc-leads: who is site-manager needs the unit."),
        ("", ""),
    ],
)
def test_a_fault_has_a_capital_letter_and_a_full_stop_and_names_keep_theirs(site: Flask, put: str, shown: str) -> None:
    with site.test_request_context():
        assert as_fault(put) == shown
        assert as_fault(as_fault(put)) == as_fault(put)
