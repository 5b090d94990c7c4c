"""Scores as the API and the exports print them: rounded here, at the edge, and nowhere before."""

from __future__ import annotations

from typing import Any

from tonval.stats.methods import Measure, Share
from tonval.stats.scores import Csat, Nki, Nps


def rounded(value: float | None, places: int = 1) -> float | None:
    """``value`` to so many decimals, never a minus zero; ``None`` stays."""
    return None if value is None else round(value, places) + 0.0


def nki_figures(score: Nki) -> dict[str, Any]:
    """The ``nki`` object of the API: mean to two decimals, the rest to one."""
    return {
        "n": score.n,
        "mean": rounded(score.mean, 2),
        "index": rounded(score.index),
        "low": rounded(score.low),
        "high": rounded(score.high),
        "enough": score.enough,
    }


def nps_figures(score: Nps) -> dict[str, Any]:
    """The ``nps`` object of the API: score and interval to one decimal."""
    return {
        "n": score.n,
        "score": rounded(score.score),
        "low": rounded(score.low),
        "high": rounded(score.high),
        "enough": score.enough,
        "promoters": score.promoters,
        "passives": score.passives,
        "detractors": score.detractors,
    }


def csat_figures(score: Csat) -> dict[str, Any]:
    """Satisfied customers in per cent, to one decimal."""
    return {
        "n": score.n,
        "share": rounded(score.share),
        "low": rounded(score.low),
        "high": rounded(score.high),
        "enough": score.enough,
    }


def measure_figures(measure: Measure) -> dict[str, Any]:
    """A score by a named method: means to two decimals, the rest to one."""
    places = 2 if measure.method == "mean" else 1
    return {
        "method": measure.method,
        "n": measure.n,
        "value": rounded(measure.value, places),
        "low": rounded(measure.low, places),
        "high": rounded(measure.high, places),
        "enough": measure.enough,
    }


def share_figures(share: Share) -> dict[str, Any]:
    """How many chose an answer, and the share in per cent to one decimal with its interval."""
    return {"n": share.k, "share": rounded(share.share), "low": rounded(share.low), "high": rounded(share.high)}
