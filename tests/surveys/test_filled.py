"""Whatever a browser sends: what is sound is read, what is not is named, and nothing else comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.surveys.test_paging import ALL, NAMES, ONE, open_page
from tonval.surveys.filled import (
    MOST_LETTERS,
    WHOLE_PAGE,
    Around,
    Posted,
    language_wished,
    picked,
    read_page,
    shown,
    standing,
    stands_already,
)
from tonval.surveys.interview import ReplyRejected, resume
from tonval.surveys.page_words import WORDS
from tonval.surveys.questionnaire import Form
from tonval.surveys.route import route
from tonval.surveys.state import Interview, Stage
from tonval.surveys.turns import Choice, Entry, Go

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TIMES = (MOMENT, MOMENT + timedelta(hours=1))


def dial(number: str) -> str:
    """A number that can be called."""
    if not number.startswith("+"):
        raise ValueError(number)
    return number


AROUND = Around(TIMES, dial)
FIELDS = st.one_of(
    st.sampled_from([f"{kind}.{name}" for kind in ("q", "m") for name in NAMES]),
    st.sampled_from(["q.call.phone", "at", "go", "lang", "q.", "q", "q.strange", "q..", "m.strange.phone"]),
    st.text(max_size=8),
)
VALUES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", " ", "0", "1", "2", "3", "4", "5", "6", "-1", "1.0", "١", "999999", "on", MOMENT.isoformat()]
        ),
        st.sampled_from([*NAMES, *Go, "lang-sv", "+46701740606", "x" * (MOST_LETTERS + 1)]),
        st.text(max_size=20),
    ),
    max_size=3,
)
PAGES = st.dictionaries(FIELDS, VALUES, max_size=8)
FORMS = st.sampled_from([ONE, ALL])


def played(form: Form, pages: list[Posted]) -> Interview:
    """The interview after the pages, those left out that come at the wrong moment."""
    interview = open_page(form).interview
    for page in pages:
        if interview.stage is Stage.ENDED:
            break
        try:
            interview = resume(form, interview, read_page(form, interview, page, AROUND).choice).interview
        except ReplyRejected:
            continue
    return interview


@given(FORMS, st.lists(PAGES, max_size=6), PAGES)
def test_whatever_is_sent_is_read_and_every_fault_has_its_sentence(
    form: Form, before: list[Posted], page: Posted
) -> None:
    interview = played(form, before)
    filled = read_page(form, interview, page, AROUND)
    assert set(filled.faults.values()) <= WORDS.keys()
    assert filled.is_sound or filled.choice.go is Go.KEEP
    assert filled.faults.keys() <= {WHOLE_PAGE, *NAMES}
    assert not {entry.question for entry in filled.choice.entries} & filled.faults.keys()
    assert all(page[name] == list(values) for name, values in filled.typed.items())


@given(FORMS, st.lists(PAGES, max_size=6), PAGES)
def test_the_machine_refuses_a_page_only_for_where_it_stands(form: Form, before: list[Posted], page: Posted) -> None:
    interview = played(form, before)
    choice = read_page(form, interview, page, AROUND).choice
    if interview.stage is Stage.ENDED:
        return
    try:
        resume(form, interview, Choice(choice.at, (), Go.KEEP))
    except ReplyRejected:
        return
    kept = resume(form, interview, choice).interview
    for entry in choice.entries:
        if kept.stage is not Stage.ENDED and entry.codes and kept.values(entry.question):
            assert standing(kept, entry.question).codes == entry.codes


@given(st.text(max_size=200))
def test_text_is_kept_as_it_was_written_or_named_as_a_fault(text: str) -> None:
    interview = resume(ONE, open_page(ONE).interview, Choice("helped", (Entry("helped", (1,)),))).interview
    filled = read_page(ONE, interview, {"at": ["why"], "q.why": [text]}, AROUND)
    if filled.is_sound:
        (entry,) = filled.choice.entries
        assert entry.text.split() == text.split()
    else:
        assert (filled.faults, filled.typed) == ({"why": "page.strange"}, {"q.why": (text,)})


def test_the_longest_text_is_taken_and_one_letter_more_is_not() -> None:
    interview = resume(ONE, open_page(ONE).interview, Choice("helped", (Entry("helped", (1,)),))).interview
    page = {"at": ["why"], "q.why": ["å" * MOST_LETTERS]}
    assert read_page(ONE, interview, page, AROUND).is_sound
    page["q.why"] = ["å" * (MOST_LETTERS + 1)]
    assert read_page(ONE, interview, page, AROUND).faults == {"why": "page.too_long"}


CALLS = [
    ({"q.call": [MOMENT.isoformat()], "q.call.phone": [" +46701740606 "]}, None),
    ({"q.call": ["2026-11-23T10:00:00+01:00"], "q.call.phone": ["+46701740606"]}, None),
    ({"q.call": [""], "q.call.phone": ["12"]}, None),
    ({"q.call": [MOMENT.isoformat()], "q.call.phone": ["12"]}, "page.bad_phone"),
    ({"q.call": [MOMENT.isoformat()]}, "page.bad_phone"),
    ({"q.call": ["2026-11-23T09:00:00"], "q.call.phone": ["+46701740606"]}, "page.time_gone"),
    ({"q.call": ["tomorrow"], "q.call.phone": ["+46701740606"]}, "page.time_gone"),
    ({"q.call": [moment.isoformat() for moment in TIMES], "q.call.phone": ["+46701740606"]}, "page.time_gone"),
]


@pytest.mark.parametrize(("page", "fault"), CALLS)
def test_a_call_needs_a_time_that_is_offered_and_a_number(page: dict[str, list[str]], fault: str | None) -> None:
    interview = resume(ONE, open_page(ONE).interview, Choice("helped", (Entry("helped", (5,)),))).interview
    interview = resume(ONE, interview, Choice("again", (Entry("again", (0,)),))).interview
    filled = read_page(ONE, interview, {"at": ["call"], **page}, AROUND)
    assert filled.faults == ({"call": fault} if fault else {})
    if fault is None and page["q.call"] != [""]:
        assert filled.choice.entries == (Entry("call", moment=MOMENT, phone="+46701740606"),)


def test_a_language_is_switched_without_going_anywhere() -> None:
    page = {"at": ["helped"], "go": ["lang-sv"], "q.helped": ["4"]}
    assert language_wished(page) == "sv"
    assert read_page(ONE, open_page(ONE).interview, page, AROUND).choice == Choice(
        "helped", (Entry("helped", (4,)),), Go.KEEP
    )


def test_a_form_sent_by_the_enter_key_goes_on() -> None:
    filled = read_page(ONE, open_page(ONE).interview, {"at": ["helped"], "q.helped": ["4"]}, AROUND)
    assert filled.choice.go is Go.NEXT


def test_where_no_time_is_free_the_question_is_closed() -> None:
    filled = read_page(ONE, open_page(ONE).interview, {"at": ["helped"], "q.helped": ["4"]}, Around())
    assert filled.choice.closed == ("call",)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"helped": ["4"]}, {"helped": "4"}),
        ({"helped": ["6"]}, {}),
        ({"helped": ["4", "5"]}, {}),
        ({"again": ["0"], "utm_source": ["mail"]}, {"again": "0"}),
        ({"why": ["words"], "reasons": ["1"], "call": [MOMENT.isoformat()]}, {}),
    ],
)
def test_the_address_may_pick_numbers_beforehand(query: Posted, found: dict[str, str]) -> None:
    assert picked(ONE, open_page(ONE).interview, query) == found


def test_a_page_before_can_be_looked_at_and_one_that_was_not_reached_cannot() -> None:
    interview = resume(ONE, open_page(ONE).interview, Choice("helped", (Entry("helped", (5,)),))).interview
    assert [shown(ONE, interview, at)[0].id for at in ("", "helped", "call", "strange")] == [
        "again",
        "helped",
        "again",
        "again",
    ]


@given(FORMS, st.lists(PAGES, max_size=8))
def test_a_page_that_says_what_stands_is_known_again_and_any_other_is_not(form: Form, pages: list[Posted]) -> None:
    """Sent as it stands, then with the first rating another one."""
    interview = played(form, pages)
    if interview.stage is not Stage.ENDED:
        finish: list[Posted] = [{"at": ["helped"], "q.helped": ["5"]}, {"at": ["again"], "q.again": ["1"]}]
        interview = played(form, finish)
    assert interview.stage is Stage.ENDED
    page = [question.id for question in shown(form, interview)] if form is ALL else [_last(form, interview)]
    same = Choice(page[-1], tuple(standing(interview, name) for name in page))
    assert stands_already(form, interview, same)
    other = tuple(Entry(name, (1 + sum(standing(interview, name).codes),), "else") for name in page)
    assert not stands_already(form, interview, Choice(page[-1], other))
    assert not stands_already(form, interview, Choice(page[-1], same.entries, Go.KEEP))


def _last(form: Form, interview: Interview) -> str:
    return route(form, interview)[-1].id
