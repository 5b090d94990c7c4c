"""The respondent's page in a browser: by keys alone, without scripts, in a frame, on narrow screens, in Arabic."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.waiting import wait_until
from tests.web.house import Clock, open_house, open_site
from tests.web.survey_house import FILE, ask, customer, interview_behind, send, state_of
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import token_of
from tonval.store.tables import events
from tonval.store.unit import open_unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.page_words import usual

EXPLAINED = Path(__file__).parents[2].joinpath("docs/embedding.md").read_text(encoding="utf-8")
COMPANY = re.findall(r"```html\n(.*?)```", EXPLAINED, re.DOTALL)[0]
"""The company's page as docs/embedding.md shows it."""


@dataclass(frozen=True)
class Town:
    """The survey site, and a company's own site that holds surveys in a frame."""

    url: str
    company: str
    office: Field
    client: Any


def _served(app: Any) -> tuple[Any, str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """Both sites on free ports of this machine; the clock stands at noon on a Friday."""
    unit, surveys = open_unit(sqlite_url), [""]
    company = Request.application(
        lambda request: Response(COMPANY.replace("https://survey.example.com", surveys[0]), mimetype="text/html")
    )
    outer, outside = _served(company)
    office = open_house(unit, Clock(), FILE.replace('"https://www.example.com"', f'"{outside}"'))
    app = open_site(office)
    inner, surveys[0] = _served(app)
    yield Town(surveys[0], outside, office, customer(app))
    for server in (inner, outer):
        server.shutdown()
        server.server_close()
    unit.engine.dispose()


Visit = Callable[..., Page]


@pytest.fixture
def visit(town: Town, chromium: Browser) -> Iterator[Visit]:
    """``visit(address, width=360, theme="light", scripts=True)``: a page; what its policy forbids fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(address: str, width: int = 360, theme: str = "light", scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 740},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "action has been blocked" in line.text else None)
        page.goto(address if ":" in address else f"{town.url}{address}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def counted(town: Town) -> int:
    """The events there are."""
    with town.office.unit.read() as tx:
        return tx.execute(select(func.count()).select_from(events)).scalar_one()


def test_a_survey_is_answered_on_the_keyboard_alone(town: Town, visit: Visit) -> None:
    token = ask(town.office)
    page = visit(f"/s/{token}")
    keys = page.keyboard
    keys.press("Tab")
    keys.press("Space")
    for _ in range(3):
        keys.press("ArrowRight")
    expect(page.get_by_label("3", exact=True)).to_be_checked()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vad kunde vi ha gjort bättre?")
    expect(page.get_by_role("status")).to_have_text("Det var tråkigt att höra.")
    keys.press("Tab")
    keys.type("Kötiden.")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vad var bra?")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Får vi ringa upp dig?")
    keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("0701740606")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(usual("page.thanks", "sv"))
    stands = state_of(town.office, token)
    assert (stands.values("recommend"), stands.words("why"), stands.values("good")) == ((3,), "Kötiden.", (0, 2))
    assert stands.call_back is not None
    assert stands.call_back.phone == "+46701740606"


def test_a_survey_is_answered_without_scripts(town: Town, visit: Visit) -> None:
    token = ask(town.office)
    page = visit(f"/s/{token}", scripts=False)
    page.get_by_role("button", name="Nästa").click()
    expect(page.get_by_role("alert")).to_contain_text(usual("page.missing", "sv"))
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("9", exact=True).check()
    page.get_by_role("button", name="Nästa").click()
    page.get_by_label("Vänligt bemötande").check()
    page.get_by_role("button", name="Tillbaka").click()
    expect(page.get_by_label("9", exact=True)).to_be_checked()
    page.get_by_role("button", name="Nästa").click()
    expect(page.get_by_label("Vänligt bemötande")).to_be_checked()
    page.get_by_role("button", name="Skicka").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Så roligt att höra.")
    assert state_of(town.office, token).disposition is Disposition.COMPLETE
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Så roligt att höra.")
    page.goto(f"{town.url}/s/{token}")
    expect(page.get_by_role("heading", level=1)).to_have_text(usual("page.closed", "en"))


def test_an_answer_counts_as_soon_as_it_is_given(town: Town, visit: Visit) -> None:
    token = ask(town.office)
    page = visit(f"/s/{token}")
    page.get_by_label("7", exact=True).check()
    wait_until(lambda: state_of(town.office, token).values("recommend") == (7,))
    page.get_by_label("8", exact=True).check()
    wait_until(lambda: state_of(town.office, token).values("recommend") == (8,))
    page.reload()
    expect(page.get_by_label("8", exact=True)).to_be_checked()


def test_a_browser_that_runs_scripts_and_follows_links_answers_nothing(town: Town, visit: Visit) -> None:
    token = ask(town.office)
    before = counted(town)
    for address in (f"/s/{token}", f"/s/{token}?recommend=9"):
        page = visit(address)
        page.mouse.move(200, 300)
        page.mouse.wheel(0, 400)
        for link in page.locator("a[href]").all():
            link.click()
        page.goto(f"{town.url}/s/{token}")
    assert counted(town) == before


def test_the_survey_stands_in_a_frame_of_the_companys_page_and_tells_its_height(town: Town, visit: Visit) -> None:
    token = ask(town.office)
    page = visit(f"{town.company}/answer#{token}", width=800)
    page.evaluate("addEventListener('tonval:done', () => { document.body.dataset.over = 'yes'; })")
    frame = page.frame_locator("iframe[title='How did it go?']")
    frame.get_by_label("2", exact=True).check()
    frame.get_by_role("button", name="Nästa").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Vad kunde vi ha gjort bättre?")
    inner, outer = frame.locator("body"), page.locator("iframe")
    wait_until(lambda: abs(_height(inner) - _height(outer)) <= 1)
    heading = frame.get_by_role("heading", level=1)
    for button in ("Nästa", "Nästa", "Skicka"):
        before = heading.inner_text()
        frame.get_by_role("button", name=button).click()
        expect(heading).not_to_have_text(before)
    expect(page.locator("body")).to_have_attribute("data-over", "yes")
    assert state_of(town.office, token).disposition is Disposition.COMPLETE


def _height(place: Any) -> float:
    box = place.bounding_box()
    return float(box["height"]) if box else -1000.0


def test_a_page_that_is_not_named_cannot_hold_the_survey(town: Town, visit: Visit) -> None:
    token = ask(town.office, "plain")
    page = visit("about:blank")
    with page.expect_event("requestfailed", lambda request: request.url == f"{town.url}/s/{token}"):
        page.goto(f"{town.company}/answer#{token}")
    assert page.frame_locator("iframe").get_by_role("button").count() == 0


def test_a_used_link_in_a_frame_says_so_in_the_frame(town: Town, visit: Visit) -> None:
    page = visit(f"{town.company}/answer#{'x' * 22}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text(usual("page.closed", "en"))


def test_without_a_token_the_companys_page_keeps_its_own_words(town: Town, visit: Visit) -> None:
    page = visit(f"{town.company}/answer#section")
    expect(page.get_by_text("Open this page by the link we sent you.")).to_be_visible()
    assert page.locator("iframe").count() == 0


@dataclass(frozen=True)
class State:
    """One state of the page: its survey, what was sent before, and whether it is sent in with nothing on it."""

    survey: str
    before: tuple[tuple[str, dict[str, str]], ...] = ()
    press: bool = False


LOW = ("recommend", {"recommend": "3"})
PLAIN = tuple((name, {}) for name in ("helped", "easy", "total", "solved"))
STATES = {
    "rating": State("care"),
    "fault": State("care", press=True),
    "reaction and words": State("care", (LOW,)),
    "boxes": State("care", (("recommend", {"recommend": "9"}),)),
    "times": State("care", (LOW, ("why", {}), ("good", {}))),
    **{f"plain {place}": State("plain", PLAIN[:place]) for place in (0, 3, 4)},
    "all on one page": State("whole"),
    "all with faults": State("whole", press=True),
    "thanks": State("whole", (("helped", {"helped": "5"}),)),
}


def show(town: Town, page: Page, state: State) -> None:
    """Bring the page into this state."""
    token = ask(town.office, state.survey)
    answers = [send(town.client, token, at, **fields) for at, fields in state.before]
    page.goto(f"{town.url}/s/{token}")
    if answers and answers[-1].status_code == 200:  # the thank-you is the answer to the last page alone
        page.goto("about:blank")
        page.set_content(answers[-1].get_data(as_text=True))
    if state.press:
        page.locator("button[value=next]").click()
        page.wait_for_selector("#faults")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_anybodys_way(town: Town, visit: Visit, axe: str, theme: str) -> None:
    page, found = visit("about:blank", theme=theme), {}
    for name, state in STATES.items():
        show(town, page, state)
        found[name] = _violations(page, axe)
    interview = interview_behind(town.office, ask(town.office))
    for name, path in {
        "closed": "/s/unknown",
        "stop": f"/u/{token_of(town.office.link_key, 'stop', interview)}",
    }.items():
        page.goto(town.url + path)
        found[name] = _violations(page, axe)
    assert {name: faults for name, faults in found.items() if faults} == {}


def _violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    result = page.evaluate("axe.run()")
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in result["violations"]]


NARROW = """() => {
  const inputs = [...document.querySelectorAll(".target input, button, textarea, [type=tel]")];
  const small = inputs.map((each) => each.getBoundingClientRect()).filter((box) => box.width < 44 || box.height < 44);
  const rows = [...document.querySelectorAll(".scale")].map((scale) => {
    const tops = [...scale.querySelectorAll("input")].map((each) => Math.round(each.getBoundingClientRect().top));
    return [...new Set(tops)].map((top) => tops.filter((each) => each === top).length);
  });
  return {over: document.documentElement.scrollWidth - innerWidth, small: small.length, rows};
}"""
ROWS = {"rating": [[6, 5]], "plain 0": [[5]], "seven": [[4, 3]], "ten": [[5, 5]], "plain 3": [[2]]}
RATINGS = {"seven": State("plain", PLAIN[:1]), "ten": State("plain", PLAIN[:2])}


def test_at_320_pixels_every_target_is_large_and_nothing_sticks_out(town: Town, visit: Visit) -> None:
    page = visit("about:blank", width=320)
    for name, state in {**STATES, **RATINGS}.items():
        show(town, page, state)
        seen = page.evaluate(NARROW)
        assert (name, seen["over"], seen["small"]) == (name, 0, 0)
        assert (name, seen["rows"]) == (name, ROWS.get(name, seen["rows"]))


@pytest.mark.parametrize(
    ("language", "way", "button"), [("sv", "ltr", "Nästa"), ("en", "ltr", "Next"), ("ar", "rtl", "التالي")]
)
def test_each_language_runs_its_own_way(town: Town, visit: Visit, language: str, way: str, button: str) -> None:
    token = ask(town.office)
    page = visit(f"/s/{token}")
    page.get_by_label("9", exact=True).check()
    page.locator(f"[value=lang-{language}]").click()
    expect(page.locator("html")).to_have_attribute("dir", way)
    expect(page.get_by_label("9", exact=True)).to_be_checked()
    lowest, highest = (page.locator(f"[value='{n}']").first.bounding_box() for n in (0, 5))
    assert lowest is not None and highest is not None
    assert (lowest["x"] < highest["x"]) == (way == "ltr")
    page.get_by_role("button", name=button).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_the_ends_of_a_scale_are_heard_with_their_numbers(town: Town, visit: Visit) -> None:
    page = visit(f"/s/{ask(town.office)}")
    group = page.get_by_role("group", name=re.compile("Hur troligt är det"))
    expect(group.get_by_role("radio", name="0 – Inte alls troligt", exact=True)).to_have_count(1)
    expect(group.get_by_role("radio", name="10 – Mycket troligt", exact=True)).to_have_count(1)


@pytest.mark.parametrize("survey", ["care", "whole"])
def test_a_page_is_under_thirty_kilobytes_on_the_wire_with_nothing_to_fetch(
    town: Town, visit: Visit, survey: str
) -> None:
    page, fetched = visit("about:blank"), list[Any]()
    page.on("requestfinished", lambda request: fetched.append(request))
    page.goto(f"{town.url}/s/{ask(town.office, survey)}")
    page.wait_for_load_state("networkidle")
    (only,) = fetched
    assert sum(only.sizes()[part] for part in ("responseHeadersSize", "responseBodySize")) < 30_000
