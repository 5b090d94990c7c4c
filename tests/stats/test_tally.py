"""Events become signed deltas."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tonval.fieldwork.field import Recorded
from tonval.stats.tally import DELTA_FIELDS, Delta, changes
from tonval.store.tables import TALLY_KEY
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn

NINE = AnswerGiven("recommend", "nps", 9, "9!")


def _recorded(at: datetime) -> Recorded:
    return Recorded(NINE, at, "itv_1", "sales-nps", 3, "sms", "sales", "anna", "se/sthlm", "sv")


def _delta(day: date, score: int, n: int) -> Delta:
    return Delta("anna", "sales", "se/sthlm", "sales-nps", "recommend", "nps", "sms", "sv", day, score, n)


def test_a_delta_has_the_key_of_the_tally_and_a_count() -> None:
    assert (*TALLY_KEY, "n") == DELTA_FIELDS


def test_an_answer_adds_one_to_its_cell() -> None:
    assert changes(NINE, _recorded(datetime(2026, 11, 22, 9, tzinfo=UTC))) == (_delta(date(2026, 11, 22), 9, 1),)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 22, 23, 59, 59, 999_999, UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=1))), date(2026, 11, 22)),
    ],
)
def test_the_day_is_the_day_in_utc(at: datetime, day: date) -> None:
    assert [delta.day for delta in changes(NINE, _recorded(at))] == [day]


def test_a_replaced_answer_takes_one_away_and_adds_one_on_the_day_of_the_first() -> None:
    corrected = changes(AnswerReplaced("recommend", "nps", 9, 2, "2"), _recorded(datetime(2026, 11, 22, tzinfo=UTC)))
    assert corrected == (_delta(date(2026, 11, 22), 9, -1), _delta(date(2026, 11, 22), 2, 1))


def test_an_answer_replaced_by_the_same_number_changes_nothing() -> None:
    assert changes(AnswerReplaced("recommend", "nps", 9, 9, "nine"), _recorded(datetime.now(UTC))) == ()


def test_an_answer_that_is_taken_back_takes_one_away() -> None:
    gone = changes(AnswerWithdrawn("recommend", "nps", 9), _recorded(datetime(2026, 11, 22, tzinfo=UTC)))
    assert gone == (_delta(date(2026, 11, 22), 9, -1),)
