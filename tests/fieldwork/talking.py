"""What customers write and staff put right, in any order, for the histories of test_interleavings."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tonval.fieldwork import books, conduct
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.conduct import ReplyRejected
from tonval.fieldwork.messaging import messages
from tonval.sms import inbound
from tonval.store import tables as t
from tonval.store.unit import Unit

OURS, SECOND = "+46701740605", "+46701740604"
PEOPLE: Final = ["+46701740610", "+46701740611", "+12025550123"]
BODIES: Final = ["9", "3", "bra", "1 0", "sorry, 3", "jag menade 8", "tack!", "STOPP", "START", "HJÄLP", "4 inte 9"]
CONFIRMED: Final = ("Du får inga", "Välkommen", "Vi frågar", "You will get no", "Welcome", "We ask")
"""How the messages begin that may go to who has said stop."""
BY_ITSELF: Final = ("unattached", "stop", "start", "help")
"""What a message may be that belongs to no interview."""


class Talking(RuleBasedStateMachine):
    """The customers' side. ``stopped``: address to how many messages had gone out when it said stop."""

    office: Office
    unit: Unit
    network: Any
    refs: int
    said: Counter[str]
    stopped: dict[str, int]
    everywhere: set[str]

    @rule(person=st.sampled_from(PEOPLE), body=st.sampled_from(BODIES), to=st.sampled_from([OURS, OURS, SECOND]))
    def reply(self, person: str, body: str, to: str = OURS) -> None:
        self.write(person, body, to)
        if body == "STOPP":
            self.stopped.setdefault(person, len(self.network.taken))
        if body == "START":
            self.stopped.pop(person, None)
            self.everywhere.discard(person)

    @rule(
        person=st.sampled_from(PEOPLE),
        body=st.sampled_from(["9", "sorry, 3", "tack!"]),
        to=st.sampled_from([OURS, SECOND]),
    )
    def she_answers_and_then_thinks_again(self, person: str, body: str, to: str) -> None:
        for each in ("8", "bra", body):
            self.write(person, each, to)

    @rule(person=st.sampled_from(PEOPLE), bodies=st.lists(st.sampled_from(BODIES), min_size=1, max_size=5))
    def one_is_asked_and_writes(self, person: str, bodies: list[str]) -> None:
        self.is_asked(person)
        for body in bodies:
            self.reply(person, body, self._asked_from(person))

    @rule(bodies=st.lists(st.sampled_from(BODIES), min_size=1, max_size=4), pick=st.randoms(use_true_random=False))
    def who_was_asked_writes(self, bodies: list[str], pick: random.Random) -> None:
        for body in bodies:
            person = pick.choice(PEOPLE)
            self.reply(person, body, self._asked_from(person))

    @rule(
        person=st.sampled_from(PEOPLE), body=st.sampled_from(["9", "sorry, 2", "tack!"]), minutes=st.integers(1, 6000)
    )
    def a_message_is_heard_late(self, person: str, body: str, minutes: int) -> None:
        self.write(person, body, OURS, timedelta(minutes=minutes))

    @rule(person=st.sampled_from(PEOPLE))
    def stop_for_everything(self, person: str) -> None:
        self.write(person, "STOPPA ALLT", OURS)
        with self.unit.read() as tx:
            email = tx.execute(select(t.contacts.c.email).where(t.contacts.c.phone == person)).scalar()
        for address in filter(None, (person, email)):
            self.stopped.setdefault(address, len(self.network.taken))
            self.everywhere.add(address)

    @rule(body=st.sampled_from(["9", "STOPP", "HJÄLP"]))
    def one_of_our_own_numbers_writes(self, body: str) -> None:
        self.write(SECOND, body, OURS)

    @rule(person=st.sampled_from(PEOPLE))
    def staff_write_down_an_opt_out(self, person: str) -> None:
        entry = books.Entry(person, "sms", "she called", self.office.time, "maria")
        books.add(self.office.field, books.OPT_OUTS, [entry], Actor("usr_1", "Maria"))
        self.stopped.setdefault(person, len(self.network.taken))

    @rule(pick=st.randoms(use_true_random=False), value=st.none() | st.integers(0, 10))
    def staff_put_an_answer_right(self, pick: random.Random, value: int | None) -> None:
        interviews = self.interviews()
        if interviews:
            before = self.written()
            interview, question = pick.choice(interviews), pick.choice(["recommend", "helped"])
            with suppress(ReplyRejected):
                conduct.correct(
                    self.office.field, interview, question, value, by=Actor("usr_1", "Maria"), reason="misread"
                )
            assert self.written() == before

    @rule(pick=st.randoms(use_true_random=False), state=st.sampled_from(["sent", "delivered", "failed"]))
    def a_report_comes_by_its_own_id(self, pick: random.Random, state: str) -> None:
        """Perhaps before we know that id: the answer to our request was lost."""
        if self.network.taken:
            handed = pick.choice(self.network.taken)
            messages.status_changed(self.office.field, "twilio", f"SM-{handed.id}", None, state, None)

    @rule(hours=st.integers(0, 40))
    def interviews_expire_as_far_as_was_heard(self, hours: int) -> None:
        conduct.expire_due(self.office.field, heard_until=self.office.time - timedelta(hours=hours))

    @invariant()
    def every_message_says_what_became_of_it(self) -> None:
        wanted = select(t.messages.c.body, t.messages.c.reading, t.messages.c.interview)
        with self.unit.read() as tx:
            found = tx.execute(wanted.where(t.messages.c.direction == "in")).all()
        lost = [row for row in found if not row.reading or not (row.interview or row.reading["as"] in BY_ITSELF)]
        assert lost == []

    @invariant()
    def one_conversation_is_open_between_a_customer_and_a_number(self) -> None:
        i = t.interviews.c
        doubled = select(i.thread).where(i.thread.is_not(None), i.disposition.is_(None))
        with self.unit.read() as tx:
            assert tx.execute(doubled.group_by(i.thread).having(func.count() > 1)).all() == []

    @invariant()
    def only_a_confirmation_goes_to_who_has_said_stop(self) -> None:
        for person in self.stopped.keys() & set(PEOPLE):
            since = self.network.taken[self.stopped[person] :]
            assert [each.body for each in since if each.to == person and not each.body.startswith(CONFIRMED)] == []

    @invariant()
    def our_own_numbers_are_never_written_to(self) -> None:
        assert [each for each in self.network.taken if each.to in (OURS, SECOND)] == []

    def write(self, person: str, body: str, to: str, ago: timedelta = timedelta(0)) -> None:
        """One message. It is confirmed once at most, and a STOP only when that is news."""
        self.refs += 1
        self.said[person] += 1
        before, refused = self.written("confirmation"), self._refusals()
        self.receive(person, body, f"MO-{self.refs}", to, ago)
        more = self.written("confirmation") - before
        assert more <= 1 and (not body.startswith("STOPP") or more <= (self._refusals() > refused))

    def receive(self, person: str, body: str, ref: str, to: str = OURS, ago: timedelta = timedelta(0)) -> None:
        """A provider brings it."""
        at = self.office.time - ago
        inbound.receive(self.office.field, provider="twilio", ref=ref, sender=person, recipient=to, body=body, at=at)

    def is_asked(self, person: str) -> None:
        """Ask by SMS, unless she wants none, at a time when nothing else stands in the way."""
        raise NotImplementedError

    def _asked_from(self, person: str) -> str:
        """The number of ours that wrote last."""
        wanted = select(t.messages.c.sender).where(t.messages.c.recipient == person, t.messages.c.channel == "sms")
        with self.unit.read() as tx:
            found = tx.execute(wanted.order_by(t.messages.c.id.desc()).limit(1)).scalar()
        return str(found or OURS)

    def interviews(self) -> list[str]:
        """The ids of all interviews."""
        with self.unit.read() as tx:
            return sorted(tx.execute(select(t.interviews.c.id)).scalars())

    def written(self, purpose: str | None = None) -> int:
        """How many messages we have written to customers."""
        wanted = select(func.count()).select_from(t.messages).where(t.messages.c.direction == "out")
        wanted = wanted.where(t.messages.c.purpose == purpose) if purpose else wanted
        with self.unit.read() as tx:
            found: int = tx.execute(wanted).scalar_one()
        return found

    def _refusals(self) -> int:
        with self.unit.read() as tx:
            found: int = tx.execute(select(func.count()).select_from(t.opt_outs)).scalar_one()
        return found
