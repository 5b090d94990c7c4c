"""Signing in, in a real browser: an admin invites, the invited sets a password and a second factor, access ends."""

from __future__ import annotations

import time
from base64 import b32decode
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open, Site
from tonval.fieldwork.colleagues import totp

NEW = "five red boats at sea"


def _code(secret: bytes, late: int = 0) -> str:
    return totp.code_at(secret, int(time.time()) // totp.STEP + late)


def _invite(page: Page, name: str) -> str:
    page.fill("#name", name)
    page.fill("#email", "karin@example.com")
    page.select_option("#role", "site-manager")
    page.select_option("#unit", "se/sthlm")
    page.get_by_role("button", name="Invite").click()
    return page.locator(".notice code").inner_text()


def _choose_password(page: Page) -> None:
    page.fill("#password", NEW)
    page.fill("#again", NEW)
    page.get_by_role("button", name="Begin").click()


def _set_up(page: Page) -> bytes:
    """As with a telephone in the hand."""
    page.get_by_role("button", name="Set up").click()
    link = page.get_by_role("link", name="Open the app").get_attribute("href") or ""
    secret = b32decode(parse_qs(urlsplit(link).query)["secret"][0])
    page.fill("#code", _code(secret))
    page.fill("#factor_password", NEW)
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".codes li")).to_have_count(8)
    return secret


def test_somebody_is_invited_signs_in_with_a_code_and_loses_access(
    site: Site, signed_in: Open, chromium: Browser
) -> None:
    admin = signed_in("/admin/people")
    link = urlsplit(_invite(admin, "Karin")).path
    context = chromium.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.url + link)
    _choose_password(page)
    page.wait_for_url("**/desk")
    page.goto(f"{site.url}/account")
    secret = _set_up(page)
    page.get_by_role("button", name="Sign out").click()
    page.fill("#name", "Karin")
    page.fill("#password", NEW)
    page.press("#password", "Enter")
    page.fill("#code", _code(secret, late=1))  # a code is good once, and that of the next step is taken early
    page.press("#code", "Enter")
    page.wait_for_url("**/desk")
    admin.goto(f"{site.url}/admin/people")
    admin.get_by_role("link", name="Karin").click()
    admin.get_by_role("button", name="End access").click()
    expect(admin.get_by_role("status")).to_contain_text("has ended")
    page.wait_for_url("**/login?next=*")  # the open page asks by itself whether anything is new
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_no_page_is_wider_than_a_small_telephone(
    site: Site, signed_in: Open, axe: str, theme: str
) -> None:
    page = signed_in("/admin/people", width=360, theme=theme)
    link = urlsplit(_invite(page, "Karin")).path
    _is_well(page, axe)
    page.goto(f"{site.url}/admin/people")
    page.get_by_role("link", name="Karin").click()
    _is_well(page, axe)
    page.goto(f"{site.url}/account")
    _is_well(page, axe)
    page.get_by_role("button", name="Set up").click()
    _is_well(page, axe)
    page.context.clear_cookies()
    for path in (link, "/forgotten"):
        page.goto(site.url + path)
        _is_well(page, axe)
    over = page.context.new_page()  # a browser notes every 404 as a fault
    over.goto(f"{site.url}/welcome/nothing")
    _is_well(over, axe)


def _is_well(page: Page, axe: str) -> None:
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
