"""The prompt library without a browser: what is recorded, sending files, older versions, and who may do it."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tonval.audio import wav
from tonval.fieldwork import audit
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import libraries, prompts, takes
from tonval.fieldwork.voice.takes import Place, Take
from tonval.stats.scope import EVERYTHING
from tonval.store.tables import audit as log
from tonval.store.tables import dictations
from tonval.store.tables import prompts as shelf
from tonval.web.desk import prompts as pages
from tonval.web.desk import sounding

SignedIn = Callable[[str], FlaskClient]
HERE = Place("support-nki", "welcome", "sv")
PAGE = "/desk/prompts/support-nki/sv/welcome"


@cache
def tone(hertz: float = 440, seconds: float = 1.0, height: float = 9000, rate: int = 16000) -> bytes:
    """A WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        turns = (math.sin(2 * math.pi * hertz * n / rate) for n in range(int(rate * seconds)))
        sound.writeframes(array("h", (round(max(-32767, min(32767, height * t))) for t in turns)).tobytes())
    return target.getvalue()


def send(client: FlaskClient, sound: bytes, name: str = "hej.wav", page: str = PAGE) -> TestResponse:
    data = {"file": (io.BytesIO(sound), name)}
    return client.post(page, data=data, content_type="multipart/form-data", follow_redirects=True)


@pytest.fixture(autouse=True)
def quick_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The synthetic voice is tried elsewhere, and takes its time."""
    monkeypatch.setattr(takes, "draft_of", lambda _: wav.silence(0.5))


def test_the_table_says_of_each_prompt_what_is_heard(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    assert "Missing" in client.get("/desk/prompts").text
    takes.draft_missing(office)
    page = client.get("/desk/prompts?survey=support-nki").text
    assert "Draft, synthetic voice" in page and "Missing" not in page
    assert "<b>0 of 9</b> recorded in" in page and "Used by support" in page
    send(client, tone())
    page = client.get("/desk/prompts?survey=support-nki").text
    assert "<b>1 of 9</b> recorded in" in page and "1.0 s" in page and "LUFS" not in page
    assert page.index("Stay on the line") < page.index(">Welcome<") < page.index("Question: helped")
    assert page.index("Question: manner") < page.index("Wrong key") < page.index("Goodbye without")


@pytest.mark.parametrize(
    ("slot", "before", "after"),
    [
        ("stay", None, "welcome"),
        ("welcome", "stay", "scale.nki"),
        ("goodbye", "closing", None),
    ],
)
def test_a_prompt_stands_between_those_heard_before_and_after_it(
    office: Field, slot: str, before: str | None, after: str | None
) -> None:
    library = libraries.library_of(office.centre, "support-nki")
    assert library is not None
    found = pages.around(pages.sheet(office, library, EVERYTHING), Place("support-nki", slot, "sv"))
    assert [cell and cell.place.slot for cell in (found.before, found.after)] == [before, after]
    assert [cell.place.language for cell in found.tongues] == ["sv", "en"]


def test_the_next_to_record_is_the_first_after_it_without_a_voice(signed_in: SignedIn, office: Field) -> None:
    takes.draft_missing(office)
    client, listed = signed_in("admin"), "/desk/prompts/support-nki/sv"
    assert "Next to record: Welcome" in client.get(f"{listed}/stay").text
    send(client, tone())
    assert "Next to record: How to press (NKI)" in client.get(f"{listed}/stay").text
    assert "Next to record: Stay on the line" in client.get(f"{listed}/goodbye").text
    assert "Next to record" not in signed_in("sam").get(f"{listed}/stay").text


def test_a_file_is_heard_at_once_and_the_version_before_it_is_kept(signed_in: SignedIn, office: Field) -> None:
    takes.draft_missing(office)
    page = send(signed_in("admin"), tone())
    assert page.status_code == 200 and "Version 2 is heard from the next call on: 1.0 s." in page.text
    assert "as loud as all prompts" in page.text and '<svg class="waveform"' in page.text
    assert "hej.wav" in page.text and "admin ·" in page.text
    assert [take.kind for take in takes.versions(office, HERE)] == ["recorded", "draft"]


def test_an_older_version_and_the_draft_voice_come_back(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    send(client, tone())
    send(client, tone(700))
    first = takes.versions(office, HERE)[1].digest
    page = client.post(f"{PAGE}/use", data={"version": "1"}, follow_redirects=True).text
    assert "What version 1 was is heard from the next call on, as version 3." in page
    assert takes.versions(office, HERE)[0].digest == first
    page = client.post(f"{PAGE}/use", data={"version": "draft"}, follow_redirects=True).text
    assert "The draft voice is heard" in page and "Use version 1 again" in page
    with office.unit.read() as tx:
        deeds = list(tx.execute(select(log.c.action).where(log.c.kind == "prompt").order_by(log.c.id)).scalars())
    assert deeds == ["prompt.added", "prompt.added", "prompt.restored", "prompt.drafted"]
    assert audit.verify(office).fault is None
    said = client.get("/admin/audit").text
    assert "used version 1 of the recording" in said and "went back to the draft voice" in said


@pytest.mark.parametrize(
    ("sound", "name", "told"),
    [
        (b"#EXTM3U\n/etc/passwd\n", "hej.mp3", "hej.mp3 is not a sound file Tonval can read"),
        (tone()[:9000], "hej.wav", "hej.wav is cut short"),
        (b"", "hej.wav", "hej.wav is empty"),
        (tone(height=0), "hej.wav", "hej.wav has no sound in it; record it again"),
        (b"RIFF", "<script>alert(1)</script>.wav", "&lt;/script&gt;.wav is not a sound file"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_beside_the_field_and_nothing_changes(
    signed_in: SignedIn, office: Field, sound: bytes, name: str, told: str
) -> None:
    client = signed_in("admin")
    send(client, tone())
    refused = send(client, sound, name)
    assert refused.status_code == 400
    assert told in refused.text and "Nothing was changed." in refused.text
    assert 'aria-invalid="true"' in refused.text and "<script>alert" not in refused.text
    assert len(takes.versions(office, HERE)) == 1


def test_without_a_file_the_page_says_so(signed_in: SignedIn) -> None:
    refused = signed_in("admin").post(PAGE, data={})
    assert refused.status_code == 400 and "Choose a file first" in refused.text


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (tone(height=60), "noise may be heard, so record it closer"),
        (tone(height=60000), "record it again with a lower"),
    ],
    ids=["quiet", "clipped"],
)
def test_a_warning_says_what_to_do_and_stays_with_the_version(signed_in: SignedIn, sound: bytes, told: str) -> None:
    client = signed_in("admin")
    assert told in send(client, sound).text
    assert told in client.get(PAGE).text


def test_a_recording_whose_words_have_changed_is_played_and_marked(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    send(client, tone())
    with office.unit.begin() as tx:
        tx.execute(update(shelf).values(words="Tack för att du hörde av dig."))
    assert "The words have changed since" in client.get("/desk/prompts").text
    page = client.get(PAGE).text
    assert "Tack för att du hörde av dig." in page and "Record it anew" in page
    said = prompts.shelf(office, "support-nki", "welcome")
    assert said.heard(prompts.Utterance("welcome", "sv", "Tack för att du ringde.")) is not None


def test_words_with_a_gap_say_that_a_recording_cannot_fill_it(signed_in: SignedIn, office: Field) -> None:
    form = office.centre.forms["support-nki"]
    phrases = {**form.phrases, "welcome": {"sv": "Hej {name}!", "en": "Hi {name}!"}}
    forms = {**office.centre.forms, "support-nki": replace(form, phrases=phrases)}
    object.__setattr__(office, "centre", replace(office.centre, forms=forms))
    assert "What stands in braces is filled in" in signed_in("admin").get(PAGE).text


def test_a_supervisor_hears_everything_and_changes_nothing(signed_in: SignedIn, office: Field) -> None:
    admin, sam = signed_in("admin"), signed_in("sam")
    send(admin, tone())
    page = sam.get(PAGE).text
    assert "Version 1" in page and "A new recording" not in page and "draft voice</button>" not in page
    assert send(sam, tone()).status_code == 403
    assert sam.post(f"{PAGE}/use", data={"version": "draft"}).status_code == 403
    assert signed_in("anna").get(PAGE).status_code == 403
    assert len(takes.versions(office, HERE)) == 1


@pytest.mark.parametrize(
    "page",
    [
        "/desk/prompts/nobody/sv/welcome",
        "/desk/prompts/support-nki/fi/welcome",
        "/desk/prompts/support-nki/sv/help",
        "/desk/prompts/support-nki/sv/..%2Fwelcome",
    ],
)
def test_a_prompt_there_is_not_does_not_exist(signed_in: SignedIn, page: str) -> None:
    client = signed_in("admin")
    assert client.get(page).status_code == 404
    assert send(client, tone(), page=page).status_code == 404
    assert client.post(f"{page}/use", data={"version": "1"}).status_code == 404


@pytest.mark.parametrize("version", ["", "7", "-1", "²", "x", "9" * 30])
def test_a_version_there_is_not_does_not_exist(signed_in: SignedIn, version: str) -> None:
    assert signed_in("admin").post(f"{PAGE}/use", data={"version": version}).status_code == 404


@pytest.mark.parametrize(
    ("kind", "peak", "noise", "told"),
    [
        ("recorded", -3.0, -60.0, "Background −60 dB: quiet"),
        ("recorded", -3.0, -38.0, "record in a quieter room"),
        ("recorded", -3.0, -20.0, ""),
        ("draft", -3.0, -38.0, ""),
        ("recorded", None, None, ""),
    ],
    ids=["quiet", "noisy", "without a pause", "a voice that is made", "not measured"],
)
def test_the_background_is_told_where_there_is_one(
    kind: str, peak: float | None, noise: float | None, told: str
) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    take = Take(HERE, 1, kind, "", noon, None, None, (), "", 1.0, peak, noise, None)
    said = " ".join(sounding.in_words(take))
    assert told in said
    assert ("Background" in said) is (told != "")


def test_the_microphone_is_for_the_page_of_a_prompt_alone(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    assert "microphone=(self)" in client.get(PAGE).headers["Permissions-Policy"]
    for page in ("/desk", "/desk/prompts", "/login"):
        assert "microphone=()" in client.get(page).headers["Permissions-Policy"]


OF_QUEUE = "/desk/prompts/queue:support/sv/stay"


def test_a_queue_has_a_table_of_its_own(signed_in: SignedIn) -> None:
    page = signed_in("admin").get("/desk/prompts?survey=queue:support").text
    assert "Queue support" in page and "As in the survey" in page
    assert "Give the queue a voice of its own" not in page
    assert "How to press" not in page
    every = signed_in("admin").get("/desk/prompts").text
    assert "Queue sales" not in every and "Give the queue a voice of its own" in every


def test_a_queue_is_given_a_recording_and_goes_back_to_its_survey(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    assert "As in the survey" in client.get(OF_QUEUE).text
    assert "Version 1 is heard from the next call on" in send(client, tone(), page=OF_QUEUE).text
    assert "Recorded" in client.get("/desk/prompts?survey=queue:support").text
    assert "Back to what the survey says" in client.get(OF_QUEUE).text
    client.post(f"{OF_QUEUE}/use", data={"version": "draft"})
    assert "As in the survey" in client.get(OF_QUEUE).text


def test_a_wide_master_can_be_taken_along(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    page = send(client, tone(rate=48000)).text
    assert "Download, 16 kHz" in page
    digest = page.partition("/desk/sounds/")[2][:64]
    rates = [client.get(f"/desk/sounds/{digest}.wav{query}").data[24:28] for query in ("", "?wide=1")]
    assert [int.from_bytes(rate, "little") for rate in rates] == [8000, 16000]


def test_versions_stand_side_by_side_with_their_waveforms(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    send(client, tone(440))
    assert send(client, tone(880)).text.count('class="waveform"') == 3  # what is heard now, and each version


def test_a_pin_is_shown_once_and_the_page_says_what_came_of_it(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    answer = client.post(f"{PAGE}/phone").text
    pin = answer.partition('<p class="to-type"><code>')[2][:6]
    assert pin.isdecimal() and "sip:record@localhost" in answer
    assert pin not in client.get(PAGE).text
    with office.unit.begin() as tx:
        tx.execute(update(dictations).values(state="refused", fault="It has no sound in it"))
    assert "It has no sound in it" in client.get(PAGE).text
    assert signed_in("sam").post(f"{PAGE}/phone").status_code == 403
