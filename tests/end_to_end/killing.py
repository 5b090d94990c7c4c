"""A hundred surveys at once while one process after another is killed; then everything is counted in the database."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from tests.drivers.customers import Customer, by_sip, by_sms, by_twilio, go_on_by_sms
from tests.drivers.house import House, running_house
from tests.drivers.twilio_api import TwilioApi
from tests.waiting import wait_until
from tonval.store import tables as t

TOKEN = "a-token-of-the-tests"
PARTS = ("worker", "clock", "web", "sip", "redis")
PHONES = 3
CENTRE = Path(__file__).with_name("under_fire.yaml")
ASKED = "Hur troligt?"
"""How the first question begins; a later one is put again beside a corrected score."""

GOING_ON = (("Bra hjälp",), ("sorry, {other}",), ("STOP",), ("Bra hjälp", "sorry, {other}"))
"""What customers write after their score, in turn."""


@dataclass
class Outcome:
    """What the customers remember and what the installation has kept."""

    customers: list[Customer] = field(default_factory=list)
    stored: dict[str, list[int]] = field(default_factory=dict)
    corrected: dict[str, list[int]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    after_stop: int = 0
    open_legs: int = 0
    recount: str = ""
    killed: list[str] = field(default_factory=list)

    def lost(self) -> list[str]:
        """The interactions of which a taken answer is missing, changed or doubled."""
        return [
            customer.interaction
            for customer in self.customers
            if self.stored.get(customer.interaction, [])[: len(customer.taken)] != customer.taken
            or len(self.stored.get(customer.interaction, [])) > len(customer.sent)
            or self.corrected.get(customer.interaction, []) != [value for value in (customer.corrected,) if value]
            or not self.kept.issuperset(customer.messages)
        ]

    def doubled(self) -> list[tuple[str, str]]:
        """The messages that were sent more often than they were written, and who was asked twice: to whom, and what."""
        twice = [message for message, times in self.sent.items() if times > 1 and message[1].startswith(ASKED)]
        return [*(self.sent - self.written), *twice]


def surveys_under_fire(each: int, seed: int, parts: tuple[str, ...] = PARTS, pause: float = 4.0) -> Outcome:
    """``each`` surveys by SIP, Twilio and SMS while ``parts`` are killed in random order, one every ``pause`` s."""
    outcome, dice = Outcome(), random.Random(seed)
    with TwilioApi(TOKEN, callbacks=("sent", "delivered")) as twilio:
        settings = {
            "TONVAL_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "TONVAL_TWILIO_AUTH_TOKEN": TOKEN,
            "TONVAL_TWILIO_API_URL": twilio.url,
            "TONVAL_QUEUES": str(CENTRE),
        }
        with running_house(settings) as house:
            key = json.loads(house.run("key", "add", "pbx", "--json").stdout)["key"]
            crowd = _crowd(outcome, house, twilio, key, each, dice)
            over = threading.Event()
            sniper = threading.Thread(target=_snipe, args=(house, outcome, parts, dice, over, pause))
            sniper.start()
            for one in crowd:
                one.join()
            over.set()
            sniper.join()
            _count(outcome, house, twilio)
    return outcome


def _crowd(
    outcome: Outcome, house: House, twilio: TwilioApi, key: str, each: int, dice: random.Random
) -> list[threading.Thread]:
    """Three telephones, three Twilio lines and three writers, each with its share of the customers."""
    port = int(house.sip.rpartition(":")[2])
    work: list[list[Callable[[], None]]] = [[] for _ in range(3 * PHONES)]
    for number in range(each):
        keys = f"{dice.randint(1, 5)}{dice.randint(1, 5)}"
        score, phone = dice.randint(0, 10), f"+467017406{number % 94 + 6:02d}"
        sip, voice, text = (Customer(f"{kind}-{number}") for kind in ("sip", "twilio", "sms"))
        outcome.customers += [sip, voice] + ([text] if number < 94 else [])
        lane = number % PHONES
        work[lane].append(lambda c=sip, k=keys: by_sip(c, port, k))  # type: ignore[misc]
        work[PHONES + lane].append(
            lambda c=voice, k=keys, n=number: by_twilio(c, house.url, TOKEN, f"CA{n}", k)  # type: ignore[misc]
        )
        if number < 94:
            more = [words.format(other=score % 10 + 1) for words in GOING_ON[number % len(GOING_ON)]]
            work[2 * PHONES + lane].append(partial(_by_sms, text, house, key, twilio, phone, score, more))
    threads = [threading.Thread(target=_one_after_the_other, args=(share,)) for share in work]
    for thread in threads:
        thread.start()
    return threads


def _by_sms(
    customer: Customer, house: House, key: str, twilio: TwilioApi, number: str, score: int, more: list[str]
) -> None:
    by_sms(customer, house.url, key, twilio, number, score)
    go_on_by_sms(customer, house.url, twilio, number, more)


def _one_after_the_other(share: list[Callable[[], None]]) -> None:
    for survey in share:
        try:
            survey()
        except AssertionError:
            continue  # a call that was cut off: what was taken of it is in its customer's notes


def _snipe(
    house: House, outcome: Outcome, parts: tuple[str, ...], dice: random.Random, over: threading.Event, pause: float
) -> None:
    order = list(parts)
    dice.shuffle(order)
    while order and not over.wait(pause):
        part = order.pop()
        house.wait_for(part, other_than=house.kill(part))
        outcome.killed.append(part)
        if not order and not over.is_set():
            return


def _count(outcome: Outcome, house: House, twilio: TwilioApi) -> None:
    unit = house.open_unit()
    wait_until(lambda: _quiet(unit), 60, every=0.5)
    with unit.read() as tx:
        outcome.stored, outcome.corrected = _scores(tx, "AnswerGiven"), _scores(tx, "AnswerReplaced")
        outcome.kept = set(tx.execute(select(t.messages.c.ref).where(t.messages.c.direction == "in")).scalars())
        outcome.written.update((row.recipient, row.body) for row in tx.execute(_WRITTEN))
        outcome.after_stop = len(tx.execute(_AFTER_STOP).all())
    outcome.sent.update((taken.to, taken.body) for taken in twilio.ledger)
    outcome.recount = house.run("stats", "rebuild", "--check").stdout.strip()
    unit.engine.dispose()


_WRITTEN = select(t.messages.c.recipient, t.messages.c.body).where(t.messages.c.direction == "out")
_AFTER_STOP = select(t.messages.c.id).where(
    t.messages.c.recipient == t.opt_outs.c.address,
    t.messages.c.claimed_at > t.opt_outs.c.created_at,
    t.messages.c.purpose != "confirmation",
)


def _scores(tx: Connection, kind: str) -> dict[str, list[int]]:
    """What each interaction was given, by the events of a kind."""
    found: dict[str, list[int]] = {}
    events = (
        select(t.interactions.c.ref, t.events.c.data)
        .select_from(t.events.join(t.interviews).join(t.interactions))
        .where(t.events.c.kind == kind)
        .order_by(t.events.c.interview, t.events.c.seq)
    )
    for row in tx.execute(events):
        found.setdefault(row.ref, []).append(row.data["value"])
    return found


def _quiet(unit: object) -> bool:
    """Whether every message has left, so that a doubled one would be in the ledger."""
    with unit.read() as tx:  # type: ignore[attr-defined]
        waiting = select(t.messages.c.id).where(t.messages.c.state.in_(("queued",)))
        return tx.execute(waiting).first() is None
