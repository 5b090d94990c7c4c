"""Pools of numbers: which one a customer is asked from, and what becomes of a second survey while one is open."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from tests.fieldwork.asked import ended, rows, sent
from tests.fieldwork.office import BEGINNING, Office
from tests.fieldwork.reporting import decide
from tests.fieldwork.test_crowd import together
from tonval.fieldwork import asking, conduct, invitations, reminders, second
from tonval.fieldwork.messaging import messages, sticky
from tonval.fieldwork.messaging.sticky import Talk, preferred
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.sms import inbound
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition

POOL = tuple(f"+4670174060{last}" for last in range(5, 10))
ONE, TWO, THREE = POOL[:3]
EVA, NORA, JOE = "+46701740650", "+4740612345", "+12015550123"
NUMBERS = st.sampled_from([f"+467017406{last:02d}" for last in range(10, 100)])
POOLS = st.lists(NUMBERS, min_size=1, max_size=8, unique=True)
CUSTOMERS = st.integers(0, 99).map(lambda last: f"+120155501{last:02d}")

FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {}, "+46701740606": {}, "+46701740607": {}, "+4740612340": {}}
defaults: {cap: 0, survey: nps}
queues:
  one:   {channel: sms, from: "+46701740605"}
  wait:  {channel: sms, from: ["+46701740605", "+46701740606", "+46701740607"]}
  drop:  {channel: sms, from: ["+46701740605", "+46701740606", "+46701740607"], second_survey: drop}
  other: {channel: sms, from: ["+46701740605", "+46701740606", "+46701740607"], second_survey: other}
  north: {channel: sms, from: ["+46701740605", "+4740612340"]}
  links: {channel: link, from: ["+46701740605", "+46701740606", "+46701740607"], survey: care}
  caps:  {channel: sms, from: "+46701740605", second_survey: drop, cap: {queue: 30d, person: 0}}
  night: {channel: sms, from: "+46701740605", quiet_hours: "21:00-08:00"}
surveys:
  nps:  {questions: [{id: q, scale: nps, text: "Hur? STOPP"}], thanks: {promoter: Tack, passive: Tack, detractor: Tack}}
  care: {page: {reminder: 3d, open_for: 10d}, questions: [{id: q, scale: nki, text: Hur}]}
"""


@pytest.fixture
def house(unit: Unit) -> Office:
    """The centre with its pools."""
    return Office(unit, read_centre(FILE))


def report(office: Office, queue: str, ref: str, phone: str = EVA) -> dict[str, Any]:
    return decide(office, ref, queue=queue, customer=Customer(phone=phone, language="sv"))


def ask(office: Office, queue: str, ref: str = "a", phone: str = EVA) -> str | None:
    """Report and ask when due; gives the number it came from."""
    report(office, queue, ref, phone)
    before = len(sent(office))
    asking.ask_due(office.field)
    return next((row.sender for row in sent(office)[before:]), None)


def reply(office: Office, body: str = "9", phone: str = EVA) -> None:
    """Answer the message that came last."""
    last = [row for row in sent(office) if row.recipient == phone][-1]
    ref = office.field.fresh_id("MO")
    inbound.receive(
        office.field,
        provider="console",
        ref=ref,
        sender=phone,
        recipient=last.sender,
        body=body,
        at=office.time,
    )


def talk(minutes: int, *, going_on: bool = False) -> Talk:
    return Talk(BEGINNING + timedelta(minutes=minutes), going_on)


def open_threads(office: Office) -> list[str]:
    i = t.interviews.c
    return sorted(row.thread for row in rows(office, t.interviews, i.disposition.is_(None)))


def due_at(office: Office, ref: str) -> Any:
    wanted = select(t.outbox.c.due_at, t.outbox.c.detail).join(t.invitations, t.invitations.c.id == t.outbox.c.ref)
    with office.field.unit.read() as tx:
        return tx.execute(wanted.join(t.interactions).where(t.interactions.c.ref == ref)).one()


@given(CUSTOMERS, POOLS, NUMBERS)
def test_a_number_that_is_added_takes_over_only_those_who_hash_to_it(customer: str, pool: list[str], new: str) -> None:
    before, after = preferred(customer, pool, {}), preferred(customer, list(dict.fromkeys([*pool, new])), {})
    assert tuple(number for number in after if number != new or new in pool) == before
    assert after[0] in (before[0], new)


@given(CUSTOMERS, POOLS, NUMBERS, st.data())
def test_who_had_a_conversation_stays_whatever_is_added(
    customer: str, pool: list[str], new: str, data: st.DataObject
) -> None:
    known = {number: talk(place) for place, number in enumerate(data.draw(st.permutations(pool)))}
    some = dict(list(known.items())[data.draw(st.integers(0, len(pool) - 1)) :])
    latest = max(some, key=lambda number: some[number].last)
    assert preferred(customer, [*pool, new], some)[0] == preferred(customer, pool, some)[0] == latest


@given(CUSTOMERS, st.lists(NUMBERS, min_size=1, max_size=8, unique=True), st.randoms())
def test_the_order_in_the_file_says_nothing(customer: str, pool: list[str], chance: Any) -> None:
    shuffled = list(pool)
    chance.shuffle(shuffled)
    assert preferred(customer, shuffled, {}) == preferred(customer, pool, {})


def test_customers_are_spread_evenly() -> None:
    customers = [f"+1{area}55501{last:02d}" for area in range(201, 241) for last in range(100)]
    found = Counter(preferred(customer, POOL, {})[0] for customer in customers)
    assert min(found.values()) > 0.9 * len(customers) / len(POOL)


@pytest.mark.parametrize(
    ("customer", "pool", "known", "order"),
    [
        (EVA, (ONE,), {}, (ONE,)),
        (EVA, (ONE, TWO), {TWO: talk(1)}, (TWO, ONE)),
        (EVA, (ONE, TWO), {ONE: talk(1)}, (ONE, TWO)),
        (EVA, (ONE, TWO), {ONE: talk(1), TWO: talk(2)}, (TWO, ONE)),
        (EVA, (NORA, ONE), {}, (ONE, NORA)),
        (NORA, (ONE, "+4740612340"), {}, ("+4740612340", ONE)),
        (NORA, (ONE, "+4740612340"), {ONE: talk(1)}, (ONE, "+4740612340")),
        (EVA, (ONE, TWO), {ONE: talk(1, going_on=True)}, (ONE, TWO)),
    ],
)
def test_the_number_she_knows_comes_first_then_one_of_her_country(
    customer: str, pool: tuple[str, ...], known: dict[str, Talk], order: tuple[str, ...]
) -> None:
    assert preferred(customer, pool, known) == order


def test_a_customer_of_a_country_without_a_number_always_gets_the_same(house: Office) -> None:
    found = ask(house, "wait", "a", JOE)
    assert found == preferred(JOE, POOL[:3], {})[0]
    reply(house, phone=JOE)
    house.pass_time(days=400)
    assert ask(house, "wait", "b", JOE) == found


def test_a_customer_is_asked_again_from_the_number_of_her_last_conversation(house: Office) -> None:
    usual = preferred(EVA, POOL[:3], {})[0]
    (other,) = [number for number in (ONE,) if number != usual] or [TWO]
    queues = dict(house.field.centre.queues)
    queues["wait"] = replace(queues["wait"], pool=(other,), sender=other)
    pool, house.field = house.field.centre, replace(house.field, centre=replace(house.field.centre, queues=queues))
    assert ask(house, "wait", "a") == other
    reply(house)
    house.field = replace(house.field, centre=pool)
    house.pass_time(days=30)
    assert ask(house, "wait", "b") == other != usual


def test_the_customers_own_country_is_preferred(house: Office) -> None:
    assert ask(house, "north", "a", NORA) == "+4740612340"
    assert ask(house, "north", "b") == ONE


def test_the_choice_is_kept_with_the_invitation(house: Office) -> None:
    number = ask(house, "other")
    (row,) = rows(house, t.invitations)
    assert (row.sender, row.state) == (number, "asked")
    assert open_threads(house) == [f"{EVA}>{number}"]


def test_a_link_comes_from_the_number_she_knows_and_so_does_its_reminder(house: Office) -> None:
    ask(house, "other", "a")
    house.pass_time(minutes=1)
    known = ask(house, "other", "b")
    assert ask(house, "links", "c") == known
    with house.field.unit.begin() as tx:
        tx.execute(update(t.messages).values(state="delivered", claimed_at=house.time))
    house.pass_time(days=3, minutes=1)
    reminders.remind_due(house.field)
    assert [row.sender for row in sent(house) if row.purpose == "reminder"] == [known]


def test_several_links_may_be_open_with_one_customer_on_one_number(house: Office) -> None:
    assert ask(house, "links", "a") == ask(house, "links", "b") == preferred(EVA, POOL[:3], {})[0]


def test_a_number_that_has_left_the_pool_is_not_asked_from(house: Office) -> None:
    report(house, "one", "a")
    queues = dict(house.field.centre.queues)
    queues["one"] = replace(queues["one"], pool=(TWO,), sender=TWO)  # type: ignore[arg-type]
    house.field = replace(house.field, centre=replace(house.field.centre, queues=queues))
    asking.ask_due(house.field)
    assert [row.sender for row in sent(house)] == [TWO]


@pytest.mark.parametrize("queue", ["one", "wait"])
def test_a_second_survey_waits_and_is_asked_soon_after_the_first_has_ended(house: Office, queue: str) -> None:
    number = ask(house, queue, "a")
    assert ask(house, queue, "b") is None
    assert due_at(house, "b") == (house.time + second.LOOK_AGAIN, second.HELD)
    house.pass_time(minutes=1)
    reply(house)
    assert due_at(house, "b").due_at == house.time + second.PAUSE
    assert asking.ask_due(house.field) == 0
    house.pass_time(minutes=1)
    assert asking.ask_due(house.field) == 1
    assert [row.sender for row in sent(house) if row.purpose == "question"] == [number, number]


@pytest.mark.parametrize("ending", ["stop", "expire"])
def test_whatever_ends_the_first_lets_the_second_go_on(house: Office, ending: str) -> None:
    ask(house, "one", "a")
    ask(house, "one", "b")
    if ending == "stop":
        reply(house, "STOPP")
    else:
        house.pass_time(hours=73)
        conduct.expire_due(house.field)
    assert due_at(house, "b").due_at <= house.time + second.PAUSE
    house.pass_time(minutes=1)
    asking.ask_due(house.field)
    told = invitations.reported(house.field, "call", "b")
    assert (told["disposition"], told["decision"].get("rule")) == {
        "stop": ("suppressed", "opted_out"),
        "expire": ("pending", None),
    }[ending]


def test_only_what_waits_for_the_conversation_is_woken(house: Office) -> None:
    house.time = house.time.replace(hour=19, minute=59)
    ask(house, "night", "a")
    house.pass_time(hours=2)
    report(house, "night", "b")
    asking.ask_due(house.field)
    report(house, "one", "c", JOE)
    before = due_at(house, "b"), due_at(house, "c")
    reply(house)
    assert (due_at(house, "b"), due_at(house, "c")) == before


def test_one_that_looks_again_before_is_not_put_off(house: Office) -> None:
    ask(house, "one", "a")
    ask(house, "one", "b")
    house.pass_time(minutes=14, seconds=30)
    reply(house)
    assert due_at(house, "b").due_at == house.time + timedelta(seconds=30)


def test_a_second_survey_is_dropped_and_gives_its_places_back(house: Office) -> None:
    number = ask(house, "caps", "a")
    with house.field.unit.begin() as tx:
        tx.execute(text("DELETE FROM caps"))
    assert ask(house, "caps", "b") is None
    told = invitations.reported(house.field, "call", "b")
    since = house.time.isoformat()
    assert told["disposition"] == Disposition.SUPPRESSED
    assert told["decision"]["rule"] == "conversation_open"
    assert told["decision"]["detail"] == f"another survey is open with the customer on {number}"
    assert told["decision"]["facts"] == {"number": number, "since": since}
    reply(house)
    assert report(house, "caps", "c")["outcome"] == "invited"


def test_a_second_survey_takes_another_number_and_waits_when_all_are_taken(house: Office) -> None:
    order = preferred(EVA, POOL[:3], {})
    assert tuple(ask(house, "other", ref) for ref in "abcd") == (*order, None)
    assert open_threads(house) == sorted(f"{EVA}>{number}" for number in order)
    reply(house)
    house.pass_time(minutes=1)
    asking.ask_due(house.field)
    assert [row.sender for row in sent(house) if row.purpose == "question"] == [*order, order[-1]]


def test_a_conversation_in_its_late_window_is_not_open(house: Office) -> None:
    number = ask(house, "drop", "a")
    reply(house)
    assert ask(house, "drop", "b") == number
    assert ended(house, rows(house, t.interviews)[0].id) == "complete"


def test_a_reply_goes_to_the_conversation_that_is_open_on_the_number(house: Office) -> None:
    ask(house, "one", "a")
    reply(house, "9")
    ask(house, "one", "b")
    messages.claim_due(house.field, 10)
    reply(house, "3")
    assert [(row.answered, row.disposition) for row in rows(house, t.interviews)] == [(1, "complete"), (1, "complete")]


def test_a_premium_number_and_a_country_left_out_are_not_asked(house: Office) -> None:
    terms = replace(house.field.centre.texting, countries=frozenset({"SE"}))
    house.field = replace(house.field, centre=replace(house.field.centre, texting=terms))
    assert report(house, "one", "a", "+46900123456") == {
        "outcome": "suppressed",
        "rule": "premium_number",
        "detail": "the customer's number is a premium-rate number: no SMS goes there",
        "config": house.field.centre.config,
        "facts": {"kind": "a premium-rate number"},
    }
    assert report(house, "one", "b", NORA)["rule"] == "country_off"
    assert report(house, "links", "c", NORA)["facts"] == {"country": "NO", "countries": "SE"}
    assert report(house, "one", "d")["outcome"] == "invited"


def test_a_country_that_was_left_out_since_is_not_asked_when_it_is_due(house: Office) -> None:
    report(house, "one", "a", NORA)
    terms = replace(house.field.centre.texting, countries=frozenset({"SE"}))
    house.field = replace(house.field, centre=replace(house.field.centre, texting=terms))
    asking.ask_due(house.field)
    told = invitations.reported(house.field, "call", "a")
    assert (told["disposition"], told["decision"]["rule"], sent(house)) == ("suppressed", "country_off", [])


PEOPLE, SURVEYS, THREADS = 60, 4, 16


@pytest.mark.parametrize(
    ("queue", "open_each", "waiting_each", "dropped_each"), [("other", 3, 1, 0), ("wait", 1, 3, 0), ("drop", 1, 0, 3)]
)
def test_many_workers_never_put_two_surveys_into_one_thread(
    house: Office, queue: str, open_each: int, waiting_each: int, dropped_each: int
) -> None:
    """What R8 asks of triggers, asked of conversations: nothing is raised, nobody is asked twice on one number."""
    for survey in range(SURVEYS):
        for person in range(PEOPLE):
            report(house, queue, f"{survey}-{person}", f"+120155501{person:02d}")

    def work() -> None:
        while asking.ask_due(house.field, 7):
            pass

    together([work] * THREADS)
    asked = Counter(row.recipient for row in sent(house))
    assert asked == {f"+120155501{person:02d}": open_each for person in range(PEOPLE)}
    threads = open_threads(house)
    assert len(threads) == len(set(threads)) == PEOPLE * open_each
    states = Counter(row.state for row in rows(house, t.invitations))
    assert states == Counter(
        {
            state: n * PEOPLE
            for state, n in (("asked", open_each), ("waiting", waiting_each), ("dropped", dropped_each))
            if n
        }
    )


def test_workers_that_ask_while_customers_answer_leave_nobody_behind(house: Office) -> None:
    people = [f"+120155501{person:02d}" for person in range(24)]
    for survey in range(3):
        for phone in people:
            report(house, "wait", f"{survey}-{phone}", phone)

    def work() -> None:
        while asking.ask_due(house.field, 5):
            pass

    for _ in range(3):
        together([work] * 8)
        messages.claim_due(house.field, 500)
        open_now = {row.thread.partition(">")[0] for row in rows(house, t.interviews) if row.disposition is None}
        together([lambda phone=phone: reply(house, "9", phone) for phone in open_now] + [work] * 4)  # type: ignore[misc]
        house.pass_time(minutes=1)
    assert Counter(row.disposition for row in rows(house, t.interviews)) == {"complete": 3 * len(people)}


def test_the_look_at_a_customers_conversations_uses_their_index(house: Office) -> None:
    with house.field.unit.read() as tx:
        name = tx.dialect.name
        if name == "postgresql":
            tx.execute(text("SET enable_seqscan = off"))
        query = sticky._talks(name).compile(tx.engine)
        explain = "EXPLAIN" if name == "postgresql" else "EXPLAIN QUERY PLAN"
        values = {"threads": sticky.listed(tx, [f"{EVA}>{ONE}", f"{EVA}>{TWO}"])}
        given = (json.dumps(values["threads"]),) if name == "sqlite" else values
        plan = " ".join(str(row) for row in tx.exec_driver_sql(f"{explain} {query}", given))
        assert "ix_interviews_thread_started_at" in plan
        assert tx.execute(select(func.count()).select_from(t.interviews)).scalar_one() == 0
