"""Questions that are answered by speaking: what the lint says of them, and how the designer offers them."""

from __future__ import annotations

import pytest

from tonval.surveys.lint import Setting, lint_survey
from tonval.surveys.questionnaire import Channel
from tonval.web.desk.designer.kinds import KINDS, new_question, not_on

KEYPAD = frozenset({Channel.KEYPAD})
SCORE = '{id: helped, scale: nki, text: {en: "How was it?"}}'
SPEAK, AGAIN = ('{id: %s, scale: spoken, text: {en: "Tell us more."}}' % name for name in ("more", "again"))  # noqa: UP031


def told(*questions: str, channels: frozenset[Channel] = KEYPAD) -> list[str]:
    lines = "\n".join(f"      - {question}" for question in questions)
    text = f"surveys:\n  care:\n    languages: [en]\n    questions:\n{lines}\n"
    return [fault.sentence for fault in lint_survey(text, "care", Setting(channels=channels))]


@pytest.mark.parametrize(
    ("questions", "warnings"),
    [
        ((SCORE, SPEAK), []),
        ((SPEAK,), []),
        ((SPEAK, SCORE), ["surveys.care.questions.0.scale: is best the last question"]),
        ((SCORE, SPEAK, AGAIN), ["surveys.care.questions.2.scale: a customer is asked to speak once"]),
    ],
)
def test_one_spoken_comment_is_enough_and_it_comes_last(questions: tuple[str, ...], warnings: list[str]) -> None:
    found = told(*questions)
    assert [any(fault.startswith(warning) for fault in found) for warning in warnings] == [True] * len(warnings)
    assert len(found) == len(warnings), found


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.LINK, Channel.EMAIL])
def test_a_queue_that_nobody_speaks_to_is_warned(channel: Channel) -> None:
    (warning,) = (words for words in told(SCORE, SPEAK, channels=frozenset({channel})) if "spoken" in words)
    assert "is skipped" in warning


def test_the_designer_offers_it_and_says_where_it_is_left_out() -> None:
    assert "own voice" in KINDS["spoken"].name
    assert not_on("spoken") == ["SMS", "page"]
    assert new_question("spoken", (), ("sv", "en"))["id"] == "more"
