from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.drivers import sound
from tonval.ivr.sip.speech_files import SpeechFiles

HUM = sound.sine(500, 2.0)


@pytest.fixture
def files(tmp_path: Path) -> SpeechFiles:
    return SpeechFiles(tmp_path / "spoken")


def record(files: SpeechFiles, leg: str = "leg_1", turn_no: int = 2) -> None:
    files.raw(leg, turn_no).write_bytes(sound.wav(HUM))


def names(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "spoken").iterdir())


def test_what_was_spoken_is_cut_to_length_and_can_be_played_beyond_its_end(files: SpeechFiles, tmp_path: Path) -> None:
    record(files)
    clip = files.keep("leg_1", 2, 1500.0)
    assert clip is not None
    assert clip.length == 1500
    assert sound.samples_of(files.sound(clip)) == HUM[:12_000]
    assert sound.samples_of(Path(clip.path).read_bytes())[12_000:] == [0] * 40_000
    assert names(tmp_path) == ["leg_1.2.wav"]


def test_nobody_else_may_look(files: SpeechFiles, tmp_path: Path) -> None:
    record(files)
    assert stat.S_IMODE((tmp_path / "spoken").stat().st_mode) == 0o700


@pytest.mark.parametrize("left", [None, b"", b"RIFF", sound.wav([])], ids=["nothing", "empty", "broken", "no sound"])
def test_a_recording_that_is_none_is_passed_over(files: SpeechFiles, tmp_path: Path, left: bytes | None) -> None:
    if left is not None:
        files.raw("leg_1", 2).write_bytes(left)
    assert files.keep("leg_1", 2, 1500.0) is None
    assert names(tmp_path) == []


def test_files_go_with_their_call_and_no_other(files: SpeechFiles, tmp_path: Path) -> None:
    for leg in ("leg_1", "leg_10"):
        record(files, leg)
        files.keep(leg, 2, 1500.0)
    files.forget("leg_1")
    assert names(tmp_path) == ["leg_10.2.wav"]


def test_an_earlier_life_leaves_what_is_still_to_be_handed_in_and_what_was_refused_lately(
    files: SpeechFiles, tmp_path: Path
) -> None:
    for leg in ("leg_1", "leg_2", "leg_3", "leg_4"):
        record(files, leg)
        clip = files.keep(leg, 2, 1500.0)
        assert clip is not None
        if leg in {"leg_3", "leg_4"}:
            files.put_aside(clip.path)
    os.utime(tmp_path / "spoken" / "refused-leg_4.2.wav", (0, 0))
    files.forget_all_but({"leg_1"})
    assert names(tmp_path) == ["leg_1.2.wav", "refused-leg_3.2.wav"]
