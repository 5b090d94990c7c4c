"""Callers of the demo who speak, or who hang up first and are called; and nothing of them left behind."""

from __future__ import annotations

from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tonval.audio import wav
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.routing import read_centre
from tonval.store import tables as t
from tonval.store.unit import open_unit
from tonval.workers import demo

FILE = """
brand: Nordlys
country: SE
defaults: {languages: [sv, en], survey: care}
queues:
  support: {channel: keypad, call: {from: "+46701740605"}}
numbers: {"+46701740605": {provider: twilio}}
surveys:
  care:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
      - {id: more, scale: spoken, text: {sv: "Berätta gärna.", en: "Tell us more."}}
"""


def test_the_demo_speaks_and_calls_and_is_gone_without_a_trace(sqlite_url: str) -> None:
    office = Office(open_unit(sqlite_url), read_centre(FILE))
    demo.fill(office.field, days=8, agents=4, seed=2)
    with office.field.unit.read() as tx:
        spoken = tx.execute(select(t.speeches.c.wav).where(t.speeches.c.state == "kept")).scalars().all()
        states = dict(tx.execute(select(t.dials.c.state, func.count()).group_by(t.dials.c.state)).all())
    assert spoken
    assert all(wav.seconds(sound) > 1 for sound in spoken)
    assert states["talked"] > 0
    assert set(states) <= {"talked", "no-answer", "busy", "hung-up"}
    office.pass_time(days=2)
    assert dialling.claim(office.field, "twilio", 100) == dialling.claim(office.field, "sip", 100) == []
    demo.remove(office.field)
    with office.field.unit.read() as tx:
        left = {each.name: tx.execute(select(func.count()).select_from(each)).scalar_one() for each in TRACES}
    office.field.unit.engine.dispose()
    assert left == dict.fromkeys(left, 0)


TRACES = (t.interactions, t.interviews, t.invitations, t.contacts, t.legs, t.turns, t.events, t.speeches, t.dials)
