"""What a page does beyond the answers: when reactions are said, what is closed, and what comes late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.surveys.test_paging import ALL, ONE, open_page
from tonval.surveys.events import QuestionAsked
from tonval.surveys.interview import resume
from tonval.surveys.questionnaire import Form
from tonval.surveys.state import Interview, Stage, Turn
from tonval.surveys.turns import Choice, Entry, Go

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def send(interview: Interview, at: str, *codes: int, go: Go = Go.NEXT, closed: tuple[str, ...] = ()) -> Turn:
    return resume(ONE, interview, Choice(at, (Entry(at, codes),), go, closed))


def spoken(turn: Turn) -> list[str]:
    return [said.slot for said in turn.says if said.slot.startswith("reaction")]


def test_a_reaction_is_said_when_the_customer_goes_on_and_stands_on_the_next_page_only() -> None:
    kept = send(open_page(ONE).interview, "helped", 1, go=Go.KEEP)
    assert (spoken(kept), kept.interview.told) == ([], ())
    on = send(kept.interview, "helped", 1)
    assert (spoken(on), on.interview.told) == (["reaction.1"], (1,))
    assert send(on.interview, "why", go=Go.KEEP).interview.told == (1,)
    assert send(on.interview, "why", go=Go.BACK).interview.told == ()
    assert resume(ONE, on.interview, Choice("why", ())).interview.told == ()


def test_what_is_kept_late_of_an_earlier_page_leads_nobody_back() -> None:
    on = send(open_page(ONE).interview, "helped", 5).interview
    late = send(on, "helped", 4, go=Go.KEEP).interview
    assert late.offered == on.offered == ("again",)
    assert late.values("helped") == (4,)


def test_a_late_answer_that_takes_the_page_away_leads_back_to_its_own() -> None:
    on = send(open_page(ONE).interview, "helped", 1).interview
    assert on.offered == ("why",)
    assert send(on, "helped", 5, go=Go.KEEP).interview.offered == ("helped",)


def _until_again(form: Form) -> Interview:
    return send(open_page(form).interview, "helped", 5).interview


def test_nobody_is_asked_for_a_time_where_none_is_free() -> None:
    ended = send(_until_again(ONE), "again", 0, closed=("call",))
    assert ended.interview.stage is Stage.ENDED
    assert QuestionAsked("call") not in ended.events


def test_a_page_whose_times_are_gone_meanwhile_can_be_left() -> None:
    on = send(_until_again(ONE), "again", 0).interview
    assert on.offered == ("call",)
    assert send(on, "call", closed=("call",)).interview.stage is Stage.ENDED


def test_a_time_that_was_promised_stands_when_no_other_is_free() -> None:
    on = send(_until_again(ONE), "again", 0).interview
    wish = Entry("call", moment=MOMENT, phone="+46701740606")
    wished = resume(ONE, on, Choice("call", (wish,), Go.BACK)).interview
    assert send(wished, "again", 0, closed=("call",)).interview.call_back is not None


def test_nobody_must_let_herself_be_called() -> None:
    questions = tuple(replace(each, required=True) if each.id == "call" else each for each in ALL.questions)
    form = replace(ALL, questions=questions)
    entries = (Entry("helped", (5,)), Entry("again", (0,)))
    more = resume(form, open_page(form).interview, Choice("helped", entries)).interview
    assert "call" in more.offered
    assert resume(form, more, Choice("helped", ())).interview.stage is Stage.ENDED
