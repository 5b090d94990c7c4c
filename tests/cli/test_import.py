"""`tonval import` as a person runs it: what would come of a file, what came of it, and why it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.intake.intake import QUEUES, call, write
from tonval.cli import main


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Path:
    """A file of a good row, a short call and one without a phone number that could be one."""
    (tmp_path / "queues.yaml").write_text(QUEUES, "utf-8")
    monkeypatch.setenv("TONVAL_HOME", str(tmp_path))
    monkeypatch.setenv("TONVAL_QUEUES", str(tmp_path / "queues.yaml"))
    monkeypatch.setenv("TONVAL_DATABASE_URL", sqlite_url)
    return write(tmp_path / "calls.csv", [call(1), call(2, talk="9"), call(3, phone="12")])


def run(*words: str | Path) -> Result:
    """The command."""
    return CliRunner().invoke(main, ["import", *map(str, words)])


def test_a_file_is_taken_and_told_in_lines(calls: Path) -> None:
    done = run(calls)
    assert done.exit_code == 0
    assert "rows: 3\ninvited: 1\nnot asked, by rule: 1\n  min_talk: 1\nrefused: 1\n" in done.stdout
    assert "row 4: “Telefon” cannot be used" in done.stdout


def test_a_dry_run_does_nothing_and_says_how_columns_are_read(calls: Path) -> None:
    done = run(calls, "--dry-run")
    assert done.exit_code == 0
    assert "Telefon → customer.phone\n" in done.stdout
    assert "All 3 rows; nothing was done.\ninvited: 1\n" in done.stdout
    assert json.loads(run(calls, "--dry-run", "--json").stdout)["outcomes"]["rules"] == {"min_talk": 1}
    assert json.loads(run(calls, "--json").stdout)["rows"] == 3


def test_the_same_file_again_does_nothing_and_says_when_it_was_taken(calls: Path) -> None:
    first = json.loads(run(calls, "--json").stdout)
    again = run(calls, "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout) == first
    assert "This very file was taken on" in again.stderr


def test_a_file_that_says_too_little_is_refused_with_what_is_missing(calls: Path) -> None:
    path = write(calls.with_name("odd.csv"), [["0701740606", "x"]], ("A", "B"))
    done = run(path)
    assert done.exit_code == 1
    assert "No column holds a phone number" in done.stderr
    assert "No column says the queue" in done.stderr
    assert "--map" in done.stderr
    assert json.loads(run(path, "--json").stdout)["state"] == "refused"


def test_columns_are_said_once_and_remembered(calls: Path) -> None:
    path = write(calls.with_name("odd.csv"), [["0701740606", "x"]], ("A", "B"))
    assert run(path, "--map", "A=customer.phone", "--queue", "sales", "--source", "crm").exit_code == 0
    other = write(calls.with_name("more.csv"), [["0701740607", "x"]], ("A", "B"))
    assert "invited: 1" in run(other, "--source", "crm").stdout


def test_a_field_given_to_one_column_is_taken_from_another(calls: Path) -> None:
    shown = run(calls, "--dry-run", "--map", "Samtals-ID=agent", "--map", "Sluttid=ignore").stdout
    assert "Samtals-ID → agent\n" in shown
    assert "Handläggare → not read\n" in shown
    assert "Sluttid → not read\n" in shown


def test_contacts_go_onto_a_list(calls: Path) -> None:
    path = write(calls.with_name("people.csv"), [["0701740606", "Eva"]], ("Telefon", "Namn"))
    done = run(path, "--kind", "contacts", "--list", "members", "--json")
    assert json.loads(done.stdout)["outcomes"] == {"contacts": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--list", "members"), "--list is for --kind contacts"),
        (("--map", "Telefon"), "HEADING=FIELD"),
        (("--source", "../pbx"), "a short word"),
        (("--map", "Telefon=phone"), "cannot be read as “phone”"),
        (("--queue", "nowhere"), "no queue called “nowhere”"),
    ],
)
def test_options_that_cannot_be_are_refused(calls: Path, words: tuple[str, ...], said: str) -> None:
    done = run(calls, *words)
    assert done.exit_code in (1, 2)
    assert said in done.stderr


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv"])
def test_a_file_that_is_none_costs_one_line(calls: Path, name: str) -> None:
    calls.with_name("empty.csv").touch()
    done = run(calls.with_name(name))
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1
