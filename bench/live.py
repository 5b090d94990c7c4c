"""From hang-up to the number on an open page: a real SIP call, a real browser, the whole house.

    python bench/live.py [--calls 12] [--seed 1]

The supervisor's page is open in Chromium. A telephone answers both questions and hangs up during the closing words.
Measured is the time from the BYE to the moment the page shows the new count of answers; the page may even be faster,
since each answer counts when its key is pressed.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import threading
import time

from playwright.sync_api import Page, sync_playwright

from tests.drivers.house import ADMIN_PASSWORD, House, running_house
from tests.drivers.sip_phone import SipPhone

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SHOWN = "(count) => document.querySelector('[data-piece=total]')?.textContent.startsWith(`${count} answers`)"


def main() -> None:
    """Place the calls and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    with running_house() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        page = _open(browser.new_page(), house)
        seen = [_measure(page, house, chance, number) for number in range(1, wanted.calls + 1)]
        browser.close()
    seen.sort()
    print(f"seed {wanted.seed}, Python {platform.python_version()}, {wanted.calls} calls, Chromium, SQLite")
    print(f"hang-up to page      p50 {statistics.median(seen):.2f} s, max {seen[-1]:.2f} s; target: at most 2 s")


def _open(page: Page, house: House) -> Page:
    page.goto(f"{house.url}/login")
    page.fill("input[name=name]", "admin")
    page.fill("input[name=password]", ADMIN_PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk*")
    page.goto(f"{house.url}/desk/agents")
    return page


def _measure(page: Page, house: House, chance: random.Random, number: int) -> float:
    ended: list[float] = []
    call = threading.Thread(target=_call, args=(house, chance, ended))
    call.start()
    page.wait_for_function(SHOWN, arg=2 * number, timeout=60_000, polling=20)
    shown = time.perf_counter()
    call.join()
    return shown - ended[0]


def _call(house: House, chance: random.Random, ended: list[float]) -> None:
    pause = threading.Event()
    with SipPhone(int(house.sip.rpartition(":")[2])) as phone:
        phone.call("support", {"X-Tonval-Agent": "anna"})
        for _ in range(2):
            pause.wait(0.8 + chance.random())
            phone.press(str(chance.randint(1, 5)))
        pause.wait(0.1)
        ended.append(time.perf_counter())


if __name__ == "__main__":
    main()
