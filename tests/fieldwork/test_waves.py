"""Waves: everybody on the list once in each period, whatever is killed, merged, moved or taken away meanwhile."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from tests.fieldwork.office import Office
from tests.waiting import wait_until
from tonval.fieldwork import doubles
from tonval.fieldwork.contacts import know_contacts, merge
from tonval.fieldwork.deciding.hours import is_open
from tonval.fieldwork.deciding.zones import Places
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction, read_interaction
from tonval.fieldwork.invitations import Reported
from tonval.fieldwork.periodic import lists, programs, waves
from tonval.fieldwork.periodic.waves import Wave
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import agents, blocklist, caps, contacts, imports, interactions, invitations, outbox
from tonval.store.tables import waves as rows
from tonval.store.unit import Unit, open_unit

PHONE = "+4670174060{}"
PERIOD = "2026-11"

QUEUES = """
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {cap: 0, languages: [en]}
queues:
  relations: {survey: nps, channel: email}
  texts: {survey: nps, channel: sms, from: "+46701740605"}
periodic:
  relations: {queue: relations, list: customers, every: month}
surveys:
  nps:
    questions: [{id: recommend, scale: nps, text: {en: "How likely? Reply 0-10."}}]
"""


@pytest.fixture
def office(unit: Unit) -> Office:
    """An office with one program: every month, everybody on the list of customers, by e-mail and without caps."""
    return Office(unit, read_centre(QUEUES))


def changed(office: Office, *changes: tuple[str, str]) -> Field:
    """The office after words of its file have been replaced."""
    text = QUEUES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return office.with_centre(read_centre(text))


def on_the_list(field: Field, number: int, name: str = "customers") -> list[str]:
    """So many new contacts with e-mail addresses on a list; gives their ids in order."""
    customers = [Customer(email=f"{name}-{n}@example.com") for n in range(number)]
    with field.unit.begin() as tx:
        people = [contact.id for contact in know_contacts(tx, field, customers) if contact]
        lists.put_on(tx, field, name, people)
    return sorted(people)


def put(field: Field, **customer: Any) -> str:
    """One contact on the list; gives her id."""
    return lists.put_contact(field, Customer(**customer), ["customers"]).contact


def run(field: Field, limit: int = 100) -> None:
    """The clock and a worker, until there is nothing to do."""
    waves.start_due(field)
    while waves.go_on(field, limit):
        pass


def found(field: Field, period: str = PERIOD) -> Wave:
    """The wave as it stands."""
    with field.unit.read() as tx:
        wave = waves.find_wave(tx, "relations", period)
    assert wave is not None
    return wave


def asked(field: Field) -> list[Any]:
    """Every interaction of any wave, by its id."""
    wanted = select(interactions).where(interactions.c.kind == "wave").order_by(interactions.c.ref)
    with field.unit.read() as tx:
        return list(tx.execute(wanted).all())


def counted(field: Field) -> dict[str, Any]:
    """The outcomes of all waves, counted anew from the interactions."""
    told = [row.decision for row in asked(field)]
    rules = Counter(each["rule"] for each in told if "rule" in each)
    outcomes = Counter(each["outcome"] for each in told)
    return {"invited": outcomes["invited"], "suppressed": outcomes["suppressed"], "rules": dict(rules)}


def assert_everybody_once(field: Field, people: list[str]) -> None:
    """Nobody twice, nobody left out, the counts exact."""
    assert [row.contact for row in asked(field)] == people
    assert [row.ref for row in asked(field)] == [f"relations/{PERIOD}/{contact}" for contact in people]
    wave = found(field)
    assert dict(wave.outcomes) == counted(field)
    assert wave.outcomes["invited"] + wave.outcomes["suppressed"] == len(people)
    assert wave.ended_at is not None
    with field.unit.read() as tx:
        assert tx.execute(select(func.count()).select_from(invitations)).scalar() == wave.outcomes["invited"]
        assert {*tx.execute(select(outbox.c.state).where(outbox.c.kind == "wave")).scalars()} == {"done"}


def test_everybody_on_the_list_is_decided_on_once_and_the_counts_say_why_not(office: Office) -> None:
    people = on_the_list(office.field, 25)
    people.append(lists.put_contact(office.field, Customer(phone=PHONE.format(6)), ["customers"]).contact)
    blocked = {"pattern": "customers-3@example.com", "channel": "*", "reason": "", "created_at": office.time}
    with office.field.unit.begin() as tx:
        tx.execute(insert(blocklist), blocked)
    run(office.field, 10)
    assert_everybody_once(office.field, sorted(people))
    assert found(office.field).outcomes == {
        "invited": 24,
        "suppressed": 2,
        "rules": {"blocked": 1, "no_address": 1},
    }
    assert {"wave", "invite"} <= set(office.rung)


def test_nothing_is_left_to_do_and_the_next_period_asks_again(office: Office) -> None:
    people = on_the_list(office.field, 5)
    run(office.field)
    run(office.field)
    assert_everybody_once(office.field, people)
    office.pass_time(days=9)
    run(office.field)
    assert len(asked(office.field)) == 10
    assert found(office.field, "2026-12").outcomes["invited"] == 5


def test_two_clocks_begin_a_wave_once(office: Office) -> None:
    on_the_list(office.field, 3)
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: waves.start_due(office.field), range(8)))
    assert sum(begun) == 1


class PowerCut(Exception):
    """The process is gone."""


class Unsafe(Unit):
    """A unit of work that is cut off, by turns, before a commit and after one."""

    def __init__(self, safe: Unit) -> None:
        super().__init__(safe.engine, safe._file)
        self._cuts = itertools.cycle([None, "before", None, "after", "before"])

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """As ``Unit.begin``, with a cut."""
        cut = next(self._cuts)
        with super().begin() as tx:
            yield tx
            if cut == "before":
                raise PowerCut
        if cut == "after":
            raise PowerCut


def test_a_wave_that_is_cut_off_anywhere_goes_on_where_it_was(office: Office) -> None:
    people = on_the_list(office.field, 60)
    cut, cuts = replace(office.field, unit=Unsafe(office.field.unit)), 0
    while not asked(office.field) or found(office.field).ended_at is None:
        try:
            run(cut, 7)
        except PowerCut:
            cuts += 1
    assert cuts > 5
    assert_everybody_once(office.field, people)


def work(url: str) -> None:
    """A worker process: prints a line for each step, and ends when there is nothing to do."""
    office = Office(open_unit(url), read_centre(QUEUES))
    serial = itertools.count()
    tag = str(datetime.now(UTC).timestamp())
    field = replace(office.field, fresh_id=lambda prefix: f"{prefix}_{tag}-{next(serial)}")
    while waves.go_on(field, 5):
        print("a step", flush=True)


def test_a_worker_that_is_killed_leaves_nobody_out_and_asks_nobody_twice(office: Office, database_url: str) -> None:
    people = on_the_list(office.field, 400)
    waves.start_due(office.field)
    command = [sys.executable, "-c", "import sys; from tests.fieldwork.test_waves import work; work(sys.argv[1])"]
    for steps in (3, 13):
        with subprocess.Popen([*command, database_url], stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            for _ in range(steps):
                assert worker.stdout.readline() == b"a step\n"
            worker.kill()
    assert 75 <= len(asked(office.field)) < 400
    wait_until(lambda: _rested(office.field))
    assert_everybody_once(office.field, people)


def _rested(field: Field) -> bool:
    """Whether the wave has ended; a killed worker's lock may outlive it by a moment."""
    waves.go_on(field)
    return found(field).ended_at is not None


def test_workers_at_once_share_a_wave(office: Office) -> None:
    people = on_the_list(office.field, 300)
    waves.start_due(office.field)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: run(office.field, 10), range(4)))
    run(office.field)
    assert_everybody_once(office.field, people)


def test_a_contact_who_was_asked_is_not_asked_again_as_the_one_she_is_merged_into(office: Office) -> None:
    people = on_the_list(office.field, 20)
    waves.start_due(office.field)
    waves.go_on(office.field, 10)
    with office.field.unit.begin() as tx:
        merge(tx, people[15], people[2])
    run(office.field)
    told = [row.contact for row in asked(office.field)]
    assert sorted(told) == sorted({*people} - {people[2]})
    assert found(office.field).outcomes["invited"] == 19


def test_a_contact_who_is_merged_into_one_that_was_passed_is_asked_all_the_same(office: Office) -> None:
    first = put(office.field, phone=PHONE.format(6))
    with office.field.unit.begin() as tx:
        lists.take_off(tx, "customers", [first])
    people = on_the_list(office.field, 20)
    waves.start_due(office.field)
    waves.go_on(office.field, 10)
    with office.field.unit.begin() as tx:
        tx.execute(update(contacts).where(contacts.c.id == people[15]).values(email=None))
        merge(tx, first, people[15])
        tx.execute(update(contacts).where(contacts.c.id == first).values(email="customers-15@example.com"))
    run(office.field)
    assert sorted(row.contact for row in asked(office.field)) == sorted([first, *people[:15], *people[16:]])
    assert found(office.field).outcomes == counted(office.field)


@pytest.mark.parametrize("cap", ["0", "30d"])
def test_two_who_turn_out_to_be_one_while_both_wait_are_asked_once(office: Office, cap: str) -> None:
    field = changed(
        office,
        ("cap: 0", f"cap: {cap}"),
        ("channel: email}", "channel: email, fallback: [sms], from: '+46701740605', delay: 1h}"),
    )
    phoned, mailed = put(field, phone=PHONE.format(6)), put(field, email="eva@example.com")
    run(field)
    assert found(field).outcomes["invited"] == 2
    put(field, phone=PHONE.format(6), email="eva@example.com")
    assert doubles.drop_doubles(field) == 1
    assert doubles.drop_doubles(field) == 0
    told = asked(field)
    assert {row.contact for row in told} in ({phoned}, {mailed})
    assert sorted(row.disposition for row in told) == ["pending", "suppressed"]
    assert {row.rule for row in told} == {None, "already_invited"}
    with field.unit.read() as tx:
        states = [*tx.execute(select(invitations.c.state).order_by(invitations.c.state)).scalars()]
        assert len(tx.execute(select(caps)).scalar_one()) > 0
    assert states == ["dropped", "waiting"]


def test_merging_while_workers_go_on_leaves_each_person_one_invitation(office: Office) -> None:
    both = 'channel: email, fallback: [sms], from: "+46701740605"}'
    field = changed(office, ("channel: email}", both))
    pairs = [(f"+46701740{n}", f"customer-{n}@example.com") for n in range(610, 650)]
    for phone, email in pairs:
        put(field, phone=phone)
        put(field, email=email)
    waves.start_due(field)
    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(run, field, 4) for _ in range(2)]
        for phone, email in pairs:
            put(field, phone=phone, email=email)
        for worker in workers:
            worker.result()
    run(field)
    while doubles.drop_doubles(field):
        pass
    with field.unit.read() as tx:
        people = [member.contact for member in lists.members(tx, "customers", "", 999)]
    assert len(people) == len(pairs)
    assert sorted(row.contact for row in asked(field) if row.disposition == "pending") == people
    assert {row.rule for row in asked(field)} <= {None, "already_invited"}
    assert found(field).outcomes["invited"] == len(asked(field))


def test_a_wave_ends_with_its_period_and_leaves_the_rest_to_the_next(office: Office) -> None:
    people = on_the_list(office.field, 20)
    waves.start_due(office.field)
    waves.go_on(office.field, 5)
    office.pass_time(days=9)
    run(office.field)
    assert Counter(row.ref.split("/")[1] for row in asked(office.field)) == {PERIOD: 5, "2026-12": 20}
    assert found(office.field).ended_at == office.time
    assert {row.contact for row in asked(office.field)} == {*people}


RENAMED, ELSEWHERE = ("relations: {queue", "others: {queue"), ("list: customers", "list: nobody")
WAITS: list[tuple[str, Callable[[Office], Field]]] = [
    ("no longer in queues.yaml", lambda office: changed(office, RENAMED, ELSEWHERE)),
    (
        "queue relations is switched off",
        lambda office: changed(office, ("channel: email}", "channel: email, off: true}")),
    ),
    ("survey nps is switched off", lambda office: changed(office, ("  nps:\n", "  nps:\n    off: true\n"))),
]


@pytest.mark.parametrize(("reason", "other"), WAITS, ids=lambda case: case if isinstance(case, str) else "")
def test_a_running_wave_waits_while_it_must_not_go_on_and_then_goes_on(
    office: Office, reason: str, other: Callable[[Office], Field]
) -> None:
    people = on_the_list(office.field, 20)
    waves.start_due(office.field)
    waves.go_on(office.field, 5)
    run(replace(other(office), now=lambda: office.time))
    with office.field.unit.read() as tx:
        assert reason in str(tx.execute(select(outbox.c.detail).where(outbox.c.ref == f"relations/{PERIOD}")).scalar())
    assert len(asked(office.field)) == 5
    office.pass_time(minutes=2)
    run(office.field)
    assert_everybody_once(office.field, people)


def test_a_program_that_is_gone_for_good_leaves_no_work_behind(office: Office) -> None:
    on_the_list(office.field, 3)
    waves.start_due(office.field)
    gone = changed(office, RENAMED, ELSEWHERE)
    run(gone)
    office.pass_time(days=94)
    run(gone)
    assert found(office.field).ended_at == office.time
    assert waves.go_on(gone) == 0


def test_what_is_left_of_a_wave_follows_a_changed_queue(office: Office) -> None:
    on_the_list(office.field, 10)
    waves.start_due(office.field)
    waves.go_on(office.field, 4)
    run(changed(office, ("{queue: relations", "{queue: texts")))
    assert Counter(row.queue for row in asked(office.field)) == {"relations": 4, "texts": 6}


def test_no_wave_begins_for_a_list_that_is_missing_empty_or_being_filled(office: Office) -> None:
    field = office.field
    assert waves.start_due(field) == 0
    (one,) = on_the_list(field, 1)
    with field.unit.begin() as tx:
        lists.take_off(tx, "customers", [one])
    assert waves.start_due(field) == 0
    with field.unit.begin() as tx:
        lists.put_on(tx, field, "customers", [one])
        tx.execute(insert(imports), _import(office))
    assert waves.start_due(field) == 0
    office.pass_time(minutes=16)
    assert waves.start_due(field) == 1


def test_a_wave_does_not_end_while_an_import_adds_to_its_list(office: Office) -> None:
    people = on_the_list(office.field, 3)
    waves.start_due(office.field)
    with office.field.unit.begin() as tx:
        tx.execute(insert(imports), _import(office))
    run(office.field)
    assert found(office.field).ended_at is None
    with office.field.unit.begin() as tx:
        late = know_contacts(tx, office.field, [Customer(email="late@example.com")])[0]
        assert late is not None
        lists.put_on(tx, office.field, "customers", [late.id])
        tx.execute(update(imports).values(state="done"))
    office.pass_time(minutes=1)
    run(office.field)
    assert_everybody_once(office.field, sorted([*people, late.id]))


def _import(office: Office) -> dict[str, Any]:
    """An import into the list that has just moved."""
    row = {"id": "imp_1", "source": "crm", "kind": "contacts", "name": "a.csv", "digest": "0", "columns": {}, "rows": 0}
    row |= {"settings": {}, "list": "customers", "state": "running", "outcomes": {}, "created_at": office.time}
    return row | {"touched_at": office.time}


def test_whoever_joins_a_list_that_was_gone_through_waits_for_the_next_wave(office: Office) -> None:
    on_the_list(office.field, 3)
    run(office.field)
    put(office.field, email="late@example.com")
    run(office.field)
    assert len(asked(office.field)) == 3
    office.pass_time(days=9)
    run(office.field)
    assert len(asked(office.field)) == 7


def test_a_list_keeps_a_contact_who_has_been_silent_for_long(office: Office) -> None:
    one = put(office.field, phone=PHONE.format(6))
    office.pass_time(days=400)
    field = changed(office, ("{queue: relations", "{queue: texts"))
    run(field)
    assert [(row.contact, row.disposition) for row in asked(field)] == [(one, "pending")]
    with field.unit.read() as tx:
        assert [member.customer.phone for member in lists.members(tx, "customers", "", 9)] == [PHONE.format(6)]


def test_invitations_are_spread_over_the_allowed_hours_that_are_left_of_the_spread(office: Office) -> None:
    quiet = ("channel: email}", 'channel: email, delay: 1h, quiet_hours: "21:00-08:00", quiet_days: [sunday]}')
    field = changed(office, quiet, ("every: month", "every: month, spread: 25d"))
    on_the_list(field, 200)
    run(field)  # Sunday 22 November, 10:00; the spread ends on Thursday 26, 0:00
    with field.unit.read() as tx:
        due = list(tx.execute(select(invitations.c.due_at)).scalars())
    spread = field.centre.queues["relations"].quiet
    assert all(is_open(spread, Places(("Europe/Stockholm",), "SE"), each) for each in due)
    days = Counter(each.day for each in due)
    assert set(days) == {23, 24, 25}
    assert all(abs(n - 200 / 3) < 30 for n in days.values())
    assert len({each.hour for each in due}) == 13


@pytest.mark.parametrize("spread", ["0d", "3d"])
def test_the_preview_of_a_coming_wave_counts_its_times_from_its_beginning(office: Office, spread: str) -> None:
    field = changed(office, ("every: month", f"every: month, spread: {spread}"))
    on_the_list(field, 20)
    run(field)
    seen = programs.preview(field, field.centre.programs["relations"])
    assert (seen.period.label, seen.invited) == ("2026-12", 20)
    assert seen.first and seen.last
    assert seen.period.begins <= seen.first <= seen.last


def test_a_program_whose_spread_is_over_asks_at_once(office: Office) -> None:
    field = changed(office, ("every: month", "every: month, spread: 10d"))
    on_the_list(field, 20)
    run(field)
    with field.unit.read() as tx:
        assert set(tx.execute(select(invitations.c.due_at)).scalars()) == {office.time}


def test_a_sample_is_another_one_in_each_period(office: Office) -> None:
    field = changed(office, ("channel: email}", "channel: email, sample: 4}"))
    on_the_list(field, 200)
    run(field)
    office.pass_time(days=9)
    run(field)
    told = [row for row in asked(field) if row.disposition == "pending"]
    first, second = ({row.contact for row in told if f"/{month}/" in row.ref} for month in (PERIOD, "2026-12"))
    assert all(abs(len(each) - 50) < 30 for each in (first, second))
    assert len(first & second) < len(first) / 2


def test_an_agents_quota_does_not_hold_in_a_wave_and_the_cap_does(office: Office) -> None:
    field = changed(office, ("channel: email}", "channel: email, agent_quota: 2, cap: 60d}"))
    on_the_list(field, 10)
    run(field)
    assert found(field).outcomes["invited"] == 10
    office.pass_time(days=9)
    run(field)
    assert found(field, "2026-12").outcomes == {"invited": 0, "suppressed": 10, "rules": {"frequency_cap": 10}}


def test_the_answers_count_for_the_customers_own_agent_where_an_attribute_names_one(office: Office) -> None:
    put(office.field, email="eva@example.com", attributes={"agent": " anna "})
    put(office.field, email="bo@example.com", attributes={"agent": 7})
    run(office.field)
    assert sorted(row.agent for row in asked(office.field)) == ["anna", "unknown"]
    with office.field.unit.read() as tx:
        assert set(tx.execute(select(agents.c.id)).scalars()) == {"anna", "unknown"}


def test_what_is_reported_reads_the_same_by_the_one_reader_of_every_door(office: Office) -> None:
    customer = Customer(PHONE.format(6), "eva@example.com", "Eva", "sv", "gold", {"site": "Madrid"}, "se", "Asia/Tokyo")
    field = changed(office, ("every: month", "every: month, spread: 25d"))
    lists.put_contact(field, customer, ["customers"])
    taken: list[Interaction] = []
    program = field.centre.programs["relations"]
    waves.start_due(field)
    with field.unit.read() as tx:
        period = waves.running_period(field, program)
        taken += waves.reports(field, program, period, found(field), lists.members(tx, "customers", "", 5))
    (told,) = taken
    assert told.not_before is not None
    assert told.not_before - office.time < timedelta(days=4)
    assert read_interaction(Reading(told.report, ""), field.centre) == told


def test_the_example_of_the_documents_is_read_without_a_warning() -> None:
    page = (Path(__file__).parent.parent.parent / "docs/periodic.md").read_text(encoding="utf-8")
    centre = read_centre(page.split("```yaml\n")[1].split("```")[0])
    assert (centre.warnings, centre.programs["relations"].spread) == ((), timedelta(days=10))


def test_outcomes_add_up() -> None:
    invited, capped = ({"outcome": "invited"}, {"outcome": "suppressed", "rule": "frequency_cap"})
    told = [Reported({"decision": decision}, created=True) for decision in (invited, capped, capped)]
    once = waves.count({}, told)
    assert once == {"invited": 1, "suppressed": 2, "rules": {"frequency_cap": 2}}
    assert waves.count(once, told[:2]) == {"invited": 2, "suppressed": 3, "rules": {"frequency_cap": 3}}


def test_two_programs_take_turns(office: Office) -> None:
    two = "every: month}\n  others: {queue: relations, list: others, every: quarter}"
    field = changed(office, ("every: month}", two))
    on_the_list(field, 20)
    on_the_list(field, 20, "others")
    waves.start_due(field)
    for _ in range(2):
        office.pass_time(seconds=1)
        waves.go_on(field, 10)
    assert Counter(row.ref.split("/")[0] for row in asked(field)) == {"relations": 10, "others": 10}
    run(field)
    with field.unit.read() as tx:
        assert {row.period for row in tx.execute(select(rows))} == {PERIOD, "2026-Q4"}
