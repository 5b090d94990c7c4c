"""What happened in a conversation, in words: every kind of event, and a survey on a page from its letter to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from tests.surveys.test_paging import ONE
from tonval.fieldwork.centre import Texting
from tonval.stats.conversations import Conversation
from tonval.stats.timeline import Happened, Messaged, Talk
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
    InterviewBegun,
    InterviewEnded,
    NothingHeard,
    QuestionAsked,
    ReplyUnclear,
)
from tonval.web.desk.bubbles import Exchange, bubbles_of
from tonval.web.desk.happenings import TOLD, About, words_of
from tonval.web.desk.steps import steps_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE, CALL = About("link", "en", ONE), About("keypad", "en", ONE)


def test_every_kind_of_event_is_told() -> None:
    assert set(TOLD) == set(get_args(Event))


@pytest.mark.parametrize(
    ("event", "about", "title", "detail"),
    [
        (AnswerGiven("helped", "nki", 4, "4#"), CALL, "Answered 4 to “helped”", "read from “4#”, stored as 4"),
        (AnswerGiven("helped", "nki", 4, "4"), PAGE, "Answered 4 to “helped”", ""),
        (AnswerGiven("again", "yes_no", 0, "0"), PAGE, "Answered no to “again”", ""),
        (AnswerGiven("which", "choice", 2, "rate"), PAGE, "Answered “The rate” to “which”", ""),
        (AnswerGiven("which", "choice", 9, "gone"), PAGE, "Answered 9 to “which”", ""),
        (AnswerGiven("reasons", "choices", 1, "wait"), PAGE, "Answered “The wait” to “reasons”", ""),
        (AnswerReplaced("helped", "nki", 2, 5, "5"), PAGE, "Changed 2 to 5 for “helped”", ""),
        (AnswerReplaced("which", "choice", 1, 2, "rate"), PAGE, "Changed “The fee” to “The rate” for “which”", ""),
        (AnswerWithdrawn("reasons", "choices", 2), PAGE, "Took back “The price” for “reasons”", ""),
        (CommentLeft("why", "slow"), PAGE, "Wrote about “why”", "slow"),
        (CommentWithdrawn("why", "slow"), PAGE, "Took back what was written about “why”", "slow"),
        (
            CallBackWished("call", NOON, "+46701740606"),
            PAGE,
            "Wants to be called back",
            "22 Nov, 12:00 UTC, +46•••••06",
        ),
        (CallBackWithdrawn("call"), PAGE, "Does not want to be called back", ""),
        (
            ReplyUnclear("helped", "7.5", "7.5 is no whole number"),
            CALL,
            "“7.5” is no answer to “helped”",
            "7.5 is no whole number",
        ),
        (NothingHeard("helped"), CALL, "Nothing was heard after “helped”", ""),
        (NothingHeard("helped"), PAGE, "The time to answer was over", ""),
        (InterviewEnded(Disposition.COMPLETE), CALL, "Complete: every question was answered", ""),
        (InterviewEnded(Disposition.COMPLETE), PAGE, "Complete: the customer finished the survey", ""),
    ],
)
def test_an_event_is_told_in_plain_words(event: Event, about: About, title: str, detail: str) -> None:
    words = words_of(event, about)
    assert words is not None
    assert (words.title, words.detail) == (title, detail)


@pytest.mark.parametrize(
    "event",
    [
        InterviewBegun("link", "en"),
        QuestionAsked("helped"),
        AnswerGiven("reasons", "choices", 0, "0"),
        AnswerWithdrawn("reasons", "choices", 0),
    ],
)
def test_what_is_told_elsewhere_has_no_line_of_its_own(event: Event) -> None:
    assert words_of(event, PAGE) is None


def _letter(purpose: str, state: str, hours: int, error: str | None = None) -> Messaged:
    at = NOON + timedelta(hours=hours)
    body = "How did it go? {link}\nNo more letters: {stop_link}"
    return Messaged(at, f"msg_{hours}", "out", purpose, body, 0, state, error, at, "smtp", "itv_1", "How did it go?")


def _talk(*timeline: Any) -> Talk:
    of = Conversation(
        id="itv_1", kind="email", live=False, stage="ended", response="res_1", customer="ev•••••om", survey="care",
        version=1, channel="email", queue="care", agent="anna", agent_name="Anna", unit="", language="en",
        disposition="complete", started_at=NOON, ended_at=None, answers=(), comments=(), demo=False,
    )  # fmt: skip
    return Talk(of, ONE, (), timeline)


def _events(hours: int, *events: Event) -> list[Happened]:
    return [Happened(NOON + timedelta(hours=hours), seq, event) for seq, event in enumerate(events)]


def test_a_survey_by_letter_is_told_in_the_order_of_time() -> None:
    talk = _talk(
        *_events(0, InterviewBegun("email", "en"), QuestionAsked("helped")),
        _letter("question", "accepted", 0),
        _letter("reminder", "accepted", 72),
        *_events(80, AnswerGiven("helped", "nki", 2, "2"), QuestionAsked("again")),
        *_events(81, AnswerReplaced("helped", "nki", 2, 4, "4"), InterviewEnded(Disposition.COMPLETE)),
    )
    assert [(step.since / timedelta(hours=1), step.title) for step in steps_of(talk)] == [
        (0, "The letter: handed to the mail server"),
        (72, "A reminder: handed to the mail server"),
        (80, "Opened the page and sent it in"),
        (80, "Answered 2 to “helped”"),
        (81, "Changed 2 to 4 for “helped”"),
        (81, "Complete: the customer finished the survey"),
    ]


def test_a_letter_that_came_back_says_so_and_nobody_is_said_to_have_answered() -> None:
    talk = _talk(
        _letter("question", "undelivered", 0, "550 no such user"),
        *_events(400, NothingHeard("helped"), InterviewEnded(Disposition.EXPIRED)),
    )
    assert [(step.title, step.detail) for step in steps_of(talk)] == [
        ("The letter: came back", "550 no such user"),
        ("The time to answer was over", ""),
        ("No answer came in time", ""),
    ]


def test_a_letter_is_a_bubble_with_its_subject_and_without_its_links() -> None:
    field: Any = SimpleNamespace(public_url="https://desk.example", centre=SimpleNamespace(texting=Texting()))
    (bubble,) = bubbles_of(field, Exchange("itv_1", PAGE, (_letter("question", "accepted", 0),)))
    assert (bubble.subject, bubble.mark, bubble.link) == ("How did it go?", "handed to the mail server", "")
    assert bubble.body == "How did it go? https://desk.example/s/•••\nNo more letters: https://desk.example/u/•••"


def test_an_sms_keeps_the_words_of_an_operator() -> None:
    field: Any = SimpleNamespace(public_url="https://desk.example", centre=SimpleNamespace(texting=Texting()))
    sms = replace(_letter("question", "accepted", 0), subject=None, provider="twilio")
    (bubble,) = bubbles_of(field, Exchange("itv_1", PAGE, (sms,)))
    assert bubble.mark == "accepted by the operator"
