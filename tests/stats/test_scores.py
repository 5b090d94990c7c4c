"""Scores from histograms: the promised examples, the edges, and what must hold for every histogram."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.stats.figures import csat_figures, nki_figures, nps_figures, rounded
from tonval.stats.scores import Csat, Nki, Nps, csat, merged, nki, nps

COUNTS = st.integers(0, 400)
FIVES = st.dictionaries(st.integers(1, 5), COUNTS)
ELEVENS = st.dictionaries(st.integers(0, 10), COUNTS)


def test_the_promised_nps_example() -> None:
    assert nps_figures(nps({10: 4, 9: 5, 8: 3, 7: 2, 6: 1, 3: 1, 0: 1})) == {
        "n": 17,
        "score": 35.3,
        "low": -4.1,
        "high": 61.6,
        "enough": True,
        "promoters": 9,
        "passives": 5,
        "detractors": 3,
    }


@pytest.mark.parametrize("histogram", [{3: 9, 4: 11, 5: 22}, {1: 1, 3: 3, 4: 19, 5: 19}])
def test_the_promised_nki_example(histogram: dict[int, int]) -> None:
    expected = {"n": 42, "mean": 4.31, "index": 82.7, "low": 74.1, "high": 88.4, "enough": True}
    assert nki_figures(nki(histogram)) == expected


def test_ten_promoters_of_ten_are_not_certain() -> None:
    score = nps({10: 10})
    assert (score.score, score.high) == (100.0, 100.0)
    assert score.low == pytest.approx(41.56, abs=0.005)


def test_ten_fives_are_not_certain() -> None:
    score = nki({5: 10})
    assert (score.index, score.high) == (100.0, 100.0)
    assert score.low == pytest.approx(73.33, abs=0.02)


def test_no_answers_give_no_score() -> None:
    assert nki({}) == Nki(0, None, None, None, None, False)
    assert nps({10: 0}) == Nps(0, None, None, None, False, 0, 0, 0)
    assert csat({}) == Csat(0, None, None, None, False)


def test_one_answer_has_a_score_and_a_wide_interval() -> None:
    assert nki_figures(nki({5: 1})) == {
        "n": 1, "mean": 5.0, "index": 100.0, "low": 0.0, "high": 100.0, "enough": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("satisfied", "n", "low", "high"), [(8, 10, 49.0, 94.3), (0, 10, 0.0, 27.8), (50, 100, 40.4, 59.6)]
)
def test_csat_has_wilsons_interval(satisfied: int, n: int, low: float, high: float) -> None:
    figures = csat_figures(csat({4: satisfied, 2: n - satisfied}))
    assert (figures["share"], figures["low"], figures["high"]) == (100 * satisfied / n, low, high)


@pytest.mark.parametrize(("n", "enough", "said"), [(9, 10, False), (10, 10, True), (10, 11, False), (1, 1, True)])
def test_enough_is_a_matter_of_the_threshold(n: int, enough: int, said: bool) -> None:
    assert (nki({4: n}, enough).enough, nps({4: n}, enough).enough, csat({4: n}, enough).enough) == (said,) * 3


@pytest.mark.parametrize("histogram", [{0: 1}, {6: 1}, {5: -1}])
def test_what_is_not_on_the_scale_is_no_nki(histogram: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="do not fit the scale 1-5"):
        nki(histogram)


@pytest.mark.parametrize("histogram", [{-1: 1}, {11: 1}])
def test_what_is_not_on_the_scale_is_no_nps(histogram: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="scale"):
        nps(histogram)


def test_rounding_never_prints_a_minus_zero() -> None:
    assert str(rounded(-0.04)) == "0.0"
    assert rounded(None) is None


@given(FIVES)
def test_nki_lies_within_its_interval_and_both_on_the_scale(histogram: dict[int, int]) -> None:
    score = nki(histogram)
    if score.n:
        assert 0 <= score.low <= score.index + 1e-9
        assert score.index - 1e-9 <= score.high <= 100


@given(ELEVENS)
def test_nps_lies_within_its_interval_from_four_answers_on(histogram: dict[int, int]) -> None:
    score = nps(histogram)
    if score.n:
        assert -100 <= score.low <= score.high <= 100
        assert score.promoters + score.passives + score.detractors == score.n
    if score.n >= 4:
        assert score.low - 1e-9 <= score.score <= score.high + 1e-9


@given(FIVES)
def test_csat_lies_within_its_interval_and_both_on_the_scale(histogram: dict[int, int]) -> None:
    score = csat(histogram)
    if score.n:
        assert 0 <= score.low <= score.share + 1e-9
        assert score.share - 1e-9 <= score.high <= 100


@given(ELEVENS)
def test_nps_agrees_with_a_count_of_every_single_answer(histogram: dict[int, int]) -> None:
    votes = [(s >= 9) - (s <= 6) for s, n in histogram.items() for _ in range(n)]
    if not votes:
        return
    padded = len(votes) + 1.96**2
    centre = sum(votes) / padded
    spread = (sum(vote * vote for vote in votes) + 1.96**2 / 2) / padded - centre**2
    reach = 1.96 * sqrt(spread / padded)
    score = nps(histogram)
    assert score.score == pytest.approx(100 * sum(votes) / len(votes))
    assert score.low == pytest.approx(max(-100, 100 * (centre - reach)), abs=1e-6)
    assert score.high == pytest.approx(min(100, 100 * (centre + reach)), abs=1e-6)


@given(st.lists(FIVES, max_size=6), st.randoms())
def test_histograms_merge_in_any_order_and_lose_nothing(parts: list[dict[int, int]], chance: object) -> None:
    shuffled = sorted(parts, key=lambda part: chance.random())  # type: ignore[attr-defined]
    assert merged(parts) == merged(shuffled)
    assert sum(merged(parts).values()) == sum(sum(part.values()) for part in parts)
