"""From nothing to a centre of two sites in a browser; a call plays the recordings; each site sees its own alone."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.drivers import ear, setting_up, sipp, sound
from tests.drivers.house import ADMIN_PASSWORD, House, running_house
from tests.ivr.sip.test_heard import speech_like
from tests.waiting import wait_until
from tonval.audio import wav

pytestmark = [pytest.mark.sip]

SLOTS = ("welcome", "scale.nki")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with running_house({"TONVAL_QUEUES": "none"}) as running:
        yield running


@pytest.fixture(scope="module")
def admin(house: House, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The admin, with the centre set up by her hand."""
    page = chromium.new_context().new_page()
    setting_up.sign_in(page, house.url, "admin", ADMIN_PASSWORD)
    setting_up.two_sites(page, house.url, tmp_path_factory.mktemp("files"), "127.0.0.1/32")
    return page


@pytest.fixture(scope="module")
def rated(house: House, admin: Page) -> House:
    """Each site has an agent who was rated by a caller."""
    played = sipp.play("keys", _port(house), [("anna", "5", "4"), ("bo", "1", "2")])
    assert played.good == 2, played.report
    admin.goto(f"{house.url}/desk/agents")
    wait_until(lambda: admin.reload() and all(name in admin.content() for name in ("Anna Ek", "Bo Lind")))
    return house


def test_a_caller_hears_the_uploaded_recordings_sample_by_sample(house: House, admin: Page, tmp_path: Path) -> None:
    masters = [_upload(house, admin, slot, tmp_path, seed) for seed, slot in enumerate(SLOTS)]
    assert ear.are_heard(lambda: _call(house), masters)


def test_a_supervisor_meets_nothing_of_the_other_site(rated: House, admin: Page, chromium: Browser) -> None:
    link = setting_up.invite(admin, rated.url, "karin", "supervisor", "se/sthlm")
    karin = setting_up.accept(chromium, link)
    theirs = _conversation_of(rated, admin, "bo")
    ours = _conversation_of(rated, admin, "anna")
    opened = {path: _status(karin, rated.url + path) for path in ("/desk/agents/bo", theirs)}
    assert opened == dict.fromkeys(opened, 404)
    assert [_status(karin, rated.url + path) for path in ("/desk/agents/anna", ours)] == [200, 200]
    assert _status(karin, f"{rated.url}/admin") == 403
    karin.goto(f"{rated.url}/desk/agents")
    assert "Anna Ek" in karin.content()
    assert "Bo Lind" not in karin.content()


def test_a_supervisor_meets_no_queue_of_the_other_site_nor_its_prompts(
    house: House, admin: Page, chromium: Browser, tmp_path: Path
) -> None:
    setting_up.make_queues_of_sites(admin, house.url)
    sounds = {site: _sound_of(house, admin, site, tmp_path, seed) for seed, site in enumerate(setting_up.SITES, 5)}
    lars = setting_up.accept(chromium, setting_up.invite(admin, house.url, "lars", "supervisor", "se/sthlm"))
    for site, status in (("stockholm", 200), ("goteborg", 404)):
        paths = (f"/desk/prompts/queue:{site}/sv/welcome", sounds[site], f"/desk/asked?queue={site}")
        assert {path: lars.request.get(house.url + path).status for path in paths} == dict.fromkeys(paths, status)
        assert admin.request.get(house.url + sounds[site]).status == 200
    for path in ("/desk", "/desk/prompts", "/simulator"):
        lars.goto(house.url + path)
        assert ("stockholm" in lars.content(), "goteborg" in lars.content()) == (True, False), path


def test_a_key_of_one_site_reads_nothing_of_the_other(rated: House) -> None:
    made = rated.run("key", "add", "sthlm", "--scope", "read,report", "--unit", "se/sthlm", "--json")
    key = json.loads(made.stdout)["key"]
    listed = _api(rated, key, "/api/v1/responses")
    assert {row["agent"] for row in listed["rows"]} == {"anna"}
    assert {row["agent"] for row in _api(rated, key, "/api/v1/stats/agents")["rows"]} == {"anna"}
    whole = json.loads(rated.run("key", "add", "all", "--scope", "read,report", "--json").stdout)["key"]
    rows = _api(rated, whole, "/api/v1/responses")["rows"]
    calls = {row["agent"]: f"/api/v1/interactions/call/{quote(row['interaction']['id'])}" for row in rows}
    assert _api(rated, key, calls["anna"])["agent"] == "anna"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        _api(rated, key, calls["bo"])


def _port(house: House) -> int:
    return int(house.sip.rpartition(":")[2])


def _call(house: House) -> list[int]:
    """The samples that a caller hears."""
    with ear.listening() as heard:
        played = sipp.play("listen", _port(house), [(setting_up.QUEUE, str(heard.port), "sv")])
    assert played.good == 1, played.report
    return heard.samples()


def _upload(house: House, admin: Page, slot: str, folder: Path, seed: int) -> list[int]:
    """Upload a recording; gives the samples of its master as the page plays it."""
    file = folder / f"{slot}.wav"
    file.write_bytes(sound.wav(speech_like(seed)))
    setting_up.upload_the_prompt(admin, house.url, slot, file)
    player = admin.locator("audio").first.get_attribute("src")
    return list(wav.unpack(admin.request.get(f"{house.url}{player}").body()))


def _sound_of(house: House, admin: Page, site: str, folder: Path, seed: int) -> str:
    """Record the welcome of the site's queue; gives the path of its sound."""
    file = folder / f"{site}.wav"
    file.write_bytes(sound.wav(speech_like(seed)))
    setting_up.upload_the_prompt(admin, house.url, "welcome", file, owner=f"queue:{site}")
    found = admin.locator("audio").first.get_attribute("src")
    assert found, admin.content()
    return found


def _conversation_of(house: House, admin: Page, agent: str) -> str:
    """The path of a call with this agent."""
    admin.goto(f"{house.url}/desk/agents/{agent}")
    found = admin.locator("a[href*='/desk/conversations/']").first.get_attribute("href")
    assert found, admin.content()
    return found


def _status(page: Page, address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def _api(house: House, key: str, path: str) -> Any:
    request = urllib.request.Request(house.url + path, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
