"""The stage of the messaging tests: on SQLite, and where it matters on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drivers.twilio_api import ACCOUNT, TwilioApi
from tests.sms.stage import BEGINNING, Stage, stage_on
from tonval.sms.twilio.provider import TwilioMessages
from tonval.store.unit import Unit

TOKEN = "a-token-of-the-tests"
OUTSIDE = "https://survey.example.com"


@pytest.fixture
def stage(sqlite_url: str) -> Iterator[Stage]:
    """A field office on SQLite."""
    with stage_on(sqlite_url) as stage:
        yield stage


@pytest.fixture
def stage_on_both(unit: Unit) -> Stage:
    """A field office, once on each kind of database."""
    return Stage(unit)


@pytest.fixture
def api() -> Iterator[TwilioApi]:
    """The stand-in for Twilio's interface, in the year of the stage."""
    with TwilioApi(TOKEN) as stand_in:
        stand_in.now = lambda: BEGINNING
        yield stand_in


@pytest.fixture
def twilio(api: TwilioApi) -> TwilioMessages:
    """The provider, talking to the stand-in, with little patience."""
    return TwilioMessages(ACCOUNT, TOKEN, OUTSIDE, api.url, patience=2)
