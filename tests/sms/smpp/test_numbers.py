import pytest

from tonval.sms.smpp.numbers import Address, address_of, number_of

WRITTEN = [
    ("+46701740605", Address("46701740605", 1, 1)),
    ("0701740605", Address("0701740605", 2, 1)),
    ("71234", Address("71234", 3, 0)),
    ("Tonval", Address("Tonval", 5, 0)),
    ("4Ever", Address("4Ever", 5, 0)),
]


@pytest.mark.parametrize(("number", "address"), WRITTEN)
def test_a_number_is_written_with_its_type(number: str, address: Address) -> None:
    assert address_of(number) == address


def test_an_operator_may_want_other_types() -> None:
    assert address_of("71234", ton=0, npi=1) == Address("71234", 0, 1)


READ = [
    (Address("46701740606", 1, 1), "+46701740606"),
    (Address("+46701740606", 1, 1), "+46701740606"),
    (Address("+46701740606", 0, 0), "+46701740606"),
    (Address("0046701740606", 0, 1), "+46701740606"),
    (Address("46701740606", 0, 1), "+46701740606"),
    (Address("0701740606", 2, 1), "+46701740606"),
    (Address("0701740606", 0, 0), "+46701740606"),
    (Address("12025550123", 0, 1), "+12025550123"),
    (Address("46701740605", 5, 0), "+46701740605"),  # ours, whatever the type says
    (Address("71234", 3, 0), "71234"),
    (Address("71234", 0, 0), "71234"),
    (Address("Telco", 5, 0), "Telco"),
    (Address("", 0, 0), ""),
]


@pytest.mark.parametrize(("address", "number"), READ)
def test_a_number_that_came_in_is_read(address: Address, number: str) -> None:
    assert number_of(address, "SE", {"+46701740605"}) == number
