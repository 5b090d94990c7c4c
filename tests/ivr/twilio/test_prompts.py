"""Prompts for the webhooks: looked up as seldom as can be, and a call keeps those it began with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tonval.fieldwork.voice import prompts
from tonval.fieldwork.voice.prompts import RECORDED, Prompt, Shelf
from tonval.ivr.twilio.prompts import REMEMBERED_FOR, OfficePrompts
from tonval.surveys.turns import Utterance

WELCOME = Utterance("welcome", "sv", "Välkommen")
NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    time = NINE

    def now(self) -> datetime:
        """The time."""
        return self.time


class Library:
    """A library with a shelf for each slot, which counts how often it is asked."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked: list[tuple[str, str]] = []
        self.versions = [NINE - timedelta(days=1)]

    def shelf(self, _: object, survey: str, slot: str) -> Shelf:
        """One recording for each time in ``versions``, named by its number."""
        self.asked.append((survey, slot))
        made = enumerate(self.versions, 1)
        kept = tuple((at, Prompt(survey, slot, "sv", number, str(number), RECORDED, "")) for number, at in made)
        return Shelf(self.clock.now(), kept)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Library:
    found = Library(clock)
    monkeypatch.setattr(prompts, "shelf", found.shelf)
    return found


@pytest.fixture
def webhooks(library: Library) -> OfficePrompts:
    return OfficePrompts(cast("Any", SimpleNamespace(now=library.clock.now)))


def test_what_was_read_is_remembered_for_a_moment_and_then_looked_up_again(
    webhooks: OfficePrompts, library: Library, clock: Clock
) -> None:
    heard = [webhooks.digest("support-nki", WELCOME, NINE) for _ in range(3)]
    assert (heard, len(library.asked)) == (["1"] * 3, 1)
    clock.time += REMEMBERED_FOR + timedelta(seconds=1)
    webhooks.digest("support-nki", WELCOME, NINE)
    assert len(library.asked) == 2


def test_a_call_keeps_what_it_began_with_and_the_next_hears_the_new_one_at_once(
    webhooks: OfficePrompts, library: Library, clock: Clock
) -> None:
    assert webhooks.digest("support-nki", WELCOME, NINE) == "1"
    library.versions.append(NINE + timedelta(seconds=2))
    clock.time = NINE + timedelta(seconds=3)
    assert webhooks.digest("support-nki", WELCOME, clock.time) == "2"
    assert webhooks.digest("support-nki", WELCOME, NINE) == "1"


def test_other_slots_and_surveys_are_looked_up_for_themselves(webhooks: OfficePrompts, library: Library) -> None:
    webhooks.digest("support-nki", WELCOME, NINE)
    webhooks.digest("support-nki", Utterance("closing", "sv", "Hej"), NINE)
    webhooks.digest("sales-nps", WELCOME, NINE)
    assert len(library.asked) == 3


def test_speech_made_on_the_spot_is_made_once(
    webhooks: OfficePrompts, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def spoken_now(_: object, utterance: Utterance) -> str:
        made.append(utterance.text)
        return "spoken"

    library.versions = []
    monkeypatch.setattr(prompts, "spoken_now", spoken_now)
    assert {webhooks.digest("support-nki", WELCOME, NINE) for _ in range(3)} == {"spoken"}
    assert made == ["Välkommen"]
