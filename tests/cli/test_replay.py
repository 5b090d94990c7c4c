"""`tonval replay`, run as a person runs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.test_commands import ROOT, home, run
from tonval import opening
from tonval.config import load_config
from tonval.fieldwork import invitations
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Reading

__all__ = ["home"]
FILE = (ROOT / "queues.yaml").read_text()


@pytest.fixture
def told(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three calls, one of them short; and a file with a shorter talk time."""
    office = opening.open_field(load_config({"TONVAL_HOME": str(home), "TONVAL_QUEUES": str(ROOT / "queues.yaml")}))
    for place, (queue, talk) in enumerate((("sales", 8), ("sales", 60), ("support", 90))):
        customer = {"phone": f"+4670174060{place + 6}"}
        document = {"id": f"c-{place}", "kind": "call", "queue": queue, "customer": customer, "talk_seconds": talk}
        document["ended_at"] = datetime.now(UTC).isoformat()
        invitations.report(office, read_interaction(Reading(document, ""), office.centre))
    office.unit.engine.dispose()
    new = home / "new.yaml"
    new.write_text(FILE.replace("min_talk: 15s", "min_talk: 5s"))
    return new


def test_replay_says_by_queue_and_rule_what_would_have_changed(told: Path) -> None:
    done = run("replay", "--config", str(told), "--changes", "5")
    assert done.exit_code == 0, done.output
    assert "sales: 2 contacts. Invited 1 → 2 (+1): min_talk −1" in done.output
    assert "support: 1 contact. Invited 1, as before." in done.output
    assert "All queues: 3 contacts. Invited 2 → 3 (+1): min_talk −1" in done.output
    assert "People asked more often: 1, less often: 0" in done.output
    assert "call c-0 (sales): min_talk → invited to sales-nps by sms" in done.output
    assert "Nothing was changed." in done.output


def test_replay_speaks_to_programs(told: Path) -> None:
    done = run("replay", "--config", str(told), "--json", "--queue", "sales", "--changes", "1")
    found = json.loads(done.stdout)
    assert found["queues"]["sales"]["rules"] == {"min_talk": [1, 0]}
    assert list(found["queues"]) == ["sales"]
    assert [each["id"] for each in found["changes"]] == ["c-0"]
    assert found["seconds"] > 0


def test_a_broken_file_is_refused_with_file_and_line(home: Path) -> None:
    broken = home / "broken.yaml"
    broken.write_text("brand: x\nqueues:\n  a: {survey: b, channel: fax}\n")
    done = run("replay", "--config", str(broken))
    assert done.exit_code == 1
    assert f"{broken}:3: " in done.output


def test_a_period_that_is_none_is_refused(told: Path) -> None:
    done = run("replay", "--config", str(told), "--since", "lately")
    assert (done.exit_code, "neither a length of time" in done.output) == (1, True)
