"""Mail that comes back is taken in once, from a Maildir and from a real IMAP server; other mail is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.dovecot import Imap, private_imap
from tests.drivers.smtp import mail_server
from tests.mail import returned
from tests.mail.returned import OURS, report
from tests.mail.stage import SENDER, Stage
from tonval.mail import doors
from tonval.mail.doors import BadMailbox, Mailbox, MailboxAway, look_in
from tonval.mail.sender import Post, send_batch
from tonval.mail.smtp import mail_server as read_url


@pytest.mark.parametrize(
    ("url", "box"),
    [
        ("imaps://care:hush@mail.example", Mailbox("INBOX", None, "mail.example", 993, "care", "hush")),
        (
            "imap://care%40x.example:a%2Fb@mail.example:1143/Returns/New?address=returns@x.example",
            Mailbox("Returns/New", "returns@x.example", "mail.example", 1143, "care@x.example", "a/b", tls=False),
        ),
        ("maildir:/var/mail/returns", Mailbox("/var/mail/returns")),
    ],
)
def test_the_setting_is_read(url: str, box: Mailbox) -> None:
    assert doors.mailbox(url) == box


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pop3://u:hush@mail.example",
        "imaps://mail.example",
        "imaps://u:hush@mail.example:x",
        "maildir:relative",
        "imaps://u:hush@mail.example?address=nobody",
    ],
)
def test_a_wrong_setting_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(BadMailbox) as refused:
        doors.mailbox(url)
    assert "hush" not in str(refused.value)


def test_a_password_is_not_shown_by_repr() -> None:
    assert "hush" not in repr(doors.mailbox("imaps://u:hush@mail.example"))


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for box in ("new", "cur", "tmp"):
        (tmp_path / "mail" / box).mkdir(parents=True)
    return tmp_path / "mail"


def test_a_bounce_in_a_maildir_moves_its_letter_once(stage: Stage, maildir: Path) -> None:
    (eva,) = stage.queue("eva@example.org")
    with mail_server() as mailbox:
        send_batch(stage.office, Post(read_url(mailbox.url), SENDER))
    (maildir / "new" / "1.a.mx").write_bytes(report("failed", "5.1.1", ours=mailbox.ledger[0]))
    (maildir / "new" / "2.b.mx").write_bytes(returned.ANSWER)
    box = doors.mailbox(f"maildir:{maildir}")
    assert look_in(box, lambda raw: doors.take_in(stage.office, raw)) == 1
    assert look_in(box, lambda raw: doors.take_in(stage.office, raw)) == 0
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == ["1.a.mx:2,S", "2.b.mx:2,"]
    assert (stage.states(), stage.rows()[0].error) == (["undelivered"], "There is no such mailbox.")
    assert stage.undelivered() == [eva]


def test_a_maildir_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MailboxAway, match="cannot be read"):
        look_in(doors.mailbox(f"maildir:{tmp_path}/none"), lambda raw: True)


@pytest.fixture(scope="module")
def imap(certificate: Path) -> Iterator[Imap]:
    """A real IMAP server."""
    with private_imap(certificate) as server:
        yield server


@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_mails_on_an_imap_server_are_read_once_and_peoples_stay_unread(
    imap: Imap, scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    bounce, letter = f"1.{scheme}.mx", f"2.{scheme}.mx"
    imap.deliver(bounce, report("failed", "5.1.1"))
    imap.deliver(letter, returned.ANSWER)
    port = imap.plain if scheme == "imap" else imap.secure
    box = doors.mailbox(f"{scheme}://care:hush@127.0.0.1:{port}/INBOX")
    seen: list[bytes] = []

    def take(raw: bytes) -> bool:
        seen.append(raw)
        return OURS.encode() in raw and b"delivery-status" in raw

    assert look_in(box, take) == 1
    assert look_in(box, take) == 0
    assert [raw.replace(b"\r\n", b"\n") for raw in seen] == [report("failed", "5.1.1"), returned.ANSWER]
    flags = imap.flags()
    assert "S" in flags[bounce]
    assert "S" not in flags[letter]


def test_a_wrong_password_is_a_sentence_without_it(imap: Imap) -> None:
    with pytest.raises(MailboxAway, match="cannot be read") as away:
        look_in(doors.mailbox(f"imap://care:verywrong@127.0.0.1:{imap.plain}"), lambda raw: True)
    assert "verywrong" not in str(away.value)


def test_a_folder_that_is_not_there_is_a_sentence(imap: Imap) -> None:
    with pytest.raises(MailboxAway, match="cannot be read"):
        look_in(doors.mailbox(f"imap://care:hush@127.0.0.1:{imap.plain}/Nowhere"), lambda raw: True)
