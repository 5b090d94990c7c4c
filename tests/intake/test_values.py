"""Times, lengths and yes or no as people and programs write them; what can be read in two ways is not read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.intake.values import DAY_FIRST, MONTH_FIRST, Unreadable, read_flag, read_length, read_moment

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def _said(read: Callable[[], object]) -> str:
    """What a reader gives, or why it gives nothing."""
    try:
        return repr(read()).strip("'")
    except Unreadable as unreadable:
        return str(unreadable)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22T09:03:04Z", "2026-11-22T09:03:04+00:00"),
        ("2026-11-22 09:03:04+02:00", "2026-11-22T09:03:04+02:00"),
        ("2026-11-22 09:03:04 +0200", "2026-11-22T09:03:04+02:00"),
        ("2026-11-22T09:03:04", "2026-11-22T09:03:04+01:00"),
        ("2026-07-22 09:03", "2026-07-22T09:03:00+02:00"),
        ("2026-11-22", "2026-11-22T00:00:00+01:00"),
        ("2026-11-22 9:03", "2026-11-22T09:03:00+01:00"),
        ("2026-11-22 kl. 09.03", "2026-11-22T09:03:00+01:00"),
        ("2026/11/22 09:03:04.250", "2026-11-22T09:03:04+01:00"),
        ("20261122 09:03", "2026-11-22T09:03:00+01:00"),
        ("22.11.2026 09:03", "2026-11-22T09:03:00+01:00"),
        ("22. 11. 2026", "2026-11-22T00:00:00+01:00"),
        ("2026-11-22 2:05 pm", "2026-11-22T14:05:00+01:00"),
        ("2026-11-22 12:05 AM", "2026-11-22T00:05:00+01:00"),
        ("2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),  # comes twice: the first
    ],
)
def test_a_time_is_read_in_the_centres_zone_unless_it_has_its_own(written: str, meant: str) -> None:
    assert read_moment(written, STOCKHOLM, None) == meant


def test_a_date_with_strokes_is_read_as_the_file_says() -> None:
    assert read_moment("03/04/2026", STOCKHOLM, DAY_FIRST).startswith("2026-04-03")
    assert read_moment("03-04-2026", STOCKHOLM, DAY_FIRST).startswith("2026-04-03")
    assert read_moment("03-04-2026 10:00", STOCKHOLM, MONTH_FIRST).startswith("2026-03-04T10:00")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("03/04/2026", "day first or month first"),
        ("yesterday", "no time we can read"),
        ("22.11.26", "no time we can read"),
        ("2026-02-30", "no date or time that exists"),
        ("2026-11-22 25:00", "no date or time that exists"),
        ("2026-11-22 13:00 pm", "no time of day"),
        ("2026-03-29 02:30", "does not exist in Europe/Stockholm"),
        ("44888.5", "no time we can read"),
        ("2026-13-01T00:00:00Z", "no time we can read"),
    ],
)
def test_a_time_that_is_none_says_why(written: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_moment(written, STOCKHOLM, None)


def test_a_day_that_does_not_fit_the_files_order_is_refused() -> None:
    with pytest.raises(Unreadable, match="no date or time that exists"):
        read_moment("11/21/2026", STOCKHOLM, DAY_FIRST)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_local_time_that_exists_is_read_as_itself(moment: datetime) -> None:
    said = _said(lambda: read_moment(moment.isoformat(" "), STOCKHOLM, None))
    exists = moment.replace(tzinfo=STOCKHOLM).astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None) == moment
    assert said == moment.replace(tzinfo=STOCKHOLM).isoformat() if exists else "does not exist" in said


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    for read in (lambda: read_moment(text, STOCKHOLM, DAY_FIRST), lambda: read_length(text), lambda: read_flag(text)):
        assert _said(read)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("184", 184),
        ("184,5", 184.5),
        ("184 s", 184),
        ("90 sek.", 90),
        ("3:04", 184),
        ("0:03:04", 184),
        ("00:03:04", 184),
        ("75:10", 4510),
        ("1:00:00", 3600),
        ("0", 0),
    ],
)
def test_a_length_is_seconds_or_minutes_or_hours(written: str, seconds: float) -> None:
    assert read_length(written) == seconds


@pytest.mark.parametrize("written", ["three minutes", "3:74", "1:60:00", "-5", "1e3", "", "3 min"])
def test_a_length_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(Unreadable):
        read_length(written)


@given(st.integers(0, 359_999))
def test_hours_minutes_and_seconds_give_their_seconds(seconds: int) -> None:
    minutes, rest = divmod(seconds, 60)
    assert read_length(f"{minutes // 60}:{minutes % 60:02}:{rest:02}") == seconds


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ja", True),
        ("NEJ", False),
        ("Yes", True),
        ("no", False),
        ("1", True),
        ("0", False),
        ("Sí", True),
        ("ei", False),
    ],
)
def test_yes_and_no_in_four_languages(written: str, meant: bool) -> None:
    assert read_flag(written) is meant


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(Unreadable, match="yes or no"):
        read_flag("kanske")
