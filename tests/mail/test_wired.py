"""The house with a mail server and a mailbox: letters go out by a duty, bounces come in by a chore and by the API."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drivers.smtp import mail_server
from tests.mail.returned import report
from tests.mail.stage import CENTRE, Stage
from tonval import app, opening, parts
from tonval.config import BadSetting, Config, load_config
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.store.unit import open_unit


def configured(url: str, folder: Path, smtp_url: str) -> Config:
    for box in ("new", "cur", "tmp"):
        (folder / "returns" / box).mkdir(parents=True, exist_ok=True)
    (folder / "queues.yaml").write_text(CENTRE, encoding="utf-8")
    return load_config(
        {
            "TONVAL_HOME": str(folder),
            "TONVAL_QUEUES": str(folder / "queues.yaml"),
            "TONVAL_DATABASE_URL": url,
            "TONVAL_SMTP_URL": smtp_url,
            "TONVAL_MAIL_FROM": "Nordlys <care@nordlys.example>",
            "TONVAL_BOUNCES_URL": f"maildir:{folder}/returns?address=returns@nordlys.example",
        }
    )


def chore(config: Config, office: Field, name: str) -> None:
    (found,) = (each for each in parts.chores(config, office) if each.name == name)
    found.run()


def test_a_letter_goes_out_and_its_bounces_come_back(sqlite_url: str, tmp_path: Path) -> None:
    unit = open_unit(sqlite_url)
    stage = Stage(unit)
    with mail_server() as mailbox:
        config = configured(sqlite_url, tmp_path, mailbox.url)
        office = opening.open_field(config)
        stage.queue("eva@example.org", "bo@example.org")
        assert "letter" in opening.due_kinds(office)
        assert parts.duties(config, office)["letter"](10) == 2
        assert "letter" not in opening.due_kinds(office)
    assert {sender for sender, _ in mailbox.envelopes} == {"returns@nordlys.example"}
    (tmp_path / "returns" / "new" / "1.mx").write_bytes(report("failed", "5.1.1", ours=mailbox.ledger[0]))
    chore(config, office, "read bounces")
    assert stage.states() == ["undelivered", "accepted"]
    client = app.create_app(config, office).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'provider', ['report'])}"
    raw = report("failed", "5.2.2", ours=mailbox.ledger[1])
    assert client.post("/api/v1/mail/bounces", data=raw, content_type="message/rfc822").json == {"known": True}
    assert stage.states() == ["undelivered", "undelivered"]
    chore(config, office, "settle doubtful letters")
    office.unit.engine.dispose()
    unit.engine.dispose()


def test_a_mailbox_that_cannot_be_read_hinders_the_start_without_its_password(sqlite_url: str, tmp_path: Path) -> None:
    config = configured(sqlite_url, tmp_path, "smtp://mail.example")
    office = opening.open_field(config)
    object.__setattr__(config, "bounces_url", "pop3://care:hush@mail.example")
    with pytest.raises(BadSetting, match="TONVAL_BOUNCES_URL") as refused:
        parts.chores(config, office)
    assert "hush" not in str(refused.value)
    office.unit.engine.dispose()
