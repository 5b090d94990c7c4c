"""The counter under a text: the browser says while one types what the server says when it is saved."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, Site
from tests.surveys.test_lengths import COSTS, TOLD, _terms
from tonval.fieldwork import profiles
from tonval.opening import GAUGES
from tonval.surveys.lint import Price, length
from tonval.surveys.lint.lengths import LONG, PLAIN
from tonval.surveys.writer import write_survey
from tonval.web.desk.designer.starts import STARTS

TEXTS = [(None, text) for text, _ in TOLD] + [(price, text) for price, text, _ in COSTS]


def _measuring(price: Price | None) -> str:
    known = _terms(price)
    cost = price and {"amount": price.amount, "currency": price.currency}
    fills = {"usual": dict(known.usual), "longest": dict(known.longest)}
    return json.dumps({**fills, "price": cost, "plain": dict(PLAIN), "anyName": LONG})


PRICED = """
brand: Tonval
agents: {anna: {name: Anna}, max: {name: Maximiliane-Charlotte}}
numbers: {"+46701740605": {}}
sms: {price: {SE: 0.07}, currency: EUR}
queues: {sales: {survey: nps, channel: sms, from: "+46701740605"}}
surveys: {nps: {questions: [{id: q, scale: nps, text: "Hur troligt? STOPP slutar"}]}}
"""


def test_the_browser_counts_every_text_as_the_server_does(site: Site, signed_in: Open) -> None:
    profiles.start(site.office, "after", write_survey("after", STARTS["nps"].make()), "Maja")
    page = signed_in("/desk/surveys/after")
    for price, text in TEXTS:
        told = page.evaluate(
            """async ([text, terms]) => {
              const beside = document.querySelector("script[src*='designer.js']").src;
              return (await import(beside.replace('designer.js', 'sms.js'))).told(text, JSON.parse(terms));
            }""",
            [text, _measuring(price)],
        )
        assert told == str(length(text, _terms(price), GAUGES))


@pytest.mark.parametrize("queues", [PRICED])
def test_what_is_typed_is_counted_at_once_and_the_same_when_it_is_saved(site: Site, signed_in: Open) -> None:
    name = "after"
    profiles.start(site.office, name, write_survey(name, STARTS["nps"].make()), "Maja")
    page = signed_in(f"/desk/surveys/{name}")
    field = page.locator("#questions\\.0\\.text\\.sv")
    field.fill(f"{{agent}} ville veta — {'hur det gick ' * 4}STOPP slutar")
    meter = page.locator("[data-meter='questions.0.text.sv']")
    told = (
        "2 SMS because of “—” (longer set: 70 characters each). To keep the short set: write - for —"
        " · about 140 EUR per 1,000 customers"
    )
    expect(meter).to_have_text(told)
    expect(page.locator("#state")).to_contain_text("Saved")
    page.reload()
    expect(meter).to_have_text(told)
