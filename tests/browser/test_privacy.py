"""An admin erases a customer in a real browser, and axe finds nothing on any of the pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.web.house import CUSTOMER
from tonval.fieldwork import invitations
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Reading


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_customer_is_erased_with_her_name_typed(site: Site, signed_in: Open, axe: str, theme: str) -> None:
    told = {"id": "call-1", "kind": "call", "queue": "sales", "customer": {"phone": CUSTOMER, "name": "Eva Lind"}}
    invitations.report(site.office, read_interaction(Reading(told, ""), site.office.centre))
    page = signed_in("/admin/privacy", width=360, theme=theme)
    page.get_by_label("Telephone number or e-mail address").fill("070-174 06 06")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Eva Lind")).to_be_visible()
    _looks_well(page, axe)
    page.get_by_label("Type Eva Lind to confirm").fill("Eva Lind")
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_role("heading", name="Receipt of an erasure")).to_be_visible()
    _looks_well(page, axe)


def _looks_well(page: Page, axe: str) -> None:
    page.evaluate(axe)
    faults = page.evaluate("axe.run()")["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
