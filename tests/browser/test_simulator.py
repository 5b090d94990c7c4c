"""The telephone in the browser: by keys alone, by mouse, without sound, and its messages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tonval.fieldwork import asking
from tonval.sms import sender
from tonval.sms.console.provider import Console
from tonval.stats.responses import responses
from tonval.stats.scope import EVERYTHING


def _past_the_echo(page: Page, turn: int) -> None:
    """A key in the first moments of a turn counts as the echo of the one before, as on a real line."""
    expect(page.locator("[data-phone]")).to_have_attribute("data-open", str(turn))


def test_a_call_is_answered_on_the_keyboard_to_a_complete_response(site: Site, signed_in: Open) -> None:
    page = signed_in("/simulator")
    page.fill("#call-agent", "anna")
    page.get_by_role("button", name="Call").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-piece=course]")).to_contain_text("The call came in")
    _past_the_echo(page, 1)
    page.keyboard.press("4")
    expect(page.locator("[data-piece=course]")).to_contain_text("Answered 4")
    _past_the_echo(page, 2)
    page.keyboard.press("5")
    expect(page.locator("[data-piece=course]")).to_contain_text("Complete")
    page.get_by_role("link", name="Open the response").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Call with")
    (saved,) = responses(site.office.unit, EVERYTHING).rows
    assert (saved.disposition, [answer.value for answer in saved.answers]) == ("complete", [4, 5])
    assert saved.agent == "anna"


def test_a_hang_up_keeps_what_was_answered(site: Site, signed_in: Open) -> None:
    page = signed_in("/simulator", width=360)
    page.locator("[data-mute]").check()
    page.get_by_role("button", name="Call").click()
    _past_the_echo(page, 1)
    page.locator("[data-key-of='3']").click()
    expect(page.locator("[data-piece=course]")).to_contain_text("Answered 3")
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("[data-status]")).to_contain_text("You hung up")
    expect(page.locator("[data-piece=course]")).to_contain_text("Partial")
    (saved,) = responses(site.office.unit, EVERYTHING).rows
    assert saved.disposition == "partial"


def test_a_reported_interaction_is_asked_by_message_and_its_answer_stored(site: Site, signed_in: Open) -> None:
    page = signed_in("/simulator")
    page.fill("#sms-agent", "bo")
    page.get_by_role("button", name="Report an interaction").click()
    expect(page.locator("[data-decision]")).to_contain_text("Invited")
    asking.ask_due(site.office)
    sender.send_batch(site.office, {"console": Console()}, 10)
    expect(page.locator(".bubbles .out .bubble")).to_contain_text(re.compile("0.10"))
    expect(page.locator(".bubbles .out")).to_contain_text("delivered")
    page.fill("#reply", "10 tack!")
    page.keyboard.press("Enter")
    expect(page.locator(".bubbles .in .bubble")).to_have_text("10 tack!")
    (saved,) = responses(site.office.unit, EVERYTHING).rows
    assert [answer.value for answer in saved.answers] == [10]
    page.get_by_role("button", name="Report an interaction").click()
    expect(page.locator("[data-decision]")).to_contain_text("Not asked")


def test_agents_do_not_get_the_simulator(signed_in: Open) -> None:
    page = signed_in("/desk", name="anna")
    expect(page.get_by_role("link", name="Simulator")).to_have_count(0)


RECEIVED = """
brand: Nordlys
country: SE
defaults: {cap: 0, languages: [en, sv], survey: care}
queues:
  support:
    channel: keypad
    reception: {opt_in: true, connect: [{to: "0701740610", agent: anna}]}
surveys:
  care:
    questions:
      - {id: more, scale: spoken, text: {en: "Tell us more.", sv: "Berätta gärna."}}
"""


@pytest.mark.parametrize("queues", [RECEIVED])
def test_a_reception_is_tried_with_a_pretended_agent_and_a_pretended_comment(
    site: Site, signed_in: Open, axe: str
) -> None:
    page = signed_in("/simulator", width=360)
    page.locator("[data-mute]").check()
    page.get_by_role("button", name="Call").click()
    _past_the_echo(page, 1)
    page.locator("[data-key-of='1']").click()
    expect(page.locator("[data-status]")).to_have_text("You are talking with an agent")
    assert page.evaluate(f"(async () => {{ {axe}; return (await axe.run()).violations.map(v => v.id) }})()") == []
    page.get_by_role("button", name="Agent hangs up").click()
    page.get_by_role("button", name="Pretend to speak").click(timeout=20000)
    expect(page.get_by_role("button", name="Pretend to speak")).to_be_hidden()
    _past_the_echo(page, 4)
    page.locator("[data-key-of='1']").click()
    expect(page.locator("[data-piece=course]")).to_contain_text("Complete")
    (saved,) = responses(site.office.unit, EVERYTHING).rows
    assert saved.disposition == "complete"
