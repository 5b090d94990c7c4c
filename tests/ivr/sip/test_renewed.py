"""What is set up anew while a SIP node runs: the trunk, its password, and whose national numbers callers show."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.drivers.sip_callee import SipCallee
from tests.drivers.sip_node import FakeCarrier, Node, sip_node
from tests.drivers.sip_phone import SipPhone
from tests.fieldwork.office import Office
from tests.ivr.sip.test_outgoing import EVA
from tests.transcripts.script import centre
from tests.waiting import wait_until
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.centre import Sip, Trunk
from tonval.fieldwork.settings import providers
from tonval.ivr.sip.office import SipCarrier
from tonval.store.unit import Unit

pytestmark = pytest.mark.sip

MARIA = Actor("usr_1", "maria")


@dataclass
class Renewing(FakeCarrier):
    """Fieldwork whose settings change; ``told`` are the passwords that the node has been told."""

    told: list[str] = field(default_factory=list)

    def trunk_password(self) -> str:
        self.told.append(self.password)
        return self.password


def call_out(carrier: Renewing, callee: SipCallee, dial: str, password: str) -> bool:
    """Set this trunk and password up, have a call placed, and say whether it was placed with that password."""
    carrier.around, carrier.password = Sip(trunk=Trunk(f"sip:127.0.0.1:{callee.port}", "tonval")), password
    wait_until(lambda: carrier.told[-2:] == [password] * 2)
    carrier.due = [replace(EVA, id=dial)]
    knew = callee.knows_password(callee.wait_for_call(), "tonval")
    callee.hang_up()
    wait_until(lambda: carrier.dialled.get(dial))
    return knew


def test_another_trunk_and_another_password_hold_from_the_next_call_on(tmp_path: Path) -> None:
    carrier = Renewing()
    with SipCallee(password="first") as one, SipCallee(password="second") as other, sip_node(carrier, tmp_path):
        assert call_out(carrier, one, "dial_1", "first")
        assert call_out(carrier, other, "dial_2", "second")
        other.password = "third"
        other.requests.clear()
        assert call_out(carrier, other, "dial_3", "third")


def test_the_environments_password_goes_before_the_browsers(tmp_path: Path) -> None:
    carrier = Renewing(password="from the browser")
    with SipCallee(password="s3cret") as callee, sip_node(carrier, tmp_path, trunk_password="s3cret"):
        carrier.around, carrier.due = Sip(trunk=Trunk(f"sip:127.0.0.1:{callee.port}", "tonval")), [EVA]
        assert callee.knows_password(callee.wait_for_call(), "tonval")
        callee.hang_up()
    assert carrier.told == []


def test_a_password_that_cannot_be_read_keeps_no_peer_out(tmp_path: Path) -> None:
    class Locked(FakeCarrier):
        def trunk_password(self) -> str:
            raise ValueError("another key")

    carrier = Locked(around=Sip(trunk=Trunk("sip:127.0.0.1:9", "tonval")))
    with sip_node(carrier, tmp_path) as node, SipPhone(node.port) as phone:
        assert phone.call().answered


def test_a_callers_national_number_is_read_in_the_country_of_today(tmp_path: Path) -> None:
    class Moving(FakeCarrier):
        land = "SE"

        def country(self) -> str:
            return self.land

    def caller(node: Node, number: str) -> str | None:
        with SipPhone(node.port) as phone:
            phone.call("support", {"P-Asserted-Identity": f"<sip:{number}@pbx.example>"})
        return list(carrier.calls.values())[-1].caller

    carrier = Moving()
    with sip_node(carrier, tmp_path) as node:
        assert caller(node, "0701740606") == "+46701740606"
        carrier.land = "US"
        assert caller(node, "2025550123") == "+12025550123"


def test_what_is_typed_under_providers_is_the_password(unit: Unit) -> None:
    office = Office(unit, centre()).field
    carrier = SipCarrier(office)
    assert carrier.trunk_password() == ""
    providers.connect(office, "trunk", {"password": "one"}, MARIA)
    assert carrier.trunk_password() == "one"
    providers.connect(office, "trunk", {"password": "two"}, MARIA)
    assert carrier.trunk_password() == "two"
    providers.disconnect(office, "trunk", MARIA)
    assert carrier.trunk_password() == ""
