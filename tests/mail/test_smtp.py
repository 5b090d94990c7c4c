"""Handing letters to a real SMTP server that sometimes misbehaves."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from tests.drivers.smtp import ACCEPT_AND_HANG_UP, mail_server
from tonval.mail import line, smtp
from tonval.mail.letters import Letter, compose
from tonval.mail.smtp import BadMailServer, MailFailed, MailServer, Tls

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_letter() -> EmailMessage:
    letter = Letter("alr_1", "eva@example.org", "Low score", [("Comment", "För långsamt")], "http://x.example/c/1")
    return compose(letter, "Tonval <tonval@example.com>", NOON)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25)),
        ("smtp://u%40x:p%2Fw@mail.example:2525", MailServer("mail.example", 2525, "u@x", "p/w")),
        ("smtp://mail.example?starttls", MailServer("mail.example", 587, tls=Tls.STARTTLS)),
        ("smtp://mail.example:25?starttls=1", MailServer("mail.example", 25, tls=Tls.STARTTLS)),
        ("smtps://u:p@mail.example", MailServer("mail.example", 465, "u", "p", Tls.FROM_THE_START)),
    ],
)
def test_the_setting_is_read(url: str, server: MailServer) -> None:
    assert smtp.mail_server(url) == server


@pytest.mark.parametrize("url", ["", "mail.example:25", "http://u:hush@mail.example", "smtp://u:hush@mail.example:x"])
def test_a_wrong_setting_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(BadMailServer) as refused:
        smtp.mail_server(url)
    assert "hush" not in str(refused.value)


def test_a_password_is_not_shown_by_repr() -> None:
    assert "hush" not in repr(smtp.mail_server("smtp://u:hush@mail.example"))


def test_a_letter_arrives_once_with_both_forms_of_its_words() -> None:
    with mail_server() as mailbox:
        line.send(smtp.mail_server(mailbox.url), a_letter())
    (mail,) = mailbox.mails
    assert mail["Message-ID"] == a_letter()["Message-ID"]
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "För långsamt" in body.get_content()


def test_user_and_password_are_given() -> None:
    with mail_server(user="tonval", password="hush") as mailbox:
        line.send(smtp.mail_server(mailbox.url), a_letter())
        with pytest.raises(MailFailed, match="user or password") as refused:
            line.send(smtp.mail_server(mailbox.url.replace("hush", "wrong")), a_letter())
    assert refused.value.retryable
    assert "wrong" not in str(refused.value)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(("answer", "retryable"), [("451 try later", True), ("554 no thank you", False)])
def test_a_refusal_says_whether_it_is_for_good(answer: str, retryable: bool) -> None:
    with mail_server() as mailbox:
        mailbox.plan = [answer]
        with pytest.raises(MailFailed, match=answer) as refused:
            line.send(smtp.mail_server(mailbox.url), a_letter())
    assert refused.value.retryable is retryable


def test_a_lost_answer_is_retryable_and_the_second_letter_is_known_by_its_id() -> None:
    with mail_server() as mailbox:
        mailbox.plan = [ACCEPT_AND_HANG_UP]
        with pytest.raises(MailFailed) as lost:
            line.send(smtp.mail_server(mailbox.url), a_letter())
        assert lost.value.retryable
        line.send(smtp.mail_server(mailbox.url), a_letter())
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_a_server_that_is_away_is_a_sentence_and_retryable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(MailFailed, match=f"127.0.0.1:{port} cannot be reached") as away:
        line.send(MailServer("127.0.0.1", port), a_letter())
    assert away.value.retryable


def test_starttls_with_a_server_that_cannot_is_refused_rather_than_sent_in_the_open() -> None:
    with mail_server() as mailbox, pytest.raises(MailFailed, match="cannot do what TONVAL_SMTP_URL asks"):
        line.send(smtp.mail_server(f"{mailbox.url}?starttls"), a_letter())
    assert mailbox.mails == []


def test_checking_sends_nothing() -> None:
    with mail_server() as mailbox:
        line.check(smtp.mail_server(mailbox.url))
    assert mailbox.mails == []
