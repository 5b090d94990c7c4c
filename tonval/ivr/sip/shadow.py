"""A call's interview in the conductor's own hands, moved along with the stored one, to go on alone when it must.

Pure: the same machine on the same replies comes to the same turns as fieldwork will when it is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tonval.surveys import interview as machine
from tonval.surveys.interview import Interview
from tonval.surveys.questionnaire import Form
from tonval.surveys.turns import AskDigits, Digits, Reply, TimedOut, Utterance

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
    wait: AskDigits | None


@dataclass(slots=True)
class Shadow:
    """The interview of one leg at its turn ``turn_no``."""

    leg: str
    turn_no: int
    form: Form
    interview: Interview

    def go_on(self, reply: Reply) -> ShadowTurn:
        """The turn after this reply. Raises ``ReplyRejected`` when the interview is over."""
        turn = machine.resume(self.form, self.interview, reply)
        self.interview = turn.interview
        self.turn_no += 1
        wait = turn.wait if isinstance(turn.wait, AskDigits) else None
        return ShadowTurn(self.leg, self.turn_no, None, self.form.id, turn.says, wait)

    def may_say(self) -> set[Utterance]:
        """Every utterance the rest of the interview may need, whatever is answered."""
        return {said for rank in range(_RANKS) for said in _path(self.form, self.interview, rank)}


def _path(form: Form, interview: Interview, rank: int) -> Iterator[Utterance]:
    """What is said when every question gets the answer of this rank on its scale, and each detour from there."""
    while interview.disposition is None:
        yield from _detours(form, interview)
        scale = form.asked_on(interview.channel)[interview.position].numbers
        if scale is None:
            return
        answer = Digits(str(min(scale.lowest + rank, scale.highest)))
        turn = machine.resume(form, interview, answer)
        yield from turn.says
        interview = turn.interview


def _detours(form: Form, interview: Interview) -> Iterator[Utterance]:
    """The question again, a wrong key, and silence to the end."""
    for reply in (Digits("*"), Digits("99999")):
        yield from machine.resume(form, interview, reply).says
    while interview.disposition is None:
        turn = machine.resume(form, interview, TimedOut())
        yield from turn.says
        interview = turn.interview
