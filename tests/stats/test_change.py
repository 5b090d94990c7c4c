"""A change is called one only when chance does not explain it."""

from __future__ import annotations

import random

import pytest

from tonval.stats.change import Change, nki_change, nps_change


def test_a_clear_fall_is_called_one() -> None:
    change = nki_change({3: 50, 2: 50}, {5: 60, 4: 40})
    assert change.clear
    assert change.amount == pytest.approx(-52.5)


def test_a_difference_that_chance_explains_is_no_clear_change() -> None:
    assert nps_change({10: 6, 8: 4}, {10: 5, 8: 5}) == Change(pytest.approx(10.0), False)


def test_too_few_answers_are_no_clear_change_however_far_apart() -> None:
    assert not nki_change({1: 9}, {5: 500}).clear
    assert not nps_change({0: 500}, {10: 9}).clear


def test_without_answers_there_is_no_amount() -> None:
    assert nki_change({}, {5: 20}) == Change(None, False)
    assert nps_change({9: 20}, {}) == Change(None, False)


def test_the_same_answers_are_no_change() -> None:
    assert nki_change({5: 30, 1: 3}, {5: 30, 1: 3}) == Change(0.0, False)


def test_about_one_in_twenty_is_called_a_change_when_there_is_none() -> None:
    chance = random.Random(7)
    draws = [[chance.choices(range(1, 6), (5, 5, 15, 35, 40), k=40) for _ in range(2)] for _ in range(1000)]
    calls = sum(nki_change(_count(one), _count(other)).clear for one, other in draws)
    assert 20 <= calls <= 70


def _count(scores: list[int]) -> dict[int, int]:
    return {score: scores.count(score) for score in set(scores)}
