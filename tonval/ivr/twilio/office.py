"""The field office as the voice webhooks see it: ``Carrier`` and ``Prompts`` over ``fieldwork``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tonval.fieldwork import conduct, prompts
from tonval.fieldwork.conduct import Call, Conducted
from tonval.fieldwork.field import Field
from tonval.surveys.turns import Reply, Utterance

REMEMBERED_FOR: Final = timedelta(seconds=10)
"""A new recording is heard this much later at the most."""


@dataclass(frozen=True, slots=True)
class OfficeCarrier:
    """Carries calls by ``fieldwork.conduct``."""

    office: Field

    def begin_call(self, call: Call) -> Conducted:
        """The first turn of a call; the same call again gives the same turn."""
        return conduct.begin_call(self.office, call)

    def resume(self, leg_id: str, reply: Reply, turn_no: int) -> Conducted:
        """The turn after ``turn_no``, stored. Raises ``UnknownLeg`` or ``ReplyRejected``."""
        return conduct.resume(self.office, leg_id, reply, turn_no)

    def end_leg(self, leg_id: str, cause: str) -> None:
        """The call is over; a second time changes nothing."""
        conduct.end_leg(self.office, leg_id, cause)

    def leg_of(self, provider: str, ref: str) -> str | None:
        """The leg of a provider's call id."""
        return conduct.leg_of(self.office, provider, ref)


@dataclass(frozen=True, slots=True)
class OfficePrompts:
    """Recordings by ``fieldwork.prompts``; which one an utterance has is remembered for a moment."""

    office: Field
    _known: dict[tuple[str, Utterance], tuple[datetime, str]] = field(default_factory=dict)

    def digest(self, survey: str, utterance: Utterance) -> str:
        """The SHA-256 of the recording that is heard for the utterance."""
        now = self.office.now()
        seen, digest = self._known.get((survey, utterance), (None, ""))
        if seen is None or now - seen > REMEMBERED_FOR:
            digest = prompts.digest_for(self.office, survey, utterance)
            if len(self._known) > 10_000:  # utterances with names in them are many
                self._known.clear()
            self._known[survey, utterance] = (now, digest)
        return digest

    def wav(self, digest: str) -> bytes | None:
        """The recording of that digest."""
        return prompts.wav_of(self.office, digest)
