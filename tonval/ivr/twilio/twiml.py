"""A turn in Twilio's own words. Pure: the same turn always gives the same bytes.

Source: https://www.twilio.com/docs/voice/twiml/gather and …/play, …/hangup.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Protocol
from xml.sax.saxutils import escape

from twilio.twiml.voice_response import Gather, VoiceResponse

from tonval.surveys.turns import AskDigits, Utterance

AudioUrl = Callable[[Utterance], str]

_HERE: Final = "the-action"
"""Stands for the address of the next turn, the one thing in which two calls' documents nearly always differ."""


class Speaks(Protocol):
    """What TwiML is made from: what to say, then what to wait for (``None``: hang up)."""

    @property
    def says(self) -> tuple[Utterance, ...]: ...

    @property
    def wait(self) -> AskDigits | None: ...


def twiml(turn: Speaks, action_url: str, audio_url: AudioUrl) -> str:
    """The turn as a TwiML document. ``action_url`` is where the keys go, ``audio_url`` where a prompt is fetched."""
    document = _document(tuple(audio_url(utterance) for utterance in turn.says), turn.wait)
    return document.replace(_HERE, escape(action_url, {'"': "&quot;"}), 1)


@lru_cache(maxsize=1024)
def _document(played: tuple[str, ...], wait: AskDigits | None) -> str:
    """The document with ``_HERE`` in place of the action."""
    response = VoiceResponse()
    if wait is None:
        _play(response, played)
        response.hangup()
    else:
        gather = _gather(wait)
        _play(gather, played)
        response.append(gather)
    return str(response)


def goodbye() -> str:
    """Hang up without a word: there is nothing to ask."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def _gather(wait: AskDigits) -> Gather:
    """Keys end the wait and barge in on the prompts; silence posts to the action too (``actionOnEmptyResult``).

    Twilio has one time-out for the first key and for the pause between keys: the longer of the two is used.
    """
    return Gather(
        input="dtmf",
        action=_HERE,
        method="POST",
        num_digits=wait.max_digits,
        finish_on_key=wait.finish_on,
        timeout=math.ceil(max(wait.timeout, wait.pause).total_seconds()),
        action_on_empty_result=True,
    )


def _play(into: VoiceResponse | Gather, played: tuple[str, ...]) -> None:
    for address in played:
        into.play(address)
