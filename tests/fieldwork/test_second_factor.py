"""The second factor: a code is good once, recovery codes are good once each, and the database holds no secret."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tonval.fieldwork.colleagues import admissions, people, second_factor, totp
from tonval.fieldwork.colleagues.admissions import Purpose
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.second_factor import WrongCode
from tonval.store import tables as t

SALT = "0123456789abcdef"


def _code(office: Office, salt: str = SALT, late: int = 0) -> str:
    step = int(office.field.now().timestamp()) // totp.STEP + late
    return totp.code_at(second_factor.secret_of(office.field, salt), step)


@pytest.fixture
def karin(office: Office) -> Person:
    """A user who has set her second factor up half an hour ago."""
    person = people.add_user(office.field, "karin", "correct horse")
    second_factor.confirm(office.field, person, SALT, _code(office))
    office.pass_time(minutes=30)
    return person


def test_it_is_set_up_by_a_code_of_the_app_and_by_nothing_else(office: Office) -> None:
    person = people.add_user(office.field, "karin", "correct horse")
    for wrong in ("", "123", _code(office, "another salt"), _code(office, late=5)):
        with pytest.raises(WrongCode):
            second_factor.confirm(office.field, person, SALT, wrong)
        assert not second_factor.is_set(office.field, person.id)
    codes = second_factor.confirm(office.field, person, SALT, _code(office))
    assert second_factor.is_set(office.field, person.id)
    assert len(set(codes)) == second_factor.codes_left(office.field, person.id) == 8


def test_the_code_that_set_it_up_is_spent(office: Office) -> None:
    person = people.add_user(office.field, "karin", "correct horse")
    code = _code(office)
    second_factor.confirm(office.field, person, SALT, code)
    assert not second_factor.check(office.field, person, code)


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_code_is_good_once(office: Office, karin: Person, late: int) -> None:
    code = _code(office, late=late)
    assert second_factor.check(office.field, karin, f" {code[:3]} {code[3:]} ")
    assert not second_factor.check(office.field, karin, code)
    office.pass_time(seconds=30)
    assert not second_factor.check(office.field, karin, code)


def test_no_code_before_one_that_was_taken_is_good(office: Office, karin: Person) -> None:
    assert second_factor.check(office.field, karin, _code(office, late=1))
    assert not second_factor.check(office.field, karin, _code(office))
    office.pass_time(minutes=1)
    assert second_factor.check(office.field, karin, _code(office))


def test_of_many_at_once_with_the_same_code_one_gets_in(office: Office, karin: Person) -> None:
    code, let_in = _code(office), []

    def try_it() -> None:
        let_in.append(second_factor.check(office.field, karin, code))

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in) == [False] * 5 + [True]


def test_each_recovery_code_is_good_once_however_it_is_typed(office: Office, karin: Person) -> None:
    codes = second_factor.new_codes(office.field, karin)
    assert second_factor.check(office.field, karin, codes[0].upper())
    assert not second_factor.check(office.field, karin, codes[0])
    assert second_factor.check(office.field, karin, codes[1].replace("-", " "))
    assert second_factor.codes_left(office.field, karin.id) == 6


def test_new_recovery_codes_make_the_old_ones_worthless(office: Office, karin: Person) -> None:
    before, after = (second_factor.new_codes(office.field, karin) for _ in range(2))
    assert not second_factor.check(office.field, karin, before[0])
    assert second_factor.check(office.field, karin, after[0])


def test_another_users_codes_are_not_hers(office: Office, karin: Person) -> None:
    other = people.add_user(office.field, "bo", "correct horse")
    codes = second_factor.confirm(office.field, other, "another salt", _code(office, "another salt"))
    assert not second_factor.check(office.field, karin, codes[0])
    assert not second_factor.check(office.field, karin, _code(office, "another salt", late=1))


def test_the_database_tells_no_secret_and_no_code(office: Office, karin: Person) -> None:
    codes = second_factor.new_codes(office.field, karin)
    with office.field.unit.read() as tx:
        stored = f"{tx.execute(select(t.users)).all()} {tx.execute(select(t.recovery_codes)).all()}"
    secret = second_factor.secret_of(office.field, SALT)
    assert secret.hex() not in stored and totp.written(secret).replace(" ", "") not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_reset_leaves_no_code_and_no_half_finished_sign_in(office: Office, karin: Person) -> None:
    codes = second_factor.new_codes(office.field, karin)
    step = admissions.begin_code_step(office.field, karin.id)
    second_factor.reset(office.field, karin.id, karin.name)
    assert not second_factor.is_set(office.field, karin.id)
    assert not second_factor.check(office.field, karin, codes[0])
    assert not second_factor.check(office.field, karin, _code(office))
    assert admissions.find(office.field, step, Purpose.CODE) is None
