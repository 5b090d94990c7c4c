"""Starting pjsua2 the one way that works, its accounts, and how many calls it holds."""

from __future__ import annotations

import socket
from ipaddress import IPv4Network
from typing import Final

import pjsua2 as pj

from tonval.ivr.sip.link import CellSettings
from tonval.ivr.sip.messages import Account
from tonval.ivr.sip.strangers import allow_only

_CODECS: Final = ("PCMA/8000/1", "PCMU/8000/1")


def open_library(endpoint: pj.Endpoint, settings: CellSettings) -> None:
    """Take the ports, let the allowed networks in, choose the codecs. Raises ``pj.Error`` or ``OSError``."""
    _start_library(endpoint, settings.calls)
    _take_port(endpoint, settings)
    endpoint.audDevManager().setNullDev()
    for codec in endpoint.codecEnum2():
        wanted = codec.codecId in _CODECS
        endpoint.codecSetPriority(codec.codecId, 128 + (codec.codecId == _CODECS[0]) if wanted else 0)
    endpoint.libStart()


def account_of(settings: CellSettings) -> pj.AccountConfig:
    """Where calls come in and go out, with the cell's own media ports."""
    account = pj.AccountConfig()
    account.idUri = f"sip:tonval@{settings.host}:{settings.ports.sip}"
    media = account.mediaConfig
    media.transportConfig.port = settings.ports.rtp
    media.transportConfig.portRange = settings.ports.rtp_count - 2
    media.transportConfig.boundAddress = settings.host
    media.lockCodecEnabled = False
    return account


def trunk_account(settings: CellSettings, by: Account) -> pj.AccountConfig:
    """The same for calls that go out by a trunk, which may ask for a password (RFC 3261, 22)."""
    account = account_of(settings)
    account.sipConfig.proxies = pj.StringVector([f"<{by.proxy};lr;hide>"])
    if by.user and by.password:
        account.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", by.user, 0, by.password))
    return account


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
