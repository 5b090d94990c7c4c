"""From a poor answer to an alert and a mail, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from babel.support import NullTranslations
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from tests.followup.conftest import Office
from tonval.fieldwork.field import Field
from tonval.followup import alerts, post
from tonval.followup.notices import Notice
from tonval.followup.post import NotSent
from tonval.followup.queries import count_alerts, list_alerts
from tonval.store import outbox as outboxes
from tonval.store.tables import alerts as alerts_table
from tonval.store.tables import interviews, outbox, users
from tonval.translations import telling

BAD_NPS = ("recommend", "nps", 3)
BAD_NKI = ("helped", "nki", 1)
ROOT = ("root", "admin", "", "root@example.org")
EVA = ("eva", "supervisor", "se/sthlm", "eva@example.org")


WORDS = {
    "Queue": "Kö",
    "Question": "Fråga",
    "Score": "Betyg",
    "Comment": "Kommentar",
    "When": "När",
    "Low score: %(score)s for %(agent)s (%(queue)s)": "Lågt betyg: %(score)s till %(agent)s (%(queue)s)",
}


class Swedish(NullTranslations):
    """A catalog of the few words that an alert has."""

    def ugettext(self, message: str) -> str:
        return WORDS.get(message, message)


def apply(office: Office, mail_from: str | None = "tonval@example.com") -> int:
    return alerts.apply_due(office.field, mail_from=mail_from)


def mail(office: Office, send: post.Send) -> int:
    return post.mail_due(office.field, send, link=lambda interview: f"https://desk.example/{interview}")


def rows(office: Office, table: Any) -> list[Any]:
    with office.field.unit.read() as tx:
        return list(tx.execute(select(table)))


def mails_to(office: Office) -> list[str]:
    return [row.payload["to"] for row in rows(office, outbox) if row.kind == "mail"]


def test_a_poor_answer_makes_one_alert_and_one_mail_however_often_it_is_looked_at(office: Office) -> None:
    talk = office.talk(BAD_NPS, comment="För långsamt")
    office.note_end(talk)
    assert apply(office) == 1
    assert apply(office) == 0
    sent: list[Notice] = []
    assert mail(office, sent.append) == 1
    assert mail(office, sent.append) == 0
    assert len(rows(office, alerts_table)) == 1
    (notice,) = sent
    assert notice.subject == "Low score: 3 of 10 for Anna (sales)"
    assert dict(notice.facts)["Question"] == "Rekommenderar du oss?"
    assert dict(notice.facts)["Comment"] == "För långsamt"
    assert notice.link == f"https://desk.example/{talk.id}"


def test_a_good_answer_makes_nothing(office: Office) -> None:
    office.talk(("recommend", "nps", 9))
    assert apply(office) == 1
    assert rows(office, alerts_table) == []
    assert mails_to(office) == []


@pytest.mark.parametrize(
    ("first", "corrections", "raised"),
    [(1, [5], []), (5, [1], [1]), (1, [2, 1], [1]), (1, [None], []), (5, [None, 2], [2])],
)
def test_the_answer_that_stands_decides_once(
    office: Office, first: int, corrections: list[int | None], raised: list[int]
) -> None:
    talk = office.giver.interview(queue="sales", unit="se/sthlm", channel="link")
    talk.answer(first)
    for value in corrections:
        if value is None:
            talk.take_back()
        elif talk.state.answers:
            talk.correct(value)
        else:
            talk.answer(value)
    talk.end()
    for _ in range(2):
        office.note_end(talk)
        apply(office)
    assert [row.value for row in rows(office, alerts_table)] == raised
    assert len(mails_to(office)) == len(raised)


def test_only_words_that_stand_are_mailed(office: Office) -> None:
    talk = office.giver.interview(queue="sales", unit="se/sthlm", channel="link")
    talk.answer(1)
    talk.comment("Sämst")
    talk.uncomment()
    talk.comment("Det tog tid")
    talk.end()
    office.note_end(talk)
    apply(office)
    sent: list[Notice] = []
    mail(office, sent.append)
    assert [value for label, value in sent[0].facts if label == "Comment"] == ["Det tog tid"]


def test_an_interview_looked_at_again_after_a_crash_keeps_its_one_alert(office: Office) -> None:
    office.talk(BAD_NPS)
    with office.field.unit.begin() as tx:
        outboxes.claim(tx, "follow_up", office.field.now(), 1, "att_lost")
    assert apply(office) == 0
    office.later(outboxes.LEASE)
    assert apply(office) == 1
    assert len(rows(office, alerts_table)) == 1
    assert len(mails_to(office)) == 1


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ([], ["tonval@example.com"]),
        ([ROOT], ["root@example.org"]),
        ([ROOT, ("eva", "supervisor", "se", "eva@example.org")], ["eva@example.org"]),
        ([EVA, ("bo", "supervisor", "", "bo@example.org")], ["bo@example.org", "eva@example.org"]),
        ([("eva", "supervisor", "se/sth", "eva@example.org")], ["tonval@example.com"]),
        ([("eva", "supervisor", "se/sthlm/north", "eva@example.org")], ["tonval@example.com"]),
        ([("eva", "supervisor", "se", None), ("ann", "agent", "se", "ann@example.org")], ["tonval@example.com"]),
    ],
)
def test_the_supervisors_of_the_unit_are_told_else_the_admins_else_the_house(
    office: Office, people: list[tuple[str, str, str, str | None]], told: list[str]
) -> None:
    for person in people:
        office.user(*person)
    office.talk(BAD_NPS)
    apply(office)
    assert mails_to(office) == told


def test_without_a_mail_server_the_alert_is_on_the_desk_only(office: Office) -> None:
    office.talk(BAD_NPS)
    apply(office, mail_from=None)
    assert len(rows(office, alerts_table)) == 1
    assert mails_to(office) == []


def test_demo_answers_mail_nobody(office: Office) -> None:
    talk = office.talk(BAD_NPS)
    with office.field.unit.begin() as tx:
        tx.execute(update(interviews).where(interviews.c.id == talk.id).values(demo=True))
    apply(office)
    assert len(rows(office, alerts_table)) == 1
    assert mails_to(office) == []


def test_a_mail_server_that_is_away_delays_the_mail_and_loses_none(office: Office) -> None:
    office.talk(BAD_NPS)
    apply(office)
    sent: list[Notice] = []
    plan = [NotSent("away", retryable=True)] * 3

    def send(notice: Notice) -> None:
        if plan:
            raise plan.pop()
        sent.append(notice)

    for wait in (0, 15, 30):
        office.later(timedelta(seconds=wait))
        assert mail(office, send) == 1
        assert mail(office, send) == 0
    assert sent == []
    office.later(timedelta(seconds=60))
    assert mail(office, send) == 1
    assert len(sent) == 1


def test_a_refused_mail_is_given_up_and_the_desk_says_why(office: Office) -> None:
    office.talk(BAD_NPS)
    apply(office)

    def refuse(notice: Notice) -> None:
        raise NotSent("the mail server refused: 550 no such user", retryable=False)

    assert mail(office, refuse) == 1
    office.later(timedelta(days=2))
    assert mail(office, refuse) == 0
    with office.field.unit.read() as tx:
        (alert,) = list_alerts(tx, units=None)
    assert (alert.mail, alert.mail_detail) == ("failed", "the mail server refused: 550 no such user")


def test_a_fault_of_ours_delays_one_mail_and_not_the_next(office: Office) -> None:
    for agent in ("anna", "bo"):
        office.talk(BAD_NPS, agent=agent)
    apply(office)
    sent: list[str] = []

    def send(notice: Notice) -> None:
        if "Anna" in notice.subject:
            raise RuntimeError("a fault")
        sent.append(notice.subject)

    assert mail(office, send) == 2
    assert sent == ["Low score: 3 of 10 for bo (sales)"]


def test_a_mail_is_given_up_after_about_a_day() -> None:
    waited = sum((post.wait_after(attempt) for attempt in range(1, post.TRIES)), timedelta())
    assert timedelta(hours=20) < waited < timedelta(hours=28)


def test_no_telephone_number_is_mailed(office: Office) -> None:
    office.talk(BAD_NPS, comment="Ring mig på +46 70 174 06 06 eller 0701-740 606, helst 9-12")
    apply(office)
    sent: list[Notice] = []
    mail(office, sent.append)
    assert dict(sent[0].facts)["Comment"] == "Ring mig på [phone number] eller [phone number], helst 9-12"


@pytest.mark.parametrize(
    ("chosen", "by_default", "said"),
    [
        ("sv", "en", {"Agent", "Kö", "Fråga", "Betyg", "Kommentar", "När"}),
        ("en", "sv", {"Agent", "Queue", "Question", "Score", "Comment", "When"}),
        (None, "sv", {"Agent", "Kö", "Fråga", "Betyg", "Kommentar", "När"}),
        (None, "en", {"Agent", "Queue", "Question", "Score", "Comment", "When"}),
    ],
)
def test_an_alert_is_told_in_its_readers_language(
    office: Office, chosen: str | None, by_default: str, said: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "catalog", lambda language: Swedish() if language == "sv" else NullTranslations())
    here = replace(office.field, centre=replace(office.field.centre, staff_language=by_default))
    office.user(*EVA)
    with office.field.unit.begin() as tx:
        tx.execute(update(users).values(language=chosen))
    office.talk(BAD_NPS, comment="Hm")
    apply(office)
    sent: list[Notice] = []
    post.mail_due(here, sent.append, link=str)
    assert {label for label, _ in sent[0].facts} == said
    subject, month = ("Lågt betyg", "22 november 2026 ") if "Kö" in said else ("Low score", "22 November 2026 ")
    assert sent[0].subject.startswith(subject)
    assert sent[0].facts[-1][1].startswith(month)


@pytest.mark.parametrize(
    ("zone", "language", "when"),
    [
        ("Europe/Stockholm", "sv", "22 november 2026 13:01 CET"),
        ("America/Chicago", "en", "22 November 2026 06:01 CST"),
        ("Pacific/Auckland", "et", "23. november 2026 01:01 NZDT"),
        ("UTC", "es", "22 de noviembre de 2026 12:01 UTC"),
    ],
)
def test_an_alert_tells_the_time_by_the_clock_of_the_centre(
    office: Office, zone: str, language: str, when: str
) -> None:
    here = replace(office.field, centre=replace(office.field.centre, zone=zone, staff_language=language))
    office.user(*EVA)
    office.talk(BAD_NKI)
    apply(office)
    sent: list[Notice] = []
    post.mail_due(here, sent.append, link=str)
    assert sent[0].facts[-1][1] == when


def test_the_desk_sees_its_own_units_newest_first(office: Office) -> None:
    office.giver.agent("bo")
    first = office.talk(BAD_NPS, comment="Hm")
    office.talk(BAD_NKI, agent="bo", unit="se/gbg")
    apply(office, mail_from=None)
    office.later(timedelta(minutes=1))
    last = office.talk(BAD_NKI)
    apply(office, mail_from=None)
    with office.field.unit.read() as tx:
        mine = list_alerts(tx, units=["se/sthlm"])
        assert [(row.interview, row.value, row.highest) for row in mine] == [(last.id, 1, 5), (first.id, 3, 10)]
        assert (mine[1].agent_name, mine[1].comment, mine[1].mail) == ("Anna", "Hm", "none")
        assert list_alerts(tx, units=[]) == []
        assert [row.agent for row in list_alerts(tx, units=None, agent="bo")] == ["bo"]
        assert len(list_alerts(tx, units=["se"], before=mine[0].created_at)) == 2
        assert count_alerts(tx, units=["se"]) == 3
        assert count_alerts(tx, units=["se/gbg"], since=mine[0].created_at) == 0


def test_an_alert_that_was_erased_is_mailed_to_nobody(office: Office) -> None:
    office.talk(BAD_NPS)
    apply(office)
    field: Field = office.field
    with field.unit.begin() as tx:
        tx.execute(alerts_table.delete())
    sent: list[Notice] = []
    assert mail(office, sent.append) == 1
    assert sent == []


def test_a_database_that_stumbles_after_the_mail_went_out_does_not_send_it_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.talk(BAD_NPS)
    apply(office)
    really, stumbles = outboxes.done, [OperationalError("UPDATE", {}, Exception("away"))]

    def done(tx: Any, ids: Any) -> None:
        if stumbles:
            raise stumbles.pop()
        really(tx, ids)

    monkeypatch.setattr(outboxes, "done", done)
    sent: list[Notice] = []
    assert mail(office, sent.append) == 1
    office.later(timedelta(days=1))
    assert mail(office, sent.append) == 0
    assert len(sent) == 1
