"""The library's calls and accounts, as thin as can be: they hold no state but a number and pass on what they hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pjsua2 as pj

from tonval.ivr.sip.callbacks import guarded, note
from tonval.ivr.sip.headers import dtmf_key


class Ear(Protocol):
    """Who is told what the library says; calls are named by number."""

    def hear_invite(self, door: pj.Account, call_id: int, message: str, source: str) -> None:
        """A call came in from ``source`` (``host:port``)."""

    def hear_ringing(self, number: int) -> None:
        """The telephone that is called rings."""

    def hear_progress(self, number: int) -> None:
        """The call's state or media has changed."""

    def hear_key(self, number: int, key: str, way: str) -> None:
        """A key of the caller's telephone."""

    def hear_of_transfer(self, number: int, code: int, *, final: bool) -> None:
        """How the transfer of the call goes."""

    def hear_gone(self, number: int, code: int) -> None:
        """The call is over."""


class Line(pj.Call):
    """One call in the library's hands. Holds no state but its number."""

    def __init__(self, cell: Ear, door: pj.Account, number: int, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        pj.Call.__init__(self, door, call_id)
        self.cell = cell
        self.number = number
        self.door = door

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        del prm
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.cell.hear_gone(self.number, info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_EARLY:
            self.cell.hear_ringing(self.number)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
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
    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        prm.cont = not prm.finalNotify
        self.cell.hear_of_transfer(self.number, prm.statusCode, final=prm.finalNotify)

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


class Door(pj.Account):
    """Where calls come in."""

    def __init__(self, cell: Ear) -> None:
        pj.Account.__init__(self)
        self.cell = cell

    @guarded
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.cell.hear_invite(self, prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress)


def has_active_media(info: pj.CallInfo) -> bool:
    return any(
        media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE for media in info.media
    )


def shown_as(caller: str, uri: str) -> pj.CallOpParam:
    """From and P-Asserted-Identity (RFC 3325) carry the number that the customer is to see."""
    parameters = pj.CallOpParam(True)
    host = uri.partition("@")[2].partition(";")[0].partition(":")[0]
    if caller:
        shown = f"<sip:{caller}@{host}>"
        parameters.txOption.localUri = shown
        parameters.txOption.headers = pj.SipHeaderVector([_header("P-Asserted-Identity", shown)])
    return parameters


def _header(name: str, value: str) -> pj.SipHeader:
    header = pj.SipHeader()
    header.hName, header.hValue = name, value
    return header


def with_code(code: int) -> pj.CallOpParam:
    parameters = pj.CallOpParam(True)
    parameters.statusCode = code
    return parameters


def quietly(act: Callable[..., Any], *arguments: Any) -> None:
    """The other side may have ended the call a moment ago; then the library refuses, and that is all."""
    try:
        act(*arguments)
    except pj.Error as error:
        note(f"{act.__name__}: {error.reason}")
