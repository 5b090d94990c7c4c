"""A cell: one process, one loop, a handful of calls on pjsua2. The only module that imports it.

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
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any, Final

import pjsua2 as pj

from tonval.ivr.sip.callbacks import guarded, note
from tonval.ivr.sip.caller import Caller, Cause
from tonval.ivr.sip.headers import dtmf_key, read_invite
from tonval.ivr.sip.link import CellSettings, ConductorLost, Link
from tonval.ivr.sip.messages import (
    Answer,
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
    Play,
    Refuse,
    Stop,
)
from tonval.ivr.sip.strangers import allow_only

_CODECS: Final = ("PCMA/8000/1", "PCMU/8000/1")
_BUSY_WAIT, _CALM_WAIT, _IDLE_WAIT = 2, 10, 50
"""Milliseconds the loop may sleep: while an order is due, while calls are up, and while there are none."""

_HEARTBEAT: Final = 2_000.0
_FAREWELL: Final = 1_500.0
_SHUTTING_DOWN: Final = 503


class _Line(pj.Call):
    """One call in the library's hands. Holds no state but its number."""

    def __init__(self, cell: Cell, door: pj.Account, call_id: int, number: int) -> None:
        pj.Call.__init__(self, door, call_id)
        self.cell = cell
        self.number = number

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        del prm
        state = self.getInfo().state
        if state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.cell.hear_gone(self.number)
        elif state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.cell.hear_progress(self.number)

    @guarded
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        del prm
        self.cell.hear_progress(self.number)

    @guarded
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        way = "info" if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO else "rfc4733"
        self.cell.hear_key(self.number, prm.digit, way)

    @guarded
    def onCallTsxState(self, prm: pj.OnCallTsxStateParam) -> None:
        """The library does not read INFO of type ``application/dtmf``; its body can be read here."""
        change = prm.e.body.tsxState
        if change.type != pj.PJSIP_EVENT_RX_MSG or change.tsx.state != pj.PJSIP_TSX_STATE_TRYING:
            return
        message = change.src.rdata.wholeMsg
        key = dtmf_key(message) if message.startswith("INFO ") else None
        if key is not None:
            self.cell.hear_key(self.number, key, "info")


class _Door(pj.Account):
    """Where calls come in."""

    def __init__(self, cell: Cell) -> None:
        pj.Account.__init__(self)
        self.cell = cell

    @guarded
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.cell.hear_invite(self, prm.callId, prm.rdata.wholeMsg)


class Cell:
    """The loop and what it holds: lines (the library's calls), callers (how each stands) and the players."""

    def __init__(self, settings: CellSettings, link: Link) -> None:
        self._settings = settings
        self._link = link
        self._endpoint = pj.Endpoint()
        self._door: _Door | None = None
        self._lines: dict[int, _Line] = {}
        self._callers: dict[int, Caller] = {}
        self._players: dict[int, pj.AudioMediaPlayer] = {}
        self._awaited: set[int] = set()
        self._count = 0
        self._draining = False
        self._stopping: str | None = None
        self._beat_at = 0.0

    def open(self) -> None:
        """Take the ports and let the allowed networks in. Raises ``pj.Error`` or ``OSError`` when that fails."""
        _start_library(self._endpoint, self._settings.calls)
        _take_port(self._endpoint, self._settings)
        self._endpoint.audDevManager().setNullDev()
        for codec in self._endpoint.codecEnum2():
            wanted = codec.codecId in _CODECS
            self._endpoint.codecSetPriority(codec.codecId, 128 + (codec.codecId == _CODECS[0]) if wanted else 0)
        self._endpoint.libStart()
        self._door = _Door(self)
        self._door.create(_account(self._settings))
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
        now = _now()
        for number in tuple(self._callers):
            self._tick(number, now)
        if now >= self._beat_at:
            self._beat_at = now + _HEARTBEAT
            self._link.send(Heartbeat(len(self._lines)))

    def _patience(self) -> int:
        if self._awaited:
            return _BUSY_WAIT
        return _CALM_WAIT if self._lines else _IDLE_WAIT

    def _tick(self, number: int, now: float) -> None:
        caller = self._callers.get(number)
        if caller is not None:
            caller.tick(now)

    def _obey(self, order: Order) -> None:
        match order:
            case Answer(call) | Refuse(call) | Play(call) | HangUp(call):
                if not isinstance(order, Answer):
                    self._awaited.discard(call)
                caller = self._callers.get(call)
                if caller is not None:
                    caller.obey(order, _now())
            case Drain():
                self._draining = True
            case Stop(cause):
                self._stopping = cause

    def _report(self, fact: Fact) -> None:
        match fact:
            case Invited(call) | Gathered(call):
                self._awaited.add(call)
            case LegEnded(call):
                self._awaited.discard(call)
                self._callers.pop(call, None)
        self._link.send(fact)

    # What the library says.

    def hear_invite(self, door: pj.Account, call_id: int, message: str) -> None:
        """A call came in: tell the conductor, who answers it; while draining turn it away."""
        self._count += 1
        number = self._count
        self._lines[number] = _Line(self, door, call_id, number)
        if self._draining or self._stopping is not None:
            self.hang_up(number, _SHUTTING_DOWN)
            return
        self._callers[number] = Caller(number, self, self._report, self._settings.patience, _now())
        self._report(read_invite(number, message))

    def hear_progress(self, number: int) -> None:
        """Connected is a call that is confirmed and has media; either may come first."""
        caller, line = self._callers.get(number), self._lines.get(number)
        if caller is None or line is None:
            return
        info = line.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED and _has_active_media(info):
            self._reconnect(number)
            caller.connected(_now())

    def hear_key(self, number: int, key: str, way: str) -> None:
        """A key of the caller's telephone."""
        caller = self._callers.get(number)
        if caller is not None and key in "0123456789*#":
            caller.press(key, way, _now())

    def hear_gone(self, number: int) -> None:
        """The call is over: the player goes, then the last reference to the call."""
        self.hush(number)
        self._lines.pop(number, None)
        caller = self._callers.get(number)
        if caller is not None:
            caller.gone(caller.ended_by_caller)

    # What a caller asks of the switchboard.

    def answer(self, number: int) -> None:
        """200 to the caller."""
        line = self._lines.get(number)
        if line is not None:
            _quietly(line.answer, _with_code(200))

    def hang_up(self, number: int, code: int) -> None:
        """BYE, or a final code before the answer."""
        line = self._lines.get(number)
        if line is not None:
            _quietly(line.hangup, _with_code(code))

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

    def _reconnect(self, number: int) -> None:
        """After a re-INVITE the call's media may be a new one: the player goes on into that."""
        line, player = self._lines.get(number), self._players.get(number)
        if line is not None and player is not None:
            _quietly(player.startTransmit, line.getAudioMedia(-1))

    def _close(self) -> None:
        """Hang up, let the goodbyes out, then drop players, calls, account and library in this order."""
        with contextlib.suppress(ConductorLost):
            for number in tuple(self._callers):
                self._obey(HangUp(number, self._stopping or Cause.STOPPED))
        for number in tuple(self._lines):
            self.hang_up(number, _SHUTTING_DOWN)
        until = _now() + _FAREWELL
        while self._lines and _now() < until:
            self._endpoint.libHandleEvents(_CALM_WAIT)
        self._players.clear()
        self._lines.clear()
        if self._door is not None:
            self._door.shutdown()
            self._door = None
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


def count_calls(wanted: int) -> int:
    """How many calls this library holds at once, up to ``wanted``: it clamps a larger setting in silence.

    Places calls to a socket nobody reads. Leaves the library in pieces: for a process that ends right after.
    """
    endpoint = pj.Endpoint()
    _start_library(endpoint, wanted)
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.audDevManager().setNullDev()
    endpoint.libStart()
    account = pj.Account()
    settings = pj.AccountConfig()
    settings.idUri = "sip:tonval@127.0.0.1"
    account.create(settings)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        return len(_place_calls(account, f"sip:nobody@127.0.0.1:{deaf.getsockname()[1]}", wanted))


def _place_calls(account: pj.Account, uri: str, wanted: int) -> list[pj.Call]:
    calls = []
    for _ in range(wanted):
        call = pj.Call(account)
        try:
            call.makeCall(uri, pj.CallOpParam(True))
        except pj.Error:
            break
        calls.append(call)
    return calls


def _start_library(endpoint: pj.Endpoint, calls: int) -> None:
    """The settings that mattered: one thread polls everything, 8 kHz throughout, no echo canceller, no VAD."""
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.maxCalls = calls
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "Tonval"
    config.medConfig.hasIoqueue = False
    config.medConfig.threadCnt = 0
    config.medConfig.clockRate = 8000
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.logConfig.level = config.logConfig.consoleLevel = 1
    endpoint.libInit(config)


def _take_port(endpoint: pj.Endpoint, settings: CellSettings) -> None:
    transport = pj.TransportConfig()
    transport.port = settings.ports.sip
    transport.boundAddress = settings.host
    for kind in (pj.PJSIP_TRANSPORT_UDP, pj.PJSIP_TRANSPORT_TCP):
        endpoint.transportCreate(kind, transport)
    filtered = allow_only([IPv4Network(network) for network in settings.allow], settings.ports.sip)
    if filtered != 2:
        raise OSError(f"{filtered} of 2 sockets could be closed to strangers")


def _account(settings: CellSettings) -> pj.AccountConfig:
    account = pj.AccountConfig()
    account.idUri = f"sip:tonval@{settings.host}:{settings.ports.sip}"
    media = account.mediaConfig
    media.transportConfig.port = settings.ports.rtp
    media.transportConfig.portRange = settings.ports.rtp_count - 2
    media.transportConfig.boundAddress = settings.host
    media.lockCodecEnabled = False
    return account


def _has_active_media(info: pj.CallInfo) -> bool:
    return any(
        media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE for media in info.media
    )


def _with_code(code: int) -> pj.CallOpParam:
    parameters = pj.CallOpParam(True)
    parameters.statusCode = code
    return parameters


def _quietly(act: Callable[..., Any], *arguments: Any) -> None:
    """The other side may have ended the call a moment ago; then the library refuses, and that is all."""
    try:
        act(*arguments)
    except pj.Error as error:
        note(f"{act.__name__}: {error.reason}")


def _now() -> float:
    return time.monotonic() * 1000
