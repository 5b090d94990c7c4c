"""Turns as orders to a cell: which files are said, and what is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tonval.fieldwork.calls.outages import Through
from tonval.ivr.sip.caller import Cause
from tonval.ivr.sip.carrier import Carrier, Conducted, DatabaseAway, SipSettings
from tonval.ivr.sip.messages import Clip, HangUp, Play, Record, Transfer
from tonval.ivr.sip.prompt_files import PromptFiles
from tonval.ivr.sip.shadow import ShadowTurn
from tonval.ivr.sip.speech_files import SpeechFiles
from tonval.ivr.sip.talk import Talk
from tonval.ivr.sip.targets import targets_of
from tonval.surveys.reception import slot_of
from tonval.surveys.reception_words import WORDS
from tonval.surveys.turns import PLAYED, AskRecording, Dial, Utterance

_FAREWELL, _FAREWELL_OURS = "unavailable", "unheard"
_MS: Final = timedelta(milliseconds=1)


class Mouth:
    """What a node can say. Called from several threads, for one call from one at a time."""

    def __init__(self, settings: SipSettings, carrier: Carrier, speeches: SpeechFiles) -> None:
        self._carrier = carrier
        self._files = PromptFiles(settings.home / "cache" / "prompts", carrier.audio_for)
        self._speeches = speeches

    def order(self, talk: Talk, turn: Conducted | ShadowTurn) -> Play | Record | Transfer:
        """The turn for the cell. Raises ``DatabaseAway`` where a prompt is not known here."""
        clips = tuple(self._clip(talk, turn.survey, turn.queue, utterance) for utterance in turn.says)
        match turn.wait:
            case AskRecording():
                path = str(self._speeches.raw(turn.leg, turn.turn_no))
                return Record(talk.call, turn.turn_no, (*clips, self._files.tone()), turn.wait, path)
            case Dial():
                targets = targets_of(turn.wait, turn.leg, talk.peer, self._carrier.sip().trunk)
                return Transfer(talk.call, turn.turn_no, clips, targets, turn.wait.ring / _MS)
            case _:
                return Play(talk.call, turn.turn_no, clips, turn.wait)

    def bridge(self, talk: Talk, through: Through) -> Transfer:
        """To the agents without the database: what can be said of it is said, and goodbye is kept for the end."""
        turn = ShadowTurn("", 1, None, through.survey, through.says, through.wait, through.queue)
        said = replace(turn, says=tuple(each for each in through.says if self._known(talk, turn, each)))
        with suppress(DatabaseAway):
            self.prepare_farewell(talk, turn)
        order = self.order(talk, said)
        assert isinstance(order, Transfer), "she is put through"
        return order

    def _known(self, talk: Talk, turn: ShadowTurn, utterance: Utterance) -> bool:
        try:
            self._clip(talk, turn.survey, turn.queue, utterance)
        except DatabaseAway:
            return False
        return True

    def prepare(self, talk: Talk, survey: str, queue: str, says: Iterable[Utterance]) -> None:
        """Have all this on our own disk. Raises ``DatabaseAway``."""
        for utterance in says:
            self._clip(talk, survey, queue, utterance)

    def prepare_farewell(self, talk: Talk, turn: Conducted | ShadowTurn) -> None:
        """What is said should the database go away before the survey. Raises ``DatabaseAway``."""
        slot = _FAREWELL if talk.dial is None else _FAREWELL_OURS
        wanted = turn.says[-1].language if turn.says else "en"
        language = wanted if wanted in WORDS[slot] else "en"
        utterance = Utterance(slot_of(slot), language, WORDS[slot][language])
        talk.farewell = self._clip(talk, turn.survey, turn.queue, utterance)

    def farewell(self, talk: Talk) -> Play | HangUp:
        """We cannot go on: goodbye."""
        if talk.farewell is None:
            return HangUp(talk.call, Cause.FAILED)
        return Play(talk.call, 0, (talk.farewell,), None)

    def _clip(self, talk: Talk, survey: str, queue: str, utterance: Utterance) -> Clip:
        spoken = talk.spoken.get(utterance.slot.removeprefix(PLAYED))
        if utterance.slot.startswith(PLAYED) and spoken is not None:
            return spoken
        if utterance not in talk.clips:
            talk.clips[utterance] = self._files.clip(survey, utterance, queue)
        return talk.clips[utterance]
