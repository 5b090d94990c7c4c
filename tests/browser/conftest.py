"""A real browser at a real server: the site on a fresh SQLite file, with the clock of the day."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from tests.web.house import PASSWORD, QUEUES, add_people, open_house, open_site
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import takes
from tonval.ivr.simulator import page as simulator
from tonval.opening import GAUGES
from tonval.sms import inbound
from tonval.store.unit import open_unit
from tonval.web.desk import look

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@dataclass(frozen=True)
class Site:
    """A running site: its address, the field behind it for acting out what customers do, and its intake folder."""

    url: str
    office: Field
    intake: Path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each gets a context of its own."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def queues() -> str:
    """The file of the centre; a test of other queues says its own."""
    return QUEUES


def _open(path: Path, queues: str, fresh: Iterator[int]) -> Field:
    return replace(
        open_house(open_unit(f"sqlite:///{path}"), lambda: datetime.now(UTC), queues),
        fresh_id=lambda prefix: f"{prefix}_{next(fresh):026d}",
        gauges=GAUGES,
    )


Furnished = Callable[[str, Path], Iterator[int]]


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """``furnished(queues, path)``: a file with people and spoken prompts, and the numbers left; made once, copied."""
    made: dict[str, tuple[Path, int]] = {}

    def put(queues: str, path: Path) -> Iterator[int]:
        if queues not in made:
            made[queues] = _furnish(shutil.copy(sqlite_template, tmp_path_factory.mktemp("site") / "tonval.db"), queues)
        file, first = made[queues]
        shutil.copy(file, path)
        return itertools.count(first)

    return put


def _furnish(path: Path, queues: str) -> tuple[Path, int]:
    fresh = itertools.count(1)
    office = _open(path, queues, fresh)
    add_people(office)
    takes.draft_missing(office)
    with office.unit.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    office.unit.engine.dispose()
    return path, next(fresh)


@pytest.fixture
def site(furnished: Furnished, tmp_path: Path, queues: str) -> Iterator[Site]:
    """The whole site on a free port of this machine."""
    path = tmp_path / "tonval.db"
    office = _open(path, queues, furnished(queues, path))
    around = simulator.Surroundings(look.framed, partial(inbound.receive, office))
    app = open_site(office, page_blueprints=(simulator.blueprint(office, around),), intake=tmp_path / "intake")
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", office, tmp_path / "intake")
    server.shutdown()
    thread.join(5)
    server.server_close()
    office.unit.engine.dispose()


FAULTS_ALONE = """
;{ const run = axe.run;
   axe.run = () => run(document, {resultTypes: ["violations"]}).then(({violations}) => ({violations})); }
"""

PATIENCE = 30_000
"""Milliseconds that a page may take at the most until it shows what it should, on a machine however busy."""

Open = Callable[..., Page]

REPLACED = ("htmx:abort", "htmx:afterRequest", "htmx:sendAbort")
"""What htmx says of a request that a newer one of the same form has taken the place of."""


def _is_fault(line: ConsoleMessage) -> bool:
    return line.type == "error" and not line.text.startswith(REPLACED)


@pytest.fixture
def signed_in(site: Site, chromium: Browser) -> Iterator[Open]:
    """``signed_in(path, name="admin", width=1280, theme="light")``: a page; any fault in it fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(path: str, name: str = "admin", width: int = 1280, theme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 860},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if _is_fault(line) else None)
        page.goto(f"{site.url}/login?next={path}")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script; it tells faults alone, for all that is in order takes long to tell."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text() + FAULTS_ALONE
