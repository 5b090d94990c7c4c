"""What colleagues type about a customer lies beside the audit log, goes with her, and the log stays whole."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.fieldwork.privacy.planting import OURS, STAFF, Garden, Planted, people
from tonval.fieldwork import audit, books, conduct
from tonval.fieldwork.audit import CONSOLE, Verdict
from tonval.fieldwork.privacy import retention
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.gather import gather
from tonval.fieldwork.reasons import fresh, is_whole
from tonval.stats.corrections import corrections
from tonval.stats.deeds import Wanted, deeds
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.web.desk.audit.sentences import sentence


@pytest.fixture
def one(garden: Garden) -> Planted:
    """A customer whose answer was put right, for a reason that names her."""
    (found,) = people(1)
    garden.report(found, "sales")
    garden.office.pass_time(minutes=3)
    garden.send_all()
    garden.write(found, "9")
    garden.write(found, "Snabbt svar")
    conduct.correct(garden.field, _interview(garden), "recommend", 2, by=STAFF, reason=f"{found.name} rang från jobbet")
    return found


def _interview(garden: Garden) -> str:
    with garden.field.unit.read() as tx:
        found: str = tx.execute(select(t.interviews.c.id)).scalar_one()
    return found


def _told(garden: Garden) -> list[Any]:
    with garden.field.unit.read() as tx:
        return list(tx.execute(select(t.audit).where(t.audit.c.action == "answer.corrected")))


def _sentence(garden: Garden) -> str:
    return sentence(deeds(garden.field.unit, Wanted(action="answer.corrected")).rows[0])


def test_the_log_has_a_digest_and_people_read_the_words(garden: Garden, one: Planted) -> None:
    (entry,) = _told(garden)
    assert entry.detail.keys() == {"question", "before", "value", "reason_digest"}
    assert one.name not in str(tuple(entry))
    assert _sentence(garden).endswith(f"from 9 to 2: {one.name} rang från jobbet")
    with garden.field.unit.read() as tx:
        (mended,) = corrections(tx, [entry.ref])
    assert mended.reason == f"{one.name} rang från jobbet"


def test_she_is_given_the_words_and_takes_them_along(garden: Garden, one: Planted) -> None:
    assert gather(garden.field, (one.phone,), CONSOLE).tables["reasons"][0]["words"].startswith(one.name)
    assert erase(garden.field, Order((one.phone,), STAFF), garden.papers).rows["reasons"] == 1
    assert audit.verify(garden.field).fault is None
    assert _sentence(garden).endswith("from 9 to 2: the reason has been erased")


def test_words_about_customers_go_by_their_age(garden: Garden, one: Planted) -> None:
    garden.office.pass_time(days=721)
    retention.sweep(garden.field)
    with garden.field.unit.read() as tx:
        assert tx.execute(select(t.reasons)).all() == []
    assert audit.verify(garden.field).fault is None


@pytest.mark.parametrize("change", [{"words": "she asked us to"}, {"salt": "00" * 16}, {"salt": "no digits"}], ids=str)
def test_words_that_were_changed_are_found(garden: Garden, one: Planted, unit: Unit, change: dict[str, str]) -> None:
    (entry,) = _told(garden)
    with unit.begin() as tx:
        tx.execute(update(t.reasons).values(change))
    assert audit.verify(garden.field) == Verdict(entry.id - 1, f"the reason of entry {entry.id} was changed")


def test_words_laid_beside_an_entry_that_had_none_are_found(garden: Garden, one: Planted, unit: Unit) -> None:
    garden.write(one, "STOP")
    assert books.remove(garden.field, books.OPT_OUTS, one.phone, "sms", STAFF)
    (entry,) = _told(garden)
    with unit.begin() as tx:
        tx.execute(update(t.reasons).values(entry=entry.id + 1))
    assert audit.verify(garden.field).fault == f"the reason of entry {entry.id + 1} was changed"


def test_what_staff_note_of_an_opt_out_stays_in_the_book(garden: Garden) -> None:
    (found,) = people(1)
    entry = books.Entry(found.phone, "*", f"{found.name} told the driver", garden.office.time, "maria")
    books.add(garden.field, books.OPT_OUTS, [entry], STAFF)
    books.remove(garden.field, books.OPT_OUTS, found.phone, "*", STAFF)
    assert OURS not in (log := _log(garden)) and found.name not in log and found.phone not in log


def _log(garden: Garden) -> str:
    with garden.field.unit.read() as tx:
        return str(tx.execute(select(t.audit)).all())


def test_the_same_words_have_another_digest_each_time() -> None:
    one, other = fresh("misread"), fresh("misread")
    assert one.digest != other.digest
    assert is_whole({"reason_digest": one.digest}, one.words, one.salt)
    assert not is_whole({"reason_digest": one.digest}, other.words, other.salt)
    assert is_whole({"reason": "misread"}, None, None)  # as it was written before
