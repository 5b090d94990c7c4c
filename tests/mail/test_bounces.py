"""What comes back is read for what it is: bounces, stays of people, and mails made to do harm."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.mail import returned
from tests.mail.returned import EVA, OURS, report
from tonval.fieldwork.bounces import Bounce, Stop
from tonval.mail.bounces import read_returned


def nested(levels: int) -> bytes:
    """Mails within mails."""
    heads = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(levels)]
    return "".join(heads).encode() + f"Message-ID: {OURS}\n\n550 5.1.1".encode()


BOUNCES = {
    "no such mailbox": (report("failed", "5.1.1", "550 user unknown"), "5.1.1", True, "There is no such mailbox."),
    "a full mailbox": (report("failed", "5.2.2"), "5.2.2", True, "The mailbox is full."),
    "tried for days": (report("failed", "4.4.7"), "4.4.7", True, "The customer's mail server took too long."),
    "still trying": (report("delayed", "4.4.1"), "4.4.1", False, "The customer's mail server does not answer."),
    "an unknown reason": (
        report("failed", "5.9.9", "599 the stars\tare wrong"),
        "5.9.9",
        True,
        "The customer's mail server sent it back: 599 the stars are wrong",
    ),
    "no status at all": (report("failed", ""), "5.0.0", True, "The customer's mail server sent it back."),
    "Exim without a report": (returned.EXIM, "5.1.1", True, "There is no such mailbox."),
    "qmail": (returned.QMAIL, "5.1.1", True, "There is no such mailbox."),
}


@pytest.mark.parametrize(("raw", "status", "hard", "sentence"), BOUNCES.values(), ids=BOUNCES)
def test_a_bounce_names_our_letter_its_reader_and_why(raw: bytes, status: str, hard: bool, sentence: str) -> None:
    assert read_returned(raw) == Bounce(OURS, EVA, status, hard, sentence)
    assert read_returned(raw.replace(b"\n", b"\r\n")) == Bounce(OURS, EVA, status, hard, sentence)


def test_a_bounce_that_gives_no_reason_is_only_noted() -> None:
    bounce = read_returned(returned.WITHOUT_REASON)
    assert isinstance(bounce, Bounce)
    assert (bounce.message_id, bounce.hard) == (OURS, False)


NO_BOUNCES = {
    "a holiday notice": returned.HOLIDAY,
    "an answer by a person": returned.ANSWER,
    "a receipt that it was read": returned.READ,
    "a report that it arrived": report("delivered", "2.0.0"),
    "a report that it was passed on": report("relayed", "2.0.0"),
    "a report about nothing": report("failed", "5.1.1").replace(OURS.encode(), b""),
    "nothing": b"",
    "no mail": b"\x00\xff\xfe" * 100,
}


@pytest.mark.parametrize("raw", NO_BOUNCES.values(), ids=NO_BOUNCES)
def test_what_is_no_bounce_is_none(raw: bytes) -> None:
    assert read_returned(raw) is None


def test_the_first_recipient_whom_the_letter_did_not_reach_is_told() -> None:
    two = report("delivered", "2.0.0").replace(
        b"\n--b/1\nContent-Type: text/rfc822-headers",
        b"\nFinal-Recipient: rfc822; bo@customer.example\nAction: failed\nStatus: 5.1.1\n"
        b"\n--b/1\nContent-Type: text/rfc822-headers",
    )
    assert read_returned(two) == Bounce(OURS, "bo@customer.example", "5.1.1", True, "There is no such mailbox.")


def test_a_wish_to_be_left_alone_is_known_by_its_subject() -> None:
    assert read_returned(returned.STOP) == Stop(OURS)


@pytest.mark.parametrize("levels", [20, 400, 5000])
def test_mails_within_mails_are_nobodys_bounce_however_deep(levels: int) -> None:
    assert read_returned(nested(levels)) is None


@pytest.mark.parametrize("filler", [b"a", b"<", b"5.", b"Message-ID: ", b"--b/1\n", b"@", b"\n"])
def test_a_mail_of_a_million_letters_that_tells_nothing_is_nobodys_bounce(filler: bytes) -> None:
    head = b"From: mailer-daemon@x.example\nContent-Type: text/plain\n\n"
    assert read_returned(head + filler * (1_000_000 // len(filler)) + f"\nMessage-ID: {OURS}\n".encode()) is None


@given(st.binary(max_size=400), st.integers(0, 1200), st.integers(0, 60))
@example(b"Content-Type: multipart/report; boundary=\n\n--\n", 0, 0)
@settings(max_examples=300, deadline=None)
def test_a_report_with_anything_written_over_it_never_raises(noise: bytes, place: int, kept: int) -> None:
    raw = report("failed", "5.1.1", "550 no")
    read_returned(raw[:place] + noise + raw[place + kept :])
