"""Scores as the API and the exports print them: rounded here, at the edge, and nowhere before."""

from __future__ import annotations

from typing import Any

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
