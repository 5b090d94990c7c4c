"""A small run of the hostile files of S5, each kind several times; ``bench/hostile_audio.py`` sends a thousand."""

from __future__ import annotations

import importlib.util
import random
import socket
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "hostile_audio.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile_audio", BENCH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_hostile_files_are_refused_in_words_and_reach_for_nothing(
    bench: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        assert bench.run(tmp_path, listener, 70, 3, random.Random(7)) == 0
    told = capsys.readouterr().out
    assert "outside reads 0, calls 0, unclear sentences 0" in told
    assert "valid files playable: 3 of 3" in told


def test_a_read_and_a_call_would_be_seen(bench: ModuleType, tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"RIFF")
    watch = bench.watch_for_reads(secret)
    secret.read_bytes()
    assert bench.count_reads(watch) > 0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        with socket.create_connection(listener.getsockname()):
            assert bench.count_calls(listener) == 1
