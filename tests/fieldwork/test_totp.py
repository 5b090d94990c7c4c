"""Codes of authenticator apps: the tables of the RFCs, the steps around now, and what people type."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.colleagues.totp import STEP, code_at, link, step_of, written

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // STEP, digits=8) == code


def test_codes_are_those_of_rfc_4226_appendix_d() -> None:
    expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [code_at(SECRET, step) for step in range(10)] == expected


@pytest.mark.parametrize(("late", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_wrong_by_one_step(late: int, taken: bool) -> None:
    now = 1_800_000_000
    code = code_at(SECRET, now // STEP + late)
    assert step_of(SECRET, code, now) == (now // STEP + late if taken else None)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_looked_at_without_a_fault(typed: str) -> None:
    assert step_of(SECRET, typed, 60.0) in (None, 1, 2, 3)


def test_the_key_is_written_in_groups_of_four_and_the_link_carries_the_same() -> None:
    groups = written(SECRET).split(" ")
    assert {len(group) for group in groups} == {4}
    parts = urlsplit(link(SECRET, "Nordlys & Co", "Anna Ek"))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/Nordlys & Co:Anna Ek")
    told = parse_qs(parts.query)
    assert told["issuer"] == ["Nordlys & Co"]
    assert base64.b32decode(told["secret"][0]) == SECRET == base64.b32decode("".join(groups))
