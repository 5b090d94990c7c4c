"""Sign-ins end when they are ended, when they rest too long, and when what they stood for has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.acting import acting
from tests.fieldwork.office import Office
from tonval.fieldwork.colleagues import people, sign_ins, staff
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.sign_ins import SignedIn
from tonval.fieldwork.colleagues.staff import Post
from tonval.fieldwork.field import Field
from tonval.store import tables as t

PASSWORD = "correct horse battery"


@pytest.fixture
def karin(office: Office) -> Person:
    """An admin beside another one."""
    people.add_user(office.field, "first", PASSWORD)
    return people.add_user(office.field, "karin", PASSWORD)


def _good(office: Office, found: SignedIn) -> bool:
    return sign_ins.find(office.field, found.token) is not None


def test_a_sign_in_is_found_by_its_token_and_kept_as_a_digest_alone(office: Office, karin: Person) -> None:
    found = sign_ins.begin(office.field, karin, "Firefox on Linux")
    assert sign_ins.find(office.field, found.token) == found
    assert sign_ins.find(office.field, found.token + "x") is None
    assert sign_ins.find(office.field, found.digest) is None
    with office.field.unit.read() as tx:
        stored = tx.execute(select(t.sign_ins)).one()
    assert found.token not in str(stored)
    assert found.token not in repr(found)


def test_two_sign_ins_are_never_the_same(office: Office, karin: Person) -> None:
    tokens = {sign_ins.begin(office.field, karin, "a test").token for _ in range(20)}
    assert len(tokens) == 20


def test_it_rests_twelve_hours_and_no_longer(office: Office, karin: Person) -> None:
    found = sign_ins.begin(office.field, karin, "a test")
    office.pass_time(hours=11, minutes=59)
    assert _good(office, found)
    office.pass_time(hours=11, minutes=59)
    assert _good(office, found), "each use begins the rest anew"
    office.pass_time(hours=12)
    assert not _good(office, found)


def test_it_lasts_thirty_days_however_often_it_is_used(office: Office, karin: Person) -> None:
    found = sign_ins.begin(office.field, karin, "a test")
    for _ in range(30 * 4 - 1):
        office.pass_time(hours=6)
        assert _good(office, found)
    office.pass_time(hours=6)
    assert not _good(office, found)


def test_that_she_was_seen_is_noted_every_five_minutes_at_most(office: Office, karin: Person) -> None:
    found, noted = sign_ins.begin(office.field, karin, "a test"), set()
    for _ in range(12):
        office.pass_time(minutes=1)
        assert _good(office, found)
        noted.add(sign_ins.of_person(office.field, karin.id)[0].seen_at)
    assert len(noted) == 3


def _password(office: Field, here: SignedIn) -> None:
    people.change_password(office, here.person, "another horse", keep=here.digest)


def _moved(office: Field, here: SignedIn) -> None:
    assert staff.change_post(office, here.person.id, Post("supervisor"), by=acting("Karin"), keep=here.digest)


def _ended(office: Field, here: SignedIn) -> None:
    assert sign_ins.end_others(office, here) == 2


@pytest.mark.parametrize("change", [_password, _moved, _ended])
def test_a_change_ends_all_others(office: Office, karin: Person, change: Callable[[Field, SignedIn], None]) -> None:
    here, *others = (sign_ins.begin(office.field, karin, "a test") for _ in range(3))
    change(office.field, here)
    assert _good(office, here)
    assert [_good(office, each) for each in others] == [False, False]


def test_the_end_of_access_ends_every_one(office: Office, karin: Person) -> None:
    found = [sign_ins.begin(office.field, karin, "a test") for _ in range(3)]
    staff.end(office.field, karin.id)
    assert not any(_good(office, each) for each in found)
    assert people.check_password(office.field, "karin", PASSWORD) is None


def test_a_password_set_by_somebody_else_ends_every_one(office: Office, karin: Person) -> None:
    found = sign_ins.begin(office.field, karin, "a test")
    people.set_password(office.field, "karin", "another horse")
    assert not _good(office, found)


def test_signing_out_ends_this_one_alone(office: Office, karin: Person) -> None:
    here, there = (sign_ins.begin(office.field, karin, "a test") for _ in range(2))
    sign_ins.end(office.field, here.token)
    assert (_good(office, here), _good(office, there)) == (False, True)
    assert [each.digest for each in sign_ins.of_person(office.field, karin.id)] == [there.digest]
