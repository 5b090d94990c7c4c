"""Users as an admin keeps them: invitations, roles with their places, ended access; the last admin stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.acting import acting
from tests.fieldwork.office import Office
from tonval.fieldwork import audit
from tonval.fieldwork.colleagues import admissions, admitting, people, second_factor, sign_ins, staff, totp
from tonval.fieldwork.colleagues.admissions import LASTS, Admission, Purpose, Spent
from tonval.fieldwork.colleagues.admitting import Failed, Invitation
from tonval.fieldwork.colleagues.people import PeopleError, Person
from tonval.fieldwork.colleagues.staff import Post
from tonval.fieldwork.field import Field
from tonval.store import tables as t

EVA = acting("Eva")
PASSWORD = "correct horse battery"
ADMIN, PLACED = Post("admin"), Post("site-manager", "se/sthlm")


@pytest.fixture
def house(office: Office) -> Office:
    """An office with a unit, an agent, and one admin."""
    with office.field.unit.begin() as tx:
        tx.execute(t.units.insert().values(path="se/sthlm", name="Stockholm"))
        tx.execute(t.agents.insert().values(id="a-1", name="Anna", unit="se/sthlm"))
    people.add_user(office.field, "first", PASSWORD)
    return office


def _invited(office: Field, name: str = "karin", post: Post = PLACED) -> str:
    return staff.invite(office, name, f"{name}@example.com", post, by=EVA)


def _good(office: Field, token: str) -> Admission | None:
    return admissions.find(office, token, Purpose.INVITE, Purpose.RESET)


def _accept(office: Field, token: str, password: str = PASSWORD) -> Person:
    found = _good(office, token)
    assert found is not None
    admissions.set_password(office, found, password)
    return found.person


def _actions(office: Field) -> list[str]:
    with office.unit.read() as tx:
        return list(tx.execute(select(t.audit.c.action).order_by(t.audit.c.id)).scalars())


def test_somebody_invited_chooses_her_password_once(house: Office) -> None:
    token = _invited(house.field)
    assert people.check_password(house.field, "karin", "") is None
    found = _good(house.field, token)
    assert found is not None and found.person.unit == "se/sthlm"
    person = _accept(house.field, token)
    assert people.check_password(house.field, "karin", PASSWORD) == person
    assert _good(house.field, token) is None
    with pytest.raises(Spent):
        admissions.set_password(house.field, found, "somebody else's")
    assert people.check_password(house.field, "karin", PASSWORD) == person
    assert _actions(house.field)[-2:] == ["user.invited", "user.accepted"]
    assert audit.verify(house.field).fault is None


def test_the_link_is_long_random_and_kept_as_a_digest_alone(house: Office) -> None:
    token = _invited(house.field)
    assert len(token) == 43
    with house.field.unit.read() as tx:
        assert token not in f"{tx.execute(select(t.admissions)).all()} {tx.execute(select(t.outbox)).all()}"
    other = replace(house.field, people_key=b"another installation")
    with house.field.unit.read() as tx:
        assert admissions.token_of(other, tx.execute(select(t.admissions.c.id)).scalar_one()) != token


@pytest.mark.parametrize("purpose", [Purpose.INVITE, Purpose.RESET])
def test_a_link_is_good_until_its_time_is_over(house: Office, purpose: Purpose) -> None:
    token = _invited(house.field)
    if purpose is Purpose.RESET:
        user = _accept(house.field, token)
        token = staff.send_link(house.field, user.id, by=EVA)
    house.time += LASTS[purpose] - timedelta(seconds=1)
    assert _good(house.field, token)
    house.pass_time(seconds=1)
    assert _good(house.field, token) is None


def test_a_link_sent_again_makes_the_one_before_worthless(house: Office) -> None:
    first = _invited(house.field)
    user = next(each.person.id for each in staff.members(house.field) if each.invited)
    second = staff.send_link(house.field, user, by=EVA)
    assert _good(house.field, first) is None
    assert _good(house.field, second)


@pytest.mark.parametrize(
    ("name", "email", "post", "field"),
    [
        ("first", "k@example.com", ADMIN, "name"),
        (" ", "k@example.com", ADMIN, "name"),
        ("ka\nrin", "k@example.com", ADMIN, "name"),
        ("karin", "nothing", ADMIN, "email"),
        ("karin", "k@example.com", Post("king"), "role"),
        ("karin", "k@example.com", Post("site-manager"), "unit"),
        ("karin", "k@example.com", Post("site-manager", "se/gbg"), "unit"),
        ("karin", "k@example.com", Post("agent"), "agent"),
        ("karin", "k@example.com", Post("agent", "", "a-2"), "agent"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    house: Office, name: str, email: str, post: Post, field: str
) -> None:
    with pytest.raises(PeopleError) as refusal:
        staff.invite(house.field, name, email, post, by=EVA)
    assert refusal.value.field == field
    assert [each.person.name for each in staff.members(house.field)] == ["first"]
    assert "user.invited" not in _actions(house.field)


def _end(office: Field, user: str) -> None:
    staff.end(office, user, by=EVA)


def _demote(office: Field, user: str) -> None:
    staff.change_post(office, user, PLACED, by=EVA)


@pytest.mark.parametrize("change", [_end, _demote])
def test_the_last_admin_can_be_neither_demoted_nor_ended(house: Office, change: Callable[[Field, str], None]) -> None:
    only = staff.named(house.field, "first")
    token = _invited(house.field, "second", ADMIN)
    with pytest.raises(PeopleError, match="last admin"):
        change(house.field, only.id)  # the other one has not come yet
    second = _accept(house.field, token)
    change(house.field, only.id)
    with pytest.raises(PeopleError, match="last admin"):
        change(house.field, second.id)


def test_of_two_admins_who_end_each_other_at_once_one_stays(house: Office) -> None:
    second = people.add_user(house.field, "second", PASSWORD)
    both, refused = [staff.named(house.field, "first").id, second.id], []

    def try_it(user: str) -> None:
        try:
            staff.end(house.field, user)
        except PeopleError:
            refused.append(user)

    threads = [threading.Thread(target=try_it, args=(user,)) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


def test_ended_access_stays_in_the_list_and_can_be_given_back(house: Office) -> None:
    user = _accept(house.field, _invited(house.field))
    salt = second_factor.fresh_salt()
    step = int(house.time.timestamp()) // totp.STEP
    second_factor.confirm(house.field, user, salt, totp.code_at(second_factor.secret_of(house.field, salt), step))
    link = staff.send_link(house.field, user.id, by=EVA)
    staff.end(house.field, user.id, by=EVA)
    assert [each.state for each in staff.members(house.field)] == ["active", "ended"]
    assert _good(house.field, link) is None
    assert user not in people.all_people(house.field)
    token = staff.send_link(house.field, user.id, by=EVA)
    assert people.check_password(house.field, "karin", PASSWORD) is None, "the old password is no way back"
    _accept(house.field, token, "a new beginning")
    assert [each.state for each in staff.members(house.field)] == ["active", "active"]
    assert not second_factor.is_set(house.field, user.id)


def test_a_change_of_role_is_noted_with_what_was_before(house: Office) -> None:
    user = _accept(house.field, _invited(house.field))
    here = sign_ins.begin(house.field, user, "a test")
    assert staff.change_post(house.field, user.id, Post("agent", "", "a-1"), by=EVA)
    assert sign_ins.find(house.field, here.token) is None
    assert not staff.change_post(house.field, user.id, Post("agent", "", "a-1"), by=EVA)
    with house.field.unit.read() as tx:
        told = tx.execute(select(t.audit.c.detail).where(t.audit.c.action == "user.moved")).scalar_one()
    assert (told["before"], told["after"]) == ("site-manager of se/sthlm", "agent as a-1")


class Letterbox:
    """A mail server that keeps what it gets; ``fault`` is what it says to the next ones."""

    def __init__(self) -> None:
        self.letters: list[Invitation] = []
        self.fault: Failed | None = None

    def __call__(self, letter: Invitation) -> Failed | None:
        self.letters.append(letter)
        return self.fault


def test_an_invitation_is_mailed_with_the_link_that_is_good(house: Office) -> None:
    office, server = replace(house.field, mail_from="care@example.com"), Letterbox()
    token = _invited(office)
    assert house.rung[-1] == admissions.LETTER
    server.fault = Failed("away", again=True)
    assert admitting.send_due(office, server, 10) == 1
    server.fault = None
    assert admitting.send_due(office, server, 10) == 0, "not again at once"
    house.pass_time(minutes=1)
    assert admitting.send_due(office, server, 10) == 1
    house.pass_time(hours=1)
    assert admitting.send_due(office, server, 10) == 0
    assert [each.link for each in server.letters] == [admissions.link_to(office, token)] * 2
    assert server.letters[0].to == "karin@example.com"


def test_a_letter_whose_link_was_replaced_is_not_sent(house: Office) -> None:
    office, server = replace(house.field, mail_from="care@example.com"), Letterbox()
    _invited(office)
    user = staff.named(office, "karin")
    token = staff.send_link(office, user.id, by=EVA)
    admitting.send_due(office, server, 10)
    assert [each.link for each in server.letters] == [admissions.link_to(office, token)]


@pytest.mark.parametrize(
    ("who", "letters"),
    [("karin", 1), ("KARIN@example.com", 1), (" karin ", 1), ("nobody", 0), ("", 0), ("gone", 0), ("invited", 0)],
)
def test_a_wish_for_a_password_is_granted_to_who_can_sign_in(house: Office, who: str, letters: int) -> None:
    office, server = replace(house.field, mail_from="care@example.com"), Letterbox()
    _accept(office, _invited(office))
    staff.end(office, _accept(office, _invited(office, "gone")).id)
    _invited(office, "invited")
    while admitting.send_due(office, lambda letter: None, 10):
        pass
    admitting.wish_for_password(office, who)
    assert admitting.grant_wishes(office, 10) == 1
    admitting.send_due(office, server, 10)
    assert [each.purpose for each in server.letters] == [Purpose.RESET] * letters
    with office.unit.read() as tx:
        assert tx.execute(select(t.outbox).where(t.outbox.c.kind == admitting.WISH)).all() == []


def test_a_new_password_ends_every_sign_in_and_every_link(house: Office) -> None:
    user = _accept(house.field, _invited(house.field))
    here, step = sign_ins.begin(house.field, user, "a test"), admissions.begin_code_step(house.field, user.id)
    _accept(house.field, staff.send_link(house.field, user.id, by=EVA), "another horse")
    assert sign_ins.find(house.field, here.token) is None
    assert admissions.find(house.field, step, Purpose.CODE) is None
    assert people.check_password(house.field, "karin", PASSWORD) is None
    assert people.check_password(house.field, "karin", "another horse") == user
