"""The field office's prompts as the voice webhooks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tonval.fieldwork import prompts
from tonval.fieldwork.field import Field
from tonval.surveys.turns import Utterance

REMEMBERED_FOR: Final = timedelta(seconds=10)
"""A new recording is heard this much later at the most."""


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
