"""Student's t against printed tables and independent high-precision values."""

from __future__ import annotations

import pytest

from tonval.stats.student import t_two_sided, t_within

# Worked out with mpmath 1.3 to 30 digits from the regularized incomplete beta function; they agree with the printed
# tables (Abramowitz & Stegun 26.10) to all of their digits.
AT_95 = [
    (1, 12.706204736175),
    (2, 4.3026527297495),
    (3, 3.1824463052837),
    (4, 2.7764451051978),
    (5, 2.5705818356363),
    (10, 2.2281388519863),
    (20, 2.0859634472659),
    (30, 2.0422724563012),
    (60, 2.0002978220143),
    (100, 1.9839715185236),
    (120, 1.9799304050824),
    (200, 1.9718962236339),
    (201, 1.9718365067799),
    (1000, 1.9623390808264),
]


@pytest.mark.parametrize(("df", "t"), AT_95)
def test_the_quantile_of_a_95_percent_interval(df: int, t: float) -> None:
    assert t_two_sided(df) == pytest.approx(t, abs=1e-11)


@pytest.mark.parametrize(("df", "t"), [(1, 63.6567), (2, 9.9248), (10, 3.1693), (30, 2.7500), (120, 2.6174)])
def test_the_quantile_of_a_99_percent_interval(df: int, t: float) -> None:
    assert t_two_sided(df, 0.99) == pytest.approx(t, abs=5e-5)


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99, 0.9999])
@pytest.mark.parametrize("df", [1, 2, 7, 199, 200, 201, 202, 5000])
def test_the_quantile_and_the_probability_undo_each_other(df: int, confidence: float) -> None:
    assert t_within(t_two_sided(df, confidence), df) == pytest.approx(confidence, abs=1e-9)


def test_many_degrees_of_freedom_come_to_the_normal_quantile() -> None:
    assert t_two_sided(10**9) == pytest.approx(1.9599639845, abs=1e-8)


@pytest.mark.parametrize(("df", "confidence"), [(0, 0.95), (-3, 0.95), (5, 0.0), (5, 1.0)])
def test_there_is_no_quantile_without_degrees_of_freedom_or_at_certainty(df: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_two_sided(df, confidence)
