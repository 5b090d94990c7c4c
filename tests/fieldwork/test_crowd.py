"""A crowd at the door: many triggers for each person at the same moment, and each person is asked once (R8)."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import interaction
from tests.transcripts.script import centre
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.invitations import Reported
from tonval.fieldwork.messaging import messages
from tonval.store.unit import Unit

PEOPLE, TRIGGERS, THREADS = 1000, 5, 32


def together(works: Sequence[Callable[[], None]]) -> None:
    """Do all at once; what one raises is raised here."""
    raised: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def number(person: int) -> str:
    """Of the hundred numbers of each area code that North America keeps for fiction (555-01xx)."""
    return f"+1{201 + person // 100}55501{person % 100:02d}"


def sends(office: Office) -> Counter[str]:
    """Ask everybody who is due and claim every message, as the workers would; how often each number was sent to."""
    while asking.ask_due(office.field, 200):
        pass
    found: Counter[str] = Counter()
    while claimed := messages.claim_due(office.field, 200):
        found.update(message.recipient for message in claimed)
    return found


def test_five_triggers_for_each_of_a_thousand_people_send_each_of_them_one_message(unit: Unit) -> None:
    office = Office(unit, centre())
    triggers = [(person, trigger) for person in range(PEOPLE) for trigger in range(TRIGGERS)]
    random.Random(1).shuffle(triggers)

    def report(share: Sequence[tuple[int, int]]) -> None:
        for person, trigger in share:
            invitations.report(office.field, interaction(office, f"{person}-{trigger}", phone=number(person)))

    together([lambda share=triggers[start::THREADS]: report(share) for start in range(THREADS)])  # type: ignore[misc]
    assert sends(office) == {number(person): 1 for person in range(PEOPLE)}


def test_batches_that_overlap_ask_each_person_once(unit: Unit) -> None:
    office = Office(unit, centre())
    outcomes: Counter[str] = Counter()

    def report(batch: int) -> None:
        people = random.Random(batch).sample(range(60), 40)
        reports = [interaction(office, f"{batch}-{person}", phone=number(person)) for person in people]
        for answer in invitations.report_many(office.field, reports):
            assert isinstance(answer, Reported)
            outcomes[answer.body["decision"].get("rule", "invited")] += 1

    together([lambda batch=batch: report(batch) for batch in range(8)])  # type: ignore[misc]
    assert set(sends(office).values()) == {1}
    assert outcomes["invited"] == outcomes.total() - outcomes["frequency_cap"] <= 60


def test_a_call_and_a_report_at_the_same_moment_are_one_asking(unit: Unit) -> None:
    office = Office(unit, centre())
    heard: Counter[bool] = Counter()

    def call(person: int) -> None:
        turn = conduct.begin_call(office.field, Call("sip", f"leg-{person}", "support", caller=number(person)))
        heard[turn.wait is not None] += 1

    def report(person: int) -> None:
        invitations.report(office.field, interaction(office, f"c-{person}", phone=number(person)))

    works = [lambda act=act, person=person: act(person) for person in range(20) for act in (call, report)]  # type: ignore[misc]
    together(works)
    assert heard[True] + len(sends(office)) == 20


@pytest.mark.parametrize("opted", ["before the claim", "after the claim"])
def test_an_opt_out_holds_from_the_moment_it_is_committed(unit: Unit, opted: str) -> None:
    office = Office(unit, centre())
    invitations.report(office.field, interaction(office))
    asking.ask_due(office.field)
    claimed = messages.claim_due(office.field, 10) if opted == "after the claim" else ()
    sender, recipient = interaction(office).customer.phone or "", "+46701740605"
    stop = conduct.Inbound("twilio", "SM1", sender, recipient, "STOPP", office.time, "stop")
    conduct.receive_message(office.field, stop)
    later = [message.body for message in messages.claim_due(office.field, 10)]
    assert len(claimed) == (opted == "after the claim")
    assert [body for body in later if "Hur troligt" in body] == []
