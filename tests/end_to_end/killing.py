"""A hundred surveys at once while one process after another is killed; then everything is counted in the database."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select

from tests.drivers.customers import Customer, by_sip, by_sms, by_twilio
from tests.drivers.house import House, running_house
from tests.drivers.twilio_api import TwilioApi
from tests.waiting import wait_until
from tonval.store import tables as t
from tonval.store.unit import open_unit

TOKEN = "a-token-of-the-tests"
PARTS = ("worker", "clock", "web", "sip", "redis")
PHONES = 3


@dataclass
class Outcome:
    """What the customers remember and what the installation has kept."""

    customers: list[Customer] = field(default_factory=list)
    stored: dict[str, list[int]] = field(default_factory=dict)
    questions: Counter[str] = field(default_factory=Counter)
    thanks: Counter[str] = field(default_factory=Counter)
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
        ]


def surveys_under_fire(each: int, seed: int, parts: tuple[str, ...] = PARTS, pause: float = 4.0) -> Outcome:
    """``each`` surveys by SIP, Twilio and SMS while ``parts`` are killed in random order, one every ``pause`` s."""
    outcome, dice = Outcome(), random.Random(seed)
    with TwilioApi(TOKEN, callbacks=("sent", "delivered")) as twilio:
        settings = {
            "TONVAL_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "TONVAL_TWILIO_AUTH_TOKEN": TOKEN,
            "TONVAL_TWILIO_API_URL": twilio.url,
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
            work[2 * PHONES + lane].append(
                lambda c=text, p=phone, s=score: by_sms(c, house.url, key, twilio, p, s)  # type: ignore[misc]
            )
    threads = [threading.Thread(target=_one_after_the_other, args=(share,)) for share in work]
    for thread in threads:
        thread.start()
    return threads


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
    unit = open_unit(house.database_url)
    wait_until(lambda: _quiet(unit), 60, every=0.5)
    with unit.read() as tx:
        answers = (
            select(t.interactions.c.ref, t.events.c.data)
            .select_from(t.events.join(t.interviews).join(t.interactions))
            .where(t.events.c.kind == "AnswerGiven")
            .order_by(t.events.c.interview, t.events.c.seq)
        )
        for row in tx.execute(answers):
            outcome.stored.setdefault(row.ref, []).append(row.data["value"])
    for taken in twilio.ledger:
        (outcome.thanks if taken.body.startswith("Tack") else outcome.questions)[taken.to] += 1
    outcome.recount = house.run("stats", "rebuild", "--check").stdout.strip()
    unit.engine.dispose()


def _quiet(unit: object) -> bool:
    """Whether every message has left, so that a doubled one would be in the ledger."""
    with unit.read() as tx:  # type: ignore[attr-defined]
        waiting = select(t.messages.c.id).where(t.messages.c.state.in_(("queued",)))
        return tx.execute(waiting).first() is None
