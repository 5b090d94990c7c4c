"""Scores as the pages print them: the same rounding as the API, with the marks that go beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tonval.stats.agents import AgentRow
from tonval.stats.figures import rounded
from tonval.stats.scores import Nki, Nps
from tonval.surveys.scales import NPS, SCALES
from tonval.web.desk.marks import RangeMark, Segment, nki_bar, nki_mark, nps_bar, nps_mark
from tonval.web.numerals import decimal, number, signed


@dataclass(frozen=True, slots=True)
class Shown:
    """One score ready to print: ``value`` with one decimal, the interval in whole points."""

    value: str
    n: int
    low: str
    high: str
    enough: bool
    mark: RangeMark | None
    segments: tuple[Segment, ...]
    sort: float | None


def show_nki(score: Nki, histogram: Mapping[int, int]) -> Shown:
    """The NKI index, 0 to 100."""
    value = rounded(score.index)
    low, high = _whole(score.low), _whole(score.high)
    text = "–" if value is None else decimal(value)
    return Shown(text, score.n, low, high, score.enough, nki_mark(score), tuple(nki_bar(histogram)), score.index)


def show_nps(score: Nps) -> Shown:
    """The NPS, with its sign."""
    value = rounded(score.score)
    low, high = _whole(score.low, sign=True), _whole(score.high, sign=True)
    text = "–" if value is None else signed(value, 1)
    return Shown(text, score.n, low, high, score.enough, nps_mark(score), tuple(nps_bar(score)), score.score)


def _whole(value: float | None, *, sign: bool = False) -> str:
    if value is None:
        return "–"
    return signed(value, 0) if sign else number(value)


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent in a table."""

    row: AgentRow
    nki: Shown
    nps: Shown


def agent_line(row: AgentRow) -> AgentLine:
    """An agent's row with its marks."""
    return AgentLine(row, show_nki(row.nki, row.nki_histogram), show_nps(row.nps))


def step_of(scale: str, value: int | None) -> int:
    """Which of the five colours an answer has: 1 worst, 5 best; 0 for an option, which is neither."""
    known = SCALES.get(scale)
    if known is None or value is None:
        return 0
    if known is NPS:
        return 1 if value <= 6 else 3 if value <= 8 else 5
    place = (value - known.lowest) / (known.highest - known.lowest)
    return 1 + round(4 * min(1.0, max(0.0, place)))
