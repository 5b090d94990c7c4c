from datetime import timedelta

import pytest

from tests.fieldwork.office import Office
from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.colleagues.keys import KeyFault
from tonval.fieldwork.organisation import put
from tonval.fieldwork.places import Line

DAY = timedelta(days=1)


def test_a_key_is_good_for_as_long_as_it_was_made_for(office: Office) -> None:
    raw = keys.make_key(office.field, "bi", ["read"], lasts=DAY)
    assert keys.check_key(office.field, raw) is not None
    office.time += DAY
    assert keys.check_key(office.field, raw) is None


def test_a_revoked_key_is_good_for_nothing_after_ten_seconds_at_the_latest(office: Office) -> None:
    raw = keys.make_key(office.field, "bi", ["read"])
    assert keys.check_key(office.field, raw) is not None
    assert keys.revoke(office.field, raw[:8]).name == "bi"
    office.time += keys.REMEMBERED
    assert keys.check_key(office.field, raw) is None


def place(office: Office) -> None:
    put(office.field, "units", [Line(2, {"unit": "se"}), Line(3, {"unit": "se/gbg"})], CONSOLE)


def test_a_key_of_a_unit_that_is_not_there_is_refused_and_told_which_are_near(office: Office) -> None:
    place(office)
    for unit, why in (("gbg", "did you mean se/gbg"), ("se/gpg", "did you mean se/gbg"), ("x", "no unit “x”$")):
        with pytest.raises(KeyFault, match=why):
            keys.make_key(office.field, "bi", ["read"], unit=unit)
    assert keys.all_keys(office.field) == []


def test_a_rotated_key_overlaps_with_its_follower(office: Office) -> None:
    place(office)
    old = keys.make_key(office.field, "pbx", ["report"], unit="se")
    new = keys.rotate(office.field, old[:8], DAY)
    for raw in (old, new):
        found = keys.check_key(office.field, raw)
        assert found is not None
        assert (found.name, found.scopes, found.unit) == ("pbx", ("report",), "se")
    office.time += DAY
    assert keys.check_key(office.field, old) is None
    assert keys.check_key(office.field, new) is not None


def test_rotating_never_makes_a_key_last_longer(office: Office) -> None:
    old = keys.make_key(office.field, "pbx", ["report"], lasts=timedelta(hours=1))
    new = keys.rotate(office.field, old[:8], DAY)
    office.time += timedelta(hours=1)
    assert keys.check_key(office.field, old) is None
    assert keys.check_key(office.field, new) is None


@pytest.mark.parametrize("prefix", ["", "tvl_nope"])
def test_what_names_no_key_is_refused(office: Office, prefix: str) -> None:
    keys.make_key(office.field, "pbx", ["report"])
    with pytest.raises(KeyFault, match="no key in use"):
        keys.revoke(office.field, prefix)


def test_what_names_two_keys_is_refused(office: Office) -> None:
    for name in ("pbx", "bi"):
        keys.make_key(office.field, name, ["read"])
    with pytest.raises(KeyFault, match="more than one"):
        keys.rotate(office.field, "tvl_", DAY)


def test_an_admin_key_has_no_unit(office: Office) -> None:
    with pytest.raises(KeyFault, match="without a unit"):
        keys.make_key(office.field, "all", ["admin"], unit="se")


def test_the_list_tells_use_and_end_and_never_the_key(office: Office) -> None:
    place(office)
    raw = keys.make_key(office.field, "bi", ["read"], unit="se/gbg", lasts=DAY)
    keys.check_key(office.field, raw)
    (kept,) = keys.all_keys(office.field)
    assert (kept.prefix, kept.unit, kept.used_at) == (raw[:8], "se/gbg", office.time)
    assert kept.expires_at == office.time + DAY
    assert raw not in repr(kept)


def test_what_is_done_to_keys_is_in_the_audit_log(office: Office) -> None:
    old = keys.make_key(office.field, "bi", ["read"])
    new = keys.rotate(office.field, old[:8], timedelta(0))
    keys.revoke(office.field, new[:8])
    assert audit.verify(office.field) == audit.Verdict(3, None)
