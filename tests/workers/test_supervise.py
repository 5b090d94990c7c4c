"""The supervisor with small programs for parts: start, restart, stop, and death by kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.waiting import wait_until

T = TypeVar("T")

READY = """
import os, pathlib, signal, sys, time
here, name = pathlib.Path(os.environ["HERE"]), {name!r}
with (here / "story").open("a") as story: story.write(name + " begins\\n")
(here / (name + ".pid")).write_text(str(os.getpid()))
"""
POLITE = (
    READY
    + """
def leave(*_):
    with (here / "story").open("a") as story: story.write(name + " leaves\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
(here / (name + ".ready")).touch()
while True: time.sleep(0.05)
"""
)
DEAF = (
    READY
    + """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
(here / (name + ".ready")).touch()
while True: time.sleep(0.05)
"""
)
PARENT = (
    READY
    + """
child = os.fork()
if child: (here / "grandchild.pid").write_text(str(child))
(here / (name + ".ready")).touch()
while True: time.sleep(0.05)
"""
)
BROKEN = "import sys; print('ERROR no such setting', flush=True); sys.exit(3)"


class Run:
    """A supervisor process and what it has told so far."""

    def __init__(self, home: Path, *parts: tuple[str, str], patience: float = 2.0) -> None:
        words = [f"{name}={code.replace('{name!r}', repr(name))}" for name, code in parts]
        program = Path(__file__).with_name("supervised.py")
        self.home, self.out = home, home / "out"
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, str(program), str(home), str(patience), *words],
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                env=dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )

    def wait_for(self, words: str) -> str:
        """The output, once it holds ``words``."""
        return self.until(lambda: self.out.read_text() if words in self.out.read_text() else "")

    def pid(self, name: str) -> int:
        """The process a part runs as now."""
        path = self.home / f"{name}.pid"
        return int(self.until(lambda: path.exists() and path.read_text()))

    def until(self, predicate: Callable[[], T]) -> T:
        """Wait for it; when it does not come, tell what the supervisor said."""
        try:
            return wait_until(predicate)
        except AssertionError as late:
            raise AssertionError(f"{late}; exit code {self.process.poll()}, said:\n{self.out.read_text()}") from late

    def story(self) -> list[str]:
        """What the parts did, in order."""
        return (self.home / "story").read_text().splitlines()


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def start(ended: list[subprocess.Popen[str]], home: Path, *parts: tuple[str, str], patience: float = 2.0) -> Run:
    run = Run(home, *parts, patience=patience)
    ended.append(run.process)
    return run


def test_parts_stop_in_their_order_and_the_exit_code_is_0(ended: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    run = start(ended, tmp_path, ("c2", POLITE), ("b1", POLITE), ("a0", POLITE))
    run.wait_for("ready")
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(60) == 0
    assert run.story()[3:] == ["a0 leaves", "b1 leaves", "c2 leaves"]


def test_a_killed_part_is_started_again_and_said_in_one_line(
    ended: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    run = start(ended, tmp_path, ("a0", POLITE))
    run.wait_for("ready")
    first = run.pid("a0")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: run.pid("a0") != first)
    assert run.story().count("a0 begins") == 2
    assert "a0 was killed by SIGKILL; starting it again in 0.2 s" in run.out.read_text()


def test_what_a_killed_part_had_forked_is_gone_before_it_starts_again(
    ended: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    run = start(ended, tmp_path, ("a0", PARENT))
    run.wait_for("ready")
    grandchild = run.pid("grandchild")
    os.kill(run.pid("a0"), signal.SIGKILL)
    wait_until(lambda: run.story().count("a0 begins") == 2)
    assert not alive(grandchild)
    wait_until(lambda: run.pid("grandchild") != grandchild)
    second = run.pid("grandchild")
    run.process.terminate()
    run.process.wait(60)
    assert not alive(second)


def test_no_part_outlives_a_supervisor_killed_with_9(ended: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    run = start(ended, tmp_path, ("a0", DEAF), ("b1", POLITE))
    run.wait_for("ready")
    parts = [run.pid("a0"), run.pid("b1")]
    run.process.kill()
    run.process.wait()
    wait_until(lambda: not any(alive(pid) for pid in parts))


def test_a_part_that_does_not_listen_is_ended_after_its_patience(
    ended: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    run = start(ended, tmp_path, ("a0", DEAF))
    run.wait_for("ready")
    run.process.terminate()
    assert run.process.wait(60) == 0
    assert not alive(run.pid("a0"))
    assert "a0 has not stopped in 2 s and is ended" in run.out.read_text()


def test_a_second_ctrl_c_ends_everything_at_once(ended: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    run = start(ended, tmp_path, ("a0", DEAF), ("b1", POLITE), patience=300.0)
    run.wait_for("ready")
    run.process.send_signal(signal.SIGINT)
    run.wait_for("stopping; Ctrl-C again stops at once")
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(60) == 130
    assert not alive(run.pid("a0"))
    assert "b1 leaves" not in run.story()


def test_a_part_that_never_starts_is_given_up_with_the_end_of_its_log(
    ended: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    run = start(ended, tmp_path, ("a0", BROKEN), ("b1", POLITE))
    assert run.process.wait(60) == 1
    said = run.out.read_text()
    assert "a0 does not start" in said
    assert "  ERROR no such setting" in said
    assert "ready" not in said.splitlines()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopping_while_still_starting_leaves_nothing(
    ended: list[subprocess.Popen[str]], tmp_path: Path, sent: signal.Signals
) -> None:
    run = start(ended, tmp_path, ("a0", READY + "time.sleep(600)"))
    run.pid("a0")
    run.process.send_signal(sent)
    assert run.process.wait(60) == 0
    assert not alive(run.pid("a0"))
