"""What becomes of each message from a customer: in time, late, to one of two surveys, from machines, after STOP."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fieldwork.asked import rows
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS, decide
from tonval.fieldwork import asking, audit, books, conduct
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.conduct import ReplyRejected
from tonval.fieldwork.messaging import conversations, messages
from tonval.fieldwork.messaging.due import OVER
from tonval.fieldwork.messaging.readings import from_json, to_json
from tonval.fieldwork.reasons import Reason
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.followup import alerts
from tonval.sms import inbound
from tonval.stats import rebuild
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.events import AnswerReplaced, CommentLeft
from tonval.surveys.turns import Digits

OTHER = "+46701740604"
FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}, "+46701740604": {provider: twilio}}
defaults: {languages: [sv, en], cap: 0}
alerts: {low: {scale: nps, at_most: 4}}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605"}
  support: {survey: why, channel: sms, from: "+46701740604"}
  links: {survey: why, channel: link, from: "+46701740605"}
  letters: {survey: why, channel: email}
  phone: {survey: nki, channel: keypad}
surveys:
  nps: {window: 2d, questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP.", en: "How likely? STOP"}}]}
  why:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det? STOPP.", en: "How did it go? STOP"}}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}]}
"""
SUPERVISOR = Actor("usr_1", "Maria")


@pytest.fixture
def house(unit: Unit) -> Office:
    """A centre with two numbers."""
    office = Office(unit, read_centre(FILE))
    office.field = replace(office.field, mail_from="care@nordlys.example")
    return office


def ask(house: Office, queue: str = "sales", ref: str = "a", language: str = "sv", email: str | None = None) -> str:
    """Report, ask, and give the interview."""
    decide(house, ref, queue=queue, customer=Customer(phone=CUSTOMER, email=email, language=language))
    asking.ask_due(house.field)
    return str(rows(house, t.interviews)[-1].id)


def write(
    house: Office, body: str, *, to: str = OURS, at: datetime | None = None, sender: str = CUSTOMER, **more: Any
) -> Any:
    """The customer writes; gives the message's row."""
    ref = f"SM{len(rows(house, t.messages))}"
    inbound.receive(
        house.field, provider="twilio", ref=ref, sender=sender, recipient=to, body=body, at=at or house.time, **more
    )
    (row,) = rows(house, t.messages, t.messages.c.ref == ref)
    return row


def read_as(row: Any) -> tuple[str, str | None]:
    """What the message was taken for, and its interview."""
    assert row.reading["why"].endswith(".") and to_json(from_json(row.reading)) == row.reading
    return row.reading["as"], row.interview


def said(house: Office) -> list[str]:
    """Everything written to customers but the first questions, oldest first."""
    m = t.messages.c
    found = rows(house, t.messages, m.direction == "out")
    return [row.body for row in found if not row.body.startswith(("Hur ", "Hej"))]


def answer(house: Office, interview: str, question: str = "recommend") -> int | None:
    """The number that stands."""
    _, state = conduct.interview_of(house.field, interview)
    return next(iter(state.values(question)), None)


def ended(house: Office, interview: str) -> str | None:
    """The interview's disposition."""
    (row,) = rows(house, t.interviews, t.interviews.c.id == interview)
    return row.disposition  # type: ignore[no-any-return]


def test_every_message_says_what_it_was_taken_for(house: Office) -> None:
    interview = ask(house, "support")
    bodies = ["hmm", "4", "sorry, 3", "3", "Så snabbt", "tack!", "HJÄLP"]
    found = [read_as(write(house, body, to=OTHER)) for body in bodies]
    taken = ["unclear", "answer", "correction", "answer", "comment", "late", "help"]
    assert found == [(each, interview) for each in taken]
    reading = rows(house, t.messages, t.messages.c.body == "sorry, 3")[0].reading
    assert (reading["question"], reading["value"], reading["before"]) == ("helped", 3, 4)
    assert (reading["rule"], reading["confidence"]) == ("owns a slip", "sure")


def test_a_late_word_is_a_comment_nobody_answers_and_no_second_response(house: Office) -> None:
    interview = ask(house)
    write(house, "9")
    before, end = said(house), rows(house, t.interviews)[0].ended_at
    house.pass_time(hours=47)
    assert read_as(write(house, "👍 tack!")) == ("late", interview)
    assert said(house) == before and house.events(interview)[-1] == CommentLeft("recommend", "👍 tack!")
    (row,) = rows(house, t.interviews)
    assert (row.disposition, row.ended_at, row.answered) == ("complete", end, 1)


@pytest.mark.parametrize("body", ["\x009\x00", "9\ud83d", "9"])
def test_characters_that_no_database_keeps_cost_no_message(house: Office, body: str) -> None:
    interview = ask(house)
    assert read_as(write(house, body)) == ("answer", interview)


def test_the_window_is_judged_by_when_she_wrote(house: Office) -> None:
    interview = ask(house)
    write(house, "9")
    in_time = house.time + timedelta(days=2)
    house.pass_time(days=9)
    assert read_as(write(house, "sorry, 3", at=in_time)) == ("correction", interview)
    assert read_as(write(house, "4", at=in_time + timedelta(seconds=1))) == ("unattached", None)
    assert answer(house, interview) == 3


def test_a_reply_in_time_counts_though_it_is_heard_late_and_one_after_it_does_not(house: Office) -> None:
    first = ask(house)
    wrote = house.time + timedelta(hours=47)
    house.pass_time(hours=50)
    assert conduct.expire_due(house.field, heard_until=house.time - timedelta(hours=4)) == 0
    assert read_as(write(house, "8", at=wrote)) == ("answer", first)
    second = ask(house, "support", "b")
    house.pass_time(hours=73)
    assert read_as(write(house, "5", to=OTHER)) == ("unattached", None)
    assert conduct.expire_due(house.field) == 1
    assert (ended(house, second), answer(house, second, "helped")) == ("expired", None)


def test_an_interview_is_kept_open_for_a_day_at_most_and_a_page_not_at_all(house: Office) -> None:
    ask(house)
    page = ask(house, "links", "b")
    house.pass_time(days=2, hours=23)
    since = house.time - timedelta(days=2)
    assert conduct.expire_due(house.field, heard_until=since) == 0
    house.pass_time(hours=2)
    assert conduct.expire_due(house.field, heard_until=since) == 1
    house.pass_time(days=12)
    assert conduct.expire_due(house.field, heard_until=house.time - timedelta(hours=23)) == 1
    assert ended(house, page) == "expired"


def test_a_message_from_before_the_question_answers_nothing(house: Office) -> None:
    wrote = house.time
    house.pass_time(hours=1)
    interview = ask(house)
    assert read_as(write(house, "9", at=wrote)) == ("unattached", None)
    assert read_as(write(house, "8", at=house.time - timedelta(seconds=30))) == ("answer", interview)


def test_a_message_dated_in_the_future_is_one_of_now(house: Office) -> None:
    interview = ask(house)
    assert read_as(write(house, "9", at=house.time + timedelta(days=400))) == ("answer", interview)


@pytest.mark.parametrize("end", ["STOPP", "silence"])
def test_after_stop_and_after_silence_a_message_is_kept_by_itself(house: Office, end: str) -> None:
    interview = ask(house)
    house.pass_time(days=3) if end == "silence" else write(house, end)
    conduct.expire_due(house.field)
    before = said(house)
    assert read_as(write(house, "9")) == ("unattached", None)
    assert (answer(house, interview), said(house)) == (None, before)


def test_after_stop_a_correction_of_what_was_answered_before_is_kept_by_itself(house: Office) -> None:
    interview = ask(house)
    write(house, "9")
    write(house, "STOPP")
    before = said(house)
    assert read_as(write(house, "sorry, 3")) == ("unattached", None)
    assert (answer(house, interview), said(house)) == (9, before)


def test_a_silence_after_the_first_answer_takes_no_late_words(house: Office) -> None:
    interview = ask(house, "support")
    write(house, "4", to=OTHER)
    house.pass_time(hours=73)
    conduct.expire_due(house.field)
    assert ended(house, interview) == "partial"
    assert read_as(write(house, "3", to=OTHER)) == ("unattached", None)


def test_before_the_next_question_has_gone_out_she_writes_about_the_survey_before_it(house: Office) -> None:
    first = ask(house)
    write(house, "9")
    second = ask(house, ref="b")
    assert read_as(write(house, "nej, 3")) == ("correction", first)
    messages.claim_due(house.field, 10)
    assert read_as(write(house, "8")) == ("answer", second)


def test_a_machine_that_answers_with_ever_new_numbers_is_told_so_a_few_times_only(house: Office) -> None:
    ask(house)
    for number in range(30):
        assert read_as(write(house, str(number % 2)))[0] == "correction" or number == 0
    assert len([body for body in said(house) if "noterat" in body]) == conversations.MOST_NOTED


def test_a_question_that_waited_longer_than_its_window_does_not_go_out(house: Office) -> None:
    interview = ask(house)
    house.pass_time(hours=49)
    assert conduct.expire_due(house.field) == 1
    assert messages.claim_due(house.field, 10) == ()
    (question,) = rows(house, t.messages, t.messages.c.interview == interview)
    assert (question.state, question.error) == ("failed", OVER)


def test_replies_go_to_the_survey_of_their_own_number(house: Office) -> None:
    first, second = ask(house), ask(house, "support", "b")
    write(house, "4", to=OTHER)
    write(house, "9")
    write(house, "sorry, 2", to=OTHER)
    write(house, "sorry, 3")
    assert (answer(house, first), answer(house, second, "helped")) == (3, 2)
    talks = {(row.sender, row.interview) for row in rows(house, t.messages, t.messages.c.direction == "out")}
    assert talks == {(OURS, first), (OTHER, second)}


def test_stop_on_one_number_ends_what_is_open_on_every_number(house: Office) -> None:
    mine = [ask(house), ask(house, "support", "b"), ask(house, "links", "c")]
    write(house, "STOPP")
    assert [ended(house, each) for each in mine] == ["refused"] * 3


def test_stop_is_confirmed_once_however_often_it_comes(house: Office) -> None:
    ask(house)
    for _ in range(5):
        assert read_as(write(house, "STOPP"))[0] == "stop"
    assert len(said(house)) == 1


def test_stop_after_stop_all_is_no_news(house: Office) -> None:
    for body in ("STOPPA ALLT", "STOPP", "STOPPA ALLT"):
        write(house, body)
    assert len(said(house)) == 1


@pytest.mark.parametrize(("language", "words"), [("en", "You will get no"), ("fi", "Et saa"), ("sv", "Du får inga")])
def test_stop_after_a_link_is_confirmed_in_the_language_of_its_survey(house: Office, language: str, words: str) -> None:
    languages = FILE.replace("[sv, en]", "[sv, en, fi]").replace('en: "Why?"', 'en: "Why?", fi: "Miksi?"')
    house.field = house.with_centre(read_centre(languages))
    ask(house, "links", language=language)
    write(house, "STOP")
    assert said(house)[-1].startswith(words)


def test_words_after_a_link_answer_nothing_and_say_why(house: Office) -> None:
    ask(house, "links")
    row = write(house, "9")
    assert read_as(row) == ("unattached", None) and "an SMS can answer" in row.reading["why"]


def test_who_writes_to_a_number_that_has_left_the_file_is_answered_the_way_she_came(house: Office) -> None:
    ask(house, "support")
    house.field = house.with_centre(read_centre(FILE.replace(OTHER, "+46701740603")))
    for body in ("4", "bra", "STOPP"):
        write(house, body, to=OTHER)
    carried = rows(house, t.messages, t.messages.c.direction == "out", t.messages.c.sender == OTHER)
    assert [row.provider for row in carried] == ["twilio"] * 4


def test_stop_all_holds_for_every_channel_and_address_and_stop_for_its_own(house: Office) -> None:
    letter = ask(house, "letters", email="eva@example.com")
    write(house, "STOPP")
    assert ended(house, letter) is None
    write(house, "STOPPA ALLT")
    assert ended(house, letter) == "refused"
    found = {(row.address, row.channel) for row in _opt_outs(house)}
    assert found == {(CUSTOMER, "sms"), (CUSTOMER, "*"), ("eva@example.com", "*")}
    assert decide(house, "z", queue="phone")["rule"] == "opted_out"


def test_start_after_stop_all_lifts_both_and_is_confirmed(house: Office) -> None:
    write(house, "STOP ALL")
    assert read_as(write(house, "START"))[0] == "start"
    assert _opt_outs(house) == [] and len(said(house)) == 2


@pytest.mark.parametrize("body", ["STOPP", "START", "HJÄLP"])
def test_what_the_provider_has_confirmed_is_not_confirmed_again(house: Office, body: str) -> None:
    write(house, "STOPP", handled=True)
    write(house, body, handled=True)
    assert said(house) == [] and bool(_opt_outs(house)) is (body != "START")


def test_help_is_told_once_an_hour_to_each_customer_and_number(house: Office) -> None:
    for to in (OURS, OURS, OTHER, OTHER):
        write(house, "HJÄLP", to=to)
    assert len(said(house)) == 2
    house.pass_time(minutes=61)
    write(house, "HJÄLP")
    assert len(said(house)) == 3


def test_two_machines_that_answer_one_another_fall_silent(house: Office) -> None:
    for _ in range(20):
        write(house, "STOPP")
        write(house, "START")
    assert len(said(house)) == 6


@pytest.mark.parametrize("sender", [OTHER, OURS, "72345", "+72345", "NORDLYS"])
@pytest.mark.parametrize("body", ["9", "HELP", "STOP", "hello"])
def test_a_machine_is_never_answered(house: Office, sender: str, body: str) -> None:
    assert read_as(write(house, body, sender=sender)) == ("unattached", None)
    assert said(house) == [] and _opt_outs(house) == []


def test_the_confirmation_has_the_surveys_own_words(house: Office) -> None:
    file = FILE.replace("nps: {window", 'nps: {prompts: {stopped: {sv: "Vi slutar. START ångrar."}}, window')
    house.field = house.with_centre(read_centre(file))
    ask(house)
    write(house, "STOPP")
    assert said(house) == ["Vi slutar. START ångrar."]


@pytest.mark.parametrize("channel", ["sms", "*"])
def test_an_opt_out_that_staff_write_down_ends_what_is_open(house: Office, channel: str) -> None:
    mine = [ask(house), ask(house, "support", "b"), ask(house, "links", "c")]
    entry = books.Entry(CUSTOMER, channel, "called us", house.time, "maria")
    books.add(house.field, books.OPT_OUTS, [entry, entry], SUPERVISOR)
    assert [ended(house, each) for each in mine] == ["refused"] * 3


def test_a_block_ends_nothing(house: Office) -> None:
    interview = ask(house)
    books.add(house.field, books.BLOCKLIST, [books.Entry(CUSTOMER, "*", "", house.time, "maria")], SUPERVISOR)
    assert ended(house, interview) is None


def _opt_outs(house: Office) -> list[Any]:
    with house.field.unit.read() as tx:
        return list(tx.execute(select(t.opt_outs)))


# Corrections, and what follows from them.


def test_a_corrected_score_counts_on_the_day_of_the_answer_and_the_tally_can_be_recounted(house: Office) -> None:
    ask(house)
    write(house, "9")
    day = house.time.date()
    house.pass_time(days=1)
    write(house, "sorry, 3")
    delta = t.tally_deltas.c
    with house.field.unit.read() as tx:
        counted = select(delta.day, delta.score, func.sum(delta.n)).group_by(delta.day, delta.score)
        standing = {tuple(row) for row in tx.execute(counted) if row[2]}
    assert standing == {(day, 3, 1)}
    assert rebuild.check(house.field.unit) == []


@pytest.mark.parametrize("by_staff", [False, True])
def test_a_correction_down_raises_the_alert_and_one_up_leaves_it(house: Office, by_staff: bool) -> None:
    def to(value: int, before: int) -> None:
        if by_staff:
            correct(house, interview, value)
        else:
            write(house, f"{value} not {before}")
        house.pass_time(minutes=1)
        alerts.apply_due(house.field, mail_from=None)

    interview = ask(house)
    write(house, "9")
    alerts.apply_due(house.field, mail_from=None)
    assert rows(house, t.alerts) == []
    to(3, 9)
    assert [row.value for row in rows(house, t.alerts)] == [3]
    to(10, 3)
    to(2, 10)
    assert [row.value for row in rows(house, t.alerts)] == [3]


def correct(house: Office, interview: str, value: int | None, question: str = "recommend", **more: Any) -> None:
    """Staff put the answer right."""
    conduct.correct(house.field, interview, question, value, by=SUPERVISOR, reason="misread", **more)


def test_staff_put_an_answer_right_without_a_word_to_the_customer(house: Office) -> None:
    interview = ask(house)
    write(house, "9")
    before = said(house)
    correct(house, interview, 3, seen=9)
    assert house.events(interview)[-1] == AnswerReplaced("recommend", "nps", 9, 3, "3")
    assert said(house) == before and answer(house, interview) == 3
    (entry,) = rows(house, t.audit)
    assert (entry.action, entry.kind, entry.ref, entry.name) == ("answer.corrected", "interview", interview, "Maria")
    with house.field.unit.read() as tx:
        why = tx.execute(select(t.reasons)).one()
    assert (why.entry, why.words) == (entry.id, "misread")
    digest = Reason(why.words, why.salt).digest
    assert entry.detail == {"question": "recommend", "before": 9, "value": 3, "reason_digest": digest}
    assert audit.verify(house.field).fault is None and rebuild.check(house.field.unit) == []


def test_staff_make_an_answer_of_a_comment_and_take_one_back(house: Office) -> None:
    interview = ask(house)
    for body in ("jag ringde 9 gånger", "nio för er, noll för kön"):
        write(house, body)
    assert (ended(house, interview), answer(house, interview)) == ("partial", None)
    correct(house, interview, 9, seen=None)
    correct(house, interview, None, seen=9)
    correct(house, interview, 8)
    assert (ended(house, interview), answer(house, interview)) == ("partial", 8)
    assert rebuild.check(house.field.unit) == []


def test_staff_put_a_call_right(house: Office) -> None:
    turn = conduct.begin_call(house.field, conduct.Call("sip", "a", "phone"))
    conduct.resume(house.field, turn.leg, Digits("4"), 1)
    assert turn.interview is not None
    correct(house, turn.interview, 2, "helped")
    assert answer(house, turn.interview, "helped") == 2


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"seen": 8}, "recommend has been changed since: it is 9."),
    ({"reason": " "}, "Say why the answer is put right."),
    ({"interview": "itv_none"}, "There is no interview itv_none."),
    ({"value": 9}, "recommend is 9 already."),
    ({"value": 12}, "12 is not on the scale 0–10."),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED)
def test_what_is_refused_changes_nothing(house: Office, changes: dict[str, Any], sentence: str) -> None:
    interview = ask(house)
    write(house, "9")
    before = house.events(interview)
    wanted = {"interview": interview, "question": "recommend", "value": 3, "by": SUPERVISOR, "reason": "x"} | changes
    with pytest.raises(ReplyRejected) as refused:
        conduct.correct(house.field, **wanted)
    assert str(refused.value) == sentence
    assert house.events(interview) == before and rows(house, t.audit) == []


def test_an_interview_that_goes_on_is_not_put_right(house: Office) -> None:
    with pytest.raises(ReplyRejected, match="not over yet"):
        correct(house, ask(house), 3)
