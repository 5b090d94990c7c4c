"""`tonval mail test`: a survey's letter to oneself."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.drivers.smtp import mail_server
from tonval.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home with the file that is shipped."""
    monkeypatch.setenv("TONVAL_HOME", str(tmp_path))
    monkeypatch.setenv("TONVAL_QUEUES", str(ROOT / "queues.yaml"))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["mail", "test", *words])


def test_a_letter_is_sent_to_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as mailbox:
        monkeypatch.setenv("TONVAL_SMTP_URL", mailbox.url)
        done = run("eva@example.org", "--language", "sv")
        assert (done.exit_code, len(mailbox.mails)) == (0, 1)
        assert "has taken the letter" in done.output
        mailbox.plan = ["554 no thank you"]
        refused = run("eva@example.org")
        assert (refused.exit_code, "554 no thank you" in refused.output) == (1, True)
        assert run("nobody").exit_code == 1
        assert "there is no survey called “x”" in run("eva@example.org", "--survey", "x").output
    assert [mail["To"] for mail in mailbox.mails] == ["eva@example.org"]


def test_without_a_mail_server_it_says_so() -> None:
    done = run("eva@example.org")
    assert (done.exit_code, done.output) == (1, "TONVAL_SMTP_URL is not set: no mail can be sent from here\n")
