from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tonval.fieldwork import prompts
from tonval.ivr.twilio.prompts import REMEMBERED_FOR, OfficePrompts
from tonval.surveys.turns import Utterance

WELCOME = Utterance("welcome", "sv", "Välkommen")


class Clock:
    """Stands still until it is moved."""

    time = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The time."""
        return self.time


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the library is asked for; each answer is another recording."""
    asked: list[Any] = []

    def digest_for(_: object, survey: str, utterance: Utterance) -> str:
        asked.append((survey, utterance))
        return f"{len(asked):064x}"

    monkeypatch.setattr(prompts, "digest_for", digest_for)
    return asked


def test_a_recording_is_remembered_for_a_moment_and_then_looked_up_again(questions: list[Any]) -> None:
    clock = Clock()
    library = OfficePrompts(cast("Any", SimpleNamespace(now=clock.now)))
    first = [library.digest("support-nki", WELCOME) for _ in range(3)]
    assert (len(set(first)), len(questions)) == (1, 1)
    clock.time += REMEMBERED_FOR + timedelta(seconds=1)
    assert library.digest("support-nki", WELCOME) != first[0]


def test_other_words_in_the_same_slot_are_another_recording(questions: list[Any]) -> None:
    library = OfficePrompts(cast("Any", SimpleNamespace(now=Clock().now)))
    library.digest("support-nki", WELCOME)
    library.digest("support-nki", Utterance("welcome", "en", "Welcome"))
    library.digest("sales-nps", WELCOME)
    assert len(questions) == 3
