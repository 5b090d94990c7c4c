"""An admin sets up a centre of two sites from nothing, in the browser. The guide's pictures are taken on the way.

``Picture`` is called with a name whenever the page shows something worth a picture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

Picture = Callable[[Page, str], None]

UNITS = "unit,name\nse,Sverige\nse/sthlm,Stockholm\nse/gbg,Göteborg\n"
AGENTS = "id,name,unit\nanna,Anna Ek,se/sthlm\nbo,Bo Lind,se/gbg\n"
SURVEY, QUEUE = "after-call", "support"
SITES = {"stockholm": "se/sthlm", "goteborg": "se/gbg"}
"""A queue of each site, and its unit."""

NEW_PASSWORD = "five red boats at sea"


def no_picture(page: Page, name: str) -> None:
    """Nobody looks."""
    del page, name


def sign_in(page: Page, url: str, name: str, password: str) -> None:
    """By name and password, to the first page."""
    page.goto(f"{url}/login")
    page.fill("#name", name)
    page.fill("#password", password)
    page.locator("main button.btn-primary, form button.btn-primary").first.click()
    page.wait_for_url("**/desk")


def name_the_company(page: Page, url: str, picture: Picture = no_picture) -> None:
    """Brand, country, languages."""
    page.goto(f"{url}/admin")
    picture(page, "steps")
    page.goto(f"{url}/admin/settings/company")
    page.get_by_role("textbox", name="Company name").fill("Nordlys")
    page.get_by_role("textbox", name="Country").fill("SE")
    page.get_by_role("textbox", name="Languages").fill("sv\nen")
    picture(page, "company")
    _save(page)


def bring_in_the_sites(page: Page, url: str, folder: Path, picture: Picture = no_picture) -> None:
    """Units and agents from two small files."""
    for name, lines in (("units", UNITS), ("agents", AGENTS)):
        file = folder / f"{name}.csv"
        file.write_text(lines)
        page.goto(f"{url}/admin/organisation")
        page.set_input_files(f"#{name}-file", file)
        page.locator(f"form:has(#{name}-file) button").click()
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.locator(".notice")).to_contain_text("0 as before")
        expect(page.get_by_role("status").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("Göteborg")
    picture(page, "organisation")


def connect_the_pbx(page: Page, url: str, network: str, picture: Picture = no_picture) -> None:
    """The telephone system that sends callers by SIP."""
    page.goto(f"{url}/admin/settings/peers/one")
    page.get_by_role("textbox", name="Name").fill("hq")
    page.get_by_role("textbox", name="May call from").fill(network)
    picture(page, "pbx")
    _save(page)


def make_the_survey(page: Page, url: str, picture: Picture = no_picture) -> None:
    """From a template, published as version 1."""
    page.goto(f"{url}/desk/surveys")
    page.get_by_label("Satisfaction after a call").check()
    page.get_by_label("Name", exact=True).fill(SURVEY)
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#summary-title")).to_contain_text("Ready to publish")
    picture(page, "survey")
    page.get_by_role("link", name="Go on to publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Version 1")).to_be_visible()


def make_the_queue(page: Page, url: str, picture: Picture = no_picture) -> None:
    """One queue of the telephone system, asked by keypad with the survey."""
    page.goto(f"{url}/admin/settings/queues/one")
    page.get_by_label("Name", exact=True).fill(QUEUE)
    page.get_by_label("Survey", exact=True).select_option(SURVEY)
    picture(page, "queue")
    _save(page)
    page.goto(f"{url}/admin/settings/rules")
    picture(page, "rules")


def make_queues_of_sites(page: Page, url: str) -> None:
    """A queue for each site, of its unit, asked by keypad with the same survey."""
    for queue, unit in SITES.items():
        page.goto(f"{url}/admin/settings/queues/one")
        page.get_by_label("Name", exact=True).fill(queue)
        page.get_by_label("Survey", exact=True).select_option(SURVEY)
        page.get_by_label("Unit", exact=True).select_option(unit)
        _save(page)


def upload_the_prompt(
    page: Page, url: str, slot: str, file: Path, picture: Picture = no_picture, owner: str = SURVEY
) -> None:
    """A Swedish recording for one slot of the survey, or of another owner."""
    page.goto(f"{url}/desk/prompts/{owner}/sv/{slot}")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("status").first).to_contain_text("is heard from the next call on")
    picture(page, "prompt")


def invite(page: Page, url: str, name: str, role: str, unit: str, picture: Picture = no_picture) -> str:
    """A colleague; gives her one-time link."""
    page.goto(f"{url}/admin/people")
    page.fill("#name", name)
    page.fill("#email", f"{name}@example.com")
    page.select_option("#role", role)
    page.select_option("#unit", unit)
    picture(page, "people")
    page.get_by_role("button", name="Invite").click()
    return page.locator(".notice code").inner_text()


def accept(browser: Browser, link: str) -> Page:
    """The colleague opens her link and chooses a password."""
    page = browser.new_context().new_page()
    page.goto(link)
    page.fill("#password", NEW_PASSWORD)
    page.fill("#again", NEW_PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/desk**")
    return page


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("status").first).to_be_visible()


def two_sites(page: Page, url: str, folder: Path, network: str, picture: Picture = no_picture) -> None:
    """Everything but prompts and people."""
    name_the_company(page, url, picture)
    bring_in_the_sites(page, url, folder, picture)
    connect_the_pbx(page, url, network, picture)
    make_the_survey(page, url, picture)
    make_the_queue(page, url, picture)
