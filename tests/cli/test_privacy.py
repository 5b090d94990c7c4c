"""`tonval export person`, `erase` and `retention` at the terminal."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.web.house import CUSTOMER, QUEUES
from tonval import opening
from tonval.cli import main
from tonval.config import load_config
from tonval.fieldwork import invitations
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Reading

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("erase", "--again")`` in a home with one customer."""
    (tmp_path / "queues.yaml").write_text(QUEUES)
    environment = {"TONVAL_HOME": str(tmp_path), "TONVAL_QUEUES": str(tmp_path / "queues.yaml")}
    office = opening.open_field(load_config(environment))
    told = {"id": "call-1", "kind": "call", "queue": "sales", "customer": {"phone": CUSTOMER, "name": "Eva Lind"}}
    invitations.report(office, read_interaction(Reading(told, ""), office.centre))
    office.unit.engine.dispose()
    return lambda *words, typed=None: CliRunner().invoke(main, words, env=environment, input=typed)


def test_a_person_is_exported_erased_and_found_no_more(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "person.zip"
    assert run("export", "person", "070-174 06 06", "--out", str(out)).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert "Eva Lind" in archive.read("person.json").decode()
    receipt = json.loads(run("erase", "--person", CUSTOMER, "--json").stdout)
    assert receipt["rows"]["contacts"] == 1 and "Eva" not in json.dumps(receipt)
    assert json.loads(run("export", "person", CUSTOMER, "--json").stdout)["tables"] == {}
    assert "nobody had come back" in run("erase", "--again").stdout


def test_a_receipt_says_when_by_the_centres_clock(run: Run) -> None:
    receipt = run("erase", "--person", CUSTOMER, "--yes").stdout
    assert re.match(r"Receipt \S+, \d{4}-\d\d-\d\d \d\d:\d\d CES?T, by ", receipt)


def test_whoever_does_not_mean_it_erases_nothing(run: Run) -> None:
    answer = run("erase", "--person", CUSTOMER, typed="n\n")
    assert answer.exit_code == 1 and "This cannot be undone" in answer.stdout
    assert json.loads(run("export", "person", CUSTOMER, "--json").stdout)["names"] == ["Eva Lind"]


@pytest.mark.parametrize("words", [("erase",), ("erase", "--person", "x", "--again"), ("export", "person", CUSTOMER)])
def test_what_is_not_said_is_asked_for(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_what_is_no_address_is_told_in_a_sentence(run: Run) -> None:
    answer = run("erase", "--person", "eva", "--json")
    assert answer.exit_code == 2 and "“eva” is not a telephone number" in answer.stderr


def test_a_dry_run_says_what_would_go(run: Run) -> None:
    told = json.loads(run("retention", "--dry-run", "--json").stdout)
    assert told["dry_run"] and set(told["rows"].values()) == {0}
    assert "words (kept 24 months): 0 gone" in run("retention").stdout
