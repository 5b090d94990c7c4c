"""Takes the pictures of docs/setting-up.md: a centre is set up from nothing in a browser, as the guide tells it.

Runs a whole Tonval of its own on free ports of this machine, in a temporary folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402 - the path must be set first

from tests.drivers import setting_up, sipp, sound  # noqa: E402
from tests.drivers.house import ADMIN_PASSWORD, running_house  # noqa: E402

IMAGES: Final = ROOT / "docs" / "images"
CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run"]


def take(page: Page, name: str) -> None:
    """The page as it stands, as tall as it is but no taller than three screens."""
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), 2000)
    page.set_viewport_size({"width": 1280, "height": max(height, 600)})
    page.screenshot(path=IMAGES / f"guide-{name}.png")
    page.set_viewport_size({"width": 1280, "height": 900})


def main() -> None:
    """Every picture of the guide, in its order."""
    with running_house({"TONVAL_QUEUES": "none"}) as house, sync_playwright() as playwright, _folder() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en").new_page()
        setting_up.sign_in(page, house.url, "admin", ADMIN_PASSWORD)
        setting_up.two_sites(page, house.url, Path(folder), "192.0.2.10/32\n127.0.0.1/32", take)
        recording = Path(folder) / "welcome.wav"
        recording.write_bytes(sound.tone(440, 1.5))
        setting_up.upload_the_prompt(page, house.url, "welcome", recording, take)
        setting_up.invite(page, house.url, "karin", "supervisor", "se/sthlm", take)
        for path, name in (("/admin/providers", "providers"), ("/simulator", "simulator"), ("/admin", "done")):
            page.goto(house.url + path)
            take(page, name)
        sipp.play("keys", int(house.sip.rpartition(":")[2]), [("anna", "5", "4"), ("bo", "4", "5")])
        page.goto(f"{house.url}/desk/agents")
        page.get_by_text("Bo Lind").wait_for()
        take(page, "agents")
        browser.close()


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="guide-")


if __name__ == "__main__":
    main()
