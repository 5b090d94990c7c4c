"""A turn in Twilio's own words. Pure: the same turn always gives the same bytes.

Source: https://www.twilio.com/docs/voice/twiml/gather and …/play, …/hangup.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from twilio.twiml.voice_response import Gather, VoiceResponse

from tonval.surveys.turns import AskDigits, Utterance

AudioUrl = Callable[[Utterance], str]


class Speaks(Protocol):
    """What TwiML is made from: what to say, then what to wait for (``None``: hang up)."""

    @property
    def says(self) -> tuple[Utterance, ...]: ...

    @property
    def wait(self) -> AskDigits | None: ...


def twiml(turn: Speaks, action_url: str, audio_url: AudioUrl) -> str:
    """The turn as a TwiML document. ``action_url`` is where the keys go, ``audio_url`` where a prompt is fetched."""
    response = VoiceResponse()
    if turn.wait is None:
        _play(response, turn.says, audio_url)
        response.hangup()
    else:
        gather = _gather(turn.wait, action_url)
        _play(gather, turn.says, audio_url)
        response.append(gather)
    return str(response)


def goodbye() -> str:
    """Hang up without a word: there is nothing to ask."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def _gather(wait: AskDigits, action_url: str) -> Gather:
    """Keys end the wait and barge in on the prompts; silence posts to the action too (``actionOnEmptyResult``).

    Twilio has one time-out for the first key and for the pause between keys: the longer of the two is used.
    """
    return Gather(
        input="dtmf",
        action=action_url,
        method="POST",
        num_digits=wait.max_digits,
        finish_on_key=wait.finish_on,
        timeout=math.ceil(max(wait.timeout, wait.pause).total_seconds()),
        action_on_empty_result=True,
    )


def _play(into: VoiceResponse | Gather, says: tuple[Utterance, ...], audio_url: AudioUrl) -> None:
    for utterance in says:
        into.play(audio_url(utterance))
