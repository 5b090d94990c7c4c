"""`tonval audit`, as a person and as a program runs it."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.cli.test_commands import home, run

__all__ = ["home"]


def test_deeds_are_listed_newest_first_and_narrowed(home: Path) -> None:
    run("key", "add", "crm", "--scope", "read")
    run("block", "add", "+46701740606", "--reason", "asked us")
    lines = run("audit", "list").output.splitlines()
    assert "command line blocked +46•••••06 for everything" in lines[0]
    assert "command line made the API key “crm” for read" in lines[1]
    (one,) = run("audit", "list", "--deed", "key.added", "--json").output.splitlines()
    assert (json.loads(one)["actor"], json.loads(one)["ref"]) == ("console", "crm")
    assert run("audit", "list", "--day", "2020-01-01").output == ""
    (found,) = run("audit", "list", "--search", "line key", "--from", "2020-01-01").output.splitlines()
    assert "made the API key" in found
    assert run("audit", "list", "--to", "2020-01-01").output == ""
    refused = run("audit", "list", "--from", "2026-11-02", "--to", "2026-11-01")
    assert (refused.exit_code, "the last day is before the first" in refused.output) == (2, True)


def test_a_log_that_somebody_changed_ends_with_1_and_names_the_entry(home: Path) -> None:
    for name in ("crm", "pbx"):
        run("key", "add", name)
    whole = run("audit", "verify")
    assert (whole.exit_code, whole.output) == (0, "whole: 2 entries are as they were written\n")
    engine = create_engine(f"sqlite:///{home / 'tonval.db'}")
    with engine.begin() as tx:
        tx.execute(text("UPDATE audit SET ref = 'other' WHERE id = 2"))
    engine.dispose()
    broken = run("audit", "verify", "--json")
    told = json.loads(broken.output)
    assert (broken.exit_code, told["whole"], told["broken"]) == (1, False, 2)
    assert "entry 2 was changed" in run("audit", "verify").output
