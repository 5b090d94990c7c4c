"""However often and in whatever order Twilio repeats itself, everything is taken once and answered alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drivers.repeats import repeat


@pytest.mark.xdist_group("house")
def test_webhooks_that_come_again_to_four_workers_are_taken_once_and_answered_alike(
    database_url: str, tmp_path: Path
) -> None:
    outcome = repeat(tmp_path, database_url, each=8, seed=1)
    assert outcome.good, outcome
    assert outcome.deliveries > 1.5 * outcome.webhooks, "too few came again for this to mean anything"
