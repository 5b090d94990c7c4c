"""What a customer has spoken, for Twilio to play to her once more: by an address that only this call is told."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Response, abort

from tonval.audio.wav import silence

SEAL: Final = 32
"""Hexadecimal digits of the seal: 128 bits."""

A_MOMENT: Final = 0.5
"""Seconds of silence in place of what cannot be had: the keys are asked for all the same."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """Addresses of what was spoken. ``heard_in_call`` gives the sound while the call lasts (``fieldwork.sounds``)."""

    public_url: str
    key: bytes
    heard_in_call: Callable[[str], bytes | None]

    def url(self, speech: str) -> str:
        """The address that plays it; the same each time, so that a retried webhook gets the same bytes."""
        return f"{self.public_url}/twilio/spoken/{speech}/{self._seal(speech)}.wav"

    def heard(self, speech: str, seal: str) -> Response:
        """The sound, for who was told its address."""
        if not hmac.compare_digest(self._seal(speech).encode(), seal.encode()):
            abort(Response(status=404))
        wav = self.heard_in_call(speech) or silence(A_MOMENT)
        return Response(wav, mimetype="audio/wav", headers={"Cache-Control": "private, no-store"})

    def _seal(self, speech: str) -> str:
        return hmac.digest(self.key, speech.encode(), "sha256").hex()[:SEAL]
