"""Which questions of several versions are one and the same."""

from __future__ import annotations

from typing import Any

from tonval.stats.pooling import Asked, pooled, unknown
from tonval.surveys.questionnaire import Form, Option, Question

HELPED = Question("helped", "nki", {"en": "Were you helped?"})
AGAIN = Question("again", "yes_no", {"en": "Again?"})


def _form(version: int, *questions: Question) -> Form:
    return Form("care", version, ("en",), questions, {})


def _told(asked: Asked) -> tuple[Any, ...]:
    return asked.question.id, asked.question.scale, asked.versions, asked.reworded, asked.current


def test_a_question_is_the_same_as_long_as_its_id_and_scale_are() -> None:
    on_ten = Question("helped", "nki10", {"en": "Were you helped?"})
    found = pooled([_form(1, HELPED, AGAIN), _form(2, AGAIN, HELPED), _form(3, AGAIN, on_ten)])
    assert [_told(asked) for asked in found] == [
        ("again", "yes_no", (1, 2, 3), (), True),
        ("helped", "nki10", (3,), (), True),
        ("helped", "nki", (1, 2), (), False),
    ]


def test_other_words_are_counted_together_and_named_by_the_version_that_changed_them() -> None:
    second = Question("helped", "nki", {"en": "How well were you helped?"})
    (asked,) = pooled([_form(3, second), _form(1, HELPED), _form(2, second), _form(4, HELPED)])
    assert _told(asked) == ("helped", "nki", (1, 2, 3, 4), (2, 4), True)
    assert asked.question.text == {"en": "Were you helped?"}


def test_a_condition_or_a_hint_makes_no_other_question() -> None:
    (asked,) = pooled(
        [_form(1, HELPED), _form(2, Question("helped", "nki", HELPED.text, required=True, hint={"en": "x"}))]
    )
    assert asked.reworded == ()


def test_options_of_all_versions_are_there_the_newest_first() -> None:
    first, second = (
        Question("about", "choice", {"en": "About?"}, options=options)
        for options in (
            (Option("wait", {"en": "Wait"}, 1), Option("fee", {"en": "Fee"}, 2)),
            (Option("fee", {"en": "The fee"}, 2), Option("chat", {"en": "Chat"}, 3)),
        )
    )
    (asked,) = pooled([_form(1, first), _form(2, second)])
    assert [(option.id, option.text["en"]) for option in asked.question.options] == [
        ("fee", "The fee"),
        ("chat", "Chat"),
        ("wait", "Wait"),
    ]
    assert asked.reworded == (2,)


def test_no_versions_have_no_questions_and_answers_alone_make_one() -> None:
    assert pooled([]) == ()
    assert unknown(("gone", "nps")).key == ("gone", "nps")
