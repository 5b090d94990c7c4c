"""One reminder for who has not answered a survey on a page, and none for anybody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fieldwork.asked import EVA, MAIL, answer, ask, ended, house, rows, sent
from tests.fieldwork.office import Office
from tonval.fieldwork import asking, conduct, mailing, optouts, reminders
from tonval.fieldwork.mailing import Ended
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.delivery import State
from tonval.store import tables as t
from tonval.surveys.questionnaire import Channel

__all__ = ["house"]


def deliver(office: Office) -> None:
    """Everything that is due goes out."""
    for message in messages.claim_due(office.field, 100):
        messages.mark_accepted(office.field, message.id, message.attempt, f"SM-{message.id}")
    for letter in mailing.claim_due(office.field, 100):
        mailing.turn_over(office.field, None, letter, f"<{letter.id}@n.example>")
        mailing.turn_over(office.field, Ended(letter, State.ACCEPTED), None)


def reminded(office: Office) -> list[str]:
    """The words of the reminders that were written."""
    return [row.body for row in sent(office) if row.purpose == "reminder"]


@pytest.mark.parametrize(("queue", "words"), [("links", "Hej igen från Nordlys!"), ("letters", "Hej igen!")])
def test_who_has_not_answered_is_reminded_once(house: Office, queue: str, words: str) -> None:
    interview = ask(house, queue)
    deliver(house)
    house.pass_time(days=2, hours=23)
    assert reminders.remind_due(house.field) == 0
    house.pass_time(hours=1)
    assert reminders.remind_due(house.field) == 1
    (body,) = reminded(house)
    assert body.startswith(words)
    assert queue == "letters" or "{link}" in body
    deliver(house)
    house.pass_time(days=3)
    assert reminders.remind_due(house.field) == 0
    assert [row.state for row in sent(house, interview)] == ["accepted", "accepted"]


def test_a_reminder_never_makes_the_link_live_longer(house: Office) -> None:
    interview = ask(house, "links")
    before = rows(house, t.interviews)[0].expires_at
    deliver(house)
    house.pass_time(days=3)
    reminders.remind_due(house.field)
    assert rows(house, t.interviews)[0].expires_at == before
    house.time = before
    conduct.expire_due(house.field)
    assert ended(house, interview) == "expired"


def _answered(office: Office, interview: str) -> None:
    answer(office, interview)


def _wrote(office: Office, interview: str) -> None:
    answer(office, interview)
    answer(office, interview, "why", text="för dyrt")


def _took_back(office: Office, interview: str) -> None:
    answer(office, interview)
    answer(office, interview, code=3)


def _opted_out(office: Office, interview: str) -> None:
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, EVA, Channel.SMS, office.time, "page")


def _blocked(office: Office, interview: str) -> None:
    optouts.block(office.field, EVA, "a letter")


def _undelivered(office: Office, interview: str) -> None:
    (message,) = sent(office, interview)
    messages.status_changed(office.field, "twilio", None, message.id, "undelivered", "gone")


@pytest.mark.parametrize("happened", [_answered, _wrote, _took_back, _opted_out, _blocked, _undelivered])
def test_nobody_is_reminded_after(house: Office, happened: Callable[[Office, str], None]) -> None:
    interview = ask(house, "links")
    deliver(house)
    happened(house, interview)
    house.pass_time(days=3)
    assert reminders.remind_due(house.field) == 1
    house.pass_time(days=3)
    assert reminders.remind_due(house.field) == 0
    assert reminded(house) == []


def test_a_reminder_that_waits_is_not_sent_to_who_answers_meanwhile(house: Office) -> None:
    interview = ask(house, "letters")
    deliver(house)
    house.pass_time(days=3)
    reminders.remind_due(house.field)
    answer(house, interview)
    assert mailing.claim_due(house.field, 10) == ()
    assert [row.state for row in sent(house, interview)] == ["accepted", "failed"]


def test_a_question_that_has_not_gone_out_is_not_followed_by_a_reminder_yet(house: Office) -> None:
    ask(house, "links")
    house.pass_time(days=3)
    assert reminders.remind_due(house.field) == 1
    deliver(house)
    house.pass_time(hours=1)
    assert reminders.remind_due(house.field) == 1
    assert reminded(house) == []
    house.pass_time(days=3)
    reminders.remind_due(house.field)
    assert len(reminded(house)) == 1


def test_nobody_is_reminded_of_a_link_that_closes_within_a_day(house: Office) -> None:
    ask(house, "links")
    deliver(house)
    house.pass_time(days=9, seconds=1)
    assert reminders.remind_due(house.field) == 1
    assert reminded(house) == []


def test_a_reminder_keeps_to_the_allowed_hours(house: Office) -> None:
    ask(house, "nights")
    deliver(house)
    house.pass_time(days=3, hours=13)
    assert reminders.remind_due(house.field) == 1
    assert reminded(house) == []
    house.pass_time(hours=11)
    reminders.remind_due(house.field)
    assert len(reminded(house)) == 1
    house.pass_time(hours=12)
    assert messages.claim_due(house.field, 10) == ()
    assert asking.reopen_closed(house.field) == 1
    house.pass_time(hours=11)
    assert len(messages.claim_due(house.field, 10)) == 1


def test_a_reminder_that_was_held_up_until_the_last_day_is_not_sent(house: Office) -> None:
    ask(house, "nights")
    deliver(house)
    house.pass_time(days=8, hours=2)
    reminders.remind_due(house.field)
    assert len(reminded(house)) == 1
    house.pass_time(hours=12)
    asking.reopen_closed(house.field)
    (reminder,) = [row for row in sent(house) if row.purpose == "reminder"]
    assert reminder.state == "failed"


def test_without_a_mail_server_by_then_no_letter_reminds(house: Office) -> None:
    ask(house, "letters")
    deliver(house)
    house.pass_time(days=3)
    house.field = replace(house.field, mail_from=None)
    assert reminders.remind_due(house.field) == 1
    assert reminded(house) == []


def test_the_way_that_failed_is_not_reminded_of_when_another_is_taken(house: Office) -> None:
    ask(house, "either")
    (message,) = messages.claim_due(house.field, 10)
    messages.mark_failed(house.field, message.id, message.attempt, "The number does not exist.")
    asking.fall_back_due(house.field)
    asking.ask_due(house.field)
    deliver(house)
    house.pass_time(days=3)
    reminders.remind_due(house.field)
    assert [(row.recipient, row.purpose) for row in sent(house)][1:] == [(MAIL, "question"), (MAIL, "reminder")]


def test_a_survey_without_a_reminder_reminds_nobody(house: Office) -> None:
    ask(house, "ticked")
    assert rows(house, t.outbox, t.outbox.c.kind == "remind") == []


def test_many_workers_at_once_remind_each_customer_once(house: Office) -> None:
    for last in range(10, 40):
        ask(house, "links", f"c{last}", phone=f"+467017406{last}", email=None)
    deliver(house)
    house.pass_time(days=3)
    done: list[int] = []
    workers = [threading.Thread(target=lambda: done.append(reminders.remind_due(house.field, 7))) for _ in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while reminders.remind_due(house.field, 7):
        pass
    recipients = [row.recipient for row in sent(house) if row.purpose == "reminder"]
    assert len(recipients) == len(set(recipients)) == 30


def test_a_worker_killed_while_reminding_has_reminded_nobody_yet(
    house: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(house, "links", "a")
    ask(house, "links", "b", phone="+46701740607", email=None)
    deliver(house)
    house.pass_time(days=3)
    with monkeypatch.context() as patched:
        patched.setattr(reminders, "send_to_page", _once(reminders.send_to_page))
        with pytest.raises(KeyboardInterrupt):
            reminders.remind_due(house.field)
    assert reminded(house) == []
    house.pass_time(seconds=timedelta(minutes=2).total_seconds())
    assert reminders.remind_due(house.field) == 2
    assert len(reminded(house)) == 2


def _once(write: Callable[..., None]) -> Callable[..., None]:
    """The same, gone the second time."""
    calls: list[object] = []

    def killed(*arguments: object) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(arguments)
        write(*arguments)

    return killed


def test_a_reminder_that_a_provider_gave_back_is_not_sent_to_who_has_answered_meanwhile(house: Office) -> None:
    interview = ask(house, "links")
    deliver(house)
    house.pass_time(days=3)
    reminders.remind_due(house.field)
    (reminder,) = messages.claim_due(house.field, 10)
    answer(house, interview)
    messages.turn_over(house.field, 0, [messages.Ended(reminder, State.QUEUED, due_at=house.time)])
    assert messages.claim_due(house.field, 10) == ()
    assert sent(house, interview)[-1].state == "failed"


def test_who_is_blocked_for_links_alone_is_sent_no_link_and_no_reminder(house: Office) -> None:
    interview = ask(house, "links")
    with house.field.unit.begin() as tx:
        row = {"pattern": EVA, "channel": "link", "reason": "a letter", "created_at": house.time}
        tx.execute(t.blocklist.insert().values(row))
    assert messages.claim_due(house.field, 10) == ()
    assert sent(house, interview)[0].state == "failed"
