"""Starts the parts, starts again the ones that die, stops all in the right order. One thread, one loop."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import FrameType

from tonval.workers.child import Child, Part, open_log
from tonval.workers.logs import LogFile, worth_showing

FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0
"""Seconds before a dead part is started again: doubled each time, back to the first once it has run a while."""

_RAN_WELL = 10.0  # seconds of life after which a death counts as the first
_GIVE_UP = 3  # deaths of a part that has never been ready, after which starting is no use
_START_WITHIN = 120.0


class Outcome(IntEnum):
    """Exit codes of `tonval up`."""

    STOPPED = 0
    FAILED = 1
    CUT_SHORT = 130


@dataclass(slots=True)
class _Post:
    """A part's place: the child that fills it now, and what is known of those before."""

    part: Part
    log_file: LogFile
    child: Child | None = None
    started: float = 0.0
    start_at: float = 0.0
    wait: float = FIRST_WAIT
    deaths: int = 0
    was_ready: bool = False


class Supervisor:
    """Runs ``parts`` until told to stop. ``say`` prints one line; ``ready`` is called once when all parts are."""

    def __init__(
        self, parts: Sequence[Part], *, environment: Mapping[str, str], logs: Path, say: Callable[[str], None]
    ) -> None:
        self._posts = [_Post(part, open_log(logs, part)) for part in parts]
        self._environment, self._say = environment, say
        self._stops = 0
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)

    def run(self, ready: Callable[[], None]) -> Outcome:
        """Start, keep going, stop. Nothing that was started is left when this returns."""
        old = self._catch_signals()
        try:
            if not self._bring_up(ready):
                return self._outcome(Outcome.STOPPED if self._stops else Outcome.FAILED)
            while not self._stops:
                self._look(1.0)
            self._say("stopping; Ctrl-C again stops at once")
            return self._outcome(Outcome.STOPPED)
        finally:
            self._kill_all()
            self._release(old)

    def _outcome(self, meant: Outcome) -> Outcome:
        self._drain()
        return Outcome.CUT_SHORT if self._stops > 1 else meant

    # Starting

    def _bring_up(self, ready: Callable[[], None]) -> bool:
        deadline = time.monotonic() + _START_WITHIN
        while not self._stops:
            self._look(0.05)
            if hopeless := self._hopeless(time.monotonic() > deadline):
                self._explain(hopeless)
                return False
            if all(self._is_ready(post) for post in self._posts):
                ready()
                return True
        return False

    def _is_ready(self, post: _Post) -> bool:
        if not post.was_ready and post.child is not None:
            post.was_ready = post.part.ready(post.child.pid)
        return post.was_ready

    def _hopeless(self, late: bool) -> _Post | None:
        waiting = (post for post in self._posts if not post.was_ready)
        return next((post for post in waiting if late or post.deaths >= _GIVE_UP), None)

    def _explain(self, post: _Post) -> None:
        self._say(f"{post.part.name} does not start; the end of {post.log_file.path}:")
        for line in post.log_file.last_lines(15):
            self._say(f"  {line}")

    # Keeping going

    def _look(self, seconds: float) -> None:
        """Start what is due, wait for output or a signal, take note of the dead."""
        now = time.monotonic()
        for post in self._posts:
            if post.child is None and now >= post.start_at:
                self._start(post, now)
        self._listen(min([seconds, *(max(0.0, p.start_at - now) for p in self._posts if p.child is None)]))
        for post in self._posts:
            if (how := self._buried(post)) is not None:
                self._plan_restart(post, how)

    def _start(self, post: _Post, now: float) -> None:
        post.child, post.started = Child(post.part, self._environment, post.log_file), now
        self._selector.register(post.child.output, selectors.EVENT_READ, post)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, 1024)
            elif key.data.child is not None and not self._pass_on(key.data):
                self._selector.unregister(key.fd)

    def _pass_on(self, post: _Post) -> bool:
        """Show what is worth it; false when the child has closed its output, so that it is not asked forever."""
        lines, still_open = post.child.read() if post.child else ([], False)
        for line in lines:
            if not post.part.quiet and worth_showing(line):
                self._say(f"{post.part.name:>6} │ {line}")
        return still_open

    def _buried(self, post: _Post) -> str | None:
        """How the child ended, once, its output read to the end; ``None`` when it is alive or already gone."""
        if post.child is None or (how := post.child.ended()) is None:
            return None
        self._pass_on(post)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(post.child.output)
        post.child.close()
        post.child = None
        return how

    def _plan_restart(self, post: _Post, how: str) -> None:
        now = time.monotonic()
        first = post.deaths == 0 or now - post.started > _RAN_WELL
        post.wait = FIRST_WAIT if first else min(LONGEST_WAIT, post.wait * 2)
        post.deaths += 1
        post.start_at = now + post.wait
        self._say(f"{post.part.name} {how}; starting it again in {post.wait:.1f} s")

    # Stopping

    def _drain(self) -> None:
        rounds = sorted({post.part.round for post in self._posts})
        for number in rounds:
            if self._stops > 1:
                return
            self._stop([post for post in self._posts if post.part.round == number and post.child])

    def _stop(self, posts: Sequence[_Post]) -> None:
        begun = time.monotonic()
        for post in posts:
            _each_child(post, Child.ask_to_stop)
        while any(post.child for post in posts):
            if self._stops > 1:
                return
            self._listen(0.1)
            for post in self._posts:  # also those of later rounds: their death now needs no restart
                self._buried(post)
            self._lose_patience(posts, time.monotonic() - begun)

    def _lose_patience(self, posts: Iterable[_Post], waited: float) -> None:
        for post in posts:
            if post.child and waited > post.part.patience:
                self._say(f"{post.part.name} has not stopped in {post.part.patience:.0f} s and is ended")
                post.child.kill()

    def _kill_all(self) -> None:
        for post in self._posts:
            _each_child(post, Child.kill)
        while any(post.child for post in self._posts):
            self._listen(0.05)
            for post in self._posts:
                self._buried(post)
        for post in self._posts:
            post.log_file.close()

    # Signals

    def _catch_signals(self) -> dict[int, object]:
        self._old_wakeup = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        caught = {signal.SIGINT: self._asked, signal.SIGTERM: self._asked, signal.SIGCHLD: _wake_only}
        return {number: signal.signal(number, handler) for number, handler in caught.items()}

    def _asked(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1

    def _release(self, old: dict[int, object]) -> None:
        for number, handler in old.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._old_wakeup)
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)


def _each_child(post: _Post, act: Callable[[Child], None]) -> None:
    if post.child is not None:
        with contextlib.suppress(ProcessLookupError):
            act(post.child)


def _wake_only(number: int, frame: FrameType | None) -> None:
    """SIGCHLD needs no more than to end the wait."""
