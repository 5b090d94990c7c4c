"""Where the small marks beside a number are drawn: range marks, distribution bars and sparklines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Flask
from markupsafe import Markup

from tonval.stats.methods import Measure
from tonval.stats.scores import Nki, Nps
from tonval.surveys.sentences import sentence
from tonval.web.language import told
from tonval.web.numerals import number

RANGE_WIDTH: Final = 104.0
BAR_WIDTH: Final = 136.0
SPARK_WIDTH, SPARK_HEIGHT = 92.0, 26.0
SLIMMEST: Final = 3.0
ROOM_FOR_A_NUMBER: Final = 15.0


@dataclass(frozen=True, slots=True)
class RangeMark:
    """A score and its interval on a fixed scale, in pixels from the left; ``zero`` where the scale crosses 0."""

    at: float
    low: float
    high: float
    zero: float | None
    hollow: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a distribution bar; ``step`` 1 (worst) to 5 (best) picks its colour."""

    name: str
    step: int
    n: int
    share: float
    x: float
    width: float

    @property
    def numbered(self) -> bool:
        """Whether the count fits inside."""
        return self.width >= ROOM_FOR_A_NUMBER + 6 * (len(str(self.n)) - 1)


@dataclass(frozen=True, slots=True)
class Spark:
    """A trend without axes: the path's ``d``, and the last point."""

    path: str
    x: float
    y: float


def register(app: Flask) -> None:
    """Give templates ``range_svg`` and ``bar_svg``."""
    for drawn in (range_svg, bar_svg):
        app.add_template_global(drawn)


def range_svg(mark: RangeMark) -> Markup:
    """The mark as SVG: the whole scale as a hair line, the interval, the score; hollow while answers are too few."""
    zero = "" if mark.zero is None else f'<path class="zero" d="M{mark.zero:g} 2V10"/>'
    hollow = " hollow" if mark.hollow else ""
    # Only numbers of ours go in.
    return Markup(  # noqa: S704
        f'<svg class="range{hollow}" width="104" height="12" viewBox="0 0 104 12" aria-hidden="true">'
        f'<path class="scale" d="M4 6H100"/>{zero}<path class="reach" d="M{mark.low:g} 6H{mark.high:g}"/>'
        f'<circle cx="{mark.at:g}" cy="6" r="3.5"/></svg>'
    )


def bar_svg(segments: Sequence[Segment], label: str) -> Markup:
    """The bar as SVG, named by its counts; empty without answers."""
    if not segments:
        return Markup()
    parts = ", ".join(f"{told(part.name)} {number(part.n)}" for part in segments)
    drawn = "".join(_part_svg(part) for part in segments)
    # The label and names are words of ours, the rest numbers.
    return Markup(  # noqa: S704
        f'<svg class="bar" width="136" height="20" viewBox="0 0 136 20" role="img"><title>{label}: {parts}</title>'
        f"{drawn}</svg>"
    )


def _part_svg(part: Segment) -> str:
    width = max(part.width - 1, 2)
    number = f'<text x="{part.x + width / 2:.4g}" y="14">{part.n}</text>' if part.numbered else ""
    return f'<g class="step{part.step}"><rect x="{part.x:g}" width="{width:.4g}" height="20" rx="2"/>{number}</g>'


def nki_mark(score: Nki) -> RangeMark | None:
    """The NKI index on 0 to 100."""
    return _mark(score.index, score.low, score.high, 0.0, 100.0, score.enough)


def nps_mark(score: Nps) -> RangeMark | None:
    """The NPS on -100 to 100."""
    return _mark(score.score, score.low, score.high, -100.0, 100.0, score.enough)


def measure_mark(measure: Measure) -> RangeMark | None:
    """A measure on its own scale."""
    ends = (float(measure.least), float(measure.most))
    return _mark(measure.value, measure.low, measure.high, *ends, measure.enough)


def _mark(
    score: float | None, low: float | None, high: float | None, least: float, most: float, enough: bool
) -> RangeMark | None:
    if score is None or low is None or high is None:
        return None

    def place(value: float) -> float:
        return round(4 + (value - least) / (most - least) * (RANGE_WIDTH - 8), 1)

    return RangeMark(place(score), place(low), place(high), place(0.0) if least < 0 else None, not enough)


def nki_bar(histogram: Mapping[int, int], width: float = BAR_WIDTH) -> list[Segment]:
    """Answers 1 to 5."""
    return _bar([(str(score), score, histogram.get(score, 0)) for score in range(1, 6)], width)


def nps_bar(score: Nps, width: float = BAR_WIDTH) -> list[Segment]:
    """Detractors, passives, promoters."""
    groups = (
        (sentence("detractors"), 1, score.detractors),
        (sentence("passives"), 3, score.passives),
        (sentence("promoters"), 5, score.promoters),
    )
    return _bar(groups, width)


def _bar(parts: Sequence[tuple[str, int, int]], width: float) -> list[Segment]:
    total = sum(n for _, _, n in parts)
    shown = [part for part in parts if part[2]]
    free = width - SLIMMEST * len(shown)
    segments, x = [], 0.0
    for name, step, n in shown:
        wide = SLIMMEST + free * n / total
        segments.append(Segment(name, step, n, n / total, round(x, 1), round(wide, 1)))
        x += wide
    return segments


def spark(values: Sequence[float | None], least: float, most: float) -> Spark | None:
    """A line through the values, straight across a step without one; ``None`` with fewer than two values."""
    points = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(points) < 2:
        return None
    stride = (SPARK_WIDTH - 6) / (len(values) - 1)
    drawn = [(3 + place * stride, 3 + (most - value) / (most - least) * (SPARK_HEIGHT - 6)) for place, value in points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn)
    return Spark(path, round(drawn[-1][0], 1), round(drawn[-1][1], 1))
