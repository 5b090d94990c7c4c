"""A voice is told from noise: sounds of known loudness, heard as the telephone library hears them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonval.ivr import speech
from tonval.ivr.hearing import Ear
from tonval.ivr.speech import Speech
from tonval.surveys.turns import AskRecording

RATE, FRAME = 8000, 160
FULL = 32768.0
ASK = AskRecording()
SILENCE = ASK.silence.total_seconds()


def of(dbfs: float) -> float:
    """The root mean square of a sound this loud."""
    return FULL * 10 ** (dbfs / 20)


def noise(seconds: float, dbfs: float, seed: int = 1) -> list[float]:
    """White noise."""
    chance = random.Random(seed)
    return [chance.gauss(0, of(dbfs)) for _ in range(round(seconds * RATE))]


def hum(seconds: float, dbfs: float) -> list[float]:
    """A fan: mains and its overtones, that swell by a decibel and a half."""
    loud = of(dbfs)
    waves = [sum(math.sin(2 * math.pi * 50 * k * i / RATE) for k in (1, 2, 4)) / 1.22 for i in range(RATE)]
    return [loud * (1 + 0.15 * math.sin(i / 3000)) * waves[i % RATE] for i in range(round(seconds * RATE))]


def voice(seconds: float, dbfs: float, seed: int = 1) -> list[float]:
    """Like speech: a buzz of 110 to 180 Hz in syllables of 120 to 300 ms, with stops between them and between words."""
    chance, said = random.Random(seed), []
    while len(said) < seconds * RATE:
        length, pitch = round(RATE * chance.uniform(0.12, 0.3)), chance.uniform(110, 180)
        loud = 1.9 * of(dbfs) * chance.uniform(0.6, 1.2)
        for i in range(length):
            buzz = sum(math.sin(2 * math.pi * pitch * k * i / RATE) / k for k in (1, 2, 3, 5))
            said.append(loud * math.sin(math.pi * i / length) * buzz / 1.15)
        said += [0.0] * round(
            RATE * (chance.uniform(0.25, 0.6) if chance.random() < 0.25 else chance.uniform(0.02, 0.07))
        )
    return said[: round(seconds * RATE)]


def over(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Both at once, as long as the first."""
    return [a + (other[i] if i < len(other) else 0.0) for i, a in enumerate(one)]


def levels(samples: Sequence[float]) -> Iterator[int]:
    """What the library says of each 20 ms: the mean as μ-law code (G.711), from 0 to 100."""
    for start in range(0, len(samples) - FRAME + 1, FRAME):
        mean = min(32635, round(sum(map(abs, samples[start : start + FRAME])) / FRAME)) + 132
        segment = max(0, mean.bit_length() - 8)
        code = (segment << 4) | ((mean >> (segment + 3)) & 15)
        yield code * 100 // 255


def recorded(samples: Sequence[float]) -> Speech:
    """The recording of these, until it ends by itself or they do."""
    ear, heard = Ear(0.0), speech.begin(ASK, 0.0)
    for number, level in enumerate(levels(samples)):
        for now in (20.0 * number + 10, 20.0 * number + 20):
            heard = speech.hear(heard, voice_at=ear.hear(level, now), now=now)
        if heard.ended is not None:
            return heard
    return heard


@pytest.mark.parametrize(("dbfs", "level"), [(-8, 37), (-30, 15), (-40, 8), (-50, 3)])
def test_the_library_is_played_true(dbfs: float, level: int) -> None:
    peak = of(dbfs)  # of a tone, as it was measured: by its peak
    tone = [peak * math.sin(2 * math.pi * 1000 * i / RATE) for i in range(FRAME)]
    assert list(levels(tone)) == [pytest.approx(level, abs=1)]


@pytest.mark.parametrize("dbfs", [-70, -50, -43, -36, -30, -24, -18, -12])
@pytest.mark.parametrize("sound", [noise, hum])
def test_noise_alone_is_no_comment_and_is_let_go_after_the_silence(sound: object, dbfs: float) -> None:
    heard = recorded(sound(8, dbfs))  # type: ignore[operator]
    assert (heard.ended, heard.length) == (pytest.approx(1000 * SILENCE, abs=100), 0.0)


@pytest.mark.parametrize("background", [-60, -43, -36, -30, -24])
@pytest.mark.parametrize("above", [8, 12, 20])
@pytest.mark.parametrize("sound", [noise, hum])
def test_who_has_spoken_over_noise_is_let_go_when_she_has_ended(sound: object, background: float, above: float) -> None:
    said = voice(5, max(background + above, -30))
    heard = recorded(over(sound(11, background), said))  # type: ignore[operator]
    assert heard.ended == pytest.approx(1000 * (5 + SILENCE), abs=700)
    assert heard.length == pytest.approx(5400, abs=700)


@pytest.mark.parametrize("background", [-60, -36, -24])
def test_who_goes_on_speaking_over_noise_is_not_cut_off(background: float) -> None:
    heard = recorded(over(noise(30, background), voice(30, max(background + 10, -36))))
    assert heard.ended is None


def test_a_lorry_that_passes_keeps_nobody_waiting_for_long() -> None:
    heard = recorded([*noise(1, -60), *voice(2, -20), *noise(12, -20)])
    assert heard.ended
    assert heard.ended < 1000 * (3 + 3 + SILENCE + 0.5)


def test_lost_packets_are_no_silence_that_makes_noise_a_voice() -> None:
    steady = noise(8, -24)
    for at in range(RATE, len(steady), RATE):
        steady[at : at + 2 * FRAME] = [0.0] * (2 * FRAME)
    assert recorded(steady).length == 0.0


def test_a_word_that_begins_at_once_is_heard() -> None:
    assert recorded([*voice(1.4, -20), *noise(6, -60)]).length == pytest.approx(1800, abs=300)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 100), max_size=400), st.integers(1, 30))
def test_a_voice_is_heard_in_order_and_never_in_the_future(heard: list[int], step: int) -> None:
    ear, now, before = Ear(0.0), 0.0, 0.0
    for level in heard:
        now += step
        at = ear.hear(level, now)
        assert at is None or before <= at <= now
        before = at or 0.0
