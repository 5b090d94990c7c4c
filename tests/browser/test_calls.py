"""The page of calls to customers who hung up first, with a call in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.browser.conftest import Open, Site
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.dialling import ToDial
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.surveys.turns import Digits, TimedOut

QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
sip: {trunk: {address: "sip:pbx.example", caller: "+46846500110"}}
sms: {countries: [SE]}
defaults: {min_talk: 15s, cap: 30d, languages: [sv, en], survey: nki}
units: {se: Sweden, se/sthlm: Stockholm}
agents: {anna: {name: Anna Lind, unit: se/sthlm}}
queues:
  support: {channel: keypad, call: {hours: "00:00-23:59", per_minute: 99, per_day: 14}}
  billing: {channel: keypad, from: "+46701740605", fallback: [sms], call: {hours: "00:00-23:59", retry: off}}
surveys:
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}]}
"""
HEARD = {"she takes part": ["1", "5"], "she hangs up": [], "she wants no more": ["9"], "a machine": ["", ""]}
CAUSES = ["no_answer", "busy", "failed", "unknown", "answered"]


class Caller:
    """Calls that ended in every way, yesterday by day: in the last minute before midnight nobody is called."""

    def __init__(self, office: Field) -> None:
        self.time = datetime.now(UTC).replace(hour=10, minute=0) - timedelta(days=1)
        self.office = replace(office, now=lambda: self.time)
        self.refs = count(1)

    def call(self, queue: str = "support") -> ToDial:
        """A customer hangs up, and her call is ours to place."""
        n = next(self.refs)
        told = Customer(phone=f"+467017406{n:02}", language="sv")
        talk, ended = timedelta(minutes=2), {"ended_by": "customer"}
        invitations.report(self.office, Interaction(f"call-{n}", "call", queue, "anna", told, self.time, talk, ended))
        self.time += timedelta(minutes=11)
        (to_dial,) = dialling.claim(self.office, "sip", 1)
        dialling.placed(self.office, to_dial.id, f"ref-{n}")
        self.time += timedelta(seconds=20)
        return to_dial

    def talk(self, keys: list[str]) -> None:
        """She answers and presses these."""
        to_dial = self.call()
        ref = f"ref-{int(to_dial.number[-2:])}"
        coming = conduct.Call("sip", ref, "support", caller=to_dial.number, dial=to_dial.id)
        turn = conduct.begin_call(self.office, coming)
        for key in keys:
            self.time += timedelta(seconds=5)
            reply = Digits(key) if key else TimedOut()
            turn = conduct.resume(self.office, turn.leg, reply, turn.turn_no)
        conduct.end_leg(self.office, turn.leg, "hangup")


def make_calls(office: Field) -> None:
    """A call in every state."""
    caller = Caller(office)
    for keys in HEARD.values():
        caller.talk(keys)
    for cause in CAUSES:
        dialling.ended(
            caller.office, caller.call().id, cause, "The telephone network said 404." if cause == "failed" else None
        )
    dialling.ended(caller.office, caller.call("billing").id, "no_answer")
    asking.ask_due(caller.office)
    caller.call()


@pytest.fixture
def queues() -> str:
    """The centre that calls."""
    return QUEUES


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_is_told_in_nobodys_way_on_a_small_telephone(
    site: Site, signed_in: Open, axe: str, theme: str
) -> None:
    make_calls(site.office)
    page = signed_in("/desk/calls", width=360, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    counts = page.locator("table.counts tbody tr").all_inner_texts()
    assert [line.split("\t")[:2] for line in counts] == [
        ["Took part in a call", "1"],
        ["Not reached, then asked by SMS or e-mail", "1"],
        ["Did not want to take part", "2"],
        ["Not called after all", "1"],
        ["Still to be called, or being called now", "6"],
    ]
    assert page.get_by_text("No call has reached her: she is asked by SMS.").is_visible()
    page.evaluate(axe)
    assert [each["id"] for each in page.evaluate("axe.run()")["violations"]] == []
