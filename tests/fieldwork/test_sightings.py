"""When each telephone system called last, and how often today."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.fieldwork.office import Office
from tests.transcripts.script import centre
from tonval.fieldwork import conduct
from tonval.fieldwork.calls.sightings import Sighting, sightings
from tonval.fieldwork.centre import Peer, Sip
from tonval.fieldwork.conduct import Call
from tonval.store.unit import Unit

PEERS = (
    Peer("hall", ("192.0.2.0/28",)),
    Peer("desk", ("192.0.2.9/32", "2001:db8::/32")),
    Peer("idle", ("10.0.0.0/8",)),
)


def called(office: Office, ref: str, provider: str = "sip") -> None:
    conduct.begin_call(office.field, Call(provider, ref, "support", agent="anna"))


def test_each_system_is_told_by_the_address_at_the_end_of_its_calls(unit: Unit) -> None:
    office = Office(unit, replace(centre(), sip=Sip(PEERS)))
    called(office, "a@pbx 0 192.0.2.9")
    office.pass_time(days=1)
    called(office, "b@pbx 1 192.0.2.3")
    office.pass_time(hours=1)
    called(office, "c@pbx 2 192.0.2.3")
    called(office, "CA1 192.0.2.9", "twilio")
    called(office, "dial_1")
    called(office, "from before 0a1b")
    began = office.time - timedelta(days=1, hours=1)
    assert sightings(office.field) == {"hall": Sighting(office.time, 2), "desk": Sighting(began, 0)}


def test_a_day_is_one_of_the_centre(unit: Unit) -> None:
    office = Office(unit, replace(centre(), sip=Sip(PEERS), zone="Europe/Stockholm"))
    office.pass_time(hours=13, minutes=30)  # 22:30 UTC is half past eleven there
    called(office, "a@pbx 0 192.0.2.9")
    office.pass_time(minutes=40)
    assert sightings(office.field)["desk"].today == 0
