"""Reports of how far a message has come: in any order, before its own answer, and without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise, permutations

import pytest
from sqlalchemy import func, select

from tests.sms.stage import CUSTOMER, OURS, Stage
from tonval.fieldwork.messaging import messages, reports
from tonval.fieldwork.messaging.delivery import State, later
from tonval.fieldwork.messaging.messages import Ended, Outgoing
from tonval.store import tables as t

STATES = ("accepted", "sent", "undelivered", "delivered")


def claimed(stage: Stage) -> Outgoing:
    stage.queue("hej")
    (message,) = messages.claim_due(stage.office, 1)
    return message


def answered(stage: Stage, message: Outgoing, ref: str = "ID7") -> None:
    """The provider's own answer."""
    messages.turn_over(stage.office, 0, [Ended(message, State.ACCEPTED, ref)])


def report(stage: Stage, state: str, ref: str = "ID7", to: str | None = None) -> None:
    """A report that names the message by the provider's id alone, as an SMSC's does."""
    ours = OURS if to else None
    messages.status_changed(stage.office, "twilio", ref, None, state, None, sender=ours, recipient=to)


def kept(stage: Stage) -> int:
    with stage.office.unit.read() as tx:
        return tx.execute(select(func.count()).select_from(t.reports)).scalar_one()


@pytest.mark.parametrize("order", sorted(permutations(("answer", *STATES))))
def test_reports_and_the_answer_in_any_order_lead_to_the_same_end(stage: Stage, order: tuple[str, ...]) -> None:
    message, seen = claimed(stage), []
    for each in order:
        if each == "answer":
            answered(stage, message)
        else:
            report(stage, each)
        seen.append(State(stage.states()[0]))
    assert all(later(before, after) == after for before, after in pairwise(seen))
    assert (seen[-1], stage.rows()[0].ref, kept(stage)) == (State.DELIVERED, "ID7", 0)


@pytest.mark.parametrize("order", sorted(permutations(STATES, 3)))
def test_with_our_own_id_reports_need_no_answer(stage: Stage, order: tuple[str, ...]) -> None:
    message = claimed(stage)
    for state in order:
        messages.status_changed(stage.office, "twilio", "ID7", message.id, state, None)
    answered(stage, message)
    assert stage.states() == [str(max((State(state) for state in order), key=list(State).index))]


def test_a_failure_reported_early_has_the_question_asked_another_way(stage_on_both: Stage) -> None:
    message = claimed(stage_on_both)
    messages.status_changed(stage_on_both.office, "twilio", "ID7", None, "failed", "The number is not in use.")
    answered(stage_on_both, message)
    (row,) = stage_on_both.rows()
    assert (row.state, row.error) == ("failed", "The number is not in use.")


def unsure(stage: Stage) -> Outgoing:
    message = claimed(stage)
    messages.mark_unknown(stage.office, message.id, message.attempt)
    return message


def test_a_report_between_the_same_numbers_settles_the_one_doubtful_message(stage_on_both: Stage) -> None:
    unsure(stage_on_both)
    report(stage_on_both, "delivered", to=CUSTOMER)
    assert (stage_on_both.states(), stage_on_both.rows()[0].ref, kept(stage_on_both)) == (["delivered"], "ID7", 0)


def test_a_report_that_came_while_the_answer_was_awaited_settles_it_when_it_never_comes(stage_on_both: Stage) -> None:
    message = claimed(stage_on_both)
    report(stage_on_both, "sent", to=CUSTOMER)
    report(stage_on_both, "delivered", to=CUSTOMER)
    assert (stage_on_both.states(), kept(stage_on_both)) == (["sending"], 2)
    assert reports.match_kept(stage_on_both.office) == 0
    messages.mark_unknown(stage_on_both.office, message.id, message.attempt)
    assert reports.match_kept(stage_on_both.office) == 2
    assert (stage_on_both.states(), kept(stage_on_both)) == (["delivered"], 0)


def two_unsure(stage: Stage) -> None:
    unsure(stage)
    unsure(stage)


def one_on_its_way(stage: Stage) -> None:
    unsure(stage)
    claimed(stage)


def one_known(stage: Stage) -> None:
    answered(stage, claimed(stage), "ID1")


@pytest.mark.parametrize("before", [two_unsure, one_on_its_way, one_known])
def test_nothing_is_settled_by_guessing(stage: Stage, before: Callable[[Stage], None]) -> None:
    before(stage)
    states = stage.states()
    report(stage, "delivered", to=CUSTOMER)
    reports.match_kept(stage.office)
    assert (stage.states(), kept(stage)) == (states, 1)


def test_a_report_that_another_transaction_could_not_see_is_found_later(stage_on_both: Stage) -> None:
    message = claimed(stage_on_both)
    answered(stage_on_both, message)
    with stage_on_both.office.unit.begin() as tx:
        reports.keep(tx, stage_on_both.office, reports.Report("twilio", "ID7", "delivered", None, OURS, CUSTOMER))
    unsure(stage_on_both)  # between the same numbers, but it is not this one
    assert reports.match_kept(stage_on_both.office) == 1
    assert (stage_on_both.states(), kept(stage_on_both)) == (["delivered", "unknown"], 0)


def test_reports_nobody_ever_needs_are_forgotten(stage: Stage) -> None:
    report(stage, "delivered", "NOBODY'S")
    stage.pass_time(days=3)
    reports.match_kept(stage.office)
    assert kept(stage) == 1
    stage.time += timedelta(seconds=1)
    reports.match_kept(stage.office)
    assert kept(stage) == 0


def test_a_report_with_our_id_that_is_not_ours_is_not_kept(stage: Stage) -> None:
    messages.status_changed(stage.office, "twilio", "ID9", "msg_of_somebody", "delivered", None)
    assert kept(stage) == 0
