"""The commands of SURFACE, run as a person runs them: what they print, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tonval.cli import main

ROOT = Path(__file__).parent.parent.parent
BROKEN = "brand: x\nqueues:\n  a: {survey: b, channel: fax}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home with the file that is shipped."""
    monkeypatch.setenv("TONVAL_HOME", str(tmp_path))
    monkeypatch.setenv("TONVAL_QUEUES", str(ROOT / "queues.yaml"))
    return tmp_path


def run(*words: str) -> Result:
    """One command."""
    return CliRunner().invoke(main, list(words))


def test_lint_passes_the_file_that_is_shipped(home: Path) -> None:
    done = run("lint")
    assert (done.exit_code, done.output.count("warning")) == (0, 0)
    assert "3 queues and 3 surveys, no faults" in done.output


def test_lint_names_file_line_and_reason_of_each_fault(home: Path) -> None:
    broken = home / "broken.yaml"
    broken.write_text(BROKEN)
    done = run("lint", str(broken))
    assert done.exit_code == 1
    assert f"{broken}:3: queues.a.survey: there is no survey called “b”; known: none" in done.output
    assert f"{broken}:3: queues.a.channel: “fax” is not one of" in done.output


@pytest.mark.parametrize("command", [("up",), ("web",), ("worker",), ("clock",), ("sip",), ("key", "add", "x")])
def test_nothing_starts_on_a_broken_file(home: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    (home / "broken.yaml").write_text(BROKEN)
    monkeypatch.setenv("TONVAL_QUEUES", str(home / "broken.yaml"))
    done = run(*command)
    assert done.exit_code == 1
    assert "broken.yaml:3: queues.a.survey" in done.output


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("TONVAL_SIP", "phone", "TONVAL_SIP: “phone” is not host:port"),
        ("TONVAL_SIP_CELLS", "many", "TONVAL_SIP_CELLS: “many” is not a whole number"),
        ("TONVAL_SIP_ALLOW", "everybody", "TONVAL_SIP_ALLOW: “everybody” is not networks"),
        ("TONVAL_PUBLIC_URL", "ftp://x.example", "TONVAL_PUBLIC_URL: “ftp://x.example” is not an address"),
        ("TONVAL_PUBLIC_URL", "http://survey.example", "TONVAL_PUBLIC_URL must begin with https://"),
        ("TONVAL_SECRET_KEY", "secret", "TONVAL_SECRET_KEY needs at least 16 characters"),
        ("TONVAL_TWILIO_ACCOUNT_SID", "alone", "TONVAL_TWILIO_AUTH_TOKEN is needed"),
        ("TONVAL_TWILIO_AUTH_TOKEN_FILE", "/nowhere", "TONVAL_TWILIO_AUTH_TOKEN_FILE: /nowhere cannot be read"),
        ("TONVAL_LOG", "xml", "TONVAL_LOG: “xml” is not text or json"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_line_that_names_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    done = run("up")
    assert done.exit_code == 1
    assert reason in done.output and "Traceback" not in done.output


def test_mail_on_a_public_address_needs_a_sender(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONVAL_SMTP_URL", "smtp://mail.example")
    assert run("key", "add", "pbx").exit_code == 0
    monkeypatch.setenv("TONVAL_PUBLIC_URL", "https://survey.example")
    refused = run("key", "add", "pbx")
    assert refused.exit_code == 1 and "TONVAL_MAIL_FROM is needed" in refused.output


def test_a_number_of_twilio_without_an_account_is_refused_in_public_and_tried_out_at_home(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = (ROOT / "queues.yaml").read_text().replace('"+46701740605": {}', '"+46701740605": {provider: twilio}')
    (home / "queues.yaml").write_text(named)
    monkeypatch.setenv("TONVAL_QUEUES", str(home / "queues.yaml"))
    assert run("key", "add", "pbx").exit_code == 0
    monkeypatch.setenv("TONVAL_PUBLIC_URL", "https://survey.example")
    refused = run("key", "add", "pbx")
    assert refused.exit_code == 1 and "by Twilio" in refused.output


def test_a_secret_may_lie_in_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "key").write_text("x" * 40 + "\n")
    monkeypatch.setenv("TONVAL_SECRET_KEY_FILE", str(home / "key"))
    assert run("key", "add", "pbx").exit_code == 0
    assert not (home / "secret_key").exists()


def test_a_key_is_printed_once_as_json(home: Path) -> None:
    made = json.loads(run("key", "add", "pbx", "--scope", "report", "--json").output)
    assert made["key"].startswith("tvl_") and made["scopes"] == ["report"]
    refused = run("key", "add", "pbx", "--scope", "write")
    assert refused.exit_code == 1 and "“write” is not a scope" in refused.output


def test_keys_are_listed_rotated_and_revoked(home: Path) -> None:
    (home / "units.csv").write_text("unit,name\nse,Sverige\n")
    run("units", "import", str(home / "units.csv"))
    refused = run("key", "add", "bi", "--unit", "sse")
    assert refused.exit_code == 1 and "there is no unit “sse”; did you mean se?" in refused.output
    made = run("key", "add", "bi", "--scope", "read", "--unit", "se", "--lasts", "90d", "--json")
    old = json.loads(made.output)["key"]
    new = json.loads(run("key", "rotate", old[:8], "--overlap", "1h", "--json").output)["key"]
    listed = json.loads(run("key", "list", "--json").output)
    assert {row["prefix"] for row in listed} == {old[:8], new[:8]}
    assert {row["unit"] for row in listed} == {"se"}
    assert "good for nothing" in run("key", "revoke", new[:8]).output
    assert "ended" in run("key", "list").output
    assert run("key", "revoke", new[:8]).exit_code == 1
    assert "not a length of time" in run("key", "add", "x", "--lasts", "soon").output


def test_the_organisation_comes_from_files_whole_or_not_at_all(home: Path) -> None:
    (home / "units.csv").write_text("unit,name\nno,Norway\nno/oslo,Oslo\n")
    (home / "agents.csv").write_text("agent,name,unit\nkim,Kim,no/oslo\n")
    assert run("units", "import", str(home / "units.csv")).output == "2 added, 0 changed, 0 as before\n"
    assert json.loads(run("agents", "import", str(home / "agents.csv"), "--json").output)["added"] == 1
    assert {"path": "no", "name": "Norway", "agents": 1} in json.loads(run("units", "list", "--json").output)
    (home / "agents.csv").write_text("agent,unit\nlo,no/bergen\n")
    refused = run("agents", "import", str(home / "agents.csv"))
    assert refused.exit_code == 1
    assert "row 2: unit there is no unit “no/bergen”" in refused.output


def test_a_dry_run_shows_what_a_file_would_change_and_changes_nothing(home: Path) -> None:
    (home / "units.csv").write_text("unit,name\nno,Norway\n")
    shown = run("units", "import", str(home / "units.csv"), "--dry-run").output
    assert "added" in shown and "1 added, 0 changed, 0 as before; nothing was written" in shown
    assert "no" not in {row["path"] for row in json.loads(run("units", "list", "--json").output)}
    run("units", "import", str(home / "units.csv"))
    (home / "units.csv").write_text("unit,name\nno,Norge\n")
    told = json.loads(run("units", "import", str(home / "units.csv"), "--dry-run", "--json").output)
    assert told["changes"] == [{"key": "no", "before": ["Norway"], "after": ["Norge"]}]
    (home / "units.csv").write_text("unit,nmae\nno,Norge\n")
    slip = run("units", "import", str(home / "units.csv"), "--dry-run")
    assert slip.exit_code == 1 and "Column “nmae” is not known; did you mean “name”?" in slip.output


def test_what_is_done_to_users_is_told_to_programs(home: Path) -> None:
    run("user", "add", "karin")
    made = json.loads(run("user", "password", "karin", "--json").output)
    assert made["name"] == "karin" and len(made["password"]) >= 8
    given = run("user", "password", "karin", "--json", "--password", "correct horse battery")
    assert json.loads(given.output) == {"name": "karin"}
    assert json.loads(run("user", "unlink", "karin", "--json").output) == {"name": "karin", "unlinked": 0}
    off = json.loads(run("user", "reset-totp", "karin", "--json").output)
    assert off == {"name": "karin", "second_factor": False}
    run("user", "add", "eva", "--role", "admin")
    assert json.loads(run("user", "end", "karin", "--json").output) == {"name": "karin", "state": "ended"}


def test_a_user_gets_a_password_that_is_shown_once(home: Path) -> None:
    made = json.loads(run("user", "add", "karin", "--role", "supervisor", "--json").output)
    assert len(made["password"]) >= 8
    again = run("user", "add", "karin")
    assert again.exit_code == 1 and "already" in again.output


def test_a_password_is_reset_and_single_sign_on_forgotten_from_the_command_line(home: Path) -> None:
    run("user", "add", "karin")
    assert run("user", "password", "karin").output.startswith("password: ")
    assert "has a new password" in run("user", "password", "karin", "--password", "correct horse battery").output
    assert "karin had 0 accounts of single sign-on" in run("user", "unlink", "karin").output
    assert run("user", "password", "nobody").exit_code == run("user", "unlink", "nobody").exit_code == 1


def test_a_file_that_is_no_sound_is_refused_by_name(home: Path) -> None:
    (home / "greeting.mp3").write_text("no sound")
    done = run("prompt", "add", str(home / "greeting.mp3"), "--survey", "support-nki", "--slot", "welcome",
               "--language", "sv")  # fmt: skip
    assert done.exit_code == 1 and "greeting.mp3" in done.output


def test_the_prompts_are_listed_as_drafts(home: Path) -> None:
    rows = [json.loads(line) for line in run("prompt", "list", "--json").output.splitlines()]
    assert {row["kind"] for row in rows} == {"draft"}
    assert ("support-nki", "question.helped", "sv") in {(row["survey"], row["slot"], row["language"]) for row in rows}


def test_demo_recount_and_away_again(home: Path) -> None:
    assert "demo interviews" in run("demo", "--days", "2", "--agents", "3").output
    checked = run("stats", "rebuild", "--check")
    assert (checked.exit_code, checked.output) == (0, "0 differences\n")
    assert "Recounted" in run("stats", "rebuild").output
    assert "Removed" in run("demo", "--remove").output


def test_the_doctor_speaks_json_and_fails_only_for_what_must_be_mended(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONVAL_SIP_CELLS", "0")
    done = run("doctor", "--json")
    found = json.loads(done.output)
    assert (done.exit_code, found["healthy"]) == (0, True)
    assert {row["name"] for row in found["findings"]} >= {"queues", "database", "redis", "ffmpeg", "speech", "smtp"}
