"""Responses and comments: newest first, page by page, each in its scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.stats.giving import NOON, Giver
from tonval.stats.paging import BadCursor, Page
from tonval.stats.queries import Filter
from tonval.stats.responses import comments, response, responses
from tonval.stats.said import Said
from tonval.stats.scope import EVERYTHING, Scope
from tonval.surveys.dispositions import Disposition
from tonval.surveys.interview import Comment

DAY = date(2026, 11, 22)
TODAY = Filter(DAY, DAY)


def _all(read: Callable[[str | None], Page[object]]) -> list[object]:
    rows: list[object] = []
    cursor = None
    while True:
        page = read(cursor)
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows


def test_a_response_holds_what_the_customer_said(giver: Giver) -> None:
    giver.agent("anna", "Anna Ek", "se/sthlm")
    talk = giver.interview(channel="sms", survey="offer", queue="sales", interaction=("call", "call-8812"))
    talk.answer(9, question="recommend", scale="nps")
    talk.comment("Quick and kind")
    talk.end(at=NOON + timedelta(hours=1))
    (row,) = responses(giver.unit, EVERYTHING).rows
    assert (row.id, row.interview, row.survey, row.version) == ("res_000001", "itv_000001", "offer", 3)
    assert (row.agent, row.agent_name, row.queue, row.channel, row.language) == (
        "anna",
        "Anna Ek",
        "sales",
        "sms",
        "sv",
    )
    assert row.interaction == ("call", "call-8812")
    assert (row.disposition, row.ended_at) == ("complete", NOON + timedelta(hours=1))
    assert row.answers == (Said("recommend", "nps", 9),)
    assert row.comments == (Comment("why", "Quick and kind"),)
    assert response(giver.unit, EVERYTHING, "res_000001") == row
    assert response(giver.unit, Scope(units=("fi",)), "res_000001") is None
    assert response(giver.unit, EVERYTHING, "res_nothing") is None


def test_an_answer_shows_while_the_interview_still_goes_on(giver: Giver) -> None:
    talk = giver.interview()
    assert responses(giver.unit, EVERYTHING).rows == ()
    talk.answer(4)
    (row,) = responses(giver.unit, EVERYTHING).rows
    assert (row.disposition, row.ended_at, row.answers) == (None, None, (Said("helped", "nki", 4),))


def test_an_interview_that_ended_without_an_answer_is_a_response_too(giver: Giver) -> None:
    giver.interview().end(Disposition.BREAK_OFF)
    (row,) = responses(giver.unit, EVERYTHING).rows
    assert (row.disposition, row.answers) == ("break-off", ())


def test_responses_are_paged_newest_first_without_gap_or_repeat(giver: Giver) -> None:
    for minute in (0, 1, 1, 1, 2, 3, 3):
        giver.interview(at=NOON + timedelta(minutes=minute)).answer(5)
    rows = _all(lambda cursor: responses(giver.unit, EVERYTHING, cursor=cursor, limit=2))
    assert [row.id for row in rows] == [f"res_{number:06}" for number in range(7, 0, -1)]


def test_what_comes_in_between_pages_does_not_shift_them(giver: Giver) -> None:
    giver.answers(5, 4, 3)
    first = responses(giver.unit, EVERYTHING, limit=2)
    giver.answers(1)
    second = responses(giver.unit, EVERYTHING, cursor=first.next, limit=2)
    assert [row.id for row in (*first.rows, *second.rows)] == ["res_000003", "res_000002", "res_000001"]


def test_a_full_last_page_has_no_next(giver: Giver) -> None:
    giver.answers(5, 4)
    assert responses(giver.unit, EVERYTHING, limit=2).next is None


@pytest.mark.parametrize(
    "cursor", ["", "x", "eyJhIjoxfQ", "WzEsMl0", "é", "A" * 9000, "WyIyMDI2LTExLTIyIiwiaXR2XzEiXQ"]
)
def test_a_cursor_from_elsewhere_is_refused(giver: Giver, cursor: str) -> None:
    with pytest.raises(BadCursor):
        responses(giver.unit, EVERYTHING, cursor=cursor)


def test_a_cursor_of_another_list_is_refused(giver: Giver) -> None:
    giver.answers(5, 4)
    cursor = responses(giver.unit, EVERYTHING, limit=1).next
    with pytest.raises(BadCursor):
        comments(giver.unit, EVERYTHING, TODAY, cursor=cursor)


def test_responses_are_narrowed_by_agent_survey_and_day(giver: Giver) -> None:
    giver.answers(5, agent="anna", survey="care", at=NOON)
    giver.answers(5, agent="bo", survey="care", at=NOON + timedelta(days=1))
    giver.answers(5, agent="bo", survey="offer", at=NOON + timedelta(days=2))

    def ids(**narrow: object) -> list[str]:
        return [row.id[-1] for row in responses(giver.unit, EVERYTHING, **narrow).rows]  # type: ignore[arg-type]

    assert ids(agent="bo") == ["3", "2"]
    assert ids(survey="care") == ["2", "1"]
    assert ids(agent="bo", survey="care") == ["2"]
    assert ids(start=DAY + timedelta(days=1)) == ["3", "2"]
    assert ids(end=DAY + timedelta(days=1)) == ["2", "1"]
    assert ids(start=DAY, end=DAY) == ["1"]


def test_a_comment_stands_beside_the_answers_of_its_response(giver: Giver) -> None:
    giver.agent("anna", "Anna Ek")
    talk = giver.interview()
    talk.answer(2)
    talk.comment("Long wait", question="helped", at=NOON + timedelta(seconds=9))
    (row,) = comments(giver.unit, EVERYTHING, TODAY).rows
    assert (row.text, row.question, row.at) == ("Long wait", "helped", NOON + timedelta(seconds=9))
    assert (row.agent_name, row.response, row.answers) == ("Anna Ek", "res_000001", (Said("helped", "nki", 2),))


def test_comments_are_paged_newest_first_and_narrowed(giver: Giver) -> None:
    for number in range(5):
        giver.interview(agent="anna" if number % 2 else "bo").comment(f"words {number}", at=NOON)
    giver.interview(at=NOON - timedelta(days=1)).comment("yesterday")
    rows = _all(lambda cursor: comments(giver.unit, EVERYTHING, TODAY, cursor=cursor, limit=2))
    assert [row.text for row in rows] == [f"words {number}" for number in (4, 3, 2, 1, 0)]
    hers = comments(giver.unit, EVERYTHING, TODAY, agent="anna").rows
    assert [row.text for row in hers] == ["words 3", "words 1"]
    assert comments(giver.unit, EVERYTHING, Filter(DAY, DAY, queue="sales")).rows == ()


def test_nobody_reads_responses_or_comments_outside_her_scope(giver: Giver) -> None:
    for agent, unit in (("anna", "se/sthlm"), ("bo", "fi")):
        talk = giver.interview(agent=agent, unit=unit)
        talk.answer(1)
        talk.comment("no")
    for scope, seen in ((Scope(units=("se",)), "anna"), (Scope(agent="bo"), "bo")):
        assert [row.agent for row in responses(giver.unit, scope).rows] == [seen]
        assert [row.agent for row in comments(giver.unit, scope, TODAY).rows] == [seen]
    assert responses(giver.unit, Scope(agent="anna"), agent="bo").rows == ()


def test_only_comments_that_stand_are_shown(giver: Giver) -> None:
    talk = giver.interview(channel="link")
    talk.comment("Slow", question="why")
    talk.comment("Keep up", question="else")
    talk.uncomment(question="why")
    talk.comment("Slow, but kind", question="why")
    other = giver.interview(channel="link")
    other.comment("Gone")
    other.uncomment()
    assert [row.text for row in comments(giver.unit, EVERYTHING, TODAY).rows] == ["Slow, but kind", "Keep up"]


def test_a_comment_of_messages_stays_when_more_is_written(giver: Giver) -> None:
    talk = giver.interview(channel="sms")
    talk.comment("Slow")
    talk.comment("And dear")
    assert [row.text for row in comments(giver.unit, EVERYTHING, TODAY).rows] == ["And dear", "Slow"]
