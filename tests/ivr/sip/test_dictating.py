"""A prompt recorded by a real call over SIP: PIN, tone, a voice, #, what was said, 1; and it is the prompt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drivers import sound
from tests.drivers.sip_node import sip_node
from tests.drivers.sip_phone import SipPhone
from tests.fieldwork.office import Office
from tests.transcripts.script import centre
from tests.waiting import wait_until
from tonval.audio import wav
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.voice import dictating, dictations, prompts, takes
from tonval.fieldwork.voice.dictating import KEPT
from tonval.fieldwork.voice.takes import Place
from tonval.ivr.sip.office import SipCarrier
from tonval.store.unit import open_unit

pytestmark = pytest.mark.sip

HERE = Place("support-nki", "welcome", "sv")
SPEAK_NOW = 1000.0
VOICE = 620.0


def _state(office: Office) -> str:
    found = dictating.progress(office.field, HERE)
    return found.state if found else ""


def test_what_is_said_into_a_telephone_becomes_the_prompt(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "draft_of", lambda _: wav.silence(0.2))  # the synthetic voice takes its time
    unit = open_unit(sqlite_url)
    office = Office(unit, centre())
    maria = people.add_user(office.field, "maria", "correct horse battery")
    pin = dictating.give_pin(office.field, HERE, Actor(maria.id, maria.name))
    with sip_node(SipCarrier(office.field), tmp_path) as node, SipPhone(node.port) as phone:
        phone.call("record")
        assert phone.answered
        phone.say(0.6)
        phone.press(pin)
        phone.wait_for_tone(SPEAK_NOW)
        phone.say(1.0)
        phone.say(1.5, sound.sine(VOICE, 1.5, 0.3))
        phone.press("#")
        phone.wait_for_tone(VOICE)
        phone.say(2.5)
        phone.press("1")
        phone.wait_for_end()
        wait_until(lambda: _state(office) == KEPT)
    dictations.take_in_due(office.field)
    (take, *_) = takes.versions(office.field, HERE)
    heard = wav.unpack(prompts.wav_of(office.field, take.digest) or b"")
    assert (take.author, take.recorded) == ("maria", True)
    assert 1.2 < take.seconds < 2.0
    frames = [heard[begin : begin + 160] for begin in range(4000, 8000, 160)]
    assert sum(sound.power(frame, VOICE) > 0.8 for frame in frames) > 20  # of 25; a busy machine may lose one
    unit.engine.dispose()
