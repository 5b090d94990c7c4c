"""The secret key is exchanged at the command line; without that, another one starts nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.drivers.house import ROOT
from tonval.cli import main

EVA = "+46701740606"
OLD, NEW = "the old key of this house", "the new key of this house"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with somebody on the blocklist."""
    monkeypatch.setenv("TONVAL_HOME", str(tmp_path))
    monkeypatch.setenv("TONVAL_QUEUES", str(ROOT / "queues.yaml"))
    monkeypatch.setenv("TONVAL_SECRET_KEY", OLD)
    assert tonval("block", "add", EVA).exit_code == 0
    return tmp_path


def tonval(*words: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, words)


def test_another_key_starts_nothing_until_the_old_one_is_exchanged(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONVAL_SECRET_KEY", NEW)
    refused = tonval("block", "list")
    assert refused.exit_code == 1
    assert refused.stderr.startswith(
        "the database cannot be read with this secret key; start with the TONVAL_SECRET_KEY"
    )
    (home / "old").write_text(f"{OLD}\n")
    assert "with the new secret key from now on" in tonval("rekey", "--from-file", str(home / "old")).stdout
    assert EVA in tonval("block", "list").stdout
    assert tonval("audit", "verify").stdout.startswith("whole: ")
    assert "Nothing was to be done" in tonval("rekey", "--from-file", str(home / "old")).stdout


def test_a_key_that_was_never_the_databases_exchanges_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONVAL_SECRET_KEY", NEW)
    (home / "old").write_text("some other key of nobody")
    refused = tonval("rekey", "--from-file", str(home / "old"))
    assert refused.exit_code == 1 and "cannot be read" in refused.stderr
    monkeypatch.setenv("TONVAL_SECRET_KEY", OLD)
    assert EVA in tonval("block", "list").stdout
