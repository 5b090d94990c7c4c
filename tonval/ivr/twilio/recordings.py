"""What customers spoke, as Twilio holds it until it is here.

Source: https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file, …#delete-a-recording.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy
from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, make_headers
from urllib3.exceptions import HTTPError

from tonval.audio.faults import AudioError
from tonval.audio.telephone import telephone_wav
from tonval.fieldwork.calls.sounds import SoundAway
from tonval.ivr.twilio.forms import RECORDING
from tonval.ivr.twilio.wire import PATIENCE, TWILIO

LARGEST: Final = 4_000_000
"""Bytes: a minute of stereo at 16 kHz."""

NOT_YET: Final = frozenset({404, 425, 429, 500, 502, 503, 504})
"""A recording is often asked for a moment before Twilio has it."""

BETWEEN: Final = 0.4
"""Seconds until it is asked for again."""


@dataclass(frozen=True, slots=True)
class TwilioRecordings:
    """A ``sounds.Holder``. Nothing but ``api_url`` is ever asked, whatever address a form has told.

    ``eager`` is for how many seconds ``fetch`` asks again for what is not there yet.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    api_url: str = TWILIO
    patience: float = PATIENCE
    eager: float = 0.0
    _lines: PoolManager = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lines", _lines(self.api_url))

    def fetch(self, ref: str) -> bytes:
        """The sound: WAV, mono, 16 bit, 8 kHz. Raises ``SoundAway``."""
        until = time.monotonic() + self.eager
        while True:
            status, sound = self._ask("GET", f"{self._address(ref)}.wav")
            if status == 200:
                return _as_telephone(sound)
            if status not in NOT_YET or time.monotonic() + BETWEEN > until:
                raise SoundAway(f"Twilio answered {status} when asked for the recording.")
            time.sleep(BETWEEN)

    def delete(self, ref: str) -> None:
        """Have Twilio delete it; it is fine when it was gone before. Raises ``SoundAway``."""
        status, _ = self._ask("DELETE", f"{self._address(ref)}.json")
        if status not in (200, 204, 404):
            raise SoundAway(f"Twilio answered {status} when asked to delete the recording.")

    def _address(self, ref: str) -> str:
        if not RECORDING.fullmatch(ref):
            raise SoundAway("This is no recording of Twilio's.")
        return f"{self.api_url.rstrip('/')}/2010-04-01/Accounts/{quote(self.account_sid, safe='')}/Recordings/{ref}"

    def _ask(self, method: str, url: str) -> tuple[int, bytes]:
        headers = make_headers(basic_auth=f"{self.account_sid}:{self.auth_token}")
        try:
            answer = self._lines.request(
                method,
                url,
                headers=headers,
                timeout=self.patience,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            return answer.status, _read(answer)
        except HTTPError as failure:
            raise SoundAway(f"Twilio could not be reached ({type(failure).__name__}).") from failure


def _read(answer: BaseHTTPResponse) -> bytes:
    """The answer whole, and its connection given back. Raises ``SoundAway`` where it is too long to be a comment."""
    content: bytes = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        answer.close()
        raise SoundAway("The recording at Twilio is too large.")
    answer.release_conn()
    return content


def _as_telephone(sound: bytes) -> bytes:
    try:
        return telephone_wav(sound)
    except AudioError as fault:
        raise SoundAway(f"The recording at Twilio cannot be read: {fault}") from fault


def _lines(url: str) -> PoolManager:
    """Connections that are kept, through the proxy that the environment names."""
    proxy = select_proxy(url, get_environ_proxies(url))
    settings: dict[str, Any] = {"maxsize": 4, "ca_certs": DEFAULT_CA_BUNDLE_PATH}
    return ProxyManager(proxy, **settings) if proxy else PoolManager(**settings)
