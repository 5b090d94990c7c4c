"""Comments that customers spoke: which can still be heard, and the sound of one for whom it is in scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select

from tonval.fieldwork.calls.speeches import EXPIRED, KEPT
from tonval.stats.scope import Scope
from tonval.store.tables import interviews, speeches
from tonval.store.unit import Unit
from tonval.surveys.state import Interview

_S: Final = speeches.c
_KEPT: Final = select(_S.id, _S.wav.is_not(None).label("here"), _S.state).where(
    _S.id.in_(bindparam("named", expanding=True)), _S.state.in_((KEPT, EXPIRED))
)

HERE, COMING, GONE = "here", "coming", "gone"


@dataclass(frozen=True, slots=True)
class Voice:
    """What was spoken to a question, so many ``seconds`` long; ``state``: its sound is here, coming, or gone."""

    question: str
    recording: str
    seconds: float
    state: str

    @property
    def here(self) -> bool:
        """Whether it can be heard."""
        return self.state == HERE

    @property
    def length(self) -> timedelta:
        """How long it is, to the second."""
        return timedelta(seconds=max(1, round(self.seconds)))


@dataclass(frozen=True, slots=True)
class Sound:
    """A spoken comment as a file: mono, 16 bit, 8 kHz WAV, and the interview it belongs to."""

    wav: bytes
    interview: str


Sounds = Mapping[str, str]
"""Recording to the state of its sound; what was left out by the customer is in it no more than what never was."""


def sounds_of(connection: Connection, states: Iterable[Interview]) -> Sounds:
    """Where the sound of everything that was spoken in these interviews is; no look where nothing was."""
    named = [speech.recording for state in states for speech in state.speeches]
    rows = connection.execute(_KEPT, {"named": named}) if named else ()
    return {row.id: HERE if row.here else GONE if row.state == EXPIRED else COMING for row in rows}


def voices_in(state: Interview, sounds: Sounds) -> tuple[Voice, ...]:
    """What was spoken in an interview and kept, in order."""
    return tuple(
        Voice(each.question, each.recording, each.seconds, sounds.get(each.recording, GONE)) for each in state.speeches
    )


def sound(unit: Unit, scope: Scope, recording: str) -> Sound | None:
    """The sound of a comment the customer kept; ``None`` for one that is gone, was left out, or is out of scope."""
    query = (
        select(_S.wav, _S.interview)
        .join(interviews, interviews.c.id == _S.interview)
        .where(_S.id == recording, _S.state == KEPT, _S.wav.is_not(None))
        .where(scope.allows(interviews.c.unit, interviews.c.agent))
    )
    with unit.read() as tx:
        row = tx.execute(query).one_or_none()
    return None if row is None else Sound(row.wav, row.interview)
