"""What answers come to by each named method, worked out by hand, and what must hold for every histogram."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.stats.methods import METHODS, Measure, answered, measures, shares
from tonval.stats.scores import csat, nki, nps
from tonval.surveys.scales import SCALES

# Ten answers each where nothing else is said; t(11) = 2.200985, t(5) = 2.570582.
BY_HAND = [
    # mean 90/10; with 1 and 10: 101/12 = 8.4167, squares 68.9167, error √(68.9167/11/12) = 0.72256, reach 1.59035
    ("nki10", {8: 4, 9: 2, 10: 4}, "index", 88.8889, 64.7369, 100.0),
    ("nki10", {8: 4, 9: 2, 10: 4}, "mean", 9.0, 6.8263, 10.0),
    # four answers, mean 5; with 0 and 10: squares 100, error √(100/5/6) = 1.82574, reach 4.69322
    ("labelled", {0: 1, 5: 2, 10: 1}, "mean", 5.0, 0.3068, 9.6932),
    # mean 55/10; with 1 and 7: 63/12 = 5.25, squares 56.25, error √(56.25/11/12) = 0.65279, reach 1.43678
    ("ces", {1: 1, 4: 2, 6: 3, 7: 4}, "mean", 5.5, 3.8132, 6.6868),
    # 7 of 10: centre 0.89208/1.38416, reach 1.96/1.38416·√(0.021 + 0.009604)
    ("ces", {1: 1, 4: 2, 6: 3, 7: 4}, "easy", 70.0, 39.6773, 89.2211),
    ("yes_no", {0: 2, 1: 8}, "yes", 80.0, 49.0157, 94.3319),
    ("yes_no", {1: 10}, "yes", 100.0, 72.2460, 100.0),
    ("yes_no", {0: 10}, "yes", 0.0, 0.0, 27.7540),
    ("nki", {4: 5, 5: 2, 1: 3}, "csat", 70.0, 39.6773, 89.2211),
    ("nki", {5: 10}, "nki", 100.0, 73.3251, 100.0),
    ("nki", {5: 10}, "mean", 5.0, 3.9330, 5.0),
    ("nps", {10: 10}, "nps", 100.0, 41.5598, 100.0),
]


@pytest.mark.parametrize(("scale", "histogram", "method", "value", "low", "high"), BY_HAND)
def test_the_value_and_its_interval_are_those_worked_out_by_hand(
    scale: str, histogram: dict[int, int], method: str, value: float, low: float, high: float
) -> None:
    (found,) = (each for each in measures(scale, histogram) if each.method == method)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=6e-5)
    assert found.enough is (found.n >= 10)


@pytest.mark.parametrize(
    ("code", "k", "share", "low", "high"),
    [(1, 7, 70.0, 39.677, 89.221), (2, 2, 20.0, 5.668, 50.984), (3, 0, 0, 0, 27.753)],
)
def test_an_option_has_its_share_of_those_who_answered(
    code: int, k: int, share: float, low: float, high: float
) -> None:
    (found,) = shares("choices", {0: 10, 1: 7, 2: 2}, (code,))
    assert (found.k, found.n, found.enough) == (k, 10, True)
    assert (found.share, found.low, found.high) == pytest.approx((share, low, high), abs=1.1e-3)
    (single,) = shares("choice", {1: 7, 2: 2, 3: 1} if code < 3 else {1: 7, 2: 3}, (code,))
    assert (single.share, single.n) == (share, 10)


@pytest.mark.parametrize(("scale", "histogram", "n"), [("choices", {0: 3, 1: 3, 2: 3}, 3), ("choice", {1: 3, 2: 3}, 6)])
def test_who_chose_several_has_answered_once(scale: str, histogram: dict[int, int], n: int) -> None:
    assert answered(scale, histogram) == n


def test_without_answers_there_is_no_value() -> None:
    assert shares("choices", {}, (1,))[0].share is None
    for scale in SCALES:
        for measure in measures(scale, {}):
            assert (measure.n, measure.value, measure.low, measure.high, measure.enough) == (0, None, None, None, False)


def test_words_options_and_call_backs_have_no_measure() -> None:
    assert [measures(kind, {1: 2}) for kind in ("text", "choice", "choices", "call_back")] == [()] * 4


@pytest.mark.parametrize(("scale", "wrong"), [("nki10", 0), ("nki10", 11), ("labelled", 11), ("ces", 8), ("yes_no", 2)])
def test_an_answer_off_the_scale_is_refused(scale: str, wrong: int) -> None:
    with pytest.raises(ValueError, match="do not fit the scale"):
        measures(scale, {wrong: 1})


@pytest.mark.parametrize(("n", "enough", "said"), [(9, 10, False), (10, 10, True), (10, 11, False), (1, 1, True)])
def test_enough_is_a_matter_of_the_threshold(n: int, enough: int, said: bool) -> None:
    found = [each for scale in SCALES for each in measures(scale, {1: n}, enough)]
    assert {each.enough for each in (*found, *shares("choice", {1: n}, (1, 2), enough))} == {said}


HISTOGRAMS = {
    scale: st.dictionaries(st.integers(kind.lowest, kind.highest), st.integers(0, 400))
    for scale, kind in SCALES.items()
}


@given(st.sampled_from(sorted(METHODS)).flatmap(lambda scale: st.tuples(st.just(scale), HISTOGRAMS[scale])))
def test_every_measure_lies_on_its_scale_within_its_interval(case: tuple[str, dict[int, int]]) -> None:
    for found in measures(*case):
        assert found.n == sum(case[1].values())
        if found.n:
            assert found.least <= found.low <= found.high <= found.most
            assert found.least <= found.value <= found.most
        if found.n >= 4:
            assert found.low - 1e-9 <= found.value <= found.high + 1e-9


@given(HISTOGRAMS["nki"], HISTOGRAMS["nps"])
def test_a_measure_and_the_score_of_the_same_name_agree(fives: dict[int, int], elevens: dict[int, int]) -> None:
    named = {each.method: each for each in (*measures("nki", fives), *measures("nps", elevens))}
    one, other, third = nki(fives), nps(elevens), csat(fives)
    assert _figures(named["nki"]) == (one.n, one.index, one.low, one.high, one.enough)
    assert _figures(named["nps"]) == (other.n, other.score, other.low, other.high, other.enough)
    assert _figures(named["csat"]) == (third.n, third.share, third.low, third.high, third.enough)
    assert named["mean"].value == one.mean


def _figures(found: Measure) -> tuple[int, float | None, float | None, float | None, bool]:
    return found.n, found.value, found.low, found.high, found.enough
