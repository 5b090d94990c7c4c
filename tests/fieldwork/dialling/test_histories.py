"""Calls to three customers in any order of events: hang-ups, claims, crashes, news, keys, refusals, and the clock.

One of the queues writes to whom it has not reached.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from tests.fieldwork.dialling.house import hang_up
from tests.fieldwork.dialling.test_other_ways import OURS, WIDE
from tests.fieldwork.office import Office
from tests.invariants import faults_of
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.ringing import UNDER_WAY
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.optouts import opt_out
from tonval.fieldwork.routing import read_centre
from tonval.sms import inbound
from tonval.store.tables import dials, interviews
from tonval.store.unit import open_unit
from tonval.surveys.turns import Digits, HungUp, TimedOut

PEOPLE = ("+46701740606", "+46701740607", "+46846500120")
WHO = st.sampled_from(PEOPLE)
CAUSES = st.sampled_from(["answered", "no_answer", "busy", "failed", "unknown", "strange"])
KEYS = st.sampled_from(["1", "9", "5", "silence", "hangs up"])
ZONE = ZoneInfo("Europe/Stockholm")
CENTRE = read_centre(WIDE.replace("cap: 30d", "cap: 2h"))


class Calling(RuleBasedStateMachine):
    """``claimed`` are the calls that were ours to place, ``silent`` who has said that she wants none.

    ``guarded`` are the legs in which the guard of a call was heard.
    """

    fresh: Callable[[], Path]

    def __init__(self) -> None:
        super().__init__()
        self.unit = open_unit(f"sqlite:///{self.fresh()}")
        self.office = Office(self.unit, CENTRE)
        self.claimed: list[dialling.ToDial] = []
        self.silent: set[str] = set()
        self.guarded: dict[str, set[str]] = {}
        self.refs = count(1)

    @rule(who=WHO, queue=st.sampled_from(["support", "rescue"]))
    def she_hangs_up(self, who: str, queue: str) -> None:
        hang_up(self.office, f"call-{next(self.refs)}", phone=who, queue=queue)

    @rule(minutes=st.sampled_from([1, 3, 11, 16, 121, 700, 1441]))
    def time_passes(self, minutes: int) -> None:
        self.office.pass_time(minutes=minutes)

    @rule(placed=st.booleans())
    def calls_are_claimed(self, placed: bool) -> None:
        for call in dialling.claim(self.office.field, "sip", 10):
            assert call.number not in self.silent
            assert time(9) <= self.office.time.astimezone(ZONE).time() < time(20)
            self.claimed.append(call)
            if placed:  # else whoever had it is dead
                dialling.placed(self.office.field, call.id, f"ref-{call.id}")

    @rule(pick=st.integers(0, 50), cause=CAUSES)
    def there_is_news(self, pick: int, cause: str) -> None:
        if self.claimed:
            dialling.ended(self.office.field, self.claimed[pick % len(self.claimed)].id, cause)

    @rule(pick=st.integers(0, 50), keys=st.lists(KEYS, max_size=3), stray=st.booleans())
    def somebody_answers(self, pick: int, keys: list[str], stray: bool) -> None:
        if not self.claimed:
            return
        call = self.claimed[pick % len(self.claimed)]
        ref = f"leg-{next(self.refs)}" if stray else f"ref-{call.id}"
        turn = conduct.begin_call(self.office.field, Call("sip", ref, "support", caller=call.number, dial=call.id))
        for key in keys:
            self.office.pass_time(seconds=5)
            if turn.wait is None:
                break
            first = turn.says[-1].slot == "reception.guard"
            if first:
                self.guarded.setdefault(call.id, set()).add(turn.leg)
            reply = {"silence": TimedOut(), "hangs up": HungUp()}.get(key) or Digits(key)
            with suppress(conduct.ReplyRejected):
                turn = conduct.resume(self.office.field, turn.leg, reply, turn.turn_no)
            if first and key == "9":
                self.silent.add(call.number)
        conduct.end_leg(self.office.field, turn.leg, "hung up")

    @rule(who=WHO)
    def she_comes_in_by_herself(self, who: str) -> None:
        ref = f"leg-{next(self.refs)}"
        turn = conduct.begin_call(self.office.field, Call("sip", ref, "support", queue="support", caller=who))
        conduct.end_leg(self.office.field, turn.leg, "hung up")

    @rule(who=WHO)
    def she_writes_stop(self, who: str) -> None:
        told = {"ref": f"MO-{next(self.refs)}", "sender": who, "recipient": OURS, "body": "STOPP"}
        inbound.receive(self.office.field, provider="twilio", at=self.office.time, **told)
        self.silent.add(who)

    @rule()
    def those_who_are_due_are_asked(self) -> None:
        asking.ask_due(self.office.field)

    @rule(who=WHO)
    def she_opts_out(self, who: str) -> None:
        with self.unit.begin() as tx:
            opt_out(tx, who, "keypad", self.office.time, "page")
        self.silent.add(who)

    @rule()
    def the_clock_does_its_chores(self) -> None:
        dialling.settle_doubtful(self.office.field)
        asking.close_unclaimed(self.office.field)

    @invariant()
    def each_call_is_claimed_once(self) -> None:
        assert max(Counter(call.id for call in self.claimed).values(), default=0) <= 1

    @invariant()
    def each_call_is_one_conversation(self) -> None:
        assert all(len(legs) == 1 for legs in self.guarded.values())

    @invariant()
    def no_number_is_rung_twice_at_once_and_no_ladder_has_more_than_its_rungs(self) -> None:
        under_way = select(dials.c.number).where(dials.c.state.in_(UNDER_WAY))
        rungs = select(func.max(dials.c.attempt))
        asked = select(interviews.c.interaction)
        with self.unit.read() as tx:
            numbers = list(tx.execute(under_way).scalars())
            assert (tx.execute(rungs).scalar() or 0) <= 3
            interactions = list(tx.execute(asked).scalars())
        assert len(numbers) == len(set(numbers))
        assert len(interactions) == len(set(interactions))

    def teardown(self) -> None:
        """Whatever is still to come is over two weeks later, and the ledger is in order."""
        for _ in range(14):
            self.office.time = datetime.combine(self.office.time.date(), time(12), UTC)
            self.office.pass_time(days=1)
            for call in dialling.claim(self.office.field, "sip", 10):
                assert call.number not in self.silent
                dialling.ended(self.office.field, call.id, "busy")
            self.the_clock_does_its_chores()
            asking.ask_due(self.office.field)
            conduct.end_idle_legs(self.office.field, self.office.time)
        with self.unit.read() as tx:
            left = tx.execute(select(dials.c.state).where(dials.c.state.in_(UNDER_WAY))).all()
        faults = faults_of(self.unit)
        self.unit.engine.dispose()
        assert (left, faults) == ([], [])


def test_no_order_of_events_rings_anybody_twice_or_against_her_word(sqlite_template: Path, tmp_path: Path) -> None:
    copies = count(1)

    def fresh() -> Path:
        return Path(shutil.copy(sqlite_template, tmp_path / f"{next(copies)}.db"))

    machine = type("Machine", (Calling,), {"fresh": staticmethod(fresh)})
    few = settings(max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=few)
