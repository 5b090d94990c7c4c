"""Surveys by link and by letter: what is sent and stored, which way is taken, and what ends them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.fieldwork.asked import EVA, MAIL, OURS, answer, ask, by_mail, ended, house, rows, sent
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tonval.fieldwork import asking, conduct, invitations, links, mailing, optouts, sending
from tonval.fieldwork.centre import Caps
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.respondents import Customer
from tonval.sms import inbound, sender
from tonval.sms.providers import Accepted, Outcome
from tonval.sms.segments import measure
from tonval.store import tables as t
from tonval.surveys.questionnaire import Channel

__all__ = ["house"]


class Network:
    """Takes every message, and remembers its text."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, batch: Sequence[messages.Outgoing]) -> Sequence[Outcome]:
        self.taken += [message.body for message in batch]
        return [Accepted(f"SM-{message.id}") for message in batch]

    def heard(self, number: str, since: object) -> tuple[()]:
        del number, since
        return ()

    def find(self, message: messages.Outgoing, since: object) -> tuple[()]:
        self.taken.append(message.body)
        return ()


def stop(office: Office, phone: str = EVA) -> None:
    inbound.receive(
        office.field,
        provider="twilio",
        ref=f"MO-{office.time}",
        sender=phone,
        recipient=OURS,
        body="STOPP",
        at=office.time,
    )


def test_a_link_is_stored_without_its_token_and_handed_over_with_it(house: Office) -> None:
    interview = ask(house, "links")
    (message,) = sent(house)
    assert (message.channel, message.purpose, message.recipient, message.interview) == (
        "sms",
        "question",
        EVA,
        interview,
    )
    assert message.body == ("Hej från Nordlys! Hur gick det? Svara här: {link} STOPP om du inte vill ha fler frågor.")
    network = Network()
    sender.send_batch(house.field, {"twilio": network})
    link = links.link_for(house.field, interview)
    assert network.taken == [message.body.replace("{link}", link)]
    assert message.segments == measure(network.taken[0]).segments
    with house.field.unit.read() as tx:
        assert links.interview_behind(tx, house.field, "survey", link.rpartition("/")[2]) == interview


def test_a_doubtful_link_is_looked_for_by_the_text_that_went_out(house: Office) -> None:
    interview = ask(house, "links")
    (message,) = messages.claim_due(house.field, 10)
    messages.mark_unknown(house.field, message.id, message.attempt)
    house.pass_time(seconds=10)
    network = Network()
    sender.resolve(house.field, {"twilio": network})
    assert links.link_for(house.field, interview) in network.taken[0]


def test_a_text_without_a_place_for_the_link_gets_it_at_its_end(house: Office) -> None:
    interview = ask(house, "sales")
    (question,) = sent(house, interview)
    messages.status_changed(house.field, "twilio", None, question.id, "undelivered", "gone")
    asking.fall_back_due(house.field)
    asking.ask_due(house.field)
    *_, linked = sent(house)
    assert linked.body == "Svara, Eva {link}"
    assert linked.segments == measure(f"Svara, Eva https://www.example.com/survey#{'x' * 22}").segments


def test_a_letter_is_stored_with_the_bare_address_it_comes_from(house: Office) -> None:
    interview = ask(house, "letters")
    (letter,) = sent(house)
    assert (letter.channel, letter.provider, letter.sender, letter.recipient, letter.segments) == (
        "email",
        "smtp",
        "care@nordlys.example",
        MAIL,
        0,
    )
    assert letter.subject == "Hur gick det?"
    assert "Nordlys" in letter.body
    assert {"message", "letter"} <= set(house.rung)
    (claimed,) = mailing.claim_due(house.field, 10)
    assert claimed.interview == interview


def test_every_survey_on_a_page_has_one_link_to_it_and_one_to_stop(house: Office) -> None:
    interview = ask(house, "billing")
    assert [(row.purpose, row.interview) for row in sorted(_links(house), key=lambda row: row.purpose)] == [
        ("stop", interview),
        ("survey", interview),
    ]
    expiry = {row.purpose: row.expires_at for row in _links(house)}
    assert expiry == {"stop": None, "survey": house.time + timedelta(days=10)}
    (row,) = rows(house, t.interviews)
    assert (row.expires_at, row.thread, row.channel) == (expiry["survey"], None, "email")


def _links(office: Office) -> list[Any]:
    with office.field.unit.read() as tx:
        return list(tx.execute(select(t.links)))


def test_without_a_mail_server_who_prefers_mail_gets_the_link_by_sms(house: Office) -> None:
    house.field = replace(house.field, mail_from=None)
    ask(house, "billing")
    assert [by_mail(row) for row in sent(house)] == [False]


def test_without_a_mail_server_and_another_way_nobody_is_asked_and_the_reason_is_told(house: Office) -> None:
    house.field = replace(house.field, mail_from=None)
    assert ask(house, "letters") == ""
    told = invitations.reported(house.field, "call", "a")
    assert (told["disposition"], told["decision"]["rule"]) == ("suppressed", "survey_off")
    assert "mail server" in told["decision"]["detail"]


def test_a_survey_whose_questions_no_sms_can_carry_goes_out_as_a_link(house: Office) -> None:
    ask(house, "ticked")
    (row,) = rows(house, t.interviews)
    assert row.channel == "link"


def test_several_surveys_on_pages_may_be_open_with_one_customer(house: Office) -> None:
    first, second = ask(house, "links", "a"), ask(house, "links", "b")
    assert first and second and ended(house, first) is ended(house, second) is None


def test_stop_ends_every_link_that_is_open_at_the_number_and_no_letter(house: Office) -> None:
    linked, again, letter = ask(house, "links", "a"), ask(house, "links", "b"), ask(house, "letters", "c")
    other = ask(house, "links", "d", phone="+46701740607", email=None)
    answer(house, again)
    stop(house)
    assert [ended(house, each) for each in (linked, again, letter, other)] == ["refused", "refused", None, None]
    assert messages.claim_due(house.field, 10)[0].recipient != EVA
    assert [row.state for row in sent(house, linked)] == ["failed"]


def test_a_link_that_cannot_be_delivered_gives_way_to_a_letter(house: Office) -> None:
    linked = ask(house, "either")
    (message,) = messages.claim_due(house.field, 10)
    messages.mark_failed(house.field, message.id, message.attempt, "The number does not exist.")
    asking.fall_back_due(house.field)
    asking.ask_due(house.field)
    (letter,) = mailing.claim_due(house.field, 10)
    assert (letter.recipient, ended(house, linked)) == (MAIL, "expired")
    assert invitations.reported(house.field, "call", "a")["disposition"] == "pending"


def test_a_customer_who_has_written_on_the_page_got_her_link_whatever_the_network_says(house: Office) -> None:
    linked = ask(house, "either")
    (message,) = messages.claim_due(house.field, 10)
    answer(house, linked)
    messages.status_changed(house.field, "twilio", None, message.id, "undelivered", "gone")
    asking.fall_back_due(house.field)
    assert asking.ask_due(house.field) == 0
    assert ended(house, linked) is None


def test_a_link_that_nobody_follows_expires_with_its_interview(house: Office) -> None:
    linked = ask(house, "links")
    house.pass_time(days=10)
    assert conduct.expire_due(house.field) == 1
    assert ended(house, linked) == "expired"
    with house.field.unit.read() as tx:
        token = links.token_of(house.field.link_key, "survey", linked)
        assert links.interview_behind(tx, house.field, "survey", token) is None


def test_links_wait_for_the_allowed_hours(house: Office) -> None:
    house.time = house.time.replace(hour=22)
    assert ask(house, "nights") == ""
    house.pass_time(hours=10)
    asking.ask_due(house.field)
    assert len(messages.claim_due(house.field, 10)) == 1


def test_a_queue_that_names_no_survey_asks_the_general_one(house: Office) -> None:
    (row,) = rows(house, t.interviews, t.interviews.c.id == ask(house, "links"))
    assert row.survey == "care"


def test_a_queue_without_a_survey_asks_nobody_and_says_so(house: Office) -> None:
    decision = decide(house, "a", queue="open", customer=Customer(phone=EVA))
    assert (decision["rule"], decision["detail"]) == (
        "survey_off",
        "no survey has been chosen for the queue open yet",
    )


def test_a_caller_in_a_queue_without_a_survey_is_thanked(house: Office) -> None:
    turn = conduct.begin_call(house.field, conduct.Call("sip", "1", "open", caller=EVA))
    assert turn.wait is None and turn.says[0].slot == "goodbye"


def test_the_caps_of_a_channel_count_links_and_letters_apart(house: Office) -> None:
    caps = Caps(person=timedelta(0), channel=timedelta(days=5))
    queues = {name: replace(queue, caps=caps) for name, queue in house.field.centre.queues.items()}
    house.field = replace(house.field, centre=replace(house.field.centre, queues=queues))
    assert ask(house, "links", "a")
    assert ask(house, "letters", "b")
    assert decide(house, "c", queue="links", customer=Customer(phone=EVA))["rule"] == "frequency_cap"


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.EMAIL])
def test_who_opted_out_since_is_asked_neither_by_link_nor_by_letter(house: Office, channel: Channel) -> None:
    queue, address = ("links", EVA) if channel == Channel.SMS else ("letters", MAIL)
    interview = ask(house, queue)
    with house.field.unit.begin() as tx:
        optouts.opt_out(tx, address, channel, house.time, "page")
    assert messages.claim_due(house.field, 10) == mailing.claim_due(house.field, 10) == ()
    asking.fall_back_due(house.field)
    assert ended(house, interview) == "refused"


def test_fifty_threads_at_once_send_each_customer_one_link_or_one_letter(house: Office) -> None:
    for last in range(10, 60):
        phone, email = f"+467017406{last}", f"c{last}@example.com" if last % 2 else None
        decide(house, f"c{last}", queue="billing", customer=Customer(phone=phone, email=email, language="sv"))
    network, lock, letters = Network(), threading.Lock(), []

    def work() -> None:
        asking.ask_due(house.field, 3)
        sender.send_batch(house.field, {"twilio": network}, 3)
        claimed = mailing.claim_due(house.field, 3)
        with lock:
            letters.extend(letter.recipient for letter in claimed)

    for _ in range(2):
        workers = [threading.Thread(target=work) for _ in range(50)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    while asking.ask_due(house.field) or sender.send_batch(house.field, {"twilio": network}):
        pass
    letters += [letter.recipient for letter in mailing.claim_due(house.field, 100)]
    assert len(network.taken) == len(set(network.taken)) == 25
    assert sorted(letters) == sorted({f"c{last}@example.com" for last in range(11, 60, 2)})


def test_a_worker_that_is_killed_while_asking_has_asked_nobody(house: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(house, "a", queue="links", customer=Customer(phone=EVA))
    with monkeypatch.context() as patched:
        patched.setattr(sending, "send_to_page", _killed)
        with pytest.raises(KeyboardInterrupt):
            asking.ask_due(house.field)
    assert (rows(house, t.interviews), sent(house), _links(house)) == ([], [], [])
    house.pass_time(minutes=2)
    assert asking.ask_due(house.field) == 1
    assert len(sent(house)) == 1


def _killed(*arguments: object) -> None:
    raise KeyboardInterrupt
