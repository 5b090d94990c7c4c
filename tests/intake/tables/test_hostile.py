"""S6: no file of rows can crash its reader or make it large. The full thousand is in bench/intake.py."""

from __future__ import annotations

import pytest

from tests.intake.tables.hostile import MAKERS, run

MIB = 256


@pytest.mark.slow
def test_hostile_files_give_rows_faults_or_a_sentence_within_256_mib() -> None:
    seen = run(seed=20261122, count=5 * len(MAKERS))

    assert seen["crashes"] == []
    assert sum(seen["outcomes"].values()) == 5 * len(MAKERS)
    assert set(seen["outcomes"]) == {"rows", "rows with faults", "rows, then refused", "refused"}
    assert 0 < seen["own"] <= MIB
    assert 0 < seen["child"] <= MIB
