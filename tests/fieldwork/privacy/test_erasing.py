"""S11: customers planted through every door are found nowhere after they were erased, and no number has changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from tests.fieldwork.privacy.planting import STAFF, Garden, people, tallied, traces_of
from tonval.fieldwork import audit, conduct
from tonval.fieldwork.calls import speeches
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.privacy import mentions, receipts
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.stats import rebuild
from tonval.store import tables as t
from tonval.store.unit import Unit

MANY = 24


def test_an_erased_person_is_found_nowhere_and_no_number_changes(garden: Garden, unit: Unit, home: Path) -> None:
    customers = people(MANY)
    garden.plant(customers)
    assert len({hit.partition(":")[0] for hit in traces_of(customers, unit, home)}) > 20, "they must be there first"
    before = tallied(unit)
    for one in customers:
        erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    mentions.search_all(garden.field)
    assert traces_of(customers, unit, home) == []
    assert tallied(unit) == before
    assert rebuild.check(unit) == []
    assert audit.verify(garden.field).fault is None


def test_who_is_reported_again_after_the_erasure_is_not_asked_where_she_may_not_be(garden: Garden) -> None:
    customers = people(8)
    garden.plant(customers)
    for one in customers:
        erase(garden.field, Order((one.email,), STAFF), garden.papers)
    told = {one.number: garden.report(one, "sales").get("rule") for one in customers}
    assert told == {
        one.number: "opted_out" if one.stops else "blocked" if one.is_blocked else "frequency_cap" for one in customers
    }


def test_an_erasure_leaves_a_receipt_that_names_nobody(garden: Garden, unit: Unit) -> None:
    one, *_ = customers = people(2)
    garden.plant(customers)
    receipt = erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    assert receipt == receipts.receipt_of(garden.field, receipt.id)
    assert receipt.kept == {"opted_out": 1}
    assert (receipt.rows["contacts"], receipt.files, receipt.ended) == (1, {"originals": 1, "logs": 1}, 2)
    assert not any(each in str(receipt.plain()) for each in (one.phone, one.email, one.name))
    again = erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    assert (again.total, again.ended, again.withdrawn, again.waiting) == (0, 0, 0, ())


def test_what_is_going_on_with_a_person_comes_to_its_end(garden: Garden, unit: Unit) -> None:
    customers = people(4)
    garden.plant(customers)
    garden.send_all()
    before = len(_sent(unit))
    waiting, asked = customers[1], customers[2]
    for one in (waiting, asked):
        erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    garden.office.pass_time(days=1)
    garden.send_all()
    assert len(_sent(unit)) == before
    with unit.read() as tx:
        hers = t.interviews.c.contact.is_(None)
        assert tx.execute(select(t.interviews.c.id).where(t.interviews.c.disposition.is_(None), hers)).all() == []


def test_who_opted_out_and_was_erased_may_take_it_back(garden: Garden) -> None:
    one, *_ = customers = people(1)
    garden.plant(customers)
    erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    assert garden.report(one, "sales")["rule"] == "opted_out"
    garden.write(one, "START")
    garden.office.pass_time(days=40)
    assert garden.report(one, "sales")["outcome"] == "invited"


def test_who_is_never_to_be_asked_again_is_not(garden: Garden) -> None:
    one = people(2)[1]
    erase(garden.field, Order((one.email,), STAFF, for_ever=True), garden.papers)
    assert garden.report(one, "care")["rule"] == "opted_out"


def _sent(unit: Unit) -> list[Any]:
    with unit.read() as tx:
        return list(tx.execute(select(t.messages.c.id).where(t.messages.c.state == "accepted")).scalars())


def test_what_she_was_saying_while_she_was_erased_is_not_kept(garden: Garden, unit: Unit) -> None:
    (one,) = people(1)
    call = Call("sip", "on-the-line", "support", agent="anna", caller=one.phone, language="en")
    turn = conduct.begin_call(garden.field, call)
    erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    sounds: tuple[dict[str, Any], ...] = ({"wav": b"her voice"}, {"ref": "still with the provider"})
    for number, sound in enumerate(sounds):
        said = speeches.take_in(garden.field, turn.leg, turn.turn_no + number, timedelta(seconds=40), **sound)
        speeches.fetched(garden.field, said.ref, b"her voice, a little later")
        assert speeches.wav_of(garden.field, said.ref) is None
    assert speeches.seconds_kept(garden.field) == 0


def test_what_other_systems_name_by_her_number_is_found_nowhere_either(garden: Garden, unit: Unit, home: Path) -> None:
    """The id of a call, wherever it is kept, and the key by which a program may say the same thing again."""
    (one,) = people(1)
    ref = f"{one.phone}-1@pbx.example"
    call = Call("sip", ref, "support", agent="anna", caller=one.phone, language="en")
    leg = conduct.begin_call(garden.field, call).leg
    received = {"call": {"provider": "sip", "ref": ref, "interaction": f"of {one.spelled}"}, "queue": "support"}
    with unit.begin() as tx:
        tx.execute(update(t.legs).where(t.legs.c.id == leg).values(reception=received, ended_at=garden.office.time))
    garden.repeat(one, f"report-of-{one.phone}")
    assert {"legs.reception", "legs.ref", "idempotent.token"} <= {
        hit.partition(":")[0] for hit in traces_of([one], unit, home)
    }
    erase(garden.field, Order((one.phone,), STAFF), garden.papers)
    mentions.search_all(garden.field)
    assert traces_of([one], unit, home) == []
