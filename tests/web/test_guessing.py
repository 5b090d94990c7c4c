"""Guessing passwords from everywhere at once (S9); bench/guessing.py does it 100,000 times."""

from __future__ import annotations

import random

import pytest

from tests.drivers.guessing import besiege
from tests.web.house import PASSWORD, Clock, open_house
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.field import Field
from tonval.store.unit import Unit
from tonval.web.throttle import neighbourhood


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords are compared, not hashed: the tries are what is counted."""
    real = people.check_password

    def check(office: Field, name: str, password: str) -> people.Person | None:
        return real(office, name, password) if password == PASSWORD else None

    monkeypatch.setattr(people, "check_password", check)


@pytest.mark.usefixtures("quick")
def test_guessers_get_twenty_passwords_an_hour_and_the_owner_gets_in(unit: Unit, clock: Clock) -> None:
    office = open_house(unit, clock)
    for name in ("eva", "bo"):
        people.add_user(office, name, PASSWORD)
    siege = besiege(office, clock, ["eva", "bo"], 160, hours=1.5, workers=3, dice=random.Random(1))
    assert siege.most_in_an_hour() == 20
    assert siege.answers.keys() == {401, 429}
    assert dict(siege.owner) == {302: 8}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "192.0.2.1", False),
    ],
)
def test_a_guesser_is_counted_by_what_she_has_many_of(one: str, other: str, same: bool) -> None:
    assert (neighbourhood(one) == neighbourhood(other)) is same
