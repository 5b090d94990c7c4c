"""One line carries many letters, and says of each exactly how far it came."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.drivers.smtp import (
    ACCEPT_AND_HANG_UP,
    ACCEPT_AND_SAY_NOTHING,
    HANG_UP,
    mail_server,
)
from tonval.mail import line, smtp
from tonval.mail.letters import Letter, compose
from tonval.mail.line import open_line
from tonval.mail.smtp import Fault, MailFailed, MailServer

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_letter(to: str = "eva@example.org", link: str = "http://x.example/c/1") -> EmailMessage:
    return compose(Letter(f"alr_{to}", to, "Low score", [("Comment", "För långsamt")], link), "care@example.com", NOON)


def outcome(carrier: line.Line, letter: EmailMessage) -> Fault | None:
    try:
        carrier.send(letter)
    except MailFailed as failed:
        return failed.fault
    return None


def test_many_letters_go_over_one_connection_and_a_new_one_is_made_after_a_hundred() -> None:
    with mail_server() as mailbox:
        with open_line(smtp.mail_server(mailbox.url)) as carrier:
            for number in range(line.CARRIES + 5):
                carrier.send(a_letter(f"c{number}@example.org"))
        assert (len(set(mailbox.ledger)), mailbox.connections) == (line.CARRIES + 5, 2)


def test_a_refusal_hurts_one_letter_and_the_connection_goes_on() -> None:
    with mail_server() as mailbox:
        mailbox.recipients = {"gone@example.org": "550 5.1.1 no such user", "full@example.org": "452 4.2.2 try later"}
        mailbox.plan = ["250 ok", "554 no thank you", "451 not now", "250 ok"]
        with open_line(smtp.mail_server(mailbox.url)) as carrier:
            people = ("a", "gone", "b", "full", "c", "d")
            seen = [outcome(carrier, a_letter(f"{name}@example.org")) for name in people]
    assert seen == [None, Fault.REFUSED, Fault.REFUSED, Fault.LATER, Fault.LATER, None]
    assert [mail["To"] for mail in mailbox.mails] == ["a@example.org", "d@example.org"]
    assert mailbox.connections == 1


def test_a_connection_that_dies_before_the_letter_means_that_nothing_was_sent() -> None:
    with mail_server() as mailbox:
        mailbox.recipients = {"eva@example.org": HANG_UP}
        with open_line(smtp.mail_server(mailbox.url)) as carrier:
            assert outcome(carrier, a_letter()) is Fault.LATER
            assert outcome(carrier, a_letter("bo@example.org")) is None
    assert [mail["To"] for mail in mailbox.mails] == ["bo@example.org"]


def test_a_server_that_hangs_up_between_two_letters_is_called_again_and_nothing_is_lost() -> None:
    with mail_server() as mailbox, open_line(smtp.mail_server(mailbox.url)) as carrier:
        carrier.send(a_letter())
        mailbox.senders = {"care@example.com": HANG_UP}
        assert outcome(carrier, a_letter("bo@example.org")) is Fault.LATER  # the second connection is refused as well
        mailbox.senders = {}
        carrier.send(a_letter("bo@example.org"))
        assert mailbox.connections == 3


@pytest.mark.parametrize("then", [ACCEPT_AND_HANG_UP, ACCEPT_AND_SAY_NOTHING])
def test_an_answer_that_never_comes_leaves_the_letter_in_doubt(then: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "HANDOVER", 0.3)
    with mail_server() as mailbox:
        mailbox.plan = [then]
        with open_line(smtp.mail_server(mailbox.url)) as carrier:
            assert outcome(carrier, a_letter()) is Fault.UNKNOWN
            assert outcome(carrier, a_letter("bo@example.org")) is None
    assert len(mailbox.ledger) == 2


def test_a_sender_that_is_refused_holds_up_all_letters_and_fails_none() -> None:
    with mail_server() as mailbox:
        mailbox.senders = {"care@example.com": "553 5.7.1 not your address"}
        with open_line(smtp.mail_server(mailbox.url)) as carrier:
            assert outcome(carrier, a_letter()) is Fault.AWAY


@pytest.mark.parametrize("kind", ["starttls", "smtps"])
def test_letters_go_over_tls_with_user_and_password(kind: str, tls: ssl.SSLContext) -> None:
    with mail_server(user="tonval", password="hush", tls=(kind, tls)) as mailbox:
        with open_line(smtp.mail_server(mailbox.url)) as carrier:
            assert [outcome(carrier, a_letter(f"c{n}@example.org")) for n in range(3)] == [None] * 3
        with open_line(smtp.mail_server(mailbox.url.replace("hush", "wrong"))) as carrier:
            assert outcome(carrier, a_letter()) is Fault.AWAY
    assert len(mailbox.mails) == 3


@pytest.mark.parametrize("kind", ["starttls", "smtps"])
def test_a_certificate_nobody_vouches_for_is_refused(
    kind: str, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server(tls=(kind, tls)) as mailbox, open_line(smtp.mail_server(mailbox.url)) as carrier:
        assert outcome(carrier, a_letter()) is Fault.AWAY
    assert mailbox.mails == []


def test_letters_beyond_ascii_before_the_at_sign_need_a_server_that_takes_them() -> None:
    with mail_server() as able, open_line(smtp.mail_server(able.url)) as carrier:
        carrier.send(a_letter("sköld@räksmörgås.example"))
        carrier.send(a_letter("bo@räksmörgås.example"))
    assert [to for _, (to,) in able.envelopes] == ["sköld@xn--rksmrgs-5wao1o.example", "bo@xn--rksmrgs-5wao1o.example"]
    with mail_server(utf8=False) as unable, open_line(smtp.mail_server(unable.url)) as carrier:
        assert outcome(carrier, a_letter("sköld@räksmörgås.example")) is Fault.REFUSED
        assert outcome(carrier, a_letter("bo@räksmörgås.example")) is None
    assert len(unable.mails) == 1


def test_a_line_with_a_dot_and_any_line_break_arrives_as_it_was_written() -> None:
    words = "..\n.\r\n. \r.quit\n"
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"] = "care@example.com", "eva@example.org"
    letter.set_content(words)
    with mail_server() as mailbox:
        line.send(smtp.mail_server(mailbox.url), letter)
    assert mailbox.mails[0].get_content().splitlines() == words.splitlines()


@contextmanager
def scripted(*answers: bytes) -> Iterator[MailServer]:
    """A server that answers to each line (and the whole letter) as it is told, then falls silent."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            talking, _ = listening.accept()
            with talking, talking.makefile("rwb", buffering=0) as wire:
                wire.write(answers[0])
                for answer in answers[1:]:
                    if wire.readline().startswith(b"From:"):
                        while wire.readline() != b".\r\n":
                            pass
                    wire.write(answer)
                wire.readline()

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield MailServer("127.0.0.1", listening.getsockname()[1])
        thread.join(5)


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        (b"250 OK\r\n", None),
        (b"451 later\r\n", Fault.LATER),
        (b"421 closing\r\n", Fault.LATER),
        (b"554 no\r\n", Fault.REFUSED),
        (b"hello\r\n", Fault.UNKNOWN),
        (b"354 more\r\n", Fault.UNKNOWN),
        (b"250" + b"x" * 9000 + b"\r\n", Fault.UNKNOWN),
        (b"", Fault.UNKNOWN),
    ],
)
def test_the_answer_to_the_letter_decides(last: bytes, fault: Fault | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "HANDOVER", 0.5)
    yes = (b"220 hello\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n")
    with scripted(*yes, last) as server:
        carrier = line.Line(server)
        assert outcome(carrier, a_letter()) is fault
        carrier._drop()  # the script has no goodbye


@pytest.mark.parametrize("place", range(4))
def test_a_server_that_falls_silent_before_the_letter_has_been_sent_nothing(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    yes = [b"220 hello\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n"]
    monkeypatch.setattr(line, "TALK", 0.5)
    with scripted(*yes[: place + 1], b"") as server:
        carrier = line.Line(server)
        assert outcome(carrier, a_letter()) in (Fault.AWAY, Fault.LATER)
        carrier._drop()
