"""Fieldwork in earnest behind a SIP node, whose prompts are tones: each slot and language its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.drivers import sound
from tests.drivers.sip_node import Tone
from tonval.config import load_config
from tonval.fieldwork.field import Field
from tonval.ivr.sip.office import SipCarrier
from tonval.opening import open_field
from tonval.surveys.turns import Utterance

SPOKEN = (
    "reception.language sv",
    "reception.language en",
    "reception.opt_in en",
    "reception.connecting en",
    "question.helped en",
    "question.helped sv",
    "question.why en",
    "verdict en",
    "closing en",
    "reception.guard en",
    "reception.guard sv",
    "reception.unavailable en",
)
TONES = {name: 350.0 + 230 * place for place, name in enumerate(SPOKEN)}


@dataclass(frozen=True, slots=True)
class InTones(SipCarrier):
    """The real carrier; what it says is heard as tones."""

    def audio_for(self, survey: str, utterance: Utterance, queue: str = "") -> Tone:
        hertz = TONES.get(f"{utterance.slot} {utterance.language}", 0.0)
        length = 0.3 if hertz else 0.12  # a key at the very beginning of a turn is an echo of the last
        return Tone(f"{hertz}", sound.tone(hertz or 1000, length, 0.4 if hertz else 0.0))


def open_office(home: Path, queues: str, url: str | None = None) -> Field:
    """Fieldwork on a database of its own, or on the one at ``url``."""
    (home / "queues.yaml").write_text(queues)
    where = {"TONVAL_DATABASE_URL": url} if url else {}
    return open_field(load_config({"TONVAL_HOME": str(home), "TONVAL_QUEUES": str(home / "queues.yaml"), **where}))
