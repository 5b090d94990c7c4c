"""Trends as the charts draw them, with a title that is a sentence and the same numbers for the table behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from tonval.stats.agents import TrendPoint
from tonval.stats.change import Change
from tonval.stats.figures import rounded
from tonval.stats.scores import Nki, Nps
from tonval.surveys.sentences import sentence
from tonval.web.desk.shown import Shown, show_nki, show_nps
from tonval.web.numerals import decimal, signed


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line of the table behind a chart; ``shown.n`` is nought where nothing was answered."""

    start: datetime
    shown: Shown


@dataclass(frozen=True, slots=True)
class Chart:
    """``data`` is what the browser draws: times in seconds, score, low, high and n for each point."""

    key: str
    title: str
    data: dict[str, Any]
    rows: tuple[ChartRow, ...]


def nki_chart(points: Sequence[TrendPoint], title: str) -> Chart | None:
    """The NKI index over time; ``None`` while fewer than two points can be drawn."""
    rows = [ChartRow(_midnight(point), show_nki(point.nki, {})) for point in points]
    return _chart("nki", title, [_point(point.nki, point.nki.index) for point in points], rows, (0, 100))


def nps_chart(points: Sequence[TrendPoint], title: str) -> Chart | None:
    """The NPS over time."""
    rows = [ChartRow(_midnight(point), show_nps(point.nps)) for point in points]
    return _chart("nps", title, [_point(point.nps, point.nps.score) for point in points], rows, (-100, 100))


def title_of(name: str, change: Change, period: str, before: str) -> str:
    """A chart's title: what the line says, and nothing that chance may have said."""
    if change.amount is None:
        return sentence("%(name)s in %(period)s", name=name, period=period)
    if not change.clear:
        return sentence("%(name)s shows no clear change in %(period)s", name=name, period=period)
    amount = decimal(abs(change.amount), 1)
    if change.amount > 0:
        return sentence("%(name)s rose by %(amount)s against %(before)s", name=name, amount=amount, before=before)
    return sentence("%(name)s fell by %(amount)s against %(before)s", name=name, amount=amount, before=before)


def change_words(change: Change, before: str) -> tuple[str, str]:
    """The change beside a score: a class for its colour, and the words."""
    if change.amount is None:
        return "", sentence("nothing to compare with in %(before)s", before=before)
    if not change.clear:
        return "", sentence("no clear change from %(before)s", before=before)
    return ("up" if change.amount > 0 else "down"), sentence(
        "%(amount)s from %(before)s", amount=signed(change.amount, 1), before=before
    )


FEWEST = 3
"""Steps with fewer answers are left out of the line, or one caller would make it jump; the table has them all."""


def _point(score: Nki | Nps, value: float | None) -> dict[str, float | None]:
    if score.n < FEWEST:
        return {"score": None, "low": None, "high": None, "n": score.n}
    return {"score": rounded(value), "low": rounded(score.low), "high": rounded(score.high), "n": score.n}


def _chart(
    key: str, title: str, points: Sequence[dict[str, float | None]], rows: Sequence[ChartRow], scale: tuple[int, int]
) -> Chart | None:
    if sum(1 for point in points if point["score"] is not None) < 2:
        return None
    columns = {name: [point[name] for point in points] for name in ("score", "low", "high", "n")}
    times = [round(row.start.timestamp()) for row in rows]
    data = {"times": times, **columns, "scale": scale, "label": key.upper()}
    return Chart(key, title, data, tuple(row for row in rows if row.shown.n))


def _midnight(point: TrendPoint) -> datetime:
    return datetime.combine(point.start, time(), UTC)
