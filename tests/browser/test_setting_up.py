"""A contact centre of two sites set up from nothing, in a real browser, by somebody who has no file to write."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.drivers.oidc_provider import CLIENT, SECRET, provider
from tests.drivers.smtp import Mailbox, mail_server
from tests.web.house import PASSWORD
from tonval import app, opening
from tonval.config import Config, load_config
from tonval.connecting import Renewed, Watch, connected
from tonval.fieldwork.colleagues import people, staff
from tonval.fieldwork.field import Field
from tonval.web.desk.setup.sheets import SHEETS

NUMBER = "+46701740605"
PROVIDERS = ("/admin/providers/mail", "/admin/providers/sign-on")


@dataclass(frozen=True)
class Fresh:
    """A new installation without queues.yaml: its address, its office, and the mailbox of the company."""

    url: str
    office: Field
    mailbox: Mailbox


@pytest.fixture
def fresh(sqlite_url: str, tmp_path: Path) -> Iterator[Fresh]:
    """The whole application, served as gunicorn would, with one admin."""
    server = make_server("127.0.0.1", 0, lambda environ, start_response: [])
    url = f"http://127.0.0.1:{server.server_port}"
    given = {"TONVAL_HOME": str(tmp_path), "TONVAL_DATABASE_URL": sqlite_url, "TONVAL_QUEUES": "none"}
    config = load_config({**given, "TONVAL_PUBLIC_URL": url})
    office = opening.open_field(config)
    people.add_user(office, "admin", PASSWORD, role="admin", email="eva@example.com")
    server.app = Renewed(partial(_site, config), partial(Watch, config))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with mail_server() as mailbox:
        yield Fresh(url, office, mailbox)
    server.shutdown()
    thread.join(5)
    server.server_close()
    office.unit.engine.dispose()


def _site(config: Config) -> object:
    whole = connected(config)
    return app.create_app(whole, opening.open_field(whole), config)


def _signed_in(fresh: Fresh, chromium: Browser, width: int = 1280, theme: str = "light") -> Page:
    scheme = "dark" if theme == "dark" else "light"
    page = chromium.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme).new_page()
    page.goto(f"{fresh.url}/login?next=/admin")
    page.fill("#name", "admin")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def _save(page: Page, words: str = "Saved. It is in force now.") -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text(words)


def test_an_admin_sets_up_a_centre_of_two_sites_from_nothing(fresh: Fresh, chromium: Browser) -> None:
    page = _signed_in(fresh, chromium)
    expect(page.get_by_role("heading", name="Set up your contact centre")).to_be_visible()

    page.get_by_role("link", name="Name your company, country and languages").click()
    page.get_by_label("Company name").fill("Nordlys")
    page.get_by_label("Country", exact=True).fill("SE")
    page.get_by_label("Languages", exact=True).fill("sv\nen")
    _save(page)

    page.goto(f"{fresh.url}/admin/organisation")
    for path, name in (("se", "Sverige"), ("se/sthlm", "Stockholm"), ("se/gbg", "Göteborg")):
        page.get_by_label("Path", exact=True).fill(path)
        page.get_by_label("Name of the unit").fill(name)
        page.get_by_role("button", name="Add the unit").click()
        expect(page.locator("section[aria-labelledby=units]")).to_contain_text(name)
    for agent, name, unit in (("anna", "Anna Lind", "se/sthlm"), ("bo", "Bo Ek", "se/gbg")):
        page.get_by_label("Agent", exact=True).fill(agent)
        page.get_by_label("Name of the agent").fill(name)
        page.get_by_label("Unit of the agent").fill(unit)
        page.get_by_role("button", name="Add the agent").click()
        expect(page.locator("section[aria-labelledby=agents]")).to_contain_text(name)
    expect(page.locator("section[aria-labelledby=agents]")).to_contain_text("Göteborg")

    page.goto(f"{fresh.url}/admin/providers/mail")
    page.get_by_label("Server", exact=True).fill(fresh.mailbox.url.rpartition("/")[2])
    page.get_by_label("Encryption").select_option("plain")
    page.get_by_label("Letters come from").fill("survey@example.com")
    _save(page, "Mail is connected.")
    page.get_by_role("button", name="Try now").click()
    expect(page.get_by_text("A letter is on its way to eva@example.com.")).to_be_visible()

    page.goto(f"{fresh.url}/admin/settings/numbers")
    page.get_by_role("link", name="Add the first").click()
    page.get_by_label("Number", exact=True).fill("070-174 06 05")
    _save(page)
    page.goto(f"{fresh.url}/admin/settings/peers/one")
    page.get_by_label("Name", exact=True).fill("hq")
    page.get_by_label("May call from").fill("192.0.2.0/24")
    _save(page)

    page.goto(f"{fresh.url}/desk/surveys")
    page.get_by_label("Recommendation by SMS").check()
    page.get_by_label("Name", exact=True).fill("care")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#summary-title")).to_contain_text("Ready to publish")
    page.goto(f"{fresh.url}/desk/surveys/care/publish")
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.get_by_role("link", name="Version 1")).to_be_visible()

    for name in ("stockholm", "goteborg"):
        page.goto(f"{fresh.url}/admin/settings/queues/one")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Asked by").select_option("sms")
        page.get_by_label("Survey", exact=True).select_option("care")
        if name == "goteborg":
            page.get_by_label(NUMBER).check()
            _save(page)
            continue
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("needs the number it asks from")
        expect(page.get_by_label("Name", exact=True)).to_have_value("stockholm")
        page.get_by_label(NUMBER).check()
        _save(page)

    page.goto(f"{fresh.url}/admin/settings/rules")
    page.get_by_label("A person is left alone for").fill("10d")
    page.get_by_label("Quiet hours").fill("21:00-08:00")
    _save(page)
    page.goto(f"{fresh.url}/admin/people")
    page.get_by_label("Name", exact=True).fill("Karin")
    page.get_by_label("E-mail").fill("karin@example.com")
    page.get_by_label("Unit").select_option("se/gbg")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("link", name="Karin")).to_be_visible()

    page.goto(f"{fresh.url}/admin")
    expect(page.get_by_role("heading", name="Set up your contact centre")).to_have_count(0)
    fresh.office.renew(at_once=True)
    centre = fresh.office.centre
    assert (centre.brand, sorted(centre.queues)) == ("Nordlys", ["goteborg", "stockholm"])
    assert [(queue.survey, queue.sender, queue.caps.person.days) for queue in centre.queues.values()] == [
        ("care", NUMBER, 10)
    ] * 2
    assert [(peer.name, peer.allow) for peer in centre.peers] == [("hq", ("192.0.2.0/24",))]


def test_an_admin_connects_single_sign_on_and_a_colleague_comes_in_by_it(fresh: Fresh, chromium: Browser) -> None:
    page = _signed_in(fresh, chromium)
    with provider() as there:
        there.back = f"{fresh.url}/login/oidc/back"
        there.person = {"sub": "e-1", "name": "Karin Ek", "groups": ["cc-leads"]}
        page.get_by_role("link", name="Single sign-on").click()
        expect(page.get_by_text(there.back)).to_be_visible()
        _connect(page, f"{there.issuer}/")
        expect(page.get_by_text(f"It calls itself “{there.issuer}”")).to_be_visible()
        _connect(page, there.issuer)
        expect(page.get_by_text("It does not refuse them.")).to_be_visible()

        page.get_by_role("link", name="Which group may do what").click()
        page.get_by_label("Group", exact=True).first.fill("cc-leads")
        page.get_by_label("Role", exact=True).first.select_option("Site manager")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("cc-leads: who is site-manager needs the unit")
        page.get_by_label("Role", exact=True).first.select_option("Supervisor")
        _save(page)

        hers = chromium.new_context().new_page()
        hers.goto(f"{fresh.url}/login")
        hers.get_by_role("link", name="Sign in with Nordlys").click()
        hers.wait_for_url("**/desk")
    assert {each.person.name: each.person.role for each in staff.members(fresh.office)}["Karin Ek"] == "supervisor"


def _connect(page: Page, issuer: str) -> None:
    page.get_by_label("Issuer").fill(issuer)
    page.get_by_label("Client id").fill(CLIENT)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_label("Name on the button").fill("Nordlys")
    _save(page, "Single sign-on is connected.")
    page.get_by_role("button", name="Try now").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_no_page_is_wider_than_a_small_telephone(
    fresh: Fresh, chromium: Browser, axe: str, theme: str
) -> None:
    page = _signed_in(fresh, chromium, 360, theme)
    sheets = [f"/admin/settings/{name}{'/one' if sheet.under else ''}" for name, sheet in SHEETS.items()]
    for path in ("/admin", "/admin/organisation", "/admin/keys", "/admin/providers", *PROVIDERS, *sheets):
        page.goto(f"{fresh.url}{path}")
        _look_over(page, axe, path)
    _look_at_a_file_of_units(page, fresh)
    _look_over(page, axe, "what a file would change")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="Malmö").click()
    expect(page.get_by_role("heading", name="Move it", exact=True)).to_be_visible()
    _look_over(page, axe, "a unit")


def _look_at_a_file_of_units(page: Page, fresh: Fresh) -> None:
    page.goto(f"{fresh.url}/admin/organisation")
    body = "unit,name\nmalmo,Malmö\n".encode()
    page.set_input_files("#units-file", {"name": "units.csv", "mimeType": "text/csv", "buffer": body})
    page.locator("form:has(#units-file) button").click()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()


def _look_over(page: Page, axe: str, path: str) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert [(path, fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
