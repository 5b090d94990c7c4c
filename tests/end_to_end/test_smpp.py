"""Surveys over an operator's line, through a whole installation whose worker is killed and whose operator restarts."""

from __future__ import annotations

import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.drivers.customers import OURS, report
from tests.drivers.house import House, running_house
from tests.drivers.smsc import Smsc
from tests.waiting import wait_until
from tonval.store import tables as t

UNBIND = 0x06
DOUBT = ("sending", "unknown")
CUSTOMERS = [f"+467017406{number:02d}" for number in range(10, 40)]


@pytest.mark.xdist_group("killing")
def test_surveys_by_smpp_survive_a_killed_worker_and_an_operator_that_restarts() -> None:
    with (
        Smsc(receipts=("DELIVRD",)) as smsc,
        running_house({"TONVAL_SMPP_URL": smsc.url("answer=3s")}) as house,
    ):
        key = json.loads(house.run("key", "add", "pbx", "--json").stdout)["key"]
        first, second = CUSTOMERS[:15], CUSTOMERS[15:]
        talk(house, smsc, key, first, trouble=lambda: house.wait_for("worker", other_than=house.kill("worker")))
        talk(house, smsc, key, second, trouble=lambda: smsc.restart(away=1.0))
        asked = {f"+{taken.recipient}" for taken in smsc.ledger}
        assert set(CUSTOMERS) - asked <= in_doubt(house)
        assert doubled(smsc) == []
        wait_until(lambda: set(stored(house)[1]) <= {"delivered", *DOUBT}, every=0.2)
        answers, states = stored(house)
        assert answers == {number: [9] for number in asked}
        # Of about sixty messages; on a busy machine the operator's answers come too late for many.
        assert states["delivered"] >= 10, "too little got through for this to mean anything"
        assert house.run("stats", "rebuild", "--check").stdout.strip() == "0 differences"
        house.stop()
        assert len(smsc.to_us.of(UNBIND)) == 1, "the worker that was killed could not take leave, the last one does"


def talk(house: House, smsc: Smsc, key: str, numbers: list[str], trouble: object) -> None:
    """Report a call of each, make trouble once some are asked, and let all who are asked answer and be thanked."""
    for number in numbers:
        report(house.url, key, f"call-{number[1:]}", number)
    wait_until(lambda: any(said(smsc, number) for number in numbers), 60)
    makes_trouble = threading.Thread(target=trouble)  # type: ignore[arg-type]
    makes_trouble.start()
    waiting = set(numbers)

    def all_thanked() -> bool:
        for number in sorted(waiting):
            words = said(smsc, number)
            if any(word.startswith(b"Tack") for word in words):
                waiting.discard(number)
            elif words and number not in answered:
                answered.update({number} if smsc.bring(number, OURS, b"9") == 0 else ())
        heard = all(number in answered for number in waiting if said(smsc, number))
        return not waiting or (heard and not makes_trouble.is_alive() and waiting <= in_doubt(house))

    answered: set[str] = set()
    wait_until(all_thanked, 120, every=0.1)
    makes_trouble.join()


def said(smsc: Smsc, number: str) -> list[bytes]:
    """All that was sent to the customer."""
    return [taken.octets for taken in list(smsc.ledger) if taken.recipient == number[1:]]


def doubled(smsc: Smsc) -> list[tuple[str, bytes]]:
    """Who got the same words twice."""
    sent = Counter((taken.recipient, taken.octets) for taken in smsc.ledger)
    return [each for each, times in sent.items() if times > 1]


def in_doubt(house: House) -> set[str]:
    """Whose message was handed over when the worker was killed or the line broke: nobody may send it again."""
    unit, since = house.open_unit(), datetime.now(UTC) - timedelta(seconds=15)
    held = select(t.messages.c.recipient).where(t.messages.c.state.in_(DOUBT), t.messages.c.claimed_at < since)
    with unit.read() as tx:
        found = set(tx.execute(held).scalars())
    unit.engine.dispose()
    return found


def stored(house: House) -> tuple[dict[str, list[int]], Counter[str]]:
    """The answers of each customer, and how many messages are in each state."""
    unit, answers = house.open_unit(), dict[str, list[int]]()
    given = (
        select(t.interactions.c.ref, t.events.c.data)
        .select_from(t.events.join(t.interviews).join(t.interactions))
        .where(t.events.c.kind == "AnswerGiven")
    )
    with unit.read() as tx:
        for row in tx.execute(given):
            answers.setdefault(row.ref.replace("call-", "+"), []).append(row.data["value"])
        states = Counter(tx.execute(select(t.messages.c.state).where(t.messages.c.direction == "out")).scalars())
    unit.engine.dispose()
    return answers, states
