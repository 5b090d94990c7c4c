"""Letters that are due go out once each, and whatever breaks on the way, nobody gets two."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.drivers.smtp import ACCEPT_AND_HANG_UP, ACCEPT_AND_SAY_NOTHING, Mailbox, mail_server
from tests.mail.stage import SENDER, Stage
from tonval.fieldwork import mailing
from tonval.fieldwork.bounces import Bounce, Stop, settle
from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.links import link_for, stop_link_for
from tonval.fieldwork.messaging import due, messages
from tonval.fieldwork.optouts import opt_out
from tonval.mail import line, sender
from tonval.mail.sender import Post, send_batch, settle_doubtful
from tonval.mail.smtp import MailServer
from tonval.mail.smtp import mail_server as read_url


def half() -> float:
    return 0.5


def post_to(mailbox: Mailbox, returns_to: str | None = None) -> Post:
    return Post(read_url(mailbox.url), SENDER, returns_to)


def test_due_letters_go_out_once_each_with_their_customers_own_links(stage: Stage) -> None:
    asked = stage.queue("eva@example.org", "bo@example.org")
    with mail_server() as mailbox:
        assert send_batch(stage.office, post_to(mailbox)) == 2
        assert send_batch(stage.office, post_to(mailbox)) == 0
    assert stage.states() == ["accepted"] * 2
    assert [row.ref for row in stage.rows()] == mailbox.ledger
    for mail, interview in zip(mailbox.mails, asked, strict=True):
        body = mail.get_body(("plain",))
        assert body is not None
        assert link_for(stage.office, interview) in body.get_content()
        assert mail["List-Unsubscribe"] == f"<{stop_link_for(stage.office, interview)}>"


def test_a_letter_claimed_and_not_begun_lapses_and_is_sent_later_by_another(stage: Stage) -> None:
    stage.queue("eva@example.org", "bo@example.org")
    first, second = mailing.claim_due(stage.office, 10)
    assert mailing.turn_over(stage.office, None, first, "<begun@example.com>")  # and then the worker was killed
    with mail_server() as mailbox:
        assert send_batch(stage.office, post_to(mailbox)) == 0
        stage.pass_time(seconds=mailing.LEASE.total_seconds())
        assert send_batch(stage.office, post_to(mailbox)) == 1
    assert [mail["To"] for mail in mailbox.mails] == ["bo@example.org"]
    assert stage.states() == ["sending", "accepted"]
    assert not mailing.turn_over(stage.office, None, second, "<late@example.com>")
    stage.pass_time(minutes=3)
    assert settle_doubtful(stage.office) == 0
    assert stage.states() == ["unknown", "accepted"]
    stage.pass_time(minutes=11)
    assert settle_doubtful(stage.office) == 1
    assert (stage.states(), stage.rows()[0].error) == (["failed", "accepted"], sender.NEVER_ANSWERED)
    assert stage.undelivered() == []


@pytest.mark.parametrize("then", [ACCEPT_AND_HANG_UP, ACCEPT_AND_SAY_NOTHING])
def test_a_letter_in_doubt_is_never_sent_again_and_the_others_go_on(
    stage: Stage, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "HANDOVER", 0.3)
    stage.queue("eva@example.org", "bo@example.org")
    with mail_server() as mailbox:
        mailbox.plan = [then]
        assert send_batch(stage.office, post_to(mailbox)) == 2
        assert stage.states() == ["unknown", "accepted"]
        for _ in range(30):
            stage.pass_time(hours=1)
            settle_doubtful(stage.office)
            send_batch(stage.office, post_to(mailbox))
    assert [mail["To"] for mail in mailbox.mails] == ["eva@example.org", "bo@example.org"]
    assert stage.states() == ["failed", "accepted"]


def test_a_refusal_for_good_fails_with_a_sentence_and_has_another_way_tried(stage: Stage) -> None:
    (eva,) = stage.queue("eva@example.org")
    with mail_server() as mailbox:
        mailbox.recipients = {"eva@example.org": "550 5.1.1 no such user"}
        send_batch(stage.office, post_to(mailbox))
    assert stage.states() == ["failed"]
    assert "550 5.1.1 no such user" in stage.rows()[0].error
    assert stage.undelivered() == [eva]
    assert "undelivered" in stage.rung


def test_what_is_refused_for_now_is_tried_again_for_about_a_day(stage: Stage) -> None:
    (eva,) = stage.queue("eva@example.org")
    began, tries = stage.time, []
    with mail_server() as mailbox:
        mailbox.recipients = {"eva@example.org": "451 4.3.0 try later"}
        while stage.states() == ["queued"]:
            stage.time = max(stage.time, stage.rows()[0].due_at)
            tries.append(stage.time)
            send_batch(stage.office, post_to(mailbox), jitter=half)
    assert len(tries) == sender.TRIES
    assert timedelta(hours=20) < stage.time - began < timedelta(hours=28)
    assert stage.states() == ["failed"]
    assert stage.rows()[0].error.startswith("It was tried 30 times")
    assert stage.undelivered() == [eva]


def test_a_server_that_is_away_is_asked_once_for_all_letters_and_they_wait(stage: Stage) -> None:
    stage.queue(*(f"c{number}@example.org" for number in range(5)))
    away = Post(MailServer("127.0.0.1", 1), SENDER)
    assert send_batch(stage.office, away, jitter=half) == 5
    assert stage.states() == ["queued"] * 5
    assert [row.attempts for row in stage.rows()] == [1] * 5
    assert {row.due_at - stage.time for row in stage.rows()} == {sender.FIRST_WAIT}
    assert all("cannot be reached" in row.error for row in stage.rows())
    stage.pass_time(minutes=1)
    with mail_server() as mailbox:
        assert send_batch(stage.office, post_to(mailbox)) == 5
    assert stage.states() == ["accepted"] * 5
    assert [row.error for row in stage.rows()] == [None] * 5


def test_a_server_that_is_away_is_not_asked_again_for_each_batch(stage: Stage) -> None:
    stage.queue(*(f"c{number}@example.org" for number in range(5)))
    assert send_batch(stage.office, Post(MailServer("127.0.0.1", 1), SENDER), limit=2) == 2
    assert [row.attempts for row in stage.rows()] == [1, 1, 0, 0, 0]
    with mail_server() as mailbox:
        assert send_batch(stage.office, post_to(mailbox)) == 0
        stage.pass_time(seconds=20)
        assert send_batch(stage.office, post_to(mailbox)) == 5
    assert stage.states() == ["accepted"] * 5


def test_an_address_that_is_none_fails_alone(stage: Stage) -> None:
    stage.queue("eva..x@example.org", "bo@example.org")
    with mail_server() as mailbox:
        send_batch(stage.office, post_to(mailbox))
    assert stage.states() == ["failed", "accepted"]
    assert stage.rows()[0].error == sender.NO_ADDRESS


def test_letters_go_out_in_their_allowed_hours_alone(stage: Stage) -> None:
    opens: datetime = stage.time + timedelta(hours=1)
    stage.queue("eva@example.org", allowed=Window(opens, opens + timedelta(hours=2)))
    with mail_server() as mailbox:
        assert send_batch(stage.office, post_to(mailbox)) == 0
        stage.pass_time(hours=4)
        assert send_batch(stage.office, post_to(mailbox)) == 0
        with stage.office.unit.read() as tx:
            assert len(due.closed_due(tx, stage.time, 10)) == 1
        stage.pass_time(hours=-2)
        assert send_batch(stage.office, post_to(mailbox)) == 1


def test_hours_that_end_between_claim_and_sending_are_kept(stage: Stage) -> None:
    stage.queue("eva@example.org", allowed=Window(stage.time, stage.time + timedelta(seconds=30)))
    (letter,) = mailing.claim_due(stage.office, 10)
    stage.pass_time(seconds=31)
    assert not mailing.turn_over(stage.office, None, letter, "<late@example.com>")


def test_who_opted_out_of_mail_since_gets_none_and_sms_is_another_thing(stage: Stage) -> None:
    stage.queue("eva@example.org", "bo@example.org")
    with stage.office.unit.begin() as tx:
        opt_out(tx, "eva@example.org", "email", stage.time, "page")
        opt_out(tx, "bo@example.org", "sms", stage.time, "page")
    with mail_server() as mailbox:
        send_batch(stage.office, post_to(mailbox))
    assert [mail["To"] for mail in mailbox.mails] == ["bo@example.org"]


def test_letters_and_text_messages_are_claimed_by_their_own_senders(stage: Stage) -> None:
    stage.queue("eva@example.org")
    assert messages.claim_due(stage.office, 10) == ()
    with stage.office.unit.read() as tx:
        assert not messages.has_due(tx, stage.time)


def test_a_hard_bounce_has_another_way_tried_and_a_soft_one_is_noted(stage: Stage) -> None:
    eva, _ = stage.queue("eva@example.org", "bo@example.org")
    with mail_server() as mailbox:
        send_batch(stage.office, post_to(mailbox))
    hard = Bounce(mailbox.ledger[0], "eva@example.org", "5.1.1", True, "There is no such mailbox.")
    soft = Bounce(mailbox.ledger[1], "bo@example.org", "4.2.2", False, "The mailbox is full.")
    assert [settle(stage.office, each) for each in (hard, soft, hard, soft)] == [True] * 4
    assert stage.states() == ["undelivered", "accepted"]
    assert [row.error for row in stage.rows()] == [
        "There is no such mailbox.",
        "Still on its way: The mailbox is full.",
    ]
    assert stage.undelivered() == [eva]


def test_a_bounce_tells_what_became_of_a_letter_in_doubt(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "HANDOVER", 0.3)
    eva, _ = stage.queue("eva@example.org", "bo@example.org")
    with mail_server() as mailbox:
        mailbox.plan = [ACCEPT_AND_HANG_UP, ACCEPT_AND_HANG_UP]
        send_batch(stage.office, post_to(mailbox))
    settle(stage.office, Bounce(mailbox.ledger[0], "", "5.1.1", True, "There is no such mailbox."))
    settle(stage.office, Bounce(mailbox.ledger[1], "", "4.2.2", False, "The mailbox is full."))
    assert stage.states() == ["undelivered", "accepted"]
    assert stage.undelivered() == [eva]


def test_a_bounce_about_nothing_of_ours_changes_nothing(stage: Stage) -> None:
    stage.queue("eva@example.org")
    with mail_server() as mailbox:
        send_batch(stage.office, post_to(mailbox))
    assert not settle(stage.office, Bounce("<guess@nordlys.example>", "eva@example.org", "5.1.1", True, "No."))
    assert stage.states() == ["accepted"]


def test_a_wish_by_mail_is_an_opt_out_of_mail(stage: Stage) -> None:
    stage.queue("eva@example.org")
    with mail_server() as mailbox:
        send_batch(stage.office, post_to(mailbox, "returns@nordlys.example"))
    ours = mailbox.ledger[0][1:-1]
    assert (
        f"<mailto:returns@nordlys.example?subject=stop%20{ours.replace('@', '%40')}>"
        in mailbox.mails[0]["List-Unsubscribe"]
    )
    assert mailbox.envelopes[0][0] == "returns@nordlys.example"
    assert settle(stage.office, Stop(mailbox.ledger[0]))
    pair = ("eva@example.org", "email")
    with stage.office.unit.read() as tx:
        assert pair in refused(tx, {pair})
