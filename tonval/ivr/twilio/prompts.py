"""The field office's prompts as the voice webhooks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import prompts
from tonval.fieldwork.voice.prompts import Shelf
from tonval.ivr.outage import tells
from tonval.surveys.turns import Utterance

REMEMBERED_FOR: Final = timedelta(seconds=10)
MOST: Final = 10_000
"""Utterances with names in them are many."""


@dataclass(frozen=True, slots=True)
class OfficePrompts:
    """Recordings by ``fieldwork.prompts``; what there is of a slot is remembered for a moment.

    Versions are only ever added, so what was read after a call had begun is all that the call may hear.
    """

    office: Field
    _shelves: dict[tuple[str, str], Shelf] = field(default_factory=dict)
    _spoken: dict[Utterance, str] = field(default_factory=dict)

    @tells
    def digest(self, survey: str, utterance: Utterance, since: datetime | None, queue: str = "") -> str:
        """The SHA-256 of the recording that is heard for the utterance in a call that began at ``since``.

        Raises ``DatabaseAway``.
        """
        moment = since or self.office.now()
        shelves = [self._shelf(owner, utterance.slot, moment) for owner in prompts.owners(survey, queue)]
        return prompts.first_heard(shelves, utterance, since) or self._speak(utterance)

    def wav(self, digest: str) -> bytes | None:
        """The recording of that digest."""
        return prompts.wav_of(self.office, digest)

    def _shelf(self, owner: str, slot: str, since: datetime) -> Shelf:
        known = self._shelves.get((owner, slot))
        if known is None or known.read_at < since or self.office.now() - known.read_at > REMEMBERED_FOR:
            known = self._shelves[owner, slot] = prompts.shelf(self.office, owner, slot)
        return known

    def _speak(self, utterance: Utterance) -> str:
        if utterance not in self._spoken:
            if len(self._spoken) >= MOST:
                self._spoken.clear()
            self._spoken[utterance] = prompts.spoken_now(self.office, utterance)
        return self._spoken[utterance]
