"""A call's interview in the conductor's own hands, moved along with the stored one, to go on alone when it must.

Pure: the same machine on the same replies comes to the same turns as fieldwork will when it is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tonval.surveys import interview as machine
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form
from tonval.surveys.state import Stage
from tonval.surveys.turns import (
    PLAYED,
    AskDigits,
    AskRecording,
    Dial,
    Digits,
    Recording,
    Reply,
    TimedOut,
    Utterance,
)

_RANKS: Final = 11
"""As many as the longest scale has numbers."""


@dataclass(frozen=True, slots=True)
class ShadowTurn:
    """A turn that nobody has stored yet, in the shape fieldwork gives."""

    leg: str
    turn_no: int
    interview: str | None
    survey: str
    says: tuple[Utterance, ...]
    wait: AskDigits | AskRecording | Dial | None
    queue: str


@dataclass(slots=True)
class Shadow:
    """The interview of one leg at its turn ``turn_no``."""

    leg: str
    turn_no: int
    form: Form
    interview: Interview
    queue: str = ""

    def leads_on(self, reply: Reply) -> bool:
        """Whether what follows needs no database: the whole interview does not."""
        del reply
        return True

    def go_on(self, reply: Reply) -> ShadowTurn:
        """The turn after this reply. Raises ``ReplyRejected`` when the interview is over."""
        turn = machine.resume(self.form, self.interview, reply)
        self.interview = turn.interview
        self.turn_no += 1
        wait = turn.wait if isinstance(turn.wait, AskDigits | AskRecording) else None
        return ShadowTurn(self.leg, self.turn_no, None, self.form.id, turn.says, wait, self.queue)

    def may_say(self) -> set[Utterance]:
        """Every prompt the rest of the interview may need, whatever is answered."""
        may = {said for rank in range(_RANKS) for said in _path(self.form, self.interview, rank)}
        return {said for said in may if not said.slot.startswith(PLAYED)}


def _path(form: Form, interview: Interview, rank: int) -> Iterator[Utterance]:
    """What is said when every question gets the answer of this rank on its scale, and each detour from there."""
    while interview.disposition is None:
        yield from _detours(form, interview)
        turn = machine.resume(form, interview, _reply(form, interview, rank))
        yield from turn.says
        interview = turn.interview


def _reply(form: Form, interview: Interview, rank: int) -> Reply:
    """One that leads on."""
    match interview.stage:
        case Stage.AWAITING_SPEECH:
            return Recording("", timedelta(seconds=5))
        case Stage.AWAITING_VERDICT:
            return Digits("1")
    scale = form.asked_on(interview.channel)[interview.position].numbers
    return Digits(str(min(scale.lowest + rank, scale.highest) if scale else 1))


def _detours(form: Form, interview: Interview) -> Iterator[Utterance]:
    """The question again, a wrong key, and silence to the end."""
    if interview.stage is not Stage.AWAITING_SPEECH:
        for reply in (Digits("*"), Digits("99999")):
            yield from machine.resume(form, interview, reply).says
    while interview.disposition is None:
        turn = machine.resume(form, interview, TimedOut())
        yield from turn.says
        interview = turn.interview
