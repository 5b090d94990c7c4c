"""What customers spoke: heard on the desk and by the API in its own place alone, in parts, and by nobody unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.house import QUEUES, Clock
from tonval.audio import wav
from tonval.fieldwork import conduct
from tonval.fieldwork.calls import speeches
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import publish
from tonval.fieldwork.renewal import Renewal
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import audit
from tonval.surveys.turns import Digits, HungUp

SOUND = wav.silence(2)
SPOKEN = QUEUES.replace(
    "    prompts: {welcome",
    '      - {id: more, scale: spoken, text: {sv: "Berätta gärna.", en: "Tell us more."}}\n    prompts: {welcome',
)
Reader = Callable[[str], FlaskClient]


@pytest.fixture
def spoken(office: Field, clock: Clock) -> dict[str, str]:
    """Anna in Stockholm and Bo in Gothenburg each had a customer who spoke: agent to recording."""
    file = publish(office.unit, read_centre(SPOKEN), clock())
    object.__setattr__(office, "renewal", Renewal(office.unit, file, clock))
    object.__setattr__(office, "centre", file)
    return {agent: speak(office, agent, "1") for agent in ("anna", "bo")}


def speak(office: Field, agent: str, verdict: str) -> str:
    """A call with a spoken comment and the key that decides about it; gives the recording."""
    turn = conduct.begin_call(office, Call("simulator", f"{agent}-{verdict}", "support", agent=agent))
    for key in ("4", "5"):
        turn = conduct.resume(office, turn.leg, Digits(key), turn.turn_no)
    said = speeches.take_in(office, turn.leg, turn.turn_no, timedelta(seconds=2), wav=SOUND)
    turn = conduct.resume(office, turn.leg, said, turn.turn_no)
    conduct.resume(office, turn.leg, Digits(verdict), turn.turn_no)
    conduct.end_leg(office, turn.leg, "hung up")
    return said.ref


def api(site: Flask, office: Field, unit: str = "", scope: str = "read") -> FlaskClient:
    """A program with a key."""
    client = site.test_client()
    raw = keys.make_key(office, f"for {unit}", [scope], unit=unit)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
    return client


def test_a_supervisor_hears_her_own_site_and_finds_nothing_of_another(
    signed_in: Reader, spoken: dict[str, str]
) -> None:
    sam = signed_in("sam")
    heard = sam.get(f"/desk/recordings/{spoken['anna']}.wav")
    assert (heard.status_code, heard.content_type, heard.data) == (200, "audio/wav", SOUND)
    assert heard.headers["Cache-Control"] == "private, no-store"
    assert sam.get(f"/desk/recordings/{spoken['bo']}.wav").status_code == 404
    assert sam.get("/desk/recordings/rec_none_1.wav").status_code == 404
    page = sam.get("/desk/comments").text
    assert spoken["anna"] in page
    assert spoken["bo"] not in page


def test_an_agent_hears_her_own_customers_alone(signed_in: Reader, spoken: dict[str, str]) -> None:
    anna = signed_in("anna")
    assert anna.get(f"/desk/recordings/{spoken['anna']}.wav").status_code == 200
    assert anna.get(f"/desk/recordings/{spoken['bo']}.wav").status_code == 404


def test_strangers_hear_nothing(site: Flask, spoken: dict[str, str]) -> None:
    assert site.test_client().get(f"/desk/recordings/{spoken['anna']}.wav").status_code == 302
    assert site.test_client().get(f"/api/v1/recordings/{spoken['anna']}").status_code == 401


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-99", 206, SOUND[:100]),
        (f"bytes={len(SOUND) - 10}-", 206, SOUND[-10:]),
        ("bytes=-5", 206, SOUND[-5:]),
        (f"bytes={len(SOUND) + 1}-", 416, None),
    ],
)
def test_a_player_gets_the_part_it_asks_for(
    signed_in: Reader, spoken: dict[str, str], wanted: str, status: int, part: bytes | None
) -> None:
    answer = signed_in("admin").get(f"/desk/recordings/{spoken['anna']}.wav", headers={"Range": wanted})
    assert answer.status_code == status
    assert part is None or answer.data == part


def test_who_listens_is_noted_once_an_hour(
    signed_in: Reader, office: Field, clock: Clock, spoken: dict[str, str]
) -> None:
    sam = signed_in("sam")
    for _ in range(3):
        sam.get(f"/desk/recordings/{spoken['anna']}.wav", headers={"Range": "bytes=0-9"})
    clock.forward(hours=1)
    sam.get(f"/desk/recordings/{spoken['anna']}.wav?download")
    with office.unit.read() as tx:
        noted = tx.execute(select(audit).where(audit.c.action == "comment.heard")).all()
    assert [(row.name, row.kind) for row in noted] == [("sam", "interview")] * 2
    assert "heard what the customer of" in signed_in("admin").get("/admin/audit").text


def test_a_recording_can_be_taken_home(signed_in: Reader, spoken: dict[str, str]) -> None:
    answer = signed_in("sam").get(f"/desk/recordings/{spoken['anna']}.wav?download")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{spoken["anna"]}.wav"'


def test_the_conversation_plays_what_was_kept(signed_in: Reader, office: Field, spoken: dict[str, str]) -> None:
    client = signed_in("sam")
    address = next(
        part.split('"')[0]
        for part in client.get("/desk/comments").text.split('href="')
        if part.startswith("/desk/conversations/itv_")
    )
    page = client.get(address).text
    assert f"/desk/recordings/{spoken['anna']}.wav" in page
    assert "Spoke about “more”" in page
    assert "What the customer had spoken was played to her" in page
    speeches.expire(office, office.now() + timedelta(days=1))
    assert "no longer kept" in client.get(address).text
    assert client.get(f"/desk/recordings/{spoken['anna']}.wav").status_code == 404


def test_what_the_customer_left_out_is_played_to_nobody(
    signed_in: Reader, site: Flask, office: Field, spoken: dict[str, str]
) -> None:
    dropped = speak(office, "anna", "3")
    assert signed_in("admin").get(f"/desk/recordings/{dropped}.wav").status_code == 404
    assert api(site, office).get(f"/api/v1/recordings/{dropped}").status_code == 404
    assert dropped not in signed_in("admin").get("/desk/comments").text


def test_what_nobody_has_decided_about_is_played_to_nobody(
    signed_in: Reader, office: Field, spoken: dict[str, str]
) -> None:
    turn = conduct.begin_call(office, Call("simulator", "open", "support", agent="anna"))
    for key in ("4", "5"):
        turn = conduct.resume(office, turn.leg, Digits(key), turn.turn_no)
    said = speeches.take_in(office, turn.leg, turn.turn_no, timedelta(seconds=2), wav=SOUND)
    turn = conduct.resume(office, turn.leg, said, turn.turn_no)
    assert signed_in("admin").get(f"/desk/recordings/{said.ref}.wav").status_code == 404
    conduct.resume(office, turn.leg, HungUp(), turn.turn_no)
    assert signed_in("admin").get(f"/desk/recordings/{said.ref}.wav").status_code == 200


def test_programs_get_the_recording_beside_the_comments(site: Flask, office: Field, spoken: dict[str, str]) -> None:
    rows = api(site, office).get("/api/v1/responses").get_json()["rows"]
    path = f"/api/v1/recordings/{spoken['anna']}"
    (comments,) = [row["comments"] for row in rows if row["agent"] == "anna"]
    assert comments == [{"question": "more", "recording": path, "seconds": 2.0}]
    assert api(site, office).get(path).data == SOUND
    assert api(site, office, "se/gbg").get(path).status_code == 404
    assert api(site, office, "se/sthlm").get(path, headers={"Range": "bytes=0-3"}).data == b"RIFF"
    assert api(site, office, scope="report").get(path).status_code == 403
    speeches.expire(office, office.now() + timedelta(days=1))
    (gone,) = [row["comments"] for row in api(site, office).get("/api/v1/responses?agent=anna").get_json()["rows"]]
    assert gone == [{"question": "more", "recording": None, "seconds": 2.0}]
