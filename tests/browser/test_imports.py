"""A file on its way in, in a browser: sent, read otherwise, confirmed, and followed while it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, Site
from tests.intake.intake import HEADINGS, call, write
from tonval.intake.doors import take_due
from tonval.intake.folders import Folders


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """1,300 calls with nobody's number; two rows are refused."""
    rows = [call(number, phone="") for number in range(1298)]
    return write(tmp_path / "samtal v.47.csv", [*rows, call(1, phone="12"), call(2, ended="i går")], HEADINGS)


def _send(page: Page, site: Site, path: Path, source: str = "pbx") -> None:
    page.goto(f"{site.url}/desk/imports")
    page.set_input_files("#file", path)
    page.fill("#source", source)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(path.name)


def _confirm(page: Page) -> None:
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator("[data-piece=standing]")).to_contain_text("0 rows so far")


def test_a_file_is_taken_before_the_readers_eyes(site: Site, signed_in: Open, calls: Path) -> None:
    page = signed_in("/desk/imports")
    _send(page, site, calls)
    expect(page.locator("[aria-labelledby=seen-title]")).to_contain_text("What would come of all 1,300 rows")
    _confirm(page)
    page.evaluate("window.kept = true")
    take_due(site.office, Folders(site.intake), 1, turn=0)
    expect(page.locator("[data-piece=standing]")).to_contain_text("500 rows so far")
    for _ in range(3):
        take_due(site.office, Folders(site.intake), 1, turn=0)
    expect(page.locator("[data-piece=standing]")).to_contain_text("1,300 rows read")
    expect(page.locator("[data-piece=refused]")).to_contain_text("“Sluttid” is no time we can read")
    assert page.evaluate("window.kept"), "the page was never loaded again"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    assert len(download.value.path().read_text("utf-8").splitlines()) == 3


def test_the_preview_follows_what_is_chosen(site: Site, signed_in: Open, tmp_path: Path) -> None:
    page = signed_in("/desk/imports")
    _send(page, site, write(tmp_path / "odd.csv", [["0701740606", "x"]], ("A", "B")))
    seen = page.locator("[aria-labelledby=seen-title]")
    expect(seen).to_contain_text("It cannot be taken like this")
    expect(page.get_by_role("button", name="Take it in")).to_be_disabled()
    page.get_by_label("A is read as").select_option(label="Customer’s phone")
    page.get_by_label("Queue, where no column says it").select_option("sales")
    expect(seen).to_contain_text("Invited")
    _confirm(page)


def test_a_broken_file_is_told_in_words(site: Site, signed_in: Open, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    page = signed_in("/desk/imports")
    _send(page, site, tmp_path / "empty.csv")
    expect(page.get_by_role("alert")).to_have_text("The file is empty.")


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_nothing_is_in_anybodys_way(
    site: Site, signed_in: Open, axe: str, calls: Path, theme: str, width: int, tmp_path: Path
) -> None:
    page = signed_in("/desk/imports", theme=theme, width=width)
    found = {}

    def check(name: str) -> None:
        page.evaluate(axe)
        for fault in page.evaluate("axe.run()")["violations"]:
            found[f"{name} {fault['id']}"] = [node["html"][:160] for node in fault["nodes"]]
        found.update({name: "too wide"} if page.evaluate("document.documentElement.scrollWidth") != width else {})

    check("empty")
    _send(page, site, write(tmp_path / "odd.csv", [["0701740606", "x"]], ("A", "B")))
    check("not enough")
    _send(page, site, calls)
    check("preview")
    _confirm(page)
    check("waiting")
    take_due(site.office, Folders(site.intake), 1)
    expect(page.locator("[data-piece=standing]")).to_contain_text("1,300 rows read")
    check("taken")
    page.goto(f"{site.url}/desk/imports")
    check("history")
    assert found == {}
