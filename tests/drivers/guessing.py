"""Guessers at the door: passwords tried from many addresses, on several web workers, while the owner comes and goes."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask.testing import FlaskClient

from tests.web.house import PASSWORD, Clock, open_site
from tonval.fieldwork.field import Field

HOUR = timedelta(hours=1)


@dataclass
class Siege:
    """What came of it: when a password of each account was looked at, and how the owner fared at each try."""

    looked_at: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[int] = field(default_factory=Counter)
    owner: Counter[int] = field(default_factory=Counter)

    def most_in_an_hour(self) -> int:
        """The most passwords that were looked at for one account within any hour."""
        return max((_most_within(times, HOUR) for times in self.looked_at.values()), default=0)


def besiege(
    office: Field,
    clock: Clock,
    accounts: Sequence[str],
    guesses: int,
    *,
    hours: float,
    workers: int,
    dice: random.Random,
) -> Siege:
    """Try ``guesses`` passwords evenly over ``hours``; the owner of the first account comes every ten minutes."""
    doors, siege = [_door(office) for _ in range(workers)], Siege()
    owner, home = _door(office), accounts[0]
    assert _try(owner, home, PASSWORD, "198.51.100.7") == 302
    pause, visits = timedelta(hours=hours) / guesses, clock()
    for number in range(guesses):
        clock.time += pause
        account, address = (
            dice.choice(accounts),
            f"{dice.randint(1, 223)}.{dice.randint(0, 255)}.{dice.randint(0, 255)}.9",
        )
        status = _try(doors[number % workers], account, f"guess {number}", address)
        siege.answers[status] += 1
        if status != 429:
            siege.looked_at[account].append(clock())
        if clock() - visits >= timedelta(minutes=10):
            visits = clock()
            owner.post("/logout")
            siege.owner[_try(owner, home, PASSWORD, "198.51.100.7")] += 1
    return siege


def _door(office: Field) -> FlaskClient:
    app = open_site(office)  # each worker has an application of its own, and shares the database alone
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app.test_client()


def _try(client: FlaskClient, name: str, password: str, address: str) -> int:
    data = {"name": name, "password": password}
    return client.post("/login", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def _most_within(times: Sequence[datetime], length: timedelta) -> int:
    return max(sum(begin <= time < begin + length for time in times) for begin in times)
