"""Webhooks that come one to five times, shuffled, to several servers at once; then what came of them is counted."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from tests.drivers.answering import TWILIO, ask_by_sms, key_pressed, open_calls, reported, text_written
from tests.drivers.forgeries import Fields
from tests.drivers.served import Served, drive, settings, web
from tests.invariants import faults_of
from tonval import opening
from tonval.config import load_config
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import takes
from tonval.store.tables import events, legs, messages

KEYS = "45"
MOST = 5
"""How often one webhook comes at the most."""

Waves = Sequence[Sequence[tuple[str, Fields]]]


@dataclass(frozen=True, slots=True)
class Repeated:
    """What came of it all; every number but ``deliveries`` and ``webhooks`` should be 0."""

    webhooks: int
    deliveries: int
    refused: int
    answered_otherwise: int
    calls_wrong: int
    replies_wrong: int
    thanked_twice: int
    reports_lost: int
    faults: int

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or answered in two ways."""
        return not any(getattr(self, name) for name in self.__slots__[2:])


def repeat(home: Path, database_url: str | None, each: int, seed: int) -> Repeated:
    """``each`` calls and SMS conversations on two houses of two workers each over one database."""
    environment = settings(home, database_url)
    office, dice = opening.open_field(load_config(environment)), random.Random(seed)
    takes.draft_missing(office)
    waves, scores = _waves(office, each, dice)
    with ExitStack() as running:
        servers = [running.enter_context(web(settings(home, environment.get("TONVAL_DATABASE_URL")))) for _ in "12"]
        answers, deliveries = _deliver(servers, waves, dice)
    try:
        return _counted(office, answers, deliveries, scores)
    finally:
        office.unit.engine.dispose()


def _waves(office: Field, each: int, dice: random.Random) -> tuple[Waves, list[int]]:
    """Each wave's webhooks are sent by Twilio only when the wave before was answered; and the score of each SMS."""
    calls, questions = open_calls(office, each), ask_by_sms(office, each)
    scores = [dice.randint(0, 10) for _ in range(each)]
    first = [key_pressed(leg, 1, KEYS[0]) for leg in calls]
    first += [text_written(number, str(score)) for number, score in enumerate(scores)]
    first += [reported(message, number, "sent") for number, message in enumerate(questions)]
    then = [key_pressed(leg, 2, KEYS[1]) for leg in calls]
    then += [reported(message, number, "delivered") for number, message in enumerate(questions)]
    last = [_ended(number) for number in range(each)]
    return (first, then, last), scores


def _ended(number: int) -> tuple[str, Fields]:
    return "/twilio/voice/status", (("CallSid", f"CA{number:032x}"), ("CallStatus", "completed"))


def _deliver(servers: Sequence[Served], waves: Waves, dice: random.Random) -> tuple[dict[str, Counter[bytes]], int]:
    """What each webhook was answered, by its signature. Repeats come with the first one or with a later wave."""
    due: dict[int, list[tuple[str, Fields]]] = defaultdict(list)
    for number, wave in enumerate(waves):
        for webhook in wave:
            due[number].append(webhook)
            for _ in range(dice.randint(0, MOST - 1)):
                due[dice.randrange(number, len(waves))].append(webhook)
    answers: dict[str, Counter[bytes]] = defaultdict(Counter)
    for number in range(len(waves)):
        dice.shuffle(due[number])
        _deliver_wave(servers, due[number], answers)
    return answers, sum(map(len, due.values()))


def _deliver_wave(
    servers: Sequence[Served], wave: Sequence[tuple[str, Fields]], answers: dict[str, Counter[bytes]]
) -> None:
    """Both servers at once, a half each."""
    signed = [TWILIO.webhook(*webhook) for webhook in wave]
    every = drive(servers, [each.wire() for each in signed])
    for webhook, shot in zip(signed, every, strict=True):
        answers[webhook.signature or ""][b"%d " % shot.status + shot.body] += 1


def _counted(office: Field, answers: dict[str, Counter[bytes]], deliveries: int, scores: list[int]) -> Repeated:
    refused = sum(count for each in answers.values() for answer, count in each.items() if answer[:1] != b"2")
    given = _given(office)
    by_call = [given.pop(interview, []) for interview in _interviews_of_calls(office)]
    with office.unit.read() as tx:
        purposes = select(messages.c.recipient).where(messages.c.direction == "out", messages.c.purpose == "thanks")
        thanked = Counter(tx.execute(purposes).scalars())
        inbound = tx.execute(select(func.count()).where(messages.c.direction == "in")).scalar_one()
        arrived = select(func.count()).where(messages.c.purpose == "question", messages.c.state == "delivered")
        delivered = tx.execute(arrived).scalar_one()
    return Repeated(
        webhooks=len(answers),
        deliveries=deliveries,
        refused=refused,
        answered_otherwise=sum(len(each) > 1 for each in answers.values()),
        calls_wrong=sum(values != [int(key) for key in KEYS] for values in by_call),
        replies_wrong=abs(inbound - len(scores)) + (sorted(given.values()) != sorted([score] for score in scores)),
        thanked_twice=sum(count > 1 for count in thanked.values()),
        reports_lost=len(scores) - delivered,
        faults=len(faults_of(office.unit)),
    )


def _given(office: Field) -> dict[str, list[int]]:
    """The answers of each interview, in their order."""
    found: dict[str, list[int]] = defaultdict(list)
    wanted = select(events.c.interview, events.c.data).where(events.c.kind == "AnswerGiven")
    with office.unit.read() as tx:
        for row in tx.execute(wanted.order_by(events.c.interview, events.c.seq)):
            found[row.interview].append(row.data["value"])
    return found


def _interviews_of_calls(office: Field) -> list[str]:
    with office.unit.read() as tx:
        return list(tx.execute(select(legs.c.interview)).scalars())
