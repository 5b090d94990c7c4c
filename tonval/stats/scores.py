"""NKI, NPS and CSAT from a histogram, each with its n and 95 % interval. Nothing is rounded here.

A histogram maps a score to how often it was given; for small whole numbers it holds all there is to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

from tonval.stats.student import t_two_sided
from tonval.surveys.scales import NKI, NPS, Group, Scale, nps_group

Histogram = Mapping[int, int]
"""Score to number of answers."""

Z: Final = 1.96
"""The normal quantile of a 95 % interval, as SURFACE names it."""
ENOUGH: Final = 10
"""From this many answers on a score may be shown as one."""


@dataclass(frozen=True, slots=True)
class Nki:
    """Customer satisfaction: the ``mean`` of 1-5 and the same as an ``index`` 0-100, with the index's interval."""

    n: int
    mean: float | None
    index: float | None
    low: float | None
    high: float | None
    enough: bool


@dataclass(frozen=True, slots=True)
class Nps:
    """Net Promoter Score, -100 to 100, with its interval and the three groups' counts."""

    n: int
    score: float | None
    low: float | None
    high: float | None
    enough: bool
    promoters: int
    passives: int
    detractors: int


@dataclass(frozen=True, slots=True)
class Csat:
    """The satisfied: the percentage of answers that are 4 or 5, 0-100, with its interval."""

    n: int
    share: float | None
    low: float | None
    high: float | None
    enough: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score's centre as its interval sees it, with the variance of that centre and its degrees of freedom."""

    centre: float
    variance: float
    df: int


def merged(histograms: Iterable[Histogram]) -> dict[int, int]:
    """All the answers of several histograms in one."""
    total: Counter[int] = Counter()
    for histogram in histograms:
        total.update(histogram)
    return dict(total)


def nki(histogram: Histogram, enough: int = ENOUGH) -> Nki:
    """Index = 100·(mean - 1)/4; interval by Student's t with a pseudo-answer at 1 and one at 5, clipped to 0-100.

    The pseudo-answers follow Agresti & Caffo (2000): ten fives do not make a certainty. ``ValueError`` off the scale.
    """
    n = checked(histogram, NKI)
    if n == 0:
        return Nki(0, None, None, None, None, False)
    mean = mean_of(histogram, n)
    estimate = nki_estimate(histogram)
    reach = t_two_sided(estimate.df) * sqrt(estimate.variance)
    low, high = _clipped(estimate.centre, reach, 0.0, 100.0)
    return Nki(n, mean, _index(mean), low, high, n >= enough)


def nki_estimate(histogram: Histogram) -> Estimate:
    """The index 0-100 over the answers and the two pseudo-answers, its variance, and answers - 1 degrees of freedom."""
    padded = mean_estimate(histogram, NKI)
    return Estimate(_index(padded.centre), 25.0**2 * padded.variance, padded.df)


def mean_estimate(histogram: Histogram, scale: Scale) -> Estimate:
    """The mean over the answers and a pseudo-answer at each end of the scale, in the scale's own points."""
    padded = merged((histogram, {scale.lowest: 1}, {scale.highest: 1}))
    n = sum(padded.values())
    mean = mean_of(padded, n)
    squares = sum(count * (score - mean) ** 2 for score, count in padded.items())
    return Estimate(mean, squares / (n - 1) / n, n - 1)


def mean_interval(histogram: Histogram, scale: Scale) -> tuple[float, float]:
    """95 % by Student's t around ``mean_estimate``, clipped to the scale."""
    estimate = mean_estimate(histogram, scale)
    reach = t_two_sided(estimate.df) * sqrt(estimate.variance)
    return _clipped(estimate.centre, reach, scale.lowest, scale.highest)


def nps(histogram: Histogram, enough: int = ENOUGH) -> Nps:
    """NPS = 100·(promoters - detractors)/n; interval by ``nps_estimate``, clipped. ``ValueError`` off the scale."""
    n = checked(histogram, NPS)
    promoters, passives, detractors = nps_groups(histogram)
    if n == 0:
        return Nps(0, None, None, None, False, 0, 0, 0)
    estimate = nps_estimate(histogram)
    low, high = _clipped(estimate.centre, Z * sqrt(estimate.variance), -100.0, 100.0)
    score = 100 * (promoters - detractors) / n
    return Nps(n, score, low, high, n >= enough, promoters, passives, detractors)


def nps_estimate(histogram: Histogram) -> Estimate:
    """Adjusted Wald: z²/4 promoters, z²/2 passives and z²/4 detractors are added first.

    Source: Agresti & Min (2005) for differences of matched proportions, applied to NPS by Rocks (2016).
    """
    promoters, passives, detractors = nps_groups(histogram)
    n = promoters + passives + detractors + Z**2
    up, down = (promoters + Z**2 / 4) / n, (detractors + Z**2 / 4) / n
    variance = (up + down - (up - down) ** 2) / n
    return Estimate(100 * (up - down), 100.0**2 * variance, max(1, round(n) - 1))


def nps_groups(histogram: Histogram) -> tuple[int, int, int]:
    """Promoters, passives, detractors. ``ValueError`` off the scale 0-10."""
    groups: Counter[Group] = Counter()
    for score, count in histogram.items():
        groups[nps_group(score)] += count
    return groups[Group.PROMOTER], groups[Group.PASSIVE], groups[Group.DETRACTOR]


def csat(histogram: Histogram, enough: int = ENOUGH) -> Csat:
    """Percentage of 4 and 5; interval after Wilson (1927). ``ValueError`` off the scale 1-5."""
    n = checked(histogram, NKI)
    if n == 0:
        return Csat(0, None, None, None, False)
    satisfied = histogram.get(4, 0) + histogram.get(5, 0)
    return Csat(n, 100 * satisfied / n, *wilson(satisfied, n), n >= enough)


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95 % interval of ``k`` of ``n`` in per cent, after Wilson (1927); ``n`` is 1 or more."""
    share = k / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    reach = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return _clipped(100 * centre, 100 * reach, 0.0, 100.0)


def checked(histogram: Histogram, scale: Scale) -> int:
    """How many answers there are. ``ValueError`` for one that is not on the scale."""
    for score, count in histogram.items():
        if score not in scale or count < 0:
            raise ValueError(f"{count} answers of {score} do not fit the scale {scale.lowest}-{scale.highest}")
    return sum(histogram.values())


def mean_of(histogram: Histogram, n: int) -> float:
    """The mean of ``n`` answers, 1 or more."""
    return sum(score * count for score, count in histogram.items()) / n


def _index(mean: float) -> float:
    return 100 * (mean - 1) / 4


def _clipped(centre: float, reach: float, lowest: float, highest: float) -> tuple[float, float]:
    return max(lowest, centre - reach), min(highest, centre + reach)
