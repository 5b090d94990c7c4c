"""The named methods: which numbers a question's answers are summed up in, by its scale, each with n and interval.

Intervals of means are those of the NKI: Student's t with a pseudo-answer at each end of the scale (Agresti & Caffo
2000). Intervals of shares are Wilson's (1927). All hold at 95 %, and nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from tonval.stats.scores import ENOUGH, Histogram, checked, mean_interval, mean_of, nki, nps, wilson
from tonval.surveys.scales import ANSWERED, CES, CHOICE, CHOICES, LABELLED, NKI, NKI10, NPS, YES_NO, Scale


@dataclass(frozen=True, slots=True)
class Measure:
    """What answers come to by one ``method``, with its 95 % interval, on a scale from ``least`` to ``most``.

    ``value``, ``low`` and ``high`` are ``None`` without answers; ``enough`` says whether it may be shown as a score.
    """

    method: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    least: float
    most: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How many chose an option, by its ``code``: ``k`` of the ``n`` who answered, as a percentage with its interval."""

    code: int
    k: int
    n: int
    share: float | None
    low: float | None
    high: float | None
    enough: bool


def measures(scale: str, histogram: Histogram, enough: int = ENOUGH) -> tuple[Measure, ...]:
    """The measures of a scale, the one that is asked about most first; none for options, words and call-backs.

    ``ValueError`` for answers that are not on the scale.
    """
    return tuple(measure(histogram, enough) for measure in METHODS.get(scale, ()))


def shares(scale: str, histogram: Histogram, codes: tuple[int, ...], enough: int = ENOUGH) -> tuple[Share, ...]:
    """The share of each option of a ``choice`` or of ``choices`` among those who answered, in the order of ``codes``.

    Of a multiple choice everybody who answered is counted once, under ``ANSWERED``; its shares may exceed 100 together.
    """
    n = answered(scale, histogram)
    return tuple(_share(code, histogram.get(code, 0), n, enough) for code in codes)


def answered(scale: str, histogram: Histogram) -> int:
    """How many have answered the question."""
    return histogram.get(ANSWERED, 0) if scale == CHOICES else sum(histogram.values())


def _share(code: int, k: int, n: int, enough: int) -> Share:
    if n == 0:
        return Share(code, k, 0, None, None, None, False)
    return Share(code, k, n, 100 * k / n, *wilson(k, n), n >= enough)


def _nki(histogram: Histogram, enough: int) -> Measure:
    """100·(mean - 1)/4."""
    score = nki(histogram, enough)
    return Measure("nki", score.n, score.index, score.low, score.high, 0, 100, score.enough)


def _nps(histogram: Histogram, enough: int) -> Measure:
    score = nps(histogram, enough)
    return Measure("nps", score.n, score.score, score.low, score.high, -100, 100, score.enough)


def _mean(scale: Scale, histogram: Histogram, enough: int) -> Measure:
    """The mean in the scale's own points."""
    n, ends = checked(histogram, scale), (scale.lowest, scale.highest)
    if n == 0:
        return Measure("mean", 0, None, None, None, *ends, False)
    return Measure("mean", n, mean_of(histogram, n), *mean_interval(histogram, scale), *ends, n >= enough)


def _index(scale: Scale, histogram: Histogram, enough: int) -> Measure:
    """100·(mean - lowest)/(highest - lowest): for 1-10 the customer satisfaction index of Fornell et al. (1996)."""
    mean = _mean(scale, histogram, enough)
    value, low, high = (_to_hundred(scale, each) for each in (mean.value, mean.low, mean.high))
    return Measure("index", mean.n, value, low, high, 0, 100, mean.enough)


def _to_hundred(scale: Scale, value: float | None) -> float | None:
    return None if value is None else 100 * (value - scale.lowest) / (scale.highest - scale.lowest)


def _at_least(method: str, scale: Scale, lowest: int, histogram: Histogram, enough: int) -> Measure:
    """The percentage of answers from ``lowest`` up."""
    n = checked(histogram, scale)
    if n == 0:
        return Measure(method, 0, None, None, None, 0, 100, False)
    k = sum(count for score, count in histogram.items() if score >= lowest)
    return Measure(method, n, 100 * k / n, *wilson(k, n), 0, 100, n >= enough)


METHODS: Final[Mapping[str, tuple[Callable[[Histogram, int], Measure], ...]]] = {
    NKI.name: (_nki, partial(_mean, NKI), partial(_at_least, "csat", NKI, 4)),
    NPS.name: (_nps,),
    NKI10.name: (partial(_index, NKI10), partial(_mean, NKI10)),
    LABELLED.name: (partial(_mean, LABELLED),),
    CES.name: (partial(_mean, CES), partial(_at_least, "easy", CES, 5)),
    YES_NO.name: (partial(_at_least, "yes", YES_NO, 1),),
}
"""By scale. ``csat`` is the share of 4 and 5 of 5. ``easy`` is the share of 5 to 7 of 7, "somewhat agree" that it was
made easy and more: Customer Effort Score 2.0 (Dixon, Toman & DeLisi 2013, The Effortless Experience)."""

SHARED: Final = (CHOICE, CHOICES)
"""The kinds whose answers are told as shares of options."""
