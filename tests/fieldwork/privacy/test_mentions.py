"""Somebody who was erased is masked in what others wrote and colleagues noted, however far a search was killed."""

from __future__ import annotations

import threading
from unittest.mock import patch

import pytest
from sqlalchemy import select, update

from tests.fieldwork.privacy.planting import OURS, STAFF, Garden, Planted, people
from tonval.fieldwork import conduct
from tonval.fieldwork.privacy import mentions, receipts
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.mentions import Sought
from tonval.fieldwork.privacy.persons import person_of
from tonval.stats import rebuild
from tonval.store import tables as t
from tonval.store.unit import Unit

ONE, OTHER = people(2)


@pytest.fixture
def told(garden: Garden) -> str:
    """Another customer, who has named her in a message and in a comment; gives the interview."""
    garden.report(ONE, "sales")
    garden.report(OTHER, "sales")
    garden.office.pass_time(minutes=3)
    garden.send_all()
    garden.write(OTHER, "7")
    garden.write(OTHER, f"Min fru har {ONE.spelled}, skriv {ONE.email.upper()}. Jag har {OTHER.phone}.")
    thread = t.interviews.c.thread == f"{OTHER.phone}>{OURS}"
    with garden.field.unit.read() as tx:
        found: str = tx.execute(select(t.interviews.c.id).where(thread)).scalar_one()
    conduct.correct(garden.field, found, "recommend", 8, by=STAFF, reason=f"{ONE.phone} ringde")
    return found


def _words(unit: Unit) -> str:
    with unit.read() as tx:
        tables = (t.messages, t.events, t.interviews, t.reasons)
        return str([row for table in tables for row in tx.execute(select(table)).all()])


def _erased(garden: Garden, one: Planted) -> receipts.Receipt:
    receipt = erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    mentions.search_all(garden.field)
    found = receipts.receipt_of(garden.field, receipt.id)
    assert found is not None
    return found


def test_her_number_and_address_are_masked_in_what_others_wrote(garden: Garden, told: str, unit: Unit) -> None:
    receipt = _erased(garden, ONE)
    left = _words(unit)
    assert ONE.email not in left.lower() and ONE.spelled not in left and ONE.phone not in left
    assert f"Min fru har •••, skriv •••. Jag har {OTHER.phone}." in left
    assert "••• ringde" in left
    assert (receipt.others.done, receipt.others.hidden) == (True, 2)
    with unit.read() as tx:
        assert tx.execute(select(t.searches)).all() == []
    assert rebuild.check(unit) == []


def test_the_receipt_says_how_far_it_has_come(garden: Garden, told: str) -> None:
    receipt = erase(garden.field, Order((ONE.phone,), STAFF), garden.papers)
    assert receipts.receipt_of(garden.field, receipt.id) == receipt
    assert not receipt.others.done
    seen = []
    while mentions.searching(garden.field):
        mentions.search(garden.field, 1)
        found = receipts.receipt_of(garden.field, receipt.id)
        assert found is not None
        seen.append(found.others)
    assert [each.read for each in seen] == sorted(each.read for each in seen)
    assert [each.done for each in seen] == [False] * (len(seen) - 1) + [True]


def test_who_is_killed_in_the_middle_goes_on_where_she_was(garden: Garden, told: str, unit: Unit) -> None:
    _many(garden)
    whole = mentions._mask_interview
    with patch.object(mentions, "BATCH", 3):
        receipt = erase(garden.field, Order((ONE.phone,), STAFF), garden.papers)
        with patch.object(mentions, "_mask_interview", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            mentions.search_all(garden.field)
        assert mentions._mask_interview is whole
        assert ONE.spelled in _words(unit), "nothing of the batch is half done"
        mentions.search_all(garden.field)
    found = receipts.receipt_of(garden.field, receipt.id)
    assert found is not None and (found.others.done, found.others.hidden) == (True, 2)
    assert ONE.spelled not in _words(unit)


def _many(garden: Garden) -> None:
    for number in range(7):
        garden.write(OTHER, f"ordernummer {number}")


def test_two_that_are_erased_at_once_are_looked_for_together(garden: Garden, told: str, unit: Unit) -> None:
    garden.write(OTHER, f"{ONE.spelled} och {OTHER.spelled}")
    both = [erase(garden.field, Order((one.phone,), STAFF), garden.papers) for one in (ONE, OTHER)]
    steps = 0
    while mentions.searching(garden.field):
        mentions.search(garden.field, 1)
        steps += 1
    assert steps == len(mentions.PLACES)
    assert all((found := receipts.receipt_of(garden.field, each.id)) and found.others.done for each in both)
    assert ONE.spelled not in _words(unit)


def test_two_workers_count_a_text_once(garden: Garden, told: str) -> None:
    _many(garden)
    receipt = erase(garden.field, Order((ONE.phone,), STAFF), garden.papers)
    with patch.object(mentions, "BATCH", 3):
        both = [threading.Thread(target=mentions.search_all, args=(garden.field,)) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
    found = receipts.receipt_of(garden.field, receipt.id)
    assert found is not None and (found.others.done, found.others.hidden) == (True, 2)


def test_what_is_no_number_of_hers_stays(garden: Garden, told: str, unit: Unit) -> None:
    before = f"ärende 9{ONE.phone[2:]}1, x{ONE.email}, {OTHER.phone}"
    with unit.begin() as tx:
        tx.execute(update(t.messages).where(t.messages.c.direction == "in").values(body=before))
    _erased(garden, ONE)
    assert before in _words(unit)


def test_a_quick_look_overlooks_nobody() -> None:
    persons = [person_of((one.phone, one.email)) for one in people(40)]
    sought = Sought(persons)
    for n, one in enumerate(people(40)):
        for written in (one.spelled, one.phone, f"00{one.phone[1:]}", one.email.upper(), f"({one.spelled})"):
            assert sought.in_text(f"ring {written} nu") == {n}
    assert sought.in_text("7") == sought.in_text("ordernummer 2025550") == frozenset()
