"""Who may do what: every permission by name, and the roles as data. Pure.

A role says what somebody may do and how far she sees; her place in the organisation says where. Whoever may change
what all places share (surveys, prompts, lists of refusals, settings) is an admin: those have no place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tonval.surveys.sentences import sentence


class Permission(StrEnum):
    """One thing somebody may do; the value ends the sentence “you may …”."""

    SEE_SCORES = "see scores"
    READ_ANSWERS = "read answers and comments"
    READ_CONVERSATIONS = "read conversations"
    SEE_CUSTOMERS = "look up customers by their number"
    CORRECT_ANSWERS = "correct answers"
    SEE_ALERTS = "see alerts"
    CALL_BACK = "call customers back"
    SEE_SURVEYS = "look at surveys"
    MAKE_SURVEYS = "make surveys"
    SEE_PROMPTS = "hear prompts"
    CHANGE_PROMPTS = "change prompts"
    TRY_OUT = "use the simulator"
    SEE_WAVES = "look at periodic surveys"
    SEE_REFUSALS = "look at the blocklist"
    CHANGE_REFUSALS = "change the blocklist"
    REPLAY = "see what another file would have done"
    START_REPLAY = "try what another file would have done"
    IMPORT = "import files"
    SET_UP = "set up the centre"
    READ_AUDIT = "read the audit log"
    ERASE_CUSTOMERS = "export and erase what is kept of a customer"


class Reach(StrEnum):
    """How far a role sees: the whole organisation, her place with all below it, or herself as an agent."""

    EVERYTHING = "everything"
    PLACE = "place"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Role:
    """``needs_place``: nobody has this role without a unit, so that a forgotten one shows nothing, not everything."""

    name: str
    title: str
    reach: Reach
    permissions: frozenset[Permission]
    needs_place: bool = False


UNDIVIDED: Final = frozenset({Permission.REPLAY})
"""What counts everybody: allowed to those alone who see the whole organisation."""

_P = Permission
_OWN: Final = frozenset({_P.SEE_SCORES, _P.READ_ANSWERS, _P.READ_CONVERSATIONS, _P.SEE_ALERTS})
_HANDS_ON: Final = _OWN | {_P.SEE_CUSTOMERS, _P.CALL_BACK}
_LEADS: Final = _HANDS_ON | {_P.SEE_SURVEYS, _P.SEE_PROMPTS, _P.SEE_WAVES, _P.SEE_REFUSALS}
_RUNS: Final = _LEADS | {_P.CORRECT_ANSWERS, _P.TRY_OUT}

ADMIN: Final = "admin"
SUPERVISOR: Final = "supervisor"
AGENT: Final = "agent"

ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        role.name: role
        for role in (
            Role(ADMIN, sentence("Admin"), Reach.EVERYTHING, frozenset(Permission)),
            Role(
                "executive",
                sentence("Executive"),
                Reach.PLACE,
                frozenset({_P.SEE_SCORES, _P.READ_ANSWERS, _P.SEE_ALERTS}),
            ),
            Role("country-manager", sentence("Country manager"), Reach.PLACE, _LEADS, needs_place=True),
            Role("site-manager", sentence("Site manager"), Reach.PLACE, _RUNS, needs_place=True),
            Role(SUPERVISOR, sentence("Supervisor"), Reach.PLACE, _RUNS | {_P.REPLAY}),
            Role("adviser", sentence("Adviser"), Reach.PLACE, _HANDS_ON, needs_place=True),
            Role("operator", sentence("Operator"), Reach.PLACE, _HANDS_ON, needs_place=True),
            Role(AGENT, sentence("Agent"), Reach.SELF, _OWN),
        )
    }
)
"""Row G1 of the features. An executive or a supervisor without a place sees the whole organisation."""
