"""What is sealed can be opened with the right key for the right purpose, found again by equality, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update

from tonval.fieldwork.rekeying import rewrap
from tonval.store.among import among, listed
from tonval.store.bulk import insert_all
from tonval.store.keyring import exchange, lookup, origin
from tonval.store.lock import Locked, lock_of
from tonval.store.migrate import _settings, migrate
from tonval.store.ring import PREFIX, Ring, Unreadable, WrongSecret, fresh_ring, unwrapped
from tonval.store.sealed import OF_MANY, Sealed
from tonval.store.tables import blocklist, contacts, interactions, messages
from tonval.store.unit import Unit, open_unit

EVA = "+46701740606"
MAIL = "eva@example.com"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RING, OTHER = Ring(b"k" * 64), Ring(b"o" * 64)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


@given(TEXTS, TEXTS)
@example(EVA, "+46701740607")
@example("t1:", "")
def test_a_sealed_text_is_opened_as_it_was_and_is_equal_to_its_like_alone(one: str, other: str) -> None:
    sealed = RING.seal("address", one)
    assert RING.unseal("address", sealed) == one
    assert (sealed == RING.seal("address", other)) is (one == other)
    assert not one or (
        sealed.startswith(PREFIX) and sealed not in (RING.seal("thread", one), OTHER.seal("address", one))
    )


@given(TEXTS.filter(bool), st.data())
def test_a_sealed_text_that_was_changed_anywhere_is_refused(one: str, data: st.DataObject) -> None:
    sealed = RING.seal("address", one)
    place = data.draw(st.integers(len(PREFIX), len(sealed) - 1))
    other = data.draw(st.sampled_from("Aa09-_").filter(lambda letter: letter != sealed[place]))
    changed = f"{sealed[:place]}{other}{sealed[place + 1 :]}"
    if not sealed.endswith("=") or place < len(sealed) - 3:  # the last letter may hold bits that say nothing
        with pytest.raises(Unreadable, match="a sealed address was changed in the database, or is not of it"):
            RING.unseal("address", changed)


@pytest.mark.parametrize(("ring", "purpose"), [(OTHER, "address"), (RING, "thread")])
def test_another_database_or_purpose_opens_nothing(ring: Ring, purpose: str) -> None:
    with pytest.raises(Unreadable):
        ring.unseal(purpose, RING.seal("address", EVA))


def test_a_ring_is_unwrapped_by_its_secret_alone() -> None:
    ring = fresh_ring()
    body = ring.wrapped("the secret of this house", b"salt")
    assert unwrapped("the secret of this house", b"salt", body).unseal("x", ring.seal("x", EVA)) == EVA
    for secret, salt, wrapped in (("another", b"salt", body), ("the secret of this house", b"pepper", body)):
        with pytest.raises(WrongSecret, match="cannot be read with this secret key"):
            unwrapped(secret, salt, wrapped)
    with pytest.raises(WrongSecret):
        unwrapped("the secret of this house", b"salt", b"")


def test_a_lookup_is_the_same_for_the_same_address_of_the_same_ring_alone() -> None:
    assert RING.lookup(EVA) == RING.lookup(EVA)
    assert len({RING.lookup(EVA), RING.lookup(MAIL), OTHER.lookup(EVA)}) == 3
    assert EVA not in RING.lookup(EVA)


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        ("+4670*", True),
        ("*@example.com", True),
        ("*@*.example.com", True),
        ("20??*", True),
        (EVA, False),
        (f"{EVA}*", False),
        ("+467017406*", False),
        (MAIL, False),
    ],
)
def test_a_pattern_of_many_is_kept_as_it_is_and_one_of_few_is_not(unit: Unit, pattern: str, kept: bool) -> None:
    with unit.begin() as tx:
        row = {"pattern": pattern, "channel": "*", "reason": "", "created_at": NOW}
        tx.execute(insert(blocklist), row)
        assert (tx.execute(text("SELECT pattern FROM blocklist")).scalar_one() == pattern) is kept
        assert tx.execute(select(blocklist.c.pattern).where(blocklist.c.pattern == pattern)).scalar_one() == pattern


def _contact(name: str, phone: str | None) -> dict[str, Any]:
    return {"id": name, "phone": phone, "email": None, "attributes": {}, "created_at": NOW, "seen_at": NOW}


@pytest.mark.parametrize("many", [1, 20])
def test_a_sealed_column_is_compared_joined_and_listed_as_before(unit: Unit, many: int) -> None:
    numbers = [f"+467017406{n:02}" for n in range(many)]
    with unit.begin() as tx:
        insert_all(tx, contacts, [_contact(f"con_{n}", number) for n, number in enumerate(numbers)])
        insert_all(tx, contacts, [_contact("nobody", None)])
        lain = set(tx.execute(text("SELECT phone FROM contacts WHERE phone IS NOT NULL")).scalars())
        assert len(lain) == many and all(phone.startswith(PREFIX) for phone in lain)
        same, some = contacts.c.phone == numbers[0], contacts.c.phone.in_(numbers[:3])
        assert tx.execute(select(contacts.c.phone).where(same)).scalars().all() == numbers[:1]
        assert sorted(tx.execute(select(contacts.c.phone).where(some)).scalars()) == numbers[:3]
        one_of = select(contacts.c.phone).where(among(tx.dialect.name, contacts.c.phone, "some"))
        assert tx.execute(one_of, {"some": listed(tx, [numbers[-1], "+46701740699"])}).scalars().all() == numbers[-1:]
        nobody = select(func.count()).where(contacts.c.phone.is_(None))
        assert tx.execute(nobody).scalar_one() == 1


@pytest.mark.parametrize("condition", [lambda c: c.like("+4670%"), lambda c: c > "+46", lambda c: c.startswith("+46")])
def test_a_search_for_a_part_of_a_sealed_value_is_a_fault_of_ours(condition: Any) -> None:
    with pytest.raises(TypeError, match="compared for equality"):
        condition(contacts.c.phone)


@pytest.mark.parametrize("many", [1, 20])
def test_json_is_sealed_in_the_parts_that_hold_persons(unit: Unit, many: int) -> None:
    report = {"id": "call-1", "customer": {"phone": EVA}, "origin": "imp_1/2"}
    rows = [
        {"kind": "call", "ref": str(n), "queue": "q", "agent": "a", "disposition": "suppressed", "created_at": NOW}
        | {"report": report, "decision": None, "rule": "queue_off"}
        for n in range(many)
    ]
    with unit.begin() as tx:
        insert_all(tx, interactions, rows)
        lain = tx.execute(text("SELECT CAST(report AS TEXT) FROM interactions")).scalars().all()
        assert all("call-1" in each and EVA not in each for each in lain)
        assert tx.execute(select(interactions.c.report)).scalars().all() == [report] * many
        assert set(tx.execute(select(interactions.c.report["origin"].as_string())).scalars()) == {"imp_1/2"}


def test_a_value_changed_in_the_database_is_refused_with_a_sentence(unit: Unit) -> None:
    with unit.begin() as tx:
        insert_all(tx, contacts, [_contact("con_1", EVA)])
        tx.execute(text("UPDATE contacts SET phone = 't1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=='"))
    with unit.read() as tx, pytest.raises(Unreadable, match="a sealed address was changed in the database"):
        tx.execute(select(contacts.c.phone)).all()


@pytest.fixture
def secured(database_url: str) -> Iterator[Unit]:
    """A database with a secret and a contact."""
    unit = open_unit(database_url, "the secret of this house")
    migrate(unit)
    with unit.begin() as tx:
        insert_all(tx, contacts, [_contact("con_1", EVA)])
    yield unit
    unit.engine.dispose()


def test_the_wrong_secret_reads_nothing_and_refuses_to_start(secured: Unit, database_url: str) -> None:
    wrong = open_unit(database_url, "another secret")
    with pytest.raises(WrongSecret, match="start with the TONVAL_SECRET_KEY it was written with"):
        migrate(wrong)
    with wrong.read() as tx, pytest.raises(WrongSecret):
        tx.execute(select(contacts.c.phone)).all()
    wrong.engine.dispose()


def test_the_secret_is_exchanged_without_touching_what_is_sealed(secured: Unit, database_url: str) -> None:
    with secured.read() as tx:
        before, hashed = tx.execute(text("SELECT phone FROM contacts")).scalar_one(), lookup(tx, EVA)
        began = origin(tx)
    new = open_unit(database_url, "the new secret")
    with pytest.raises(WrongSecret):
        rewrap(new, "a third secret")
    assert rewrap(new, "the secret of this house")
    assert not rewrap(new, "the secret of this house")
    migrate(new)
    with new.read() as tx:
        assert tx.execute(text("SELECT phone FROM contacts")).scalar_one() == before
        assert tx.execute(select(contacts.c.phone)).scalar_one() == EVA
        assert lookup(tx, EVA) == hashed
        assert origin(tx) == began == b"the secret of this house"
    old = open_unit(database_url, "the secret of this house")
    with pytest.raises(WrongSecret):
        migrate(old)
    for each in (new, old):
        each.engine.dispose()


def test_whoever_is_killed_while_the_secret_is_exchanged_has_the_old_one_still(
    secured: Unit, database_url: str
) -> None:
    new = open_unit(database_url, "the new secret")
    with suppress(KeyboardInterrupt), new.begin() as tx:
        assert exchange(tx, "the secret of this house")
        raise KeyboardInterrupt
    old = open_unit(database_url, "the secret of this house")
    migrate(old)
    with old.read() as tx:
        assert tx.execute(select(contacts.c.phone)).scalar_one() == EVA
    old.engine.dispose()
    assert rewrap(new, "the secret of this house")
    with new.read() as tx:
        assert tx.execute(select(contacts.c.phone)).scalar_one() == EVA
    new.engine.dispose()


def test_a_database_without_keys_keeps_nothing_of_anybody() -> None:
    unit = open_unit("sqlite://")
    with pytest.raises(Locked, match="migrated first"):
        _ = lock_of(unit.engine.dialect).ring


def test_what_lay_open_is_sealed_by_the_upgrade_and_opened_by_the_way_back(unit: Unit) -> None:
    some = {"id": "msg_1", "direction": "in", "purpose": "inbound", "provider": "sip", "body": "9", "segments": 1}
    some |= {"state": "received", "due_at": NOW, "created_at": NOW, "changed_at": NOW}
    with unit.begin() as tx:
        insert_all(tx, contacts, [_contact(f"con_{n:04}", f"+4670174{n:04}") for n in range(1500)])
        tx.execute(insert(messages), some | {"sender": EVA, "recipient": "+46701740605"})
        row = {"channel": "*", "reason": "", "created_at": NOW}
        tx.execute(insert(blocklist), [row | {"pattern": pattern} for pattern in (EVA, "+4670*", MAIL)])
    _go(unit, "0008")
    with unit.read() as tx:
        assert _lain(unit, tx) == {"+46701740001", EVA, MAIL, "+4670*"}
    with unit.begin() as tx:
        tx.execute(update(contacts).where(contacts.c.id == "con_0001").values(name="t1:nobody"))
    migrate(unit)
    with unit.read() as tx:
        assert _lain(unit, tx) == {"+4670*"}
        assert set(tx.execute(select(blocklist.c.pattern)).scalars()) == {EVA, MAIL, "+4670*"}
        assert len(tx.execute(select(contacts.c.phone)).scalars().all()) == 1500
        assert tx.execute(select(contacts.c.id).where(contacts.c.phone == "+46701741499")).scalar_one() == "con_1499"
    assert re.search(rb"\+467017[04]", _on_disk(unit)) is None


def _go(unit: Unit, revision: str) -> None:
    with unit.engine.connect() as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)
        connection.commit()


def _on_disk(unit: Unit) -> bytes:
    """SQLite's file and its log; nothing of PostgreSQL, whose pages its VACUUM sees to."""
    file = Path(str(unit.engine.url.database))
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def _lain(unit: Unit, tx: Any) -> set[str]:
    """What lies open in the tables."""
    found = list(tx.execute(text("SELECT pattern FROM blocklist")).scalars())
    found += tx.execute(text("SELECT sender FROM messages")).scalars()
    found += tx.execute(text("SELECT phone FROM contacts WHERE id = 'con_0001'")).scalars()
    return {each for each in found if not each.startswith(PREFIX)}


def test_the_type_is_part_of_the_key_by_which_statements_are_kept() -> None:
    kinds = {Sealed()._static_cache_key, Sealed("thread")._static_cache_key, Sealed(readable=OF_MANY)._static_cache_key}
    assert len(kinds) == 3 and Sealed()._static_cache_key == Sealed()._static_cache_key
