"""An answer is put right by mouse, by keys and without JavaScript; two at once; and nothing is in anybody's way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from tests.browser.conftest import Open, Site
from tests.web.house import PASSWORD
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.conduct import Inbound
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.store import tables as t

CUSTOMER, NUMBER = "+46701740606", "+46701740605"


def _write(site: Site, *bodies: str) -> str:
    """An SMS interview of Anna's with these replies; gives its id."""
    office = site.office
    asked = office.now() - office.centre.queues["sales"].delay
    about = Interaction("c-1", "call", "sales", "anna", Customer(CUSTOMER, language="en"), asked, None, {})
    invitations.report(office, about)
    asking.ask_due(office)
    for place, body in enumerate(bodies):
        conduct.receive_message(office, Inbound("console", f"in-{place}", CUSTOMER, NUMBER, body, office.now()))
    with office.unit.read() as tx:
        return str(tx.execute(select(t.interviews.c.id)).scalar_one())


def _fail(site: Site) -> None:
    """The question could not be delivered after all."""
    with site.office.unit.begin() as tx:
        lost = {"state": "undelivered", "error": "The number cannot receive text messages."}
        tx.execute(update(t.messages).where(t.messages.c.purpose == "question").values(**lost))


def _sign_in(site: Site, chromium: Browser, path: str, name: str, *, scripts: bool = True) -> Page:
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    page.goto(f"{site.url}/login?next={path}")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(site.url + path)
    return page


def _fill(page: Page, value: str) -> None:
    page.get_by_role("radio", name=value, exact=True).press("Space")
    page.select_option("#reason", "typing")


def test_a_mouse_puts_an_answer_right_and_sees_before_what_comes_of_it(site: Site, signed_in: Open) -> None:
    talk = _write(site, "9 or 10", "9")
    page = signed_in(f"/desk/conversations/{talk}", name="sam")
    expect(page.locator(".bubbles")).to_contain_text("Read as 9: the number stands alone.")
    expect(page.locator(".bubbles")).to_contain_text("Asked again.")
    page.locator(".bubbles").get_by_role("link", name="Correct").click()
    expect(page.locator(".effect:visible")).to_have_count(0)
    page.locator(".choices label", has_text="3").click()
    expect(page.locator(".effect:visible")).to_contain_text("becomes −100.0")
    page.select_option("#reason", "typing")
    page.get_by_role("button", name="Correct the answer").click()
    expect(page.locator(".bubbles .mended")).to_contain_text("Corrected from 9 to 3 by sam")
    expect(page.locator(".bubbles .in .bubble").last).to_have_text("9")


def test_keys_alone_do_it(site: Site, signed_in: Open) -> None:
    talk = _write(site, "9")
    page = signed_in(f"/desk/conversations/{talk}/correct/recommend", name="sam")
    page.get_by_role("radio", name="0", exact=True).focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".effect:visible")).to_contain_text("9 becomes 4.")
    page.keyboard.press("Tab")
    page.keyboard.type("The customer made")
    page.keyboard.press("Tab")
    page.keyboard.type("She rang us")
    page.keyboard.press("Enter")
    expect(page.locator(".bubbles .mended")).to_contain_text("The customer made a typing error: She rang us")


def test_it_is_done_without_javascript(site: Site, chromium: Browser) -> None:
    talk = _write(site, "9")
    path = f"/desk/conversations/{talk}/correct/recommend"
    page = _sign_in(site, chromium, path, "sam", scripts=False)
    _fill(page, "No answer")
    expect(page.locator(".effect:visible")).to_contain_text("9 becomes no answer.")
    page.get_by_role("button", name="Correct the answer").click()
    expect(page.locator(".mended").first).to_contain_text("Corrected from 9 to no answer by sam")
    page.context.close()


def test_of_two_at_once_the_second_is_told(site: Site, chromium: Browser) -> None:
    path = f"/desk/conversations/{_write(site, '9')}/correct/recommend"
    sam, admin = (_sign_in(site, chromium, path, name) for name in ("sam", "admin"))
    for page, value in ((sam, "3"), (admin, "5")):
        _fill(page, value)
    sam.get_by_role("button", name="Correct the answer").click()
    expect(sam.locator(".mended").first).to_contain_text("by sam")
    admin.get_by_role("button", name="Correct the answer").click()
    expect(admin.get_by_role("alert")).to_contain_text("It is 3 now: sam was first.")
    expect(admin.get_by_role("radio", name="5", exact=True)).to_be_checked()
    for page in (sam, admin):
        page.context.close()


def test_a_conversation_moves_and_a_late_message_is_told_as_one(site: Site, signed_in: Open) -> None:
    talk = _write(site, "9")
    page = signed_in(f"/desk/conversations/{talk}", name="sam")
    expect(page.locator(".bubbles .in")).to_have_count(1)
    conduct.receive_message(
        site.office, Inbound("console", "in-late", CUSTOMER, NUMBER, "Hello?", site.office.now() + timedelta(seconds=1))
    )
    expect(page.locator(".bubbles .in")).to_have_count(2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_new_pages(site: Site, signed_in: Open, axe: str, theme: str) -> None:
    talk = _write(site, "9 or 10", "9", "3 sorry")
    conduct.correct(site.office, talk, "recommend", 5, by=_sam(site), reason="misread")
    _fail(site)
    page, found = signed_in("/desk", theme=theme), {}
    thread = f"/desk/thread?number=%2B{NUMBER[1:]}&customer=%2B{CUSTOMER[1:]}"
    talks = (f"/desk/conversations/{talk}", f"/desk/conversations/{talk}/correct/recommend")
    lists = tuple(f"/desk/conversations?{asked}" for asked in ("search=0701740606", "search=nobody", "came=late"))
    audit = ("/admin/audit", "/admin/audit/whole", "/admin/audit?object=nothing", "/admin", "/desk/readings")
    for path in (*talks, thread, *lists, *audit):
        page.goto(site.url + path)
        if path.endswith("/recommend"):
            _fill(page, "3")
        page.wait_for_load_state("networkidle")
        page.evaluate(axe)
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 860})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            faults = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            found |= {f"{path} {width} {each['id']}": [node["html"][:160] for node in each["nodes"]] for each in faults}
    assert found == {}


def _sam(site: Site) -> Actor:
    with site.office.unit.read() as tx:
        row = tx.execute(select(t.users.c.id, t.users.c.name).where(t.users.c.name == "sam")).one()
    return Actor(row.id, row.name)
