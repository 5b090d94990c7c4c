"""Takes the pictures of docs/images from demo data: each page light and dark, on a desk and on a telephone.

Runs a web server of its own on a free port of this machine, over a database in a temporary folder.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import requests
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from tonval import opening
from tonval.audio.speech import speak
from tonval.config import load_config
from tonval.fieldwork import asking, invitations
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.links import link_for
from tonval.fieldwork.respondents import Customer
from tonval.store.tables import interviews

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
TONVAL: Final = Path(sys.executable).with_name("tonval")
CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--autoplay-policy=no-user-gesture-required"]
SIZES: Final = {1440: 900, 360: 780}
PATHS: Final = {
    "agents": "/desk/agents",
    "agent": "",
    "today": "/desk",
    "conversations": "/desk/conversations",
    "conversation": "",
    "thread": "",
    "correcting": "",
    "readings": "/desk/readings",
    "audit": "/admin/audit",
    "admin": "/admin",
    "simulator": "/simulator",
    "asked": "/desk/asked",
    "why": "",
    "imports": "/desk/imports",
    "replay": "/desk/replay",
    "prompts": "/desk/prompts",
    "prompt": "/desk/prompts/support-nki/sv/welcome",
    "surveys": "/desk/surveys",
    "designer": "/desk/surveys/after-contact",
    "preview": "/desk/surveys/after-contact/preview",
    "answers": "/desk/surveys/care/answers",
    "call-backs": "/desk/call-backs",
    "people": "/admin/people",
    "account": "/account",
}
CALLS: Final = """Id;Kö;Handläggare;Telefon;Namn;Samtalstid;Sluttid
4711-1;sales;anna.lind;070-174 06 10;Eva Berg;04:12;{day} 09:12
4711-2;sales;anna.lind;070-174 06 11;Nils Ek;02:40;{day} 09:31
4711-3;sales;bo.ek;070-174 06 10;Eva Berg;01:55;{day} 10:02
4711-4;sales;bo.ek;08-465 004 10;Karin Holm;03:07;{day} 10:15
4711-5;sales;anna.lind;070-174 06 12;Ali Lund;00:09;{day} 10:40
4711-6;sales;bo.ek;0000;;01:00;{day} 10:44
"""
SURVEY: Final = """surveys:
  after-contact:
    title: {sv: Efter kontakten, en: After the contact}
    languages: [sv, en]
    questions:
    - id: easy
      scale: ces
      text: {sv: "Hur lätt var det att få hjälp?", en: "How easy was it to get help?"}
      low: {sv: Mycket svårt, en: Very hard}
      high: {sv: Mycket lätt, en: Very easy}
      required: true
    - id: obstacle
      scale: choice
      text: {sv: "Vad gjorde det svårt?", en: "What made it hard?"}
      when: easy <= 4
      options:
      - id: wait
        text: {sv: Väntetiden, en: The wait}
      - id: words
        text: {sv: Svåra ord, en: Difficult words}
    reactions:
    - when: easy <= 2
      say: {sv: Vi beklagar. Tack för att du säger till., en: We are sorry. Thank you for telling us.}
"""
STILL_DRAFTS: Final = ("invalid", "no_input", "goodbye")
PATIENCE: Final = 60.0


def main() -> None:
    """Make demo data, start the pages, take every picture, say what it weighs."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        started_site(Path(home)) as (url, password, links),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for theme in ("light", "dark"):
            for width, height in SIZES.items():
                _answer(browser, next(links), theme, (width, height))
                _take_all(browser, url, password, theme, (width, height))
        browser.close()
    weight = sum(path.stat().st_size for path in IMAGES.glob("*.png"))
    print(f"{len(list(IMAGES.glob('*.png')))} pictures, {weight / 1e6:.1f} MB")


@contextmanager
def started_site(home: Path) -> Iterator[tuple[str, str, Iterator[str]]]:
    """A running web part over demo data; gives its address, the admin's password, and links to surveys."""
    password, port = secrets.token_urlsafe(9), _free_port()
    settings = {"TONVAL_HOME": str(home), "TONVAL_HTTP": f"127.0.0.1:{port}", "PATH": os.environ["PATH"]}
    _run(settings, "demo", "--days", "90", "--agents", "25", "--seed", "1")
    calls = home / "calls.csv"
    calls.write_text(CALLS.format(day=datetime.now(UTC).strftime("%Y-%m-%d")), encoding="utf-8")
    _run(settings, "import", str(calls), "--source", "pbx")
    _run(settings, "user", "add", "Maja", "--role", "admin", "--password", password)
    survey = home / "survey.yaml"
    survey.write_text(SURVEY, encoding="utf-8")
    _run(settings, "survey", "import", str(survey))
    _record(settings, home / "prompt.wav")
    links = _asked(settings, len(SIZES) * 2)
    with subprocess.Popen([str(TONVAL), "web"], env=settings) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}", password, iter(links)
        finally:
            server.terminate()


def _record(settings: dict[str, str], sound: Path) -> None:
    """Drafts of all prompts, and the Swedish questions recorded, as a centre has it that has begun."""
    for line in _run(settings, "prompt", "list", "--json").splitlines():
        prompt = json.loads(line)
        survey, slot, language = prompt["survey"], prompt["slot"], prompt["language"]
        if (survey, language) == ("support-nki", "sv") and slot not in STILL_DRAFTS:
            sound.write_bytes(speak(prompt["words"], language))
            _run(settings, "prompt", "add", str(sound), "--survey", survey, "--slot", slot, "--language", language)


def _run(settings: dict[str, str], *arguments: str) -> str:
    return subprocess.run([str(TONVAL), *arguments], env=settings, check=True, stdout=subprocess.PIPE, text=True).stdout


def _asked(settings: dict[str, str], people: int) -> list[str]:
    """Ask so many customers by SMS; gives the links that only they have."""
    office = opening.open_field(load_config(settings))
    for number in range(people):
        invitations.report(
            office,
            Interaction(
                ref=f"call-{number}",
                kind="call",
                queue="billing",
                agent="anna.lind",
                customer=Customer(phone=f"+4670174069{number}", language="sv"),
                ended_at=office.now() - timedelta(hours=2),
                talk=timedelta(minutes=3),
                report={},
            ),
        )
    asking.ask_due(office)
    with office.unit.read() as tx:
        waiting = select(interviews.c.id).where(interviews.c.disposition.is_(None), interviews.c.channel == "link")
        found = tx.execute(waiting.order_by(interviews.c.started_at.desc()).limit(people)).scalars().all()
    return [link_for(office, interview) for interview in found]


def _answer(browser: Browser, link: str, theme: str, size: tuple[int, int]) -> None:
    """The survey page as a customer sees it who is not content, and wants to be called."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(link)
    page.locator("input[type=radio][value='4']").check()
    page.screenshot(path=IMAGES / f"survey-{theme}-{width}.png")
    page.locator("button[value=next]").click()
    page.get_by_role("checkbox").first.wait_for()
    page.screenshot(path=IMAGES / f"survey-why-{theme}-{width}.png")
    page.locator("button[value=next]").click()
    page.get_by_role("textbox").first.fill("Jag fick vänta länge, och ingen ringde tillbaka.")
    page.locator("button[value=next]").click()
    page.get_by_role("radio").nth(1).check()
    page.locator("button[value=next]").click()
    page.get_by_role("radio").first.wait_for(state="detached")
    page.screenshot(path=IMAGES / f"survey-thanks-{theme}-{width}.png")
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            requests.get(url, timeout=2).raise_for_status()
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{url} did not answer within {PATIENCE:.0f} s")


def _take_all(browser: Browser, url: str, password: str, theme: str, size: tuple[int, int]) -> None:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Stockholm",
    )
    page = context.new_page()
    sign_in(page, url, password)
    for name, path in PATHS.items():
        _open(page, url, name, path)
        page.screenshot(path=IMAGES / f"{name}-{theme}-{width}.png")
    context.close()


def sign_in(page: Page, url: str, password: str) -> None:
    page.goto(f"{url}/login")
    page.fill("#name", "Maja")
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url("**/desk")


def _open(page: Page, url: str, name: str, path: str) -> None:
    if name == "agent":
        page.goto(f"{url}/desk/agents?sort=-nki")
        path = page.locator("[data-list=agents] a.name").first.get_attribute("href") or ""
    if name == "why":
        page.goto(f"{url}/desk/asked")
        path = page.get_by_role("link", name="asked recently").last.get_attribute("href") or ""
    if name in ("conversation", "thread", "correcting"):
        path = _written(page, url, name)
    page.goto(url + path)
    page.wait_for_load_state("networkidle")
    if name == "correcting":
        page.get_by_role("radio", name="3", exact=True).press("Space")
    if name == "simulator":
        _talk(page)


def _written(page: Page, url: str, name: str) -> str:
    """Where the newest SMS interview with an answer is, its whole thread, or where its answer is put right."""
    page.goto(f"{url}/desk/conversations?channel=sms")
    answered = page.locator("[data-list=talks] li", has=page.locator(".answer")).first
    path = answered.locator("a.name").get_attribute("href") or ""
    if name == "conversation":
        return path
    page.goto(url + path)
    if name == "thread":
        return page.get_by_role("link", name="All messages").get_attribute("href") or path
    return page.locator("a[href*='/correct/']").first.get_attribute("href") or path


def _talk(page: Page) -> None:
    """A call with one key pressed, and a message on its way."""
    page.locator("[data-mute]").check()
    page.fill("#call-agent", "anna.lind")
    page.fill("#sms-agent", "anna.lind")
    page.fill("#sms-phone", f"+4670174{secrets.randbelow(94) + 606:04d}")
    page.get_by_role("button", name="Report an interaction").click()
    page.get_by_role("button", name="Call").click()
    course = page.locator("[data-piece=course]")
    course.get_by_text("The call came in").wait_for()
    page.wait_for_timeout(400)
    page.keyboard.press("4")
    course.get_by_text("Answered 4").wait_for()
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main()
