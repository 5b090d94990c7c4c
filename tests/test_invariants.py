"""The check that follows every test finds each way in which a ledger can be out of order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, update

from tests.invariants import BROKEN, faults_of
from tests.stats.giving import NOON
from tonval.fieldwork.links import LENGTH, digest_of
from tonval.store.tables import interactions, interviews, invitations, links, messages
from tonval.store.unit import Unit, open_unit

PLACE = {"queue": "q", "agent": "anna"}
INVITATION = {**PLACE, "channel": "sms", "survey": "s", "due_at": NOON, "created_at": NOON}
INTERVIEW = {**PLACE, "survey": "s", "version": 1, "channel": "sms", "unit": "", "language": "sv", "state": {}}
INTERVIEW |= {"seq": 0, "answered": 0, "started_at": NOON}

TOKEN = "a" * LENGTH
MESSAGE = {"direction": "out", "provider": "console", "sender": "+46701740605", "recipient": "+46701740606"}
MESSAGE |= {"segments": 1, "interview": "itv_0", "state": "sent"}
MESSAGE |= dict.fromkeys(("due_at", "created_at", "changed_at"), NOON)


@pytest.fixture
def wrong(database_url: str) -> Iterator[Unit]:
    """A database that may be left in disorder."""
    unit = open_unit(database_url)
    yield unit
    unit.engine.dispose()


def _write(unit: Unit, disposition: str, rule: str | None, state: str | None, *ended: str | None) -> None:
    """One interaction, its invitation in this state, and an interview for each of the dispositions."""
    with unit.begin() as tx:
        row: dict[str, Any] = {**PLACE, "kind": "call", "ref": "a", "created_at": NOON}
        tx.execute(insert(interactions).values(id=1, **row, disposition=disposition, rule=rule))
        if state:
            tx.execute(insert(invitations).values(id="inv_1", interaction=1, **INVITATION, state=state))
        for number, each in enumerate(ended):
            tx.execute(insert(interviews).values(id=f"itv_{number}", interaction=1, **INTERVIEW, disposition=each))


@pytest.mark.parametrize(
    ("disposition", "rule", "state", "ended"),
    [
        ("pending", None, "waiting", ()),
        ("pending", None, "asked", (None,)),
        ("pending", None, "waiting", ("expired",)),
        ("complete", None, "asked", ("expired", "complete")),
        ("complete", None, None, ("complete",)),
        ("not-offered", None, "dropped", ()),
        ("suppressed", "blocked", "dropped", ()),
        ("suppressed", "min_talk", None, ()),
    ],
)
def test_what_is_in_order_is_let_through(
    wrong: Unit, disposition: str, rule: str | None, state: str | None, ended: tuple[str | None, ...]
) -> None:
    assert faults_of(wrong) == []
    _write(wrong, disposition, rule, state, *ended)
    assert faults_of(wrong) == []


CASES: dict[str, tuple[str, str | None, str | None, tuple[str | None, ...]]] = {
    "has no disposition that is known": ("happy", None, None, ()),
    "is suppressed without a rule, or has a rule and is not": ("suppressed", None, None, ()),
    "is pending, and nobody waits or is being asked": ("pending", None, "dropped", ()),
    "is not pending, and somebody waits or is being asked": ("complete", None, "asked", (None,)),
    "is suppressed, and an invitation is not dropped": ("suppressed", "blocked", "asked", ()),
    "ended otherwise than its last interview": ("complete", None, "asked", ("complete", "partial")),
    "was answered without an interview": ("complete", None, "asked", ()),
    "is asked in two interviews at once": ("pending", None, "asked", (None, None)),
}


def test_there_is_a_case_for_each_fault() -> None:
    assert CASES.keys() == BROKEN.keys()


@pytest.mark.parametrize("fault", CASES)
def test_what_is_out_of_order_is_found(wrong: Unit, fault: str) -> None:
    disposition, rule, state, ended = CASES[fault]
    _write(wrong, disposition, rule, state, *ended)
    assert f"call a ({disposition}) {fault}" in faults_of(wrong)


def test_a_rule_on_somebody_who_was_asked_is_found(wrong: Unit) -> None:
    _write(wrong, "complete", None, "asked", "complete")
    with wrong.begin() as tx:
        tx.execute(update(interactions).values(rule="min_talk"))
    assert len(faults_of(wrong)) == 1


def _page(unit: Unit, *purposes: str, body: str = "{link}", reminders: int = 0) -> None:
    """An interview on a page that was asked for, with these links and messages."""
    _write(unit, "pending", None, "asked", None)
    with unit.begin() as tx:
        tx.execute(update(interviews).values(channel="link", invitation="inv_1"))
        for purpose in purposes:
            digest = digest_of(TOKEN if purpose == "survey" else f"{purpose} token")
            row = {"digest": digest, "purpose": purpose, "interview": "itv_0", "created_at": NOON}
            tx.execute(insert(links).values(row))
        for number in range(1 + reminders):
            row = {**MESSAGE, "id": f"msg_{number}", "purpose": "reminder" if number else "question", "body": body}
            tx.execute(insert(messages).values(row))


def test_a_survey_on_a_page_with_its_links_is_let_through(wrong: Unit) -> None:
    _page(wrong, "survey", "stop", body=f"Hello {{link}} {'b' * LENGTH}", reminders=1)
    assert faults_of(wrong) == []


@pytest.mark.parametrize("purposes", [("survey",), ("stop",), ()])
def test_a_survey_on_a_page_that_lacks_a_link_is_found(wrong: Unit, purposes: tuple[str, ...]) -> None:
    _page(wrong, *purposes)
    assert faults_of(wrong) == ["itv_0 has not one link to its page and one to stop"]


def test_a_token_in_a_message_is_found(wrong: Unit) -> None:
    _page(wrong, "survey", "stop", body=f"Hello https://n.example/s/{TOKEN} STOP")
    assert faults_of(wrong) == ["msg_0 is stored with a token"]


def test_a_second_reminder_is_found(wrong: Unit) -> None:
    _page(wrong, "survey", "stop", reminders=2)
    assert faults_of(wrong) == ["itv_0 has two reminders"]
