"""The part of pjsua2 2.15.1 that the SIP cell uses.

The package is made by SWIG and has no types of its own. Names and meanings are PJSIP's; what is not used is not here.
Its enumerations are plain ints in Python.
"""

from collections.abc import Sequence

PJSIP_INV_STATE_NULL: int
PJSIP_INV_STATE_CALLING: int
PJSIP_INV_STATE_INCOMING: int
PJSIP_INV_STATE_EARLY: int
PJSIP_INV_STATE_CONNECTING: int
PJSIP_INV_STATE_CONFIRMED: int
PJSIP_INV_STATE_DISCONNECTED: int

PJMEDIA_TYPE_AUDIO: int
PJMEDIA_FILE_NO_LOOP: int

PJSUA_CALL_MEDIA_NONE: int
PJSUA_CALL_MEDIA_ACTIVE: int
PJSUA_CALL_MEDIA_ERROR: int

PJSIP_EVENT_RX_MSG: int
PJSIP_TSX_STATE_TRYING: int
PJSUA_DTMF_METHOD_SIP_INFO: int

PJSUA_DESTROY_NO_NETWORK: int
PJSUA_INVALID_ID: int

PJSIP_TRANSPORT_UDP: int
PJSIP_TRANSPORT_TCP: int

class Error(Exception):
    """What every call into the library raises when it fails; ``status`` is the pj_status_t."""

    status: int
    title: str
    reason: str
    srcFile: str
    srcLine: int
    def info(self, multi_line: bool = ...) -> str: ...

class LogEntry:
    level: int
    msg: str
    threadId: int
    threadName: str

class LogWriter:
    def __init__(self) -> None: ...
    def write(self, entry: LogEntry) -> None: ...

class LogConfig:
    level: int
    consoleLevel: int
    msgLogging: int
    decor: int
    filename: str
    writer: LogWriter | None

class UaConfig:
    maxCalls: int
    threadCnt: int
    mainThreadOnly: bool
    userAgent: str

class MediaConfig:
    clockRate: int
    sndClockRate: int
    channelCount: int
    audioFramePtime: int
    ptime: int
    quality: int
    maxMediaPorts: int
    threadCnt: int
    hasIoqueue: bool
    noVad: bool
    ecTailLen: int
    ecOptions: int
    jbInit: int
    jbMinPre: int
    jbMaxPre: int
    jbMax: int
    sndAutoCloseTime: int

class EpConfig:
    uaConfig: UaConfig
    logConfig: LogConfig
    medConfig: MediaConfig
    def __init__(self) -> None: ...

class TransportConfig:
    port: int
    portRange: int
    publicAddress: str
    boundAddress: str
    def __init__(self) -> None: ...

class CodecInfo:
    codecId: str
    priority: int
    desc: str

class AudDevManager:
    def setNullDev(self) -> None: ...
    def setNoDev(self) -> object: ...

class Endpoint:
    def __init__(self) -> None: ...
    @staticmethod
    def instance() -> Endpoint: ...
    def libCreate(self) -> None: ...
    def libInit(self, config: EpConfig) -> None: ...
    def libStart(self) -> None: ...
    def libDestroy(self, flags: int = ...) -> None: ...
    def libHandleEvents(self, msec_timeout: int) -> int: ...
    def libRegisterThread(self, name: str) -> None: ...
    def libIsThreadRegistered(self) -> bool: ...
    def transportCreate(self, kind: int, config: TransportConfig) -> int: ...
    def transportClose(self, transport: int) -> None: ...
    def audDevManager(self) -> AudDevManager: ...
    def codecEnum2(self) -> Sequence[CodecInfo]: ...
    def codecSetPriority(self, codec_id: str, priority: int) -> None: ...
    def hangupAllCalls(self) -> None: ...
    def mediaActivePorts(self) -> int: ...

class AccountRegConfig:
    registrarUri: str
    registerOnAdd: bool

class AccountCallConfig:
    timerUse: int
    timerMinSESec: int
    timerSessExpiresSec: int
    prackUse: int

class AccountMediaConfig:
    transportConfig: TransportConfig
    lockCodecEnabled: bool
    streamKaEnabled: bool
    srtpUse: int
    rtcpMuxEnabled: bool

class StringVector(list[str]): ...

class AuthCredInfo:
    def __init__(self, scheme: str, realm: str, user_name: str, data_type: int, data: str) -> None: ...

class AuthCredInfoVector(list[AuthCredInfo]): ...

class AccountSipConfig:
    transportId: int
    proxies: StringVector
    authCreds: AuthCredInfoVector

class AccountNatConfig:
    contactRewriteUse: int
    viaRewriteUse: int
    sdpNatRewriteUse: int
    iceEnabled: bool

class AccountConfig:
    priority: int
    idUri: str
    regConfig: AccountRegConfig
    sipConfig: AccountSipConfig
    callConfig: AccountCallConfig
    mediaConfig: AccountMediaConfig
    natConfig: AccountNatConfig
    def __init__(self) -> None: ...

class SipRxData:
    info: str
    wholeMsg: str
    srcAddress: str

class OnIncomingCallParam:
    callId: int
    rdata: SipRxData

class Account:
    def __init__(self) -> None: ...
    def create(self, config: AccountConfig, make_default: bool = ...) -> None: ...
    def shutdown(self) -> None: ...
    def isValid(self) -> bool: ...
    def getId(self) -> int: ...
    def onIncomingCall(self, prm: OnIncomingCallParam) -> None: ...

class Media:
    def getType(self) -> int: ...

class AudioMedia(Media):
    def startTransmit(self, sink: AudioMedia) -> None: ...
    def stopTransmit(self, sink: AudioMedia) -> None: ...
    def getPortId(self) -> int: ...
    def getRxLevel(self) -> int: ...
    def getTxLevel(self) -> int: ...
    @staticmethod
    def typecastFromMedia(media: Media) -> AudioMedia: ...

class AudioMediaPlayerInfo:
    sizeBytes: int
    sizeSamples: int

class AudioMediaPlayer(AudioMedia):
    def __init__(self) -> None: ...
    def createPlayer(self, file_name: str, options: int = ...) -> None: ...
    def createPlaylist(self, file_names: Sequence[str], label: str = ..., options: int = ...) -> None: ...
    def getInfo(self) -> AudioMediaPlayerInfo: ...
    def getPos(self) -> int: ...
    def setPos(self, samples: int) -> None: ...
    def onEof2(self) -> None: ...

class AudioMediaRecorder(AudioMedia):
    def __init__(self) -> None: ...
    def createRecorder(self, file_name: str, enc_type: int = ..., max_size: int = ..., options: int = ...) -> None: ...

class SipHeader:
    hName: str
    hValue: str
    def __init__(self) -> None: ...

class SipHeaderVector(list[SipHeader]): ...

class SipTxOption:
    localUri: str
    targetUri: str
    headers: SipHeaderVector
    contentType: str
    msgBody: str

class CallSetting:
    flag: int
    audioCount: int
    videoCount: int

class CallOpParam:
    opt: CallSetting
    statusCode: int
    reason: str
    options: int
    txOption: SipTxOption
    def __init__(self, use_default_call_setting: bool = ...) -> None: ...

class CallMediaInfo:
    index: int
    type: int
    dir: int
    status: int
    audioConfSlot: int

class TimeVal:
    sec: int
    msec: int

class CallInfo:
    id: int
    accId: int
    localUri: str
    remoteUri: str
    localContact: str
    remoteContact: str
    callIdString: str
    state: int
    stateText: str
    lastStatusCode: int
    lastReason: str
    media: Sequence[CallMediaInfo]
    connectDuration: TimeVal
    totalDuration: TimeVal

class RtcpStreamStat:
    pkt: int
    bytes: int
    loss: int

class RtcpStat:
    rxStat: RtcpStreamStat
    txStat: RtcpStreamStat

class StreamStat:
    rtcp: RtcpStat

class SipTransaction:
    role: int
    state: int
    method: str
    statusCode: int

class TsxStateEventSrc:
    rdata: SipRxData

class TsxStateEvent:
    src: TsxStateEventSrc
    tsx: SipTransaction
    prevState: int
    type: int

class SipEventBody:
    tsxState: TsxStateEvent

class SipEvent:
    type: int
    body: SipEventBody

class OnCallStateParam:
    e: SipEvent

class OnCallTsxStateParam:
    e: SipEvent

class OnCallMediaStateParam: ...

class OnDtmfDigitParam:
    method: int
    digit: str
    duration: int

class OnDtmfEventParam:
    method: int
    timestamp: int
    digit: str
    duration: int
    flags: int

class OnCallTransferStatusParam:
    statusCode: int
    reason: str
    finalNotify: bool
    cont: bool

class Call:
    """Beware: dropping the last reference acts on the call's id, even when another call has it by then."""

    def __init__(self, account: Account, call_id: int = ...) -> None: ...
    def getId(self) -> int: ...
    def isActive(self) -> bool: ...
    def getInfo(self) -> CallInfo: ...
    def hasMedia(self) -> bool: ...
    def getMedia(self, index: int) -> Media: ...
    def getAudioMedia(self, index: int) -> AudioMedia: ...
    def getStreamStat(self, index: int) -> StreamStat: ...
    def makeCall(self, uri: str, prm: CallOpParam) -> None: ...
    def answer(self, prm: CallOpParam) -> None: ...
    def hangup(self, prm: CallOpParam) -> None: ...
    def xfer(self, dest: str, prm: CallOpParam) -> None: ...
    def dialDtmf(self, digits: str) -> None: ...
    def onCallState(self, prm: OnCallStateParam) -> None: ...
    def onCallTsxState(self, prm: OnCallTsxStateParam) -> None: ...
    def onCallTransferStatus(self, prm: OnCallTransferStatusParam) -> None: ...
    def onCallMediaState(self, prm: OnCallMediaStateParam) -> None: ...
    def onDtmfDigit(self, prm: OnDtmfDigitParam) -> None: ...
    def onDtmfEvent(self, prm: OnDtmfEventParam) -> None: ...
