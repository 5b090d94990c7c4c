"""From a key pressed to the number beside the agent, by the real transactions."""

from __future__ import annotations

from datetime import date
from itertools import count
from pathlib import Path

from tests.stats.giving import NOON
from tonval.fieldwork import conduct
from tonval.fieldwork.arrivals import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import publish
from tonval.fieldwork.routing import load_centre
from tonval.stats.agents import agent_rows
from tonval.stats.queries import Filter
from tonval.stats.rebuild import check
from tonval.stats.record import handlers
from tonval.stats.responses import responses
from tonval.stats.said import Said
from tonval.stats.scope import EVERYTHING
from tonval.stats.squash import squash
from tonval.stats.timeline import CallBegan, CallEnded, conversation
from tonval.store.unit import Unit
from tonval.surveys.turns import Digits

TODAY = Filter(date(2026, 11, 22), date(2026, 11, 22))


def _field(unit: Unit) -> Field:
    numbers = count(1)
    return Field(
        unit=unit,
        centre=publish(unit, load_centre(Path(__file__).parents[2] / "queues.yaml"), NOON),
        now=lambda: NOON,
        fresh_id=lambda prefix: f"{prefix}_{next(numbers):06}",
        handlers=handlers(),
        ring=lambda kind: None,
        segments=lambda text: 1,
    )


def test_a_pressed_key_counts_at_once_and_only_once(unit: Unit) -> None:
    field = _field(unit)
    call = Call("sip", "a@b", "support", "support", "anna", "call-1", "sv", "+46701740606")
    first = conduct.begin_call(field, call)
    for _ in range(2):
        conduct.resume(field, first.leg, Digits("5"), 1)
        (row,) = agent_rows(unit, EVERYTHING, TODAY)
        assert (row.agent, row.nki_histogram) == ("anna", {5: 1})
    conduct.resume(field, first.leg, Digits("2"), 2)
    conduct.end_leg(field, first.leg, "completed")
    (row,) = agent_rows(unit, EVERYTHING, TODAY)
    assert row.nki_histogram == {2: 1, 5: 1}
    assert squash(unit) == 2
    assert check(unit) == []
    (saved,) = responses(unit, EVERYTHING, agent="anna").rows
    assert saved.answers == (Said("helped", "nki", 5), Said("manner", "nki", 2))
    assert (saved.disposition, saved.interaction) == ("complete", ("call", "call-1"))
    told = conversation(unit, EVERYTHING, saved.interview)
    assert told is not None
    assert isinstance(told.timeline[0], CallBegan)
    assert isinstance(told.timeline[-1], CallEnded)
