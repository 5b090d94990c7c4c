"""The prompt library in a browser: files sent, dropped, recorded and heard; older versions; with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Open, Site
from tests.web.house import PASSWORD
from tests.web.test_prompts import HERE, PAGE, tone
from tonval.fieldwork.voice import takes

FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture
def microphone(chromium: Browser) -> Iterator[Browser]:
    """A browser of its own, whose microphone beeps."""
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *FAKE_MICROPHONE])
    yield browser
    browser.close()


def sound_file(folder: Path, name: str = "hej.wav", hertz: float = 440) -> Path:
    (folder / name).write_bytes(tone(hertz))
    return folder / name


def length_of(page: Page, player: str) -> float:
    """Seconds, once the browser has loaded the sound."""
    page.wait_for_function("player => document.querySelector(player).duration > 0", arg=player)
    return float(page.evaluate("player => document.querySelector(player).duration", player))


def test_a_file_is_sent_heard_and_an_older_version_used_again(site: Site, signed_in: Open, tmp_path: Path) -> None:
    page = signed_in("/desk/prompts?survey=support-nki")
    page.get_by_role("link", name="Welcome, Swedish: Draft, synthetic voice").click()
    page.set_input_files("#file", sound_file(tmp_path))
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 2 is heard from the next call on")
    assert abs(length_of(page, ".card audio") - 1) < 0.1
    page.set_input_files("#file", sound_file(tmp_path, "hej2.wav", 700))
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("button", name="Use version 2 again").click()
    expect(page.get_by_role("status").first).to_contain_text("as version 4")
    page.get_by_role("button", name="Back to the draft voice").click()
    expect(page.get_by_text("a synthetic voice reads the words")).to_be_visible()
    assert [take.version for take in takes.versions(site.office, HERE)] == [5, 4, 3, 2, 1]


def test_a_refusal_stands_beside_the_field_which_is_focused(signed_in: Open, tmp_path: Path) -> None:
    page = signed_in(PAGE)
    (tmp_path / "big.wav").write_bytes(bytes(20_000_001))
    page.set_input_files("#file", tmp_path / "big.wav")
    expect(page.locator("[data-fault]")).to_contain_text("larger than 20 MB")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#file")).to_be_focused()


def test_a_file_can_be_dropped_and_a_cell_plays_what_is_heard(signed_in: Open, tmp_path: Path) -> None:
    page = signed_in(PAGE)
    page.evaluate(
        """bytes => {
            const carried = new DataTransfer();
            carried.items.add(new File([new Uint8Array(bytes)], 'dropped.wav', { type: 'audio/wav' }));
            const form = document.querySelector('[data-upload]');
            form.dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        list(tone()),
    )
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".versions")).to_contain_text("dropped.wav")
    page.goto(page.url.split("/desk")[0] + "/desk/prompts?survey=support-nki")
    button = page.get_by_role("link", name="Play Welcome, Swedish")
    button.click()
    expect(button).to_have_attribute("data-playing", "")


def test_all_prompts_of_a_language_are_heard_in_order_until_they_are_stopped(signed_in: Open) -> None:
    page = signed_in("/desk/prompts?survey=support-nki")
    page.get_by_role("button", name="Hear all in Swedish").click()
    expect(page.get_by_role("link", name="Play Stay on the line, Swedish")).to_have_attribute("data-playing", "")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-playing]")).to_have_count(0)
    expect(page.get_by_role("button", name="Hear all in Swedish")).to_be_visible()


def test_versions_are_heard_one_after_the_other_and_never_two_at_once(
    site: Site, signed_in: Open, tmp_path: Path
) -> None:
    for hertz in (440, 700):
        sound = sound_file(tmp_path, f"{hertz}.wav", hertz)
        takes.add_recording(site.office, sound, HERE.survey, HERE.slot, HERE.language)
    page = signed_in(PAGE)
    page.get_by_role("button", name="Hear one after the other").click()
    heard = "at => [...document.querySelectorAll('.versions audio')].findIndex((each) => !each.paused) === at"
    page.wait_for_function(heard, arg=0)
    page.wait_for_function(heard, arg=1)
    page.evaluate("document.querySelector('.card audio').play()")
    page.wait_for_function(heard, arg=-1)


def test_a_prompt_is_recorded_in_the_browser_and_goes_through_the_same_door(site: Site, microphone: Browser) -> None:
    page = microphone.new_page()
    page.goto(f"{site.url}/login?next={PAGE}")
    page.fill("#name", "admin")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(site.url + PAGE)
    page.get_by_role("button", name="Record here").click()
    expect(page.locator("[data-state]")).to_have_text("Recording. Speak now.")
    page.wait_for_function("() => document.querySelector('[data-meter]').value > 0")
    page.wait_for_timeout(1500)  # something has to be said
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-state]")).to_contain_text("Listen to it")
    expect(page.locator("[data-live-level]")).to_be_hidden()
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".versions")).to_contain_text("recorded-here.wav")
    assert takes.versions(site.office, HERE)[0].seconds > 0.3


def test_everything_works_without_a_script(site: Site, chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/login?next={PAGE}")
    page.fill("#name", "admin")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(site.url + PAGE)
    expect(page.get_by_role("button", name="Record here")).to_have_count(0)
    page.set_input_files("#file", sound_file(tmp_path))
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 2 is heard")
    page.set_input_files("#file", sound_file(tmp_path, "hej2.wav", 700))
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("button", name="Use version 2 again").click()
    expect(page.get_by_role("status").first).to_contain_text("as version 4")
    page.get_by_role("link", name="All prompts").click()
    expect(page.get_by_role("link", name="Welcome, Swedish: Recorded")).to_be_visible()
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_is_in_anybodys_way(
    site: Site, signed_in: Open, axe: str, theme: str, width: int, tmp_path: Path
) -> None:
    for name in ("a.wav", "b.wav"):
        sound = sound_file(tmp_path, name)
        takes.add_recording(site.office, sound, HERE.survey, HERE.slot, HERE.language)
    page = signed_in("/desk/prompts", width=width, theme=theme)
    for path in ("/desk/prompts", PAGE, "/desk/prompts/support-nki/en/question.helped"):
        page.goto(site.url + path)
        page.evaluate(axe)
        faults = page.evaluate("axe.run()")["violations"]
        assert [(path, fault["id"], fault["nodes"][0]["html"][:200]) for fault in faults] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
