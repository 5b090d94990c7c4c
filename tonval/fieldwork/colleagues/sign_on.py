"""How people come in by single sign-on, as queues.yaml says it: which group at the provider is which role. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tonval.fieldwork.colleagues.roles import AGENT, ROLES, Reach
from tonval.surveys.document import Part
from tonval.surveys.sentences import sentence

KEYS: Final = ("groups_claim", "groups", "agents_claim", "passwords")
GROUP_KEYS: Final = ("role", "unit")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a group at the provider is here: a role, and the unit it answers for."""

    role: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SignOn:
    """The terms of single sign-on. Without ``groups`` an admin gives the roles; ``passwords``: they are good beside it.

    ``groups_claim`` and ``agents_claim`` name what the provider tells of somebody; a dot leads into what it holds.
    """

    groups_claim: str = "groups"
    groups: Mapping[str, Grant] = field(default_factory=lambda: MappingProxyType({}))
    agents_claim: str | None = None
    passwords: bool = True

    def grant_of(self, groups: Iterable[str]) -> Grant | None:
        """What somebody in these groups is: by the first of the file's groups that she is in."""
        held = frozenset(groups)
        return next((grant for group, grant in self.groups.items() if group in held), None)


USUAL: Final = SignOn()
"""Where the file says nothing of it."""


def read_sign_on(part: Part) -> SignOn:
    """The part ``sign_in``; faults are noted at their lines."""
    part.only(KEYS)
    agents_claim = part.text("agents_claim")
    groups = {name: _read_grant(group, agents_claim) for name, group in part.parts("groups")}
    return SignOn(
        groups_claim=part.text("groups_claim") or "groups",
        groups=MappingProxyType({name: grant for name, grant in groups.items() if grant}),
        agents_claim=agents_claim,
        passwords=part.flag("passwords", True),
    )


def _read_grant(part: Part, agents_claim: str | None) -> Grant | None:
    part.only(GROUP_KEYS)
    role, unit = part.choice("role", tuple(ROLES)), part.text("unit") or ""
    if role is None:
        if "role" not in part.data:
            part.fault(sentence("say which role the group has: %(roles)s", roles=", ".join(ROLES)))
        return None
    _check(part, role, unit, agents_claim)
    return Grant(role, unit)


def _check(part: Part, role: str, unit: str, agents_claim: str | None) -> None:
    if ROLES[role].needs_place and not unit:
        part.fault(sentence("who is %(role)s needs the unit she answers for", role=role))
    if ROLES[role].reach is Reach.EVERYTHING and unit:
        words = sentence("who is %(role)s sees everything: a unit says nothing", role=role)
        part.fault(words, "unit", warning=True)
    if role == AGENT and not agents_claim:
        part.fault(sentence("say under sign_in which agents_claim holds the agent she is, as the PBX names her"))
