"""A survey made in a real browser: by hand, by keyboard alone, without JavaScript; and nothing is in anybody's way."""

from __future__ import annotations

import zlib
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acting import acting
from tests.browser.conftest import Open, Site
from tests.waiting import wait_until
from tests.web.house import PASSWORD
from tonval.fieldwork import profiles
from tonval.surveys.writer import read_survey, write_survey
from tonval.web.desk.designer.starts import STARTS


def _png() -> bytes:
    """A red picture of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    head = pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def _data(site: Site, name: str) -> dict[str, Any]:
    draft = profiles.profile(site.office, name).draft
    assert draft is not None
    return read_survey(draft)[1]


def _ids(site: Site, name: str) -> list[str]:
    return [question["id"] for question in _data(site, name).get("questions", [])]


def _stored(site: Site, name: str, ids: list[str]) -> None:
    """The draft comes to hold these questions, in this order."""
    wait_until(lambda: _ids(site, name) == ids)


def _signed_in(site: Site, chromium: Browser, name: str, **settings: Any) -> Page:
    """The designer in a context of its own, whose console may hold faults; a route set while it loads may be missed."""
    page = chromium.new_context(**settings).new_page()
    page.goto(f"{site.url}/login?next=/desk/surveys/{name}")
    page.fill("#name", "admin")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"{site.url}/desk/surveys/{name}")
    return page


def _start(site: Site, *starts: str) -> None:
    for start in starts:
        profiles.start(site.office, start, write_survey(start, STARTS[start].make()), "Maja")


def _add(page: Page, kind: str, number: int) -> None:
    page.get_by_label("How the new question is answered").select_option(kind)
    page.get_by_role("button", name="Add a question").click()
    expect(page.locator("[data-items=questions] > li")).to_have_count(number)


def _saved(page: Page) -> None:
    expect(page.locator("#state")).to_contain_text("Saved")


def test_a_survey_is_made_from_nothing_and_asked_with(site: Site, signed_in: Open, tmp_path: Path) -> None:
    page = signed_in("/desk/surveys")
    page.get_by_label("Blank").check()
    page.get_by_label("Name", exact=True).fill("after-chat")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#summary-title")).to_contain_text("1 to mend before it can be published")

    _add(page, "nps", 1)
    _add(page, "yes_no", 2)
    _add(page, "text", 3)
    expect(page.locator("#summary-title")).to_contain_text("Ready to publish")
    page.locator("#title\\.sv").fill("Efter chatten")
    why = page.locator("[data-items=questions] > li").nth(2)
    why.get_by_text("When it is asked").click()
    why.get_by_text("Build it").click()
    why.get_by_label("What to ask about").select_option("recommend")
    why.get_by_label("Value").fill("6")
    why.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#questions\\.2\\.when")).to_have_value("recommend <= 6")

    first = page.locator("#questions\\.0\\.text\\.sv")
    first.fill("Hej ")
    page.locator("[data-insert='{customer}']").first.click()
    first.press_sequentially("! Hur troligt? 😀")
    expect(page.locator("[data-meter='questions.0.text.sv']")).to_contain_text("of 70 characters because of “😀”")
    _saved(page)
    expect(page.locator("[data-piece=previews]")).to_contain_text("Hej Eva! Hur troligt? 😀")
    assert _data(site, "after-chat")["questions"][0]["text"]["sv"] == "Hej {customer}! Hur troligt? 😀"

    page.get_by_role("link", name="Upload a logo").click()
    logo = tmp_path / "logo.png"
    logo.write_bytes(_png())
    page.set_input_files("#file", logo)
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_alt_text("The logo")).to_be_visible()

    page.get_by_role("link", name="Translations").click()
    page.wait_for_url("**/translations")
    page.get_by_label("Language to add").select_option("de")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#title\\.de").fill("Nach dem Chat")
    page.get_by_role("button", name="Copy Swedish where nothing stands").click()
    expect(page.locator("#title\\.de")).to_have_value("Nach dem Chat")
    helped = "Fick du hjälp med ditt ärende?"
    wait_until(lambda: _data(site, "after-chat")["questions"][1]["text"].get("de") == helped)

    page.get_by_role("link", name="Preview").click()
    page.wait_for_url("**/preview")
    keys = page.get_by_role("form", name="Keys of the call")
    keys.get_by_role("button", name="9", exact=True).click()
    expect(page.locator("[data-piece=previews]")).to_contain_text("presses 9")
    keys.get_by_role("button", name="1 yes").click()
    expect(page.locator("[aria-labelledby=try-keypad]")).to_contain_text("Every question was answered.")
    page.get_by_label("The customer’s answer").fill("3")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("[aria-labelledby=try-sms]")).to_contain_text("Fick du hjälp")
    shown = page.frame_locator("[aria-labelledby=try-page] iframe")
    expect(shown.get_by_role("heading", name="Hur troligt?")).to_be_visible()
    assert profiles.profile(site.office, "after-chat").version is None

    page.get_by_role("link", name="Publish").click()
    page.wait_for_url("**/publish")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Version 1")).to_be_visible()
    page.get_by_role("link", name="Use", exact=True).click()
    page.wait_for_url("**/use")
    page.get_by_label("Queue").select_option("sales")
    page.get_by_label("Only for tickets with the template").fill("chat")
    page.get_by_role("button", name="Use it there").click()
    expect(page.locator("[aria-labelledby=mine-title]")).to_contain_text("sales, tickets with chat")


def test_questions_are_put_in_order_by_hand_and_by_keys(site: Site, signed_in: Open) -> None:
    _start(site, "web")
    page = signed_in("/desk/surveys/web")
    handles = page.locator("[data-items=questions] [data-handle]")
    handles.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#told")).to_have_text("Moved to 2 of 3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#told")).to_have_text("Already last")
    expect(page.locator("#questions\\.2\\.id")).to_have_value("overall")
    _stored(site, "web", ["solved", "why", "overall"])
    expect(handles.nth(2)).to_be_focused()
    handles.nth(2).hover()
    page.mouse.down()
    top = page.locator("[data-items=questions] > li").first.bounding_box()
    assert top
    page.mouse.move(top["x"] + 20, top["y"] + top["height"] - 4)
    page.mouse.move(top["x"] + 20, top["y"] + 4, steps=3)
    page.mouse.up()
    expect(page.locator("#questions\\.0\\.id")).to_have_value("overall")
    _stored(site, "web", ["overall", "solved", "why"])


def test_keyboard_alone_makes_and_publishes_a_survey(site: Site, signed_in: Open) -> None:
    page = signed_in("/desk/surveys")

    def to(name: str) -> None:
        """Tab until the field or button of this name has the focus."""
        for _ in range(220):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "(e => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent)"
                "(document.activeElement)"
            )
            if str(here).strip() == name:
                return
        pytest.fail(f"{name} cannot be reached by keyboard")

    page.get_by_label("Satisfaction after a call").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    to("Name")
    page.keyboard.type("by-keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("by-keys")
    to("How the new question is answered")
    to("Add a question")
    page.keyboard.press("Enter")
    expect(page.locator("#questions\\.0\\.text\\.sv")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Hur gick det?")
    _saved(page)
    to("Publish")
    page.keyboard.press("Enter")
    page.wait_for_url("**/publish")
    page.get_by_role("link", name="Use", exact=True).focus()
    to("Publish")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Version 1")).to_be_visible()
    assert profiles.version(site.office, "by-keys", 1)[1].questions[0].text["sv"] == "Hur gick det?"


def test_without_javascript_every_button_works(site: Site, chromium: Browser) -> None:
    _start(site, "web")
    page = _signed_in(site, chromium, "web", java_script_enabled=False, viewport={"width": 360, "height": 780})
    page.locator("#title\\.sv").fill("Utan skript")
    page.get_by_role("button", name="Move question 3 up").click()
    _stored(site, "web", ["overall", "why", "solved"])
    page.get_by_role("button", name="Remove question 1").click()
    expect(page.get_by_role("status").filter(has_text="was removed")).to_contain_text("The question “overall”")
    page.get_by_role("button", name="Undo").click()
    page.locator("#questions\\.0\\.text\\.sv").fill("Nöjd?")
    page.locator("#questions\\.0\\.text\\.sv").press("Shift+Tab")
    page.get_by_role("button", name="Add a reaction").click()
    _stored(site, "web", ["overall", "why", "solved"])
    assert _data(site, "web")["title"]["sv"] == "Utan skript"
    assert _data(site, "web")["questions"][0]["text"]["sv"] == "Nöjd?"
    page.get_by_role("form", name="Keys of the call").get_by_role("button", name="2", exact=True).click()
    expect(page.locator("[aria-labelledby=try-keypad]")).to_contain_text("presses 2")
    page.context.close()


def test_what_cannot_be_saved_is_said_and_kept(site: Site, chromium: Browser) -> None:
    _start(site, "ces")
    page = _signed_in(site, chromium, "ces")
    page.route(
        "**/desk/surveys/ces", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    page.locator("#title\\.sv").fill("Hur lätt?")
    expect(page.locator("#unsaved")).to_contain_text("Not saved: there is no contact with the server")
    page.unroute("**/desk/surveys/ces")
    page.locator("#title\\.en").fill("How easy?")
    wait_until(lambda: _data(site, "ces")["title"] == {"sv": "Hur lätt?", "en": "How easy?"})
    _saved(page)
    expect(page.locator("#unsaved")).to_be_hidden()
    other = _data(site, "ces")
    other["questions"].pop()
    profiles.save(site.office, "ces", write_survey("ces", other), profiles.profile(site.office, "ces").revision, "Kari")
    page.locator("#title\\.en").fill("Easy?")
    expect(page.get_by_role("alert").filter(has_text="Kari saved this survey")).to_be_visible(timeout=8000)
    page.get_by_role("button", name="Save what is chosen").click()
    page.wait_for_url("**/desk/surveys/ces")
    assert _data(site, "ces")["title"]["en"] == "Easy?"
    _stored(site, "ces", ["easy"])
    page.context.close()


PATHS = ("", "/web", "/web/preview", "/web/translations", "/web/publish", "/web/versions?left=1&right=2", "/web/use")
MORE = ("/web/versions/1", "/web/logo", "/sales-nps", "/nps", "/nps/publish")


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1440)])
def test_nothing_is_in_anybodys_way(site: Site, signed_in: Open, axe: str, theme: str, width: int) -> None:
    _start(site, "web", "nps")
    profiles.publish(site.office, "web", 1, acting("Maja"))
    data = STARTS["web"].make()
    data["questions"][1]["text"]["sv"] = "Löstes det?"
    changed = profiles.save(site.office, "web", write_survey("web", data), 2, "Maja")
    profiles.publish(site.office, "web", changed.revision, acting("Maja"))
    data["questions"].append({"id": "pick", "scale": "choice", "when": "overall <= x !"})
    data["page"] = {"colours": {"accent": "#ffff00"}, "logo": "x"}
    changed = profiles.save(
        site.office, "web", write_survey("web", data), profiles.profile(site.office, "web").revision, "M"
    )
    page, found = signed_in("/desk/surveys", theme=theme, width=width), {}
    for path in (*PATHS, *MORE):
        page.goto(f"{site.url}/desk/surveys{path}")
        page.evaluate(axe)
        for fault in page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            found[f"{path} {fault['id']}"] = [node["html"][:160] for node in fault["nodes"]]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found.update({path: f"{wide} wide"} if wide != width else {})
    assert found == {}


def test_who_only_looks_saves_nothing(site: Site, chromium: Browser) -> None:
    _start(site, "web")
    page = _signed_in(site, chromium, "web")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.clock.install()
    page.goto(f"{site.url}/desk/surveys/web")
    page.wait_for_function("() => !document.querySelector('[data-handle]').hidden")
    page.clock.run_for(60_000)
    expect(page.locator("#state")).not_to_contain_text("Sav")
    assert sent == []
    page.context.close()
