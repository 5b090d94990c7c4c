"""Telephone numbers as people write them, and what only looks like one."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.addresses import BadAddress, phone_number

COUNTRIES = st.sampled_from(("SE", "NO", "FI", "EE", "ES", "DE", "GB", "US"))
DASHES = st.sampled_from(("-", " - ", "‐", "–", "−"))


@pytest.mark.parametrize(
    "written",
    [
        "070-174 06 06",
        "070-174-06-06",
        "0701-74-06-06",
        "0701-74 06 06",
        "070/174 06 06",
        "070.174.06.06",
        "(070) 174 06 06",
        "0701740606",
        "0046 70 174 06 06",
        "0046-70-174-06-06",
        "+46 (0)70 174 06 06",
        "+46 70-174 06 06",
        "+46.70.174.06.06",
        "tel:+46-70-174-06-06",
    ],
)
def test_a_number_is_read_however_people_write_it(written: str) -> None:
    assert phone_number(written, "SE") == "+46701740606"


@pytest.mark.parametrize(
    "written",
    [
        "2026-13-40",
        "2026-11-22",
        "2026-11-22 09:00",
        "2026-1-2",
        " 2026-11-22 ",
        "22.11.2026",
        "22/11/2026",
        "22-11-2026",
        "192.0.2.7",
        "192.0.2.7:5060",
        "192.0.2.0/24",
        "tel:192.0.2.7",
    ],
)
def test_a_date_or_the_address_of_a_machine_is_no_number(written: str) -> None:
    with pytest.raises(BadAddress, match="is not a telephone number"):
        phone_number(written, "SE")


@given(st.from_regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", fullmatch=True), DASHES, COUNTRIES)
def test_nothing_of_the_form_of_a_date_is_a_number(written: str, dash: str, country: str) -> None:
    with pytest.raises(BadAddress):
        phone_number(written.replace("-", dash), country)


@given(st.datetimes(), st.sampled_from((" ", "T")), COUNTRIES)
def test_no_day_with_its_time_is_a_number(moment: datetime, between: str, country: str) -> None:
    with pytest.raises(BadAddress):
        phone_number(moment.isoformat(between), country)


@given(st.ip_addresses(v=4), COUNTRIES)
def test_no_address_of_a_machine_is_a_number(address: IPv4Address, country: str) -> None:
    with pytest.raises(BadAddress):
        phone_number(str(address), country)


@given(st.from_regex(r"[1-9][0-9]{0,2}(\.[0-9]{1,3}){3}", fullmatch=True), COUNTRIES)
def test_nothing_of_the_form_of_such_an_address_is_a_number(written: str, country: str) -> None:
    with pytest.raises(BadAddress):
        phone_number(written, country)
