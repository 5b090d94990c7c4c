"""What holds for a survey on the web whatever the customer sends in, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.routing import read_centre
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    AnswerReplaced,
    AnswerWithdrawn,
    CallBackWished,
    CallBackWithdrawn,
    CommentLeft,
    CommentWithdrawn,
    Event,
    InterviewEnded,
)
from tonval.surveys.interview import ReplyRejected, Turn, begin, resume
from tonval.surveys.paging import missing
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.record import event_from, form_from, interview_from, plain
from tonval.surveys.route import is_asked, route
from tonval.surveys.state import Interview, Stage
from tonval.surveys.turns import AskChoice, Choice, Entry, Go

SURVEY = """
country: SE
numbers: {"+46701740605": {}}
queues: {care: {survey: care, channel: link, from: "+46701740605"}}
surveys:
  care:
    languages: [en]
    page: {layout: LAYOUT}
    questions:
      - {id: helped, scale: nki, required: true, text: {en: "How well were you helped?"}}
      - {id: why, scale: text, when: helped <= 3, text: {en: "What went wrong?"}}
      - {id: reasons, scale: choices, when: helped <= 3, text: {en: "What was it about?"},
         options: [{id: wait, text: {en: "The wait"}}, {id: price, text: {en: "The price"}},
                   {id: manner, text: {en: "The manner"}}]}
      - {id: which, scale: choice, when: reasons has price, text: {en: "Which price?"},
         options: [{id: fee, text: {en: "The fee"}}, {id: rate, text: {en: "The rate"}}]}
      - {id: again, scale: yes_no, required: true, text: {en: "Would you call us again?"}}
      - {id: call, scale: call_back, when: again is no, text: {en: "May we call you?"}}
    reactions:
      - {when: helped <= 2, say: {en: "We are sorry."}}
"""
ONE, ALL = (read_centre(SURVEY.replace("LAYOUT", layout)).forms["care"] for layout in ("one", "all"))
NAMES = tuple(question.id for question in ONE.questions)
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)

ENTRIES = {
    "helped": st.builds(Entry, st.just("helped"), st.sampled_from([(), (1,), (2,), (3,), (5,), (6,), (1, 2)])),
    "again": st.builds(Entry, st.just("again"), st.sampled_from([(), (0,), (1,), (2,)])),
    "reasons": st.builds(Entry, st.just("reasons"), st.sampled_from([(), (1,), (2,), (2, 3), (1, 2, 3), (4,)])),
    "which": st.builds(Entry, st.just("which"), st.sampled_from([(), (1,), (2,), (3,)])),
    "why": st.builds(Entry, st.just("why"), text=st.sampled_from(["", "slow", " slow ", "rude"])),
    "call": st.builds(Entry, st.just("call"), moment=st.sampled_from([None, MOMENT]), phone=st.just("+46701740606")),
}
FILLED = st.fixed_dictionaries(ENTRIES)
STRAY = st.builds(
    Choice,
    st.sampled_from(NAMES),
    st.lists(st.one_of(*ENTRIES.values()), max_size=2).map(tuple),
    st.sampled_from(Go),
    st.sampled_from([(), ("call",)]),
)
PAGE = st.one_of(FILLED, FILLED, FILLED, STRAY, st.sampled_from(Go))
"""What a customer does: fill in the page she sees, send some other page in, or leave it as it is and go on or back."""
PAGES = st.lists(PAGE, max_size=25)
FORMS = st.sampled_from([ONE, ALL])


def open_page(form: Form) -> Turn:
    return begin(form, channel=Channel.LINK, language="en")


Page = Choice | Go | dict[str, Entry]


def sent(page: Page, offered: tuple[str, ...]) -> Choice:
    """The page as the browser sends it, when these questions are on it."""
    match page:
        case Choice():
            return page
        case Go():
            return Choice(offered[0], (), page)
        case _:
            return Choice(offered[0], tuple(page[name] for name in offered))


def play(form: Form, pages: Sequence[Page]) -> tuple[Turn, list[Event]]:
    """Send the pages in, leaving out those the machine refuses."""
    turn = open_page(form)
    events = list(turn.events)
    for page in pages:
        try:
            turn = resume(form, turn.interview, sent(page, turn.interview.offered or NAMES))
        except ReplyRejected:
            continue
        events.extend(turn.events)
    return turn, events


def folded(events: list[Event]) -> tuple[set[tuple[str, int]], dict[str, str], bool]:
    """What stands after the events: answers, words, whether a call was wished."""
    answers: set[tuple[str, int]] = set()
    words: dict[str, str] = {}
    call = False
    for event in events:
        match event:
            case AnswerGiven(question, _, value, _):
                assert (question, value) not in answers, "given twice"
                answers.add((question, value))
            case AnswerReplaced(question, _, before, value, _):
                answers.remove((question, before))
                answers.add((question, value))
            case AnswerWithdrawn(question, _, value):
                answers.remove((question, value))
            case CommentLeft(question, text):
                assert question not in words
                words[question] = text
            case CommentWithdrawn(question, text):
                assert words.pop(question) == text
            case CallBackWished():
                assert not call
                call = True
            case CallBackWithdrawn():
                call = False
    return answers, words, call


def standing(interview: Interview) -> tuple[set[tuple[str, int]], dict[str, str], bool]:
    answers = {(answer.question, answer.value) for answer in interview.answers}
    return answers, {name.question: name.text for name in interview.comments}, interview.call_back is not None


@given(FORMS, PAGES)
def test_what_stands_is_what_the_events_fold_to(form: Form, pages: list[Page]) -> None:
    turn, events = play(form, pages)
    assert folded(events) == standing(turn.interview)


@given(FORMS, PAGES)
def test_nothing_stands_with_a_question_that_is_not_asked(form: Form, pages: list[Page]) -> None:
    interview = play(form, pages)[0].interview
    asked = {question.id for question in route(form, interview)}
    answers, words, call = standing(interview)
    assert {question for question, _ in answers} | words.keys() | ({"call"} if call else set()) <= asked


@given(FORMS, PAGES)
def test_a_survey_is_complete_only_with_all_that_is_required(form: Form, pages: list[Page]) -> None:
    turn, events = play(form, pages)
    ends = [event for event in events if isinstance(event, InterviewEnded)]
    assert len(ends) == (turn.interview.stage is Stage.ENDED)
    if ends:
        assert ends[0].disposition is Disposition.COMPLETE
        assert not missing(form, turn.interview, NAMES)


@given(FORMS, PAGES)
def test_the_page_that_waits_shows_what_is_asked(form: Form, pages: list[Page]) -> None:
    turn, _ = play(form, pages)
    if turn.interview.stage is Stage.ENDED:
        assert turn.wait is None and turn.says
        return
    assert isinstance(turn.wait, AskChoice)
    shown = [form.question(name) for name in turn.wait.questions]
    assert shown and all(question and is_asked(form, turn.interview, question) for question in shown)
    assert {words.slot for words in turn.says} >= {f"question.{name}" for name in turn.wait.questions}


@given(FORMS, PAGES, STRAY)
def test_a_page_sent_in_twice_counts_once(form: Form, pages: list[Page], last: Choice) -> None:
    once, _ = play(form, [*pages, last])
    twice, _ = play(form, [*pages, last, last])
    assert standing(twice.interview) == standing(once.interview)


@given(FORMS, PAGES)
def test_a_refused_page_changes_nothing_and_every_state_can_be_stored(form: Form, pages: list[Page]) -> None:
    turn, events = play(form, pages)
    assert interview_from(plain(turn.interview)) == turn.interview
    assert form_from(plain(form)) == form
    assert [event_from(plain(event, Event)) for event in events] == events


ANSWERED = Entry("helped", (5,))


def test_a_changed_mind_takes_its_branch_along() -> None:
    turn, events = play(
        ONE,
        [
            Choice("helped", (Entry("helped", (2,)),)),
            Choice("why", (Entry("why", text="slow"),)),
            Choice("reasons", (Entry("reasons", (1, 2)),)),
            Choice("helped", (Entry("helped", (5,)),)),
        ],
    )
    assert turn.interview.offered == ("again",)
    assert standing(turn.interview) == ({("helped", 5)}, {}, False)
    assert [event.value for event in events if isinstance(event, AnswerWithdrawn)] == [0, 1, 2]


def test_a_reaction_is_said_once_and_before_the_next_question() -> None:
    turn = resume(ONE, open_page(ONE).interview, Choice("helped", (Entry("helped", (1,)),)))
    assert [words.slot for words in turn.says] == ["reaction.1", "question.why"]
    turn = resume(ONE, turn.interview, Choice("helped", (Entry("helped", (2,)),)))
    assert [words.slot for words in turn.says] == ["question.why"]


def test_back_keeps_what_was_filled_in() -> None:
    turn, _ = play(ONE, [Choice("helped", (ANSWERED,)), Choice("again", (Entry("again", (1,)),), Go.BACK)])
    assert turn.interview.offered == ("helped",)
    assert turn.interview.values("again") == (1,)


def test_a_required_question_is_not_left_without_an_answer() -> None:
    assert resume(ONE, open_page(ONE).interview, Choice("helped", ())).interview.offered == ("helped",)


@pytest.mark.parametrize(
    "page",
    [
        Choice("again", (Entry("again", (1,)),)),
        Choice("nothing", ()),
        Choice("helped", (Entry("helped", (6,)),)),
        Choice("helped", (Entry("helped", (1, 2)),)),
        Choice("helped", (Entry("strange", (1,)),)),
    ],
    ids=["not asked yet", "no such page", "off the scale", "two answers", "no such question"],
)
def test_what_cannot_be_is_refused(page: Choice) -> None:
    with pytest.raises(ReplyRejected):
        resume(ONE, open_page(ONE).interview, page)


def test_an_answer_to_a_skipped_question_is_refused() -> None:
    turn, _ = play(ONE, [Choice("helped", (ANSWERED,))])
    with pytest.raises(ReplyRejected, match="not asked after the other answers"):
        resume(ONE, turn.interview, Choice("why", (Entry("why", text="slow"),)))


def test_on_one_page_an_answer_may_bring_more_questions() -> None:
    first = open_page(ALL)
    assert first.interview.offered == ("helped", "again")
    filled = (Entry("helped", (1,)), Entry("again", (1,)))
    second = resume(ALL, first.interview, Choice("helped", filled))
    assert second.interview.offered == ("helped", "why", "reasons", "again")
    done = resume(ALL, second.interview, Choice("helped", filled))
    assert done.interview.disposition is Disposition.COMPLETE


def test_an_attribute_does_not_answer_for_a_question_of_its_name() -> None:
    turn = begin(ONE, channel=Channel.LINK, language="en", attributes={"helped": "1", "why": "slow"})
    assert [question.id for question in route(ONE, turn.interview)] == ["helped", "again"]
