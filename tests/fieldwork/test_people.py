"""Users and keys: made once, checked, and never kept in the clear."""

from __future__ import annotations

import pytest
from pwdlib import PasswordHash
from sqlalchemy import select

from tests.fieldwork.office import Office
from tonval.fieldwork.colleagues import keys, people
from tonval.fieldwork.colleagues.keys import UnknownScope
from tonval.fieldwork.colleagues.people import PeopleError
from tonval.store import tables as t


def test_a_user_signs_in_with_her_password_alone(office: Office) -> None:
    added = people.add_user(office.field, "karin", "correct horse", role="supervisor", unit="se/sthlm")
    assert people.check_password(office.field, "karin", "correct horse") == added
    assert people.check_password(office.field, "karin", "correct hors") is None
    assert people.check_password(office.field, "nobody", "correct horse") is None
    assert people.person(office.field, added.id) == added


def test_guessing_a_password_takes_64_megabytes_and_three_passes(passwords: PasswordHash) -> None:
    assert passwords.hash("correct horse").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    ("name", "password", "role", "why"),
    [
        ("", "long enough", "admin", "name"),
        ("bo", "short", "admin", "8 characters"),
        ("bo", "long enough", "king", "not a role"),
        ("bo", "long enough", "agent", "agent"),
        ("karin", "long enough", "admin", "already"),
    ],
)
def test_a_user_that_cannot_be_is_refused_with_the_reason(
    office: Office, name: str, password: str, role: str, why: str
) -> None:
    people.add_user(office.field, "karin", "correct horse")
    with pytest.raises(PeopleError, match=why):
        people.add_user(office.field, name, password, role=role)


def test_a_key_is_good_for_its_scopes_and_kept_as_a_hash(office: Office) -> None:
    raw = keys.make_key(office.field, "pbx", ["report"])
    found = keys.check_key(office.field, raw)
    assert found is not None and found.may("report") and not found.may("read")
    assert keys.check_key(office.field, raw + "x") is None
    with office.field.unit.read() as tx:
        stored = tx.execute(select(t.api_keys)).one()
    assert raw not in str(stored)
    with pytest.raises(UnknownScope, match="write"):
        keys.make_key(office.field, "pbx", ["write"])
