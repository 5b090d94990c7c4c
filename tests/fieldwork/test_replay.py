"""What another file would have decided on the past; and that the same file decides the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from tests.fieldwork.office import BEGINNING, Office
from tonval.fieldwork import asking, conduct, invitations, optouts, requests
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.replaying import replay as past
from tonval.fieldwork.replaying.replay import replay
from tonval.fieldwork.replaying.replayed import Replay
from tonval.fieldwork.routing import read_centre
from tonval.store import tables as t
from tonval.store.unit import Unit

FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
defaults: {cap: 2d, languages: [sv, en]}
queues:
  sales:   {survey: nps, channel: sms, from: "+46701740605"}
  care:    {survey: nps, channel: sms, from: "+46701740605", templates: {complaint: complaints}, cap: {person: 0}}
  few:     {survey: nps, channel: sms, from: "+46701740605", agent_quota: 1, cap: 0}
  letters: {survey: nps, channel: link, from: "+46701740605", prefer_email: true, fallback: [sms], cap: {channel: 3d}}
  nights:  {survey: nps, channel: sms, from: "+46701740605", fallback: [email], quiet_hours: "18:00-09:30", cap: 1d}
  scoped:  {survey: complaints, channel: sms, from: "+46701740605", cap: {person: 1h, survey: 2d, queue: 4d}, sample: 2}
  named:   {survey: named, channel: sms, from: "+46701740605", agent_quota: 1, cap: 0}
  texts:   {survey: nps, channel: link, from: "+46701740605", cap: {person: 0, channel: 3d}}
  phone:   {survey: nki, channel: keypad, cap: 3d}
surveys:
  nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP slutar.", en: "How likely? STOP"}}]}
  complaints: {questions: [{id: recommend, scale: nps, text: {sv: "Efter klagomålet? STOPP.", en: "After that? STOP"}}]}
  named: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt nu? STOPP.", en: "How likely now? STOP"}}]}
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}]}
"""
CENTRE = read_centre(FILE)
PEOPLE = (
    {"phone": "+46701740606", "email": "eva@example.com"},
    {"phone": "+46701740607"},
    {"email": "adam@example.com"},
    {"phone": "070-174 06 08", "email": "siv@example.org", "zone": "America/New_York"},
    {"phone": "+4684650010"},
    {},
)


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with a queue for every limit."""
    return Office(unit, CENTRE)


def changed(text: str, *edits: tuple[str, str]) -> str:
    """The file after edits, each of which must find its place."""
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def report(office: Office, ref: str, queue: str = "sales", person: int = 0, **more: Any) -> dict[str, Any]:
    """Report as a system would, and give the decision."""
    (answer,) = invitations.report_many(office.field, [read(office, ref, queue, person, **more)])
    assert isinstance(answer, invitations.Reported)
    decision: dict[str, Any] = answer.body["decision"]
    return decision


def read(office: Office, ref: str, queue: str, person: int, **more: Any) -> Any:
    told = {"id": ref, "kind": "call", "queue": queue, "agent": "anna", "customer": PEOPLE[person], "talk_seconds": 240}
    return read_interaction(Reading({**told, "ended_at": office.time.isoformat(), **more}, ""), office.field.centre)


def again(office: Office, *edits: tuple[str, str], since: datetime = BEGINNING, **wanted: Any) -> Replay:
    """Replay with the file after edits."""
    return replay(office.field, read_centre(changed(FILE, *edits)), since, office.time, **wanted)


def matrix(found: Replay) -> dict[str, dict[tuple[str, str], int]]:
    return {name: dict(moves.counts) for name, moves in found.queues.items()}


# -- the same file ---------------------------------------------------------------------------------------------------

people, refs = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4, 5]), st.integers(0, 25)
queues, agents = st.sampled_from(sorted(CENTRE.queues)), st.sampled_from(["anna", "bo", None])
surveys = st.sampled_from(["nps", "complaints", "named"])
tickets = st.sampled_from([None, None, "T1", "T2"])
reports = st.tuples(refs, queues, people, agents, tickets, st.sampled_from([5, 60, None]))
steps = st.one_of(
    st.tuples(st.just("report"), st.lists(reports, min_size=1, max_size=4)),
    st.tuples(st.just("report"), st.lists(reports, min_size=1, max_size=4)),
    st.tuples(st.just("call"), st.tuples(refs, people)),
    st.tuples(
        st.just("request"), st.tuples(refs, people, st.sampled_from(["nps", "complaints", "named"]), st.booleans())
    ),
    st.tuples(st.just("refuse"), st.tuples(people, st.sampled_from(["sms", "*", "email"]), st.booleans())),
    st.tuples(st.just("move"), st.tuples(people, st.sampled_from(["Asia/Tokyo", "Europe/Stockholm"]))),
    st.tuples(st.just("work"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([0.01, 0.3, 3, 11, 25, 50])),
)


class History:
    """Takes steps in a real office; each in a second of its own."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.calls = 0
        office.time = BEGINNING
        with office.field.unit.begin() as tx:
            for table in reversed(t.metadata.sorted_tables):
                if table.name not in ("configs", "survey_versions"):
                    tx.execute(delete(table))

    def take(self, step: tuple[str, Any]) -> None:
        self.office.pass_time(seconds=1.5)
        getattr(self, step[0])(step[1])

    def report(self, told: list[tuple[Any, ...]]) -> None:
        named = [
            read(self.office, f"r-{ref}", queue, person, agent=agent, ticket=ticket, talk_seconds=talk)
            for ref, queue, person, agent, ticket, talk in told
        ]
        invitations.report_many(self.office.field, named)

    def call(self, told: tuple[int, int]) -> None:
        """Somebody comes in for a survey; perhaps before the report of her call, perhaps on one that is waited for."""
        ref, person = told
        self.calls += 1
        caller = PEOPLE[person].get("phone", "").replace("070-", "+4670").replace(" ", "") or None
        named = f"r-{ref}" if ref % 2 else None
        call = Call("sip", f"leg-{self.calls}", "phone", interaction=named, caller=caller, agent="bo")
        conduct.begin_call(self.office.field, call)

    def request(self, told: tuple[int, int, str, bool]) -> None:
        ref, person, survey, about = told
        document: dict[str, Any] = {"id": f"q-{ref}", "survey": survey, "customer": PEOPLE[person]}
        if about:
            document |= {"interaction": {"kind": "call", "id": f"r-{ref}"}}
        try:
            request = requests.read_request(Reading(document, ""), self.office.field.centre, "fresh")
            requests.ask(self.office.field, request)
        except Faulty:
            pass  # nobody to ask, or nothing to ask about

    def refuse(self, told: tuple[int, str, bool]) -> None:
        person, channel, block = told
        customer = PEOPLE[person]
        address = customer.get("email") if channel == "email" else customer.get("phone", "").replace("070-", "+4670")
        if not address:
            return
        address = address.replace(" ", "")
        row = {"channel": channel, "created_at": self.office.time}
        with self.office.field.unit.begin() as tx:
            if block:
                blocked = {"pattern": f"{address[:11]}*" if address[0] == "+" else address, "reason": "asked us to"}
                optouts.insert_new(tx, t.blocklist, {**row, **blocked})
            else:
                optouts.insert_new(tx, t.opt_outs, {**row, "address": address, "source": "page"})

    def move(self, told: tuple[int, str]) -> None:
        """A contact's zone changes by somebody else's word."""
        person, zone = told
        if PEOPLE[person].get("phone", "").startswith("+"):
            here = t.contacts.c.phone == PEOPLE[person]["phone"]
            with self.office.field.unit.begin() as tx:
                tx.execute(t.contacts.update().where(here).values(zone=zone))

    def work(self, late: bool) -> None:
        """The clock's work: ask those who are due, give up on callers who never came."""
        asking.ask_due(self.office.field)
        if late:
            self.office.pass_time(hours=25)
            asking.close_unclaimed(self.office.field)

    def wait(self, hours: float) -> None:
        self.office.pass_time(hours=hours)


@given(history=st.lists(steps, min_size=12, max_size=40), begin=st.integers(0, 8))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_file_changes_nothing_whatever_happened(
    office: Office, history: list[tuple[str, Any]], begin: int
) -> None:
    lived, since = History(office), BEGINNING
    for place, step in enumerate(history):
        if place == begin:
            since = office.time
        lived.take(step)
    office.pass_time(seconds=1)
    found = again(office, since=since)
    assert [(each.was, each.would_be) for each in found.changes] == []
    assert (found.changed, found.more, found.less) == (0, 0, 0)
    assert found.all.total == sum(found.decided_by.values())


# -- another file ----------------------------------------------------------------------------------------------------


def test_a_shorter_talk_invites_more_and_says_by_which_rule(office: Office) -> None:
    for ref, talk in (("a", 5), ("b", 12), ("c", 60)):
        report(office, ref, "care", talk_seconds=talk)
    office.pass_time(days=1)
    found = again(office, ("cap: {person: 0}}", "cap: {person: 0}, min_talk: 10s}"))
    assert matrix(found) == {
        "care": {("min_talk", "min_talk"): 1, ("min_talk", "invited"): 1, ("invited", "invited"): 1}
    }
    assert (found.all.invited, found.more, found.less, found.a_day) == ((1, 2), 1, 0, (1.0, 2.0))
    (change,) = found.changes
    assert (change.ref, change.was["rule"], change.would_be["outcome"]) == ("b", "min_talk", "invited")


def test_who_would_have_been_asked_earlier_would_have_been_left_alone_later(office: Office) -> None:
    report(office, "short", talk_seconds=10)
    office.pass_time(days=1)
    report(office, "long")
    office.pass_time(hours=1)
    found = again(office, ("cap: 2d, languages", "cap: 2d, min_talk: 5s, languages"))
    assert matrix(found)["sales"] == {("min_talk", "invited"): 1, ("invited", "frequency_cap"): 1}
    assert (found.more, found.less) == (0, 0), "she is asked once either way"


def test_who_was_asked_before_the_period_is_still_left_alone_in_it(office: Office) -> None:
    report(office, "before")
    office.pass_time(days=3)
    since = office.time
    report(office, "within")
    office.pass_time(hours=1)
    assert matrix(again(office, since=since)) == {"sales": {("invited", "invited"): 1}}
    longer = again(office, ("defaults: {cap: 2d", "defaults: {cap: 4d"), since=since)
    assert matrix(longer) == {"sales": {("invited", "frequency_cap"): 1}}


def test_the_morning_s_invitations_count_in_the_quota_of_the_afternoon(office: Office) -> None:
    report(office, "morning", "few")
    office.pass_time(hours=2)
    since = office.time
    report(office, "afternoon", "few", person=1)
    office.pass_time(hours=1)
    assert matrix(again(office, since=since)) == {"few": {("agent_quota", "agent_quota"): 1}}
    more = again(office, ("agent_quota: 1", "agent_quota: 2"), since=since)
    assert matrix(more) == {"few": {("agent_quota", "invited"): 1}}


def test_a_ticket_asked_about_long_ago_is_not_asked_about_again(office: Office) -> None:
    ticket = {"kind": "ticket", "reply_sent": True}
    report(office, "t-1", "care", ticket="T", **ticket)
    office.pass_time(days=60)
    since = office.time
    report(office, "t-2", "care", ticket="T", **ticket)
    office.pass_time(hours=1)
    assert matrix(again(office, since=since)) == {"care": {("already_invited", "already_invited"): 1}}


def test_a_file_that_leaves_a_country_out_shows_whom_it_would_not_have_asked(office: Office) -> None:
    report(office, "c-1")
    report(office, "c-2", "letters", person=1)
    report(office, "c-3", "letters")
    office.pass_time(hours=1)
    found = again(office, ("\nqueues:", "\nsms: {countries: [FI]}\nqueues:"))
    assert matrix(found) == {
        "letters": {("invited", "country_off"): 1, ("frequency_cap", "invited"): 1},
        "sales": {("invited", "country_off"): 1},
    }


def test_a_caller_who_never_came_is_asked_again_only_after_that_was_clear(office: Office) -> None:
    report(office, "a", "phone")
    office.pass_time(hours=11)
    report(office, "b", "phone")
    office.pass_time(hours=16)
    asking.close_unclaimed(office.field)
    office.pass_time(hours=1)
    report(office, "c", "phone")
    office.pass_time(hours=1)
    same = {("invited", "invited"): 2, ("frequency_cap", "frequency_cap"): 1}
    assert matrix(again(office)) == {"phone": same}
    assert matrix(again(office, ("cap: 3d", "cap: 30d"))) == {"phone": same}, "the place was given back"


def test_another_channel_than_was_planned_counts_in_its_cap(office: Office) -> None:
    report(office, "a", "letters", person=0)
    office.pass_time(minutes=1)
    asking.ask_due(office.field)
    office.pass_time(hours=1)
    assert report(office, "b", "texts", person=0)["rule"] == "frequency_cap", "the letter went out as a link"
    office.pass_time(hours=1)
    assert again(office).changed == 0


def test_a_contact_s_zone_is_the_one_it_had_then(office: Office) -> None:
    report(office, "a", "care", talk_seconds=5)
    History.move(_at(office), (0, "Asia/Tokyo"))
    office.pass_time(hours=1)
    assert report(office, "b", "nights")["due_at"] == "2026-11-23T00:30:00Z"
    History.move(_at(office), (0, "Europe/Stockholm"))
    office.pass_time(hours=1)
    assert again(office).changed == 0


def test_a_request_of_the_morning_takes_no_place_in_a_quota(office: Office) -> None:
    document = {"id": "q-1", "survey": "named", "customer": PEOPLE[0], "agent": "anna"}
    requests.ask(office.field, requests.read_request(Reading(document, ""), office.field.centre, "fresh"))
    office.pass_time(hours=2)
    since = office.time
    assert report(office, "a", "named", person=1)["outcome"] == "invited"
    office.pass_time(hours=1)
    assert again(office, since=since).changed == 0


def test_opt_outs_and_blocks_hold_from_the_moment_they_were_made(office: Office) -> None:
    report(office, "before", "care")
    office.pass_time(hours=1)
    optouts.block(office.field, "+4670174*", "asked us to")
    office.pass_time(hours=1)
    report(office, "after", "care")
    office.pass_time(hours=1)
    assert matrix(again(office)) == {"care": {("invited", "invited"): 1, ("blocked", "blocked"): 1}}


def test_a_queue_that_is_gone_and_a_switched_off_one_are_told_apart(office: Office) -> None:
    report(office, "a", "sales")
    report(office, "b", "care", person=1)
    office.pass_time(hours=1)
    gone = ("  sales:   {", "  renamed: {"), ("  care:    {", "  care:    {off: true, ")
    found = again(office, *gone)
    assert matrix(found) == {"care": {("invited", "queue_off"): 1}, "sales": {("invited", "unknown_queue"): 1}}
    assert "there is no queue called “sales” any more" in {each.would_be["detail"] for each in found.changes}


def test_another_channel_and_another_hour_are_changes_too(office: Office) -> None:
    report(office, "a", "letters")
    report(office, "b", "sales", person=1)
    office.pass_time(hours=1)
    found = again(office, ("prefer_email: true, ", ""), ("  sales:   {", "  sales:   {delay: 2h, "))
    assert (found.otherwise, found.retimed, found.changed, found.all.changed) == (1, 1, 2, 0)
    assert [(each.ref, each.would_be["channel"]) for each in found.changes] == [("b", "sms"), ("a", "link")]


def test_who_was_on_the_line_keeps_her_decision_and_counts(office: Office) -> None:
    conduct.begin_call(office.field, Call("sip", "leg", "phone", interaction="a", caller=PEOPLE[0]["phone"]))
    office.pass_time(hours=1)
    report(office, "a", "phone")
    report(office, "b", "phone")
    office.pass_time(hours=1)
    found = again(office, ("channel: keypad, cap: 3d", "channel: keypad, off: true, cap: 3d"))
    assert matrix(found) == {"phone": {("invited", "invited"): 1, ("frequency_cap", "queue_off"): 1}}
    assert found.kept == 1


def test_a_request_is_replayed_as_a_request(office: Office) -> None:
    document = {"id": "q-1", "survey": "nps", "customer": PEOPLE[0]}
    requests.ask(office.field, requests.read_request(Reading(document, ""), office.field.centre, "fresh"))
    office.pass_time(hours=1)
    assert matrix(again(office)) == {"sales": {("invited", "invited"): 1}}
    harder = again(office, ("cap: 2d, languages", "cap: 2d, sample: 1000000, languages"))
    assert matrix(harder) == {"sales": {("invited", "invited"): 1}}, "no sample is drawn of those who are named"


def test_a_request_about_a_contact_counts_for_the_queue_whose_terms_held(office: Office) -> None:
    report(office, "a", "scoped", talk_seconds=5)
    office.pass_time(hours=1)
    about = {"id": "q-1", "survey": "named", "interaction": {"kind": "call", "id": "a"}}
    requests.ask(office.field, requests.read_request(Reading(about, ""), office.field.centre, "fresh"))
    office.pass_time(hours=2)
    document = {"id": "q-2", "survey": "complaints", "customer": PEOPLE[0]}
    asked = requests.ask(office.field, requests.read_request(Reading(document, ""), office.field.centre, "fresh"))
    assert asked.body["decision"]["outcome"] == "invited"
    office.pass_time(hours=1)
    found = again(office)
    assert (found.changed, found.kept) == (0, 1)


def test_a_request_for_a_survey_that_is_gone_is_told(office: Office) -> None:
    document = {"id": "q-1", "survey": "complaints", "customer": PEOPLE[0]}
    requests.ask(office.field, requests.read_request(Reading(document, ""), office.field.centre, "fresh"))
    office.pass_time(hours=1)
    found = again(office, ("survey: complaints, channel", "survey: nps, channel"))
    assert [each.would_be["rule"] for each in found.changes] == ["survey_off"]


def test_one_queue_is_counted_though_all_are_decided(office: Office) -> None:
    report(office, "a", "sales")
    report(office, "b", "care", person=1)
    office.pass_time(hours=1)
    assert set(matrix(again(office, queue="care"))) == {"care"}


def test_only_the_last_changes_are_kept_and_every_chunk_is_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "CHUNK", 3)
    for n in range(8):
        report(office, f"r-{n}", "care", talk_seconds=5)
        office.pass_time(seconds=n % 3)
    office.pass_time(seconds=1)
    shares: list[float] = []
    found = again(office, ("cap: {person: 0}}", "cap: {person: 0}, min_talk: 0}"), changes=2, progress=shares.append)
    assert matrix(found) == {"care": {("min_talk", "invited"): 8}}
    assert [each.ref for each in found.changes] == ["r-7", "r-6"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_nothing_is_written(office: Office) -> None:
    report(office, "a")
    office.pass_time(hours=1)
    before = {table.name: _rows(office, table) for table in t.metadata.sorted_tables}
    again(office, ("cap: 2d, languages", "cap: 0, languages"))
    assert {table.name: _rows(office, table) for table in t.metadata.sorted_tables} == before


def test_a_contact_merged_since_is_one_person_from_the_start(office: Office) -> None:
    """The one difference that remains: when two were found to be one is not kept."""
    report(office, "a", "sales", person=1)
    office.pass_time(hours=1)
    other = {"email": "lo@example.com"}
    report(office, "b", "letters", customer=other)
    office.pass_time(hours=1)
    report(office, "c", "few", customer=other | PEOPLE[1])
    office.pass_time(hours=1)
    assert matrix(again(office))["letters"] == {("invited", "frequency_cap"): 1}


def test_an_empty_period_is_told_as_such(office: Office) -> None:
    office.pass_time(days=1)
    found = again(office)
    assert (found.all.total, found.a_day, found.changes, found.decided_by) == (0, (0.0, 0.0), (), {})


def _at(office: Office) -> History:
    """Its steps, in an office as it is."""
    steps = History.__new__(History)
    steps.office = office
    return steps


def _rows(office: Office, table: Any) -> list[tuple[Any, ...]]:
    with office.field.unit.read() as tx:
        return sorted((tuple(row) for row in tx.execute(table.select())), key=repr)


MOMENTS = [
    ("30d", "2026-10-23T09:00:00+00:00"),
    ("12h", "2026-11-21T21:00:00+00:00"),
    ("2w", "2026-11-08T09:00:00+00:00"),
    ("2026-11-01", "2026-11-01T00:00:00+01:00"),
    ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00+00:00"),
]


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_a_moment_is_a_length_of_time_ago_or_a_day_of_the_centre(text: str, moment: str) -> None:
    assert past.moment_of(text, BEGINNING, "Europe/Stockholm").isoformat() == moment


@pytest.mark.parametrize("text", ["", "30", "30 days", "soon", "99999d", "9999w", "2026-13-01", "0001-01-01"])
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    with pytest.raises(Faulty, match="neither a length of time such as 30d nor a day"):
        past.moment_of(text, BEGINNING, "Europe/Stockholm")
