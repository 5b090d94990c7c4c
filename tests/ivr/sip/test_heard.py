"""What a caller hears is the recording, sample by sample: the RTP that reached her against the master."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from tests.drivers import ear, sipp, sound
from tests.drivers.sip_node import FakeCarrier, Tone, sip_node
from tonval.surveys.turns import Utterance

pytestmark = pytest.mark.sip


def speech_like(seed: int, seconds: float = 1.5) -> list[int]:
    """A sound that is nowhere like itself: two gliding tones under noise."""
    dice = random.Random(seed)
    return [
        round(9000 * math.sin(i * (0.2 + i / 90_000)) + 5000 * math.sin(i * 0.11) + dice.gauss(0, 900))
        for i in range(round(sound.RATE * seconds))
    ]


class Recorded(FakeCarrier):
    """A carrier whose welcome is a recording."""

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
        if utterance.slot != "welcome":
            return super().audio_for(survey, utterance, queue)
        return Tone("ab" * 32, sound.wav(speech_like(1)))


def test_the_welcome_reaches_the_caller_sample_by_sample(tmp_path: Path) -> None:
    with sip_node(Recorded(), tmp_path) as node:
        assert ear.are_heard(lambda: _call(node.port), [speech_like(1)])
        assert ear.differences(_call(node.port), speech_like(2)) != []


def _call(port: int) -> list[int]:
    """The samples that a caller hears."""
    with ear.listening() as heard:
        played = sipp.play("listen", port, [("support", str(heard.port), "en")])
    assert played.good == 1, played.report
    return heard.samples()
