"""Whether two groups of answers differ more than chance explains: nothing is called a change that is not one."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt

from tonval.stats.scores import ENOUGH, Estimate, Histogram, nki, nki_estimate, nps, nps_estimate
from tonval.stats.student import t_two_sided


@dataclass(frozen=True, slots=True)
class Change:
    """``amount``: this score minus the other, in points, ``None`` when one has no answers.

    ``clear`` when the difference is distinguishable from chance and both have enough answers.
    """

    amount: float | None
    clear: bool


def nki_change(now: Histogram, before: Histogram, *, enough: int = ENOUGH, confidence: float = 0.95) -> Change:
    """The change of the NKI index from ``before`` to ``now``."""
    new, old = nki(now, enough), nki(before, enough)
    if new.index is None or old.index is None:
        return Change(None, False)
    clear = new.enough and old.enough and _apart(nki_estimate(now), nki_estimate(before), confidence)
    return Change(new.index - old.index, clear)


def nps_change(now: Histogram, before: Histogram, *, enough: int = ENOUGH, confidence: float = 0.95) -> Change:
    """The change of the NPS from ``before`` to ``now``."""
    new, old = nps(now, enough), nps(before, enough)
    if new.score is None or old.score is None:
        return Change(None, False)
    clear = new.enough and old.enough and _apart(nps_estimate(now), nps_estimate(before), confidence)
    return Change(new.score - old.score, clear)


def _apart(one: Estimate, other: Estimate, confidence: float) -> bool:
    """Welch's (1947) test on the padded estimates, degrees of freedom by Satterthwaite, rounded down."""
    variance = one.variance + other.variance
    parts = one.variance**2 / one.df + other.variance**2 / other.df
    df = max(1, floor(variance**2 / parts)) if parts else one.df + other.df
    return abs(one.centre - other.centre) > t_two_sided(df, confidence) * sqrt(variance)
