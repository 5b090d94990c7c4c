"""The page of call-backs in a real browser: by keyboard, on a small telephone, and with nothing in anybody's way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.acting import acting
from tests.browser.conftest import Open, Site
from tests.web.wishing import FILE, first_slots, wish
from tonval.fieldwork.calling_back.called import MISSED, Mark, mark

PAGE = "/desk/call-backs"


@pytest.fixture
def queues() -> str:
    """A centre that calls back."""
    return FILE


@pytest.fixture
def wished(site: Site) -> None:
    """One call-back that is overdue, two planned ones, and a customer whom nobody reached."""
    office, last_month = site.office, datetime.now(UTC) - timedelta(days=20)
    earlier = replace(office, now=lambda: last_month)
    past, coming = first_slots(earlier)[0].opens, first_slots(office)
    wish(earlier, "anna", "Ola with a surname that goes on and on", past)
    missed = wish(office, "anna", "Siv", coming[0].opens)
    for name, slot in zip(("Eva", "Ida"), coming[1:], strict=False):
        wish(office, "bo", name, slot.opens)
    mark(office, missed, Mark(MISSED, acting("sam"), "busy, asked for the afternoon"))


@pytest.mark.usefixtures("wished")
def test_a_call_is_noted_and_taken_back_by_keyboard_alone(signed_in: Open) -> None:
    page = signed_in(PAGE)
    page.get_by_label("Note on the call with Eva").focus()
    page.keyboard.type("all is well now")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Eva: noted as called.")).to_be_visible()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Called Eva")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("wished")
def test_axe_finds_nothing_and_no_page_is_wider_than_a_small_telephone(signed_in: Open, axe: str, theme: str) -> None:
    for state in ("", "?state=missed", "?state=done"):
        page = signed_in(PAGE + state, width=360, theme=theme)
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
