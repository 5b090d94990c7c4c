"""Everything that may happen, in any order: triggers, sends, callbacks, replies, STOP, kills, the clock (R13).

Calls, messages, links, letters, reminders, pages sent in and the page that ends all asking, of three people at once.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.fieldwork.talking import OURS, PEOPLE, Talking
from tests.invariants import faults_of
from tonval.fieldwork import asking, conduct, invitations, mailing, optouts, pages, reminders, unsubscribing
from tonval.fieldwork.deciding.decide import places
from tonval.fieldwork.deciding.eligibility import Way
from tonval.fieldwork.deciding.hours import is_open
from tonval.fieldwork.interactions import Interaction, read_interaction
from tonval.fieldwork.links import token_of
from tonval.fieldwork.mailing import Ended, Letter
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.routing import read_centre
from tonval.sms import sender
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Accepted, Found, Heard, Outcome, one_by_one
from tonval.stats import rebuild, squash
from tonval.store import tables as t
from tonval.store.unit import Unit, open_unit

CAP = timedelta(days=3)
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}, "+46701740604": {provider: twilio}}
defaults: {cap: 3d, quiet_hours: "21:00-08:00", languages: [sv, en]}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605", delay: 2m}
  late:  {survey: nps, channel: sms, from: "+46701740605", delay: 5h, agent_quota: 3}
  pool:  {survey: nps, channel: sms, from: ["+46701740605", "+46701740604"], second_survey: other}
  once:  {survey: nps, channel: sms, from: "+46701740605", second_survey: drop}
  links: {survey: care, channel: link, from: "+46701740605", fallback: [email, sms]}
  letters: {survey: care, channel: email, from: "+46701740605", fallback: [link]}
  phone: {survey: nki, channel: keypad}
surveys:
  nps:
    window: 6d
    questions:
      - {id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP avslutar.", en: "How likely? STOP ends"}}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
  care:
    page: {reminder: 1d, open_for: 8d}
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}]}
"""
QUESTION = ("Hur troligt", "How likely", "Hej från", "Hej igen", "Hej!", "Hur gick det?")
"""How the messages begin that ask or remind."""
OUTCOMES = ("taken", "taken", "taken", "lost", "refused", "throttled", "killed before", "killed after")


class Killed(BaseException):
    """The worker is gone in the middle of a batch."""


@dataclass(frozen=True)
class Handed:
    """A message as the provider took it, with our clock."""

    id: str
    to: str
    body: str
    at: datetime
    touched: bool  # the interview it asks for had been answered, or was over


class Network:
    """A provider that takes messages or not, as told, and remembers what it took."""

    def __init__(self, office: Office) -> None:
        self.taken: list[Handed] = []
        self.outcomes: list[str] = []
        self._office = office

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        return one_by_one(self.hand_over, 1)(batch)

    def hand_over(self, message: Outgoing | Letter) -> Accepted:
        outcome = self.outcomes.pop(0) if self.outcomes else "taken"
        if outcome in ("throttled", "refused"):
            raise SendError(Fault.THROTTLED if outcome == "throttled" else Fault.UNKNOWN_NUMBER)
        if outcome == "killed before":
            raise Killed
        self.take(message)
        if outcome == "killed after":
            raise Killed
        if outcome == "lost":
            raise SendError(Fault.NO_ANSWER)
        return Accepted(f"SM-{message.id}")

    def take(self, message: Outgoing | Letter) -> None:
        """It is out of our hands."""
        asked = select(t.interviews.c.answered, t.interviews.c.disposition).where(
            t.interviews.c.id == message.interview
        )
        with self._office.field.unit.read() as tx:
            row = tx.execute(asked).one_or_none()
        touched = row is not None and (row.answered > 0 or row.disposition is not None)
        self.taken.append(Handed(message.id, message.recipient, message.body, self._office.time, touched))

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        return tuple(Found(f"SM-{each.id}", State.SENT) for each in self.taken if each.id == message.id)

    def heard(self, number: str, since: datetime) -> tuple[Heard, ...]:
        del number, since
        return ()


class House(Talking):
    """A small centre, three people, and nothing in its usual order."""

    fresh: Callable[[], str]
    """Gives the URL of a new database with the tables in it."""

    @initialize(hour=st.sampled_from([6, 9, 15, 19]))
    def open(self, hour: int) -> None:
        self.unit: Unit = open_unit(type(self).fresh())
        self.office = Office(self.unit, read_centre(FILE))
        self.office.field = replace(self.office.field, mail_from="care@nordlys.example")
        self.network = Network(self.office)
        self.refs = 0
        self.said: Counter[str] = Counter()
        self.stopped: dict[str, int] = {}
        self.everywhere: set[str] = set()
        self.office.time = self.office.time.replace(hour=hour, minute=50)
        self.trigger(PEOPLE[0], "sales", old=False)
        self.trigger(PEOPLE[1], "links", old=False)
        self.one_is_written_a_letter(PEOPLE[2])

    def teardown(self) -> None:
        if hasattr(self, "unit"):
            self._no_reply_is_lost()
            self._nobody_is_reminded_who_has_answered()
            self.unit.engine.dispose()

    @rule(
        person=st.sampled_from(PEOPLE),
        queue=st.sampled_from(["sales", "late", "pool", "once", "links", "links", "phone"]),
        old=st.booleans(),
    )
    def trigger(self, person: str, queue: str, old: bool) -> None:
        self.refs += not (old and self.refs)
        invitations.report(self.office.field, self._interaction(self.refs, person, queue))

    def is_asked(self, person: str) -> None:
        self.office.time = (self.office.time + CAP + timedelta(days=1)).replace(hour=15)
        self.trigger(person, "pool", old=False)
        self.ask(100)
        self.send([], 20)

    @rule(people=st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=5))
    def trigger_many(self, people: list[str]) -> None:
        reports = [self._interaction(self.refs + place, person, "sales") for place, person in enumerate(people, 1)]
        self.refs += len(people)
        invitations.report_many(self.office.field, [*reports, *reports])

    @rule(person=st.sampled_from(PEOPLE))
    def one_person_with_an_address(self, person: str) -> None:
        self.refs += 1
        invitations.report(self.office.field, self._interaction(self.refs, person, "sales", email=_mail(person)))

    @rule(person=st.sampled_from(PEOPLE))
    def one_is_written_a_letter(self, person: str) -> None:
        self.refs += 1
        invitations.report(self.office.field, self._interaction(self.refs, person, "letters", email=_mail(person)))

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=3))
    def send_letters(self, outcomes: list[str]) -> None:
        self.network.outcomes = list(outcomes)
        with suppress(Killed):
            for letter in mailing.claim_due(self.office.field, 20):
                self._post(letter)

    def _post(self, letter: Letter) -> None:
        """Hand one letter to a mail server, in the order that the sender keeps to."""
        office = self.office.field
        if not mailing.turn_over(office, None, letter, f"<{letter.id}@n.example>"):
            return
        try:
            self.network.hand_over(letter)
        except SendError as error:
            again = office.now() + timedelta(minutes=1)
            ends = {Fault.THROTTLED: State.QUEUED, Fault.UNKNOWN_NUMBER: State.FAILED, Fault.NO_ANSWER: State.UNKNOWN}
            mailing.turn_over(office, Ended(letter, ends[error.fault], "so it was", again), None)
        else:
            mailing.turn_over(office, Ended(letter, State.ACCEPTED), None)

    @rule()
    def remind(self) -> None:
        reminders.remind_due(self.office.field)

    @rule()
    def a_day_later_who_kept_silent_is_reminded(self) -> None:
        self.ask(100)
        self.send([], 20)
        self.send_letters([])
        self.office.pass_time(days=1)
        self.remind()

    @rule()
    def who_is_to_be_reminded_is_faster(self) -> None:
        self.a_day_later_who_kept_silent_is_reminded()
        for interview in self._pages():
            self._fill_in(interview, "helped", "5", "next")
        self.send([], 20)
        self.send_letters([])

    @rule(person=st.sampled_from(PEOPLE))
    def two_links_are_open_when_stop_comes(self, person: str) -> None:
        for _ in range(2):
            self.trigger(person, "links", old=False)
            self.ask(100)
            self.send([], 20)
            self.office.pass_time(days=3)
        self.reply(person, "STOPP")

    @rule(pick=st.randoms(use_true_random=False), go=st.sampled_from(["next", "next", "back"]))
    def a_page_is_sent_in(self, pick: random.Random, go: str) -> None:
        """Whatever page, of whichever survey: also of one that is over, or that was never reached."""
        interview = self._some_page(pick)
        if interview is not None:
            self._fill_in(interview, *pick.choice([("helped", "4"), ("helped", "2"), ("why", "bra")]), go)

    def _fill_in(self, interview: str, question: str, said: str, go: str) -> None:
        posted = {"at": [question], f"q.{question}": [said], "go": [go]}
        pages.send_in(self.office.field, token_of(self.office.field.link_key, "survey", interview), posted)

    @rule(pick=st.randoms(use_true_random=False), starts=st.booleans())
    def the_page_that_ends_all_asking(self, pick: random.Random, starts: bool) -> None:
        interview = self._some_page(pick)
        if interview is None:
            return
        token = token_of(self.office.field.link_key, "stop", interview)
        change = unsubscribing.start if starts else unsubscribing.stop
        standing = change(self.office.field, token)
        address = self._address_of(interview)
        assert standing is not None and standing.stopped is (not starts or address in self.everywhere)
        if starts and address not in self.everywhere:
            self.stopped.pop(address, None)
        elif not starts:
            self.stopped.setdefault(address, len(self.network.taken))

    @rule(limit=st.sampled_from([1, 100]))
    def ask(self, limit: int) -> None:
        self.office.pass_time(minutes=2)
        asking.ask_due(self.office.field, limit)

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=3), limit=st.sampled_from([1, 20]))
    def send(self, outcomes: list[str], limit: int) -> None:
        self.network.outcomes = list(outcomes)
        with suppress(Killed):
            sender.send_batch(self.office.field, {"twilio": self.network}, limit, lambda: 0.5)

    @rule()
    def resolve(self) -> None:
        sender.resolve(self.office.field, {"twilio": self.network})

    @rule(pick=st.randoms(use_true_random=False), state=st.sampled_from(["sent", "delivered", "undelivered", "failed"]))
    def callback(self, pick: random.Random, state: str) -> None:
        if self.network.taken:
            handed = pick.choice(self.network.taken)
            messages.status_changed(self.office.field, "twilio", f"SM-{handed.id}", handed.id, state, None)

    @rule(person=st.sampled_from(PEOPLE))
    def stop_while_a_question_waits(self, person: str) -> None:
        self.ask(100)
        self.reply(person, "STOPP")
        self.send([], 20)

    @rule(person=st.sampled_from(PEOPLE))
    def the_last_reply_again(self, person: str) -> None:
        if self.said[person]:
            row = self._last_from(person)
            before = self.written()
            self.receive(person, row.body, row.ref)
            assert self.written() == before

    @rule(person=st.sampled_from(PEOPLE), caller=st.booleans())
    def call_in(self, person: str, caller: bool) -> None:
        self.refs += 1
        call = conduct.Call("sip", f"leg-{self.refs}", "phone", caller=person if caller else None)
        turn = conduct.begin_call(self.office.field, call)
        conduct.end_leg(self.office.field, turn.leg, "hung up")

    @rule(length=st.sampled_from([1, 5, 60, 300, 60 * 24, 60 * 24 * 4]))
    def time_passes(self, length: int) -> None:
        self.office.pass_time(minutes=length)

    @rule(length=st.integers(1, 120))
    def the_clock_is_set_back(self, length: int) -> None:
        self.office.pass_time(minutes=-length)

    @rule()
    def chores(self) -> None:
        asking.reopen_closed(self.office.field)
        asking.fall_back_due(self.office.field)
        asking.close_unclaimed(self.office.field)
        conduct.expire_due(self.office.field)
        squash.squash(self.unit)

    @rule(person=st.sampled_from(PEOPLE))
    def blocked_for_a_moment(self, person: str) -> None:
        optouts.block(self.office.field, person, "a letter")
        asking.ask_due(self.office.field)
        self.send([], 20)
        optouts.unblock(self.office.field, person)

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        sent = Counter(handed.id for handed in self._taken())
        assert not sent or max(sent.values()) == 1
        asked = select(t.interviews.c.interaction).where(
            t.interviews.c.interaction.is_not(None), t.interviews.c.answered > 0
        )
        with self._reading() as tx:
            answered = Counter(tx.execute(asked).scalars())
            twice = select(t.invitations.c.interaction).group_by(t.invitations.c.interaction).having(func.count() > 1)
            assert tx.execute(twice).all() == []
        assert not answered or max(answered.values()) == 1

    @invariant()
    def nobody_is_asked_within_the_cap(self) -> None:
        """Two questions to one person lie as far apart as the cap, less what the first may have been held up."""
        asked = select(t.invitations.c.contact, t.invitations.c.created_at).where(t.invitations.c.state != "dropped")
        with self._reading() as tx:
            rows = tx.execute(asked.where(t.invitations.c.contact.is_not(None)).order_by(t.invitations.c.id)).all()
        last: dict[str, datetime] = {}
        for contact, created in rows:
            assert contact not in last or created - last[contact] >= CAP
            last[contact] = created

    @invariant()
    def nothing_goes_out_after_stop(self) -> None:
        for person, before in self.stopped.items():
            assert [
                each.body for each in self._taken()[before:] if each.to == person and each.body.startswith(QUESTION)
            ] == []

    @invariant()
    def nothing_is_open_where_the_customer_has_said_stop(self) -> None:
        addresses = select(t.opt_outs.c.address, t.opt_outs.c.channel)
        open_ones = select(t.invitations.c.address, t.interviews.c.channel).join(t.interviews)
        pages_open = open_ones.where(
            t.interviews.c.disposition.is_(None), t.interviews.c.channel.in_(("link", "email"))
        )
        with self._reading() as tx:
            refused = {(row.address, row.channel) for row in tx.execute(addresses)}
            standing = {(row.address, "sms" if row.channel == "link" else "email") for row in tx.execute(pages_open)}
        assert refused & standing == set()

    @invariant()
    def nothing_goes_out_in_quiet_hours(self) -> None:
        centre = self.office.field.centre
        quiet = centre.queues["sales"].quiet
        for each in self._taken():
            if each.body.startswith(QUESTION):
                assert is_open(quiet, places(centre, Way("sms", each.to, OURS), None), each.at), each

    @invariant()
    def every_interaction_has_one_disposition(self) -> None:
        suppressed = (t.interactions.c.disposition == "suppressed") != t.interactions.c.rule.is_not(None)
        with self._reading() as tx:
            assert tx.execute(select(t.interactions.c.ref).where(suppressed)).all() == []

    def _no_reply_is_lost(self) -> None:
        with self._reading() as tx:
            kept = (
                select(t.messages.c.sender, func.count())
                .where(t.messages.c.direction == "in")
                .group_by(t.messages.c.sender)
            )
            assert dict(tx.execute(kept).all()) == dict(self.said)  # type: ignore[arg-type]
        assert rebuild.check(self.unit) == []
        assert faults_of(self.unit) == []

    def _nobody_is_reminded_who_has_answered(self) -> None:
        with self._reading() as tx:
            ids = set(tx.execute(select(t.messages.c.id).where(t.messages.c.purpose == "reminder")).scalars())
        assert [each for each in self._taken() if each.id in ids and each.touched] == []

    def _pages(self) -> list[str]:
        wanted = select(t.interviews.c.id).where(t.interviews.c.channel.in_(("link", "email")))
        with self._reading() as tx:
            return sorted(tx.execute(wanted).scalars())

    def _some_page(self, pick: random.Random) -> str | None:
        found = self._pages()
        return pick.choice(found) if found else None

    def _address_of(self, interview: str) -> str:
        wanted = select(t.messages.c.recipient).where(t.messages.c.interview == interview).limit(1)
        with self._reading() as tx:
            return str(tx.execute(wanted).scalar_one())

    def _taken(self) -> list[Handed]:
        return self.network.taken

    def _reading(self):  # type: ignore[no-untyped-def]
        return self.unit.read()

    def _interaction(self, ref: int, person: str, queue: str, email: str | None = None) -> Interaction:
        customer = {"phone": person, "language": "sv", "email": email}
        document = {"id": f"c{ref}", "kind": "call", "queue": queue, "agent": "anna", "customer": customer}
        return read_interaction(Reading(document, ""), self.office.field.centre)

    def _last_from(self, person: str):  # type: ignore[no-untyped-def]
        last = select(t.messages).where(t.messages.c.sender == person).order_by(t.messages.c.id.desc()).limit(1)
        with self._reading() as tx:
            return tx.execute(last).one()


def _mail(person: str) -> str:
    return f"{person[1:]}@example.com"


@pytest.mark.timeout(600)
def test_nothing_that_happens_breaks_what_is_promised(sqlite_template: Path, tmp_path: Path) -> None:
    numbers = count(1)

    def fresh() -> str:
        database = tmp_path / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, database)
        return f"sqlite:///{database}"

    try_histories(fresh, 30)  # ``make soak`` tries as many as its minutes allow


def try_histories(fresh: Callable[[], str], examples: int) -> None:
    """So many histories of thirty steps, each on a database of its own. Raises for the first that breaks a promise."""
    House.fresh = staticmethod(fresh)  # type: ignore[method-assign,assignment]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        House,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
