"""The desk in a browser: numbers that follow the answers, narrow screens, keys, and nothing in anybody's way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Open, Site
from tests.web.house import rate_call
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.conduct import Call, Inbound
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.periodic import lists, waves
from tonval.fieldwork.replaying import replays
from tonval.fieldwork.replaying.trial import change_queue
from tonval.fieldwork.respondents import Customer
from tonval.surveys.turns import Digits

PAGES = (
    "/desk",
    "/desk/agents",
    "/desk/agents/anna",
    "/desk/answers",
    "/desk/surveys/support-nki/answers",
    "/desk/comments",
    "/desk/conversations",
    "/desk/asked",
    "/desk/asked?search=nobody",
    "/desk/asked/call/simulator:call-0",
    "/desk/alerts",
    "/desk/prompts",
    "/desk/imports",
    "/desk/waves",
    "/desk/waves?preview=relations",
    "/desk/replay",
    "/desk/blocklist",
    "/desk/blocklist/optouts?q=%2B46701740606",
    "/simulator",
    "/admin",
)


def _rate(site: Site, number: int = 12) -> str:
    for place in range(number):
        interview = rate_call(site.office, "anna", [str(1 + place % 5), "5"], f"call-{place}")
    return interview


def _text(site: Site, body: str) -> str:
    customer, number = "+46701740606", "+46701740605"
    office = site.office
    asked = office.now() - office.centre.queues["sales"].delay
    invitations.report(office, Interaction("c-1", "call", "sales", "bo", Customer(customer), asked, None, {}))
    asking.ask_due(office)
    conduct.receive_message(office, Inbound("console", "in-1", customer, number, body, office.now()))
    return customer


def _wave(site: Site) -> None:
    """A wave that has gone through a list of three, one of whom cannot be asked."""
    for place, phone in enumerate(("+46701740607", "+46701740608", None)):
        customer = Customer(phone=phone, email=f"customer-{place}@example.com")
        lists.put_contact(site.office, customer, ["customers"])
    waves.start_due(site.office)
    while waves.go_on(site.office):
        pass


def _replay(site: Site) -> str:
    """The result of a replay in which everybody would have been left alone."""
    office = site.office
    run = replays.start(office, "The present file with sales: sample 1000", "admin")
    trial = change_queue(office.centre, "sales", {"sample": "1000"})
    replays.carry_out(office, run, trial.centre, office.now() - timedelta(days=30), office.now() + timedelta(seconds=1))
    return f"/desk/replay/{run}"


def test_a_wrong_password_is_refused_in_words_and_the_name_is_kept(site: Site, chromium: Browser) -> None:
    page = chromium.new_page()
    page.goto(f"{site.url}/desk/agents")
    page.fill("#name", "admin")
    page.fill("#password", "not this one")
    page.press("#password", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    expect(page.locator("#name")).to_have_value("admin")
    page.close()


def test_the_agents_page_moves_after_an_answer_without_being_loaded_again(site: Site, signed_in: Open) -> None:
    page = signed_in("/desk/agents")
    row = page.locator("tr[data-key=anna]")
    expect(row).to_contain_text("no answers")
    page.evaluate("window.kept = true")
    rate_call(site.office, "anna", ["5", "4"], "call-1")
    expect(row).to_contain_text("too few answers (2 of 10)")
    assert page.evaluate("window.kept")


def test_a_filter_goes_into_the_address_and_the_page_follows(site: Site, signed_in: Open) -> None:
    _rate(site, 2)
    page = signed_in("/desk/agents")
    page.select_option("select[name=queue]", "sales")
    expect(page).to_have_url(re.compile(r"queue=sales"))
    expect(page.locator("tr[data-key=anna]")).to_have_count(0)
    rate_call(site.office, "anna", ["5"], "call-9")
    page.select_option("select[name=queue]", "")
    expect(page.locator("tr[data-key=anna]")).to_contain_text("5 of 10")


def test_a_row_is_a_link_and_its_chart_has_a_table_behind_it(site: Site, signed_in: Open) -> None:
    _rate(site)
    page = signed_in("/desk/agents")
    page.locator("tr[data-key=anna] td.nki").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anna Lind")
    expect(page.locator(".figure").first).to_contain_text("n 24")


def test_a_message_is_shown_as_bubbles_beside_how_it_was_read(site: Site, signed_in: Open) -> None:
    _text(site, "9 mycket bra")
    page = signed_in("/desk/conversations")
    page.locator("[data-list=talks] li").first.click()
    expect(page.locator(".bubbles .in .bubble")).to_have_text("9 mycket bra")
    expect(page.locator(".timeline .answered").first).to_contain_text("Answered 9")


def test_a_live_call_moves_while_one_looks(site: Site, signed_in: Open) -> None:
    turn = conduct.begin_call(site.office, Call("sip", "live-1", "support", agent="bo"))
    page = signed_in(f"/desk/conversations/{turn.interview}")
    expect(page.locator("[data-piece=standing]")).to_contain_text("going on")
    turn = conduct.resume(site.office, turn.leg, Digits("2"), 1)
    expect(page.locator(".timeline")).to_contain_text("Answered 2")
    conduct.end_leg(site.office, turn.leg, "hung up")
    expect(page.locator("[data-piece=standing]")).to_contain_text("Partial")


def test_the_switch_between_light_and_dark_is_remembered(signed_in: Open) -> None:
    page = signed_in("/desk")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_no_page_is_wider_than_a_small_telephone(site: Site, signed_in: Open) -> None:
    interview = _rate(site)
    _wave(site)
    page = signed_in("/desk", width=360)
    widths = {}
    for path in (*PAGES, f"/desk/conversations/{interview}", _replay(site)):
        page.goto(f"{site.url}{path}")
        widths[path] = page.evaluate("document.documentElement.scrollWidth")
    assert set(widths.values()) == {360}, widths


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_telephone_shows_every_place_from_the_bar_by_keyboard(
    site: Site, signed_in: Open, axe: str, theme: str
) -> None:
    page = signed_in("/desk", width=1280, theme=theme)
    links = page.get_by_role("navigation").get_by_role("link")
    expect(page.get_by_role("button", name="More")).to_have_count(0)
    everywhere = links.all_inner_texts()
    page.set_viewport_size({"width": 360, "height": 740})
    more = page.get_by_role("button", name="More")
    expect(links).to_have_count(4)
    assert page.evaluate("document.querySelector('.bar').scrollWidth <= document.querySelector('.bar').clientWidth")
    more.focus()
    page.keyboard.press("Enter")
    expect(links).to_have_count(len(everywhere))
    assert links.all_inner_texts() == everywhere
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.evaluate(axe)
    assert page.evaluate("axe.run()")["violations"] == []
    page.keyboard.press("Escape")
    expect(links).to_have_count(4)
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(links.nth(4)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/desk/conversations"))
    expect(page.get_by_role("button", name="More")).to_have_class(re.compile("is-here"))


def test_the_places_open_without_scripts(site: Site, signed_in: Open, chromium: Browser) -> None:
    cookies = signed_in("/desk").context.cookies()
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{site.url}/desk")
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Admin", exact=True).click()
    expect(page).to_have_url(f"{site.url}/admin")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_anybodys_way(site: Site, signed_in: Open, axe: str, theme: str) -> None:
    interview = _rate(site)
    _text(site, "2 waited too long")
    _wave(site)
    page = signed_in("/desk", theme=theme)
    found = {}
    found_by = (f"/desk/conversations/{interview}", _replay(site), "/desk/thread?number=1&customer=2")
    for path in (*PAGES, *found_by, "/login"):
        if path == "/login":
            page.context.clear_cookies()
        page.goto(f"{site.url}{path}")
        page.evaluate(axe)
        result = page.evaluate("axe.run()")
        found |= {
            f"{path} {each['id']}": [node["html"][:160] for node in each["nodes"]] for each in result["violations"]
        }
    assert found == {}


def test_somebody_is_blocked_found_removed_and_taken_back_by_keyboard_alone(signed_in: Open) -> None:
    page = signed_in("/desk/blocklist")
    page.focus("#key")
    page.keyboard.type("070-174 06 06")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("+46701740606 is added.")
    page.focus("#q")
    page.keyboard.type("0701740606")
    page.keyboard.press("Enter")
    expect(page.get_by_role("search")).to_contain_text("blocked as +46701740606")
    page.get_by_role("button", name="Remove +46701740606").press("Enter")
    expect(page.get_by_role("search")).not_to_contain_text("blocked as")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("search")).to_contain_text("blocked as +46701740606")


def test_a_setting_is_tried_on_the_past_by_keyboard_alone(site: Site, signed_in: Open) -> None:
    _text(site, "9 very good")
    page = signed_in("/desk/replay")
    page.select_option("#queue", "sales")
    expect(page.locator("#settings legend")).to_have_text("Settings of sales")
    page.focus("#cap")
    page.keyboard.type("10d")
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_contain_text("Invited 1 → 1")
