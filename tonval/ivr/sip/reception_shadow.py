"""A call's reception in the conductor's own hands: she is still put through to the agent while the database is away.

Pure, as ``shadow`` is for the interview. Where the interview would begin it cannot go on: that is fieldwork's to open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tonval.ivr.sip.shadow import ShadowTurn
from tonval.surveys.reception import TRANSITIONS, Outcome, Reception, go_on
from tonval.surveys.turns import DialEnded, Digits, Reply, TimedOut, Utterance

_KEYS: Final = tuple(Digits(key) for key in "1234567890")
_LIKELY: Final[tuple[Reply, ...]] = (*_KEYS, TimedOut(), DialEnded(timedelta(0)))


@dataclass(slots=True)
class ReceptionShadow:
    """The reception of one leg at its turn ``turn_no``."""

    leg: str
    turn_no: int
    survey: str
    queue: str
    reception: Reception

    def leads_on(self, reply: Reply) -> bool:
        """Whether what follows needs no database: all but the survey. Raises ``ReplyRejected`` at the wrong moment."""
        return go_on(self.reception, reply).outcome is not Outcome.SURVEY

    def go_on(self, reply: Reply) -> ShadowTurn:
        """The turn after this reply, for which ``leads_on`` is true."""
        turn = go_on(self.reception, reply)
        self.reception = turn.reception
        self.turn_no += 1
        return ShadowTurn(self.leg, self.turn_no, None, self.survey, turn.says, turn.wait, self.queue)

    def may_say(self) -> set[Utterance]:
        """Every prompt the rest of the reception may need, whatever is pressed."""
        may: set[Utterance] = set()
        ahead = [self.reception]
        while ahead:
            reception = ahead.pop()
            for reply in (each for each in _LIKELY if (reception.step, type(each)) in TRANSITIONS):
                turn = go_on(reception, reply)
                may.update(turn.says)
                ahead += [turn.reception] if turn.outcome is None and turn.reception not in ahead else []
        return may
