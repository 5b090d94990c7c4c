"""A cell: one process, one loop, a handful of calls on pjsua2.

The one trap: ``pj.Call.__del__`` hangs up whoever holds its *id* now. So ``Cell._lines`` holds the only lasting
reference to a call and lets go of it inside the callback that says the call is over; calls are reached by number,
within short functions, and no exception is kept.

The library's end-of-file event can reach a player that is already deleted (pjproject issue 4812). So no player lives
to see the end of its file: clips are timed, and their files end in silence nobody waits for.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

import pjsua2 as pj

from tonval.ivr.sip.callbacks import note
from tonval.ivr.sip.caller import Caller, Cause
from tonval.ivr.sip.headers import read_invite
from tonval.ivr.sip.library import account_of, open_library, trunk_account
from tonval.ivr.sip.lines import Door, Line, has_active_media, quietly, shown_as, with_code
from tonval.ivr.sip.link import CellSettings, ConductorLost, Link
from tonval.ivr.sip.messages import (
    Account,
    Allow,
    Answer,
    Answered,
    CallOrder,
    Clip,
    Drain,
    Fact,
    Failed,
    Gathered,
    HangUp,
    Heartbeat,
    Invited,
    LegEnded,
    Opened,
    Order,
    Place,
    Recorded,
    Stop,
    Untaken,
)
from tonval.ivr.sip.strangers import allow_only

_BUSY_WAIT, _CALM_WAIT, _IDLE_WAIT = 2, 10, 50
"""Milliseconds the loop may sleep: while an order is due, while calls are up, and while there are none."""

_HEAD: Final = 44
"""Bytes of a WAV file before its sound, the last four of which are the length of that."""

_HEARTBEAT: Final = 2_000.0
_FAREWELL: Final = 1_500.0
_SHUTTING_DOWN: Final = 503


class Cell:
    """The loop and what it holds: lines (the library's calls), callers (how each stands) and the players."""

    def __init__(self, settings: CellSettings, link: Link) -> None:
        self._settings = settings
        self._link = link
        self._endpoint = pj.Endpoint()
        self._door: Door | None = None
        self._lines: dict[int, Line] = {}
        self._callers: dict[int, Caller] = {}
        self._players: dict[int, pj.AudioMediaPlayer] = {}
        self._recorders: dict[int, pj.AudioMediaRecorder] = {}
        self._trunks: dict[Account, Door] = {}
        self._awaited: set[int] = set()
        self._count = 0
        self._draining = False
        self._stopping: str | None = None
        self._beat_at = 0.0

    def open(self) -> None:
        """Take the ports and let the allowed networks in. Raises ``pj.Error`` or ``OSError`` when that fails."""
        open_library(self._endpoint, self._settings)
        self._door = Door(self)
        self._door.create(account_of(self._settings))
        self._link.send(Opened(self._settings.ports.sip))

    def run(self) -> None:
        """Go round until told to stop or the conductor is gone; then hang up everything and close."""
        try:
            while self._stopping is None:
                self._go_round()
        except ConductorLost:
            self._stopping = Cause.STOPPED
        self._close()

    def _go_round(self) -> None:
        self._endpoint.libHandleEvents(self._patience())
        for order in self._link.orders():
            self._obey(order)
        self._tick_all()
        now = _now()
        if now >= self._beat_at:
            self._beat_at = now + _HEARTBEAT
            self._link.send(Heartbeat(len(self._lines)))

    def _patience(self) -> int:
        if self._awaited:
            return _BUSY_WAIT
        return _CALM_WAIT if self._lines else _IDLE_WAIT

    def _tick_all(self) -> None:
        now = _now()
        for number in tuple(self._callers):
            self._tick(number, now)

    def _tick(self, number: int, now: float) -> None:
        caller = self._callers.get(number)
        if caller is not None:
            caller.tick(now)

    def _obey(self, order: Order) -> None:
        match order:
            case Allow(networks):
                allow_only([IPv4Network(network) for network in networks], self._settings.ports.sip, fresh=False)
            case Drain():
                self._draining = True
            case Stop(cause):
                self._stopping = cause
            case _:
                self._obey_for(order.call, order)

    def _obey_for(self, call: int, order: CallOrder) -> None:
        if isinstance(order, Place):
            self._callers[call] = Caller(call, self, self._report, self._settings.patience, _now())
        if not isinstance(order, Answer):
            self._awaited.discard(call)
        caller = self._callers.get(call)
        if caller is not None:
            caller.obey(order, _now())

    def _report(self, fact: Fact) -> None:
        match fact:
            case Invited(call) | Gathered(call) | Recorded(call) | Untaken(call) | Answered(call):
                self._awaited.add(call)
            case LegEnded(call):
                self._awaited.discard(call)
                self._callers.pop(call, None)
        self._link.send(fact)

    # What the library says.

    def hear_invite(self, door: pj.Account, call_id: int, message: str, source: str) -> None:
        """A call came in: tell the conductor, who answers it; while draining turn it away."""
        self._count += 1
        number = self._count
        self._lines[number] = Line(self, door, number, call_id)
        if self._draining or self._stopping is not None:
            self.hang_up(number, _SHUTTING_DOWN)
            return
        self._callers[number] = Caller(number, self, self._report, self._settings.patience, _now())
        self._report(replace(read_invite(number, message), source=source.rpartition(":")[0]))

    def hear_ringing(self, number: int) -> None:
        """A call that came in is early too, as soon as the library has said so much as 100 Trying."""
        caller = self._callers.get(number)
        if caller is not None:
            caller.rings()

    def hear_progress(self, number: int) -> None:
        """Connected is a call that is confirmed and has media; either may come first."""
        caller, line = self._callers.get(number), self._lines.get(number)
        if caller is None or line is None:
            return
        info = line.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED and has_active_media(info):
            self._reconnect(number)
            caller.connected(_now())

    def hear_key(self, number: int, key: str, way: str) -> None:
        """A key of the caller's telephone."""
        caller = self._callers.get(number)
        if caller is not None and key in "0123456789*#":
            caller.press(key, way, _now())

    def hear_of_transfer(self, number: int, code: int, *, final: bool) -> None:
        """How the transfer of the call goes."""
        caller = self._callers.get(number)
        if caller is not None:
            caller.hear_of_transfer(code, final=final, now=_now())

    def hear_gone(self, number: int, code: int) -> None:
        """The call is over: player and recorder go, then the last reference to the call."""
        self.hush(number)
        self.stop_recording(number)
        self._lines.pop(number, None)
        caller = self._callers.get(number)
        if caller is not None:
            caller.gone(caller.ended_by_caller, _now(), code)

    # What a caller asks of the switchboard.

    def place(self, order: Place) -> bool:
        """Call somebody by the trunk."""
        try:
            line = Line(self, self._trunk(order.by), order.call)
            self._lines[order.call] = line
            line.makeCall(order.uri, shown_as(order.caller, order.uri))
        except pj.Error as error:
            note(f"cannot call: {error.reason}")
            self._lines.pop(order.call, None)
            return False
        return True

    def _trunk(self, by: Account) -> pj.Account:
        """The account for a trunk; calls that come in by it are taken as all others are. Raises ``pj.Error``."""
        if by not in self._trunks:
            self._leave_idle_trunks()
            door = Door(self)
            door.create(trunk_account(self._settings, by))
            self._trunks[by] = door
        return self._trunks[by]

    def _leave_idle_trunks(self) -> None:
        """The trunk or its password is another one now, and the library has few accounts."""
        busy = {id(line.door) for line in self._lines.values()}
        for by in [by for by, door in self._trunks.items() if id(door) not in busy]:
            self._trunks.pop(by).shutdown()

    def answer(self, number: int) -> None:
        """200 to the caller."""
        line = self._lines.get(number)
        if line is not None:
            quietly(line.answer, with_code(200))

    def hang_up(self, number: int, code: int) -> None:
        """BYE, or a final code before the answer."""
        line = self._lines.get(number)
        if line is not None:
            quietly(line.hangup, with_code(code))

    def say(self, number: int, clip: Clip) -> bool:
        """Play a clip to the call from now on."""
        self.hush(number)
        line = self._lines.get(number)
        if line is None:
            return False
        try:
            player = pj.AudioMediaPlayer()
            player.createPlayer(clip.path, pj.PJMEDIA_FILE_NO_LOOP)
            player.startTransmit(line.getAudioMedia(-1))
        except pj.Error as error:
            note(f"cannot play {clip.path}: {error.reason}")
            return False
        self._players[number] = player
        return True

    def hush(self, number: int) -> None:
        """Stop the call's player and let go of it at once: the library has 32."""
        self._players.pop(number, None)

    def packets(self, number: int) -> int:
        """RTP packets that came from the caller."""
        line = self._lines.get(number)
        try:
            return 0 if line is None else int(line.getStreamStat(0).rtcp.rxStat.pkt)
        except pj.Error:
            return 0

    def record(self, number: int, path: str) -> bool:
        """Write what the caller says to a file from now on."""
        line = self._lines.get(number)
        if line is None:
            return False
        try:
            recorder = pj.AudioMediaRecorder()
            recorder.createRecorder(path)
            line.getAudioMedia(-1).startTransmit(recorder)
        except pj.Error as error:
            note(f"cannot record: {error.reason}")
            return False
        self._recorders[number] = recorder
        return True

    def loudness(self, number: int) -> int:
        """The level of what the caller says now: of what her port sends to the bridge, as the library sees it."""
        line = self._lines.get(number)
        try:
            return 0 if line is None else line.getAudioMedia(-1).getTxLevel()
        except pj.Error:
            return 0

    def stop_recording(self, number: int) -> None:
        """Let go of the recorder, at once; the library writes the file's end a little later."""
        self._recorders.pop(number, None)

    def recorded(self, path: str) -> bool:
        """The length of the sound stands in the file's head as soon as it is whole."""
        with contextlib.suppress(OSError), Path(path).open("rb") as file:
            return any(file.read(_HEAD)[_HEAD - 4 :])
        return False

    def transfer(self, number: int, target: str) -> bool:
        """REFER the caller."""
        line = self._lines.get(number)
        if line is None:
            return False
        try:
            line.xfer(target, pj.CallOpParam(True))
        except pj.Error as error:
            note(f"cannot transfer: {error.reason}")
            return False
        return True

    def _reconnect(self, number: int) -> None:
        """After a re-INVITE the call's media may be a new one: player and recorder go on with that."""
        line, player, recorder = self._lines.get(number), self._players.get(number), self._recorders.get(number)
        if line is not None and player is not None:
            quietly(player.startTransmit, line.getAudioMedia(-1))
        if line is not None and recorder is not None:
            quietly(line.getAudioMedia(-1).startTransmit, recorder)

    def _close(self) -> None:
        """Hang up, let the goodbyes out, then drop players, calls, account and library in this order."""
        with contextlib.suppress(ConductorLost):
            for number in tuple(self._callers):
                self._obey(HangUp(number, self._stopping or Cause.STOPPED))
        for number in tuple(self._lines):
            self.hang_up(number, _SHUTTING_DOWN)
        until = _now() + _FAREWELL
        while (self._lines or self._callers) and _now() < until:
            self._endpoint.libHandleEvents(_CALM_WAIT)
            with contextlib.suppress(ConductorLost):
                self._tick_all()
        self._players.clear()
        self._recorders.clear()
        self._lines.clear()
        for door in filter(None, (self._door, *self._trunks.values())):
            door.shutdown()
        self._door = None
        self._trunks.clear()
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)


def serve(settings: CellSettings, end: socket.socket) -> None:
    """Be a cell: open, say so, and run to the end. A cell that cannot open says why."""
    link = Link(end)
    cell = Cell(settings, link)
    try:
        cell.open()
    except (pj.Error, OSError) as failed:
        reason = failed.reason if isinstance(failed, pj.Error) else str(failed)
        link.send(Failed(f"cannot listen on {settings.host}:{settings.ports.sip}: {reason.strip()}"))
        return
    cell.run()


def _now() -> float:
    return time.monotonic() * 1000
