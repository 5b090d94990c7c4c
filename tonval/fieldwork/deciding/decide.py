"""The decision on one interaction: a fold over what is known of the people and agents it is about. Pure.

The same function decides when a contact is reported, when a file is previewed and when the past is replayed; what
differs is only where the ``Standing`` comes from and whether it is written back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from tonval.fieldwork.centre import Calling, Centre, Queue
from tonval.fieldwork.deciding import caps
from tonval.fieldwork.deciding.by_call import is_called, refusable
from tonval.fieldwork.deciding.eligibility import Eligible, Suppressed, Way, consider
from tonval.fieldwork.deciding.hours import ALWAYS, Window, next_window
from tonval.fieldwork.deciding.refusals import Refusal
from tonval.fieldwork.deciding.zones import Places, clock, places_of
from tonval.fieldwork.interactions import Interaction
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

CALLED_WITHIN: Final = timedelta(days=2)
"""Who hung up longer ago is not called."""

AgentDay = tuple[str, str, date]
"""Queue, agent and day in the centre's zone: what a quota counts."""


@dataclass(slots=True)
class Standing:
    """What is known when a batch is decided; each decision to ask is entered at once, so that the next one sees it.

    ``refused`` by address and channel, ``asked`` by person, ``quotas`` by agent's day, ``tickets`` asked about, and
    ``held``: the people of whom a row stands.
    """

    refused: Mapping[tuple[str, str], Refusal] = field(default_factory=dict)
    asked: dict[str, dict[str, int]] = field(default_factory=dict)
    quotas: dict[AgentDay, int] = field(default_factory=dict)
    tickets: set[str] = field(default_factory=set)
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One interaction to decide on, with the contact who is meant, her zone where it is known, and the agent.

    ``found`` is what the rules that need no database say, where somebody has asked them already.
    """

    interaction: Interaction
    queue: Queue
    person: str | None
    zone: str | None
    agent: str
    found: Suppressed | Eligible | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """The decision to ask: the way to take, the ways that are left when it fails, and when.

    ``call``: she has hung up, and is called; else who is asked by keypad is on the line, or about to come in.
    """

    survey: str
    way: Way
    spare: tuple[Way, ...]
    due_at: datetime
    call: bool = False


def decide(centre: Centre, standing: Standing, case: Case, now: datetime) -> Suppressed | Asking:
    """Ask, or the rule that forbids it; a decision to ask is entered in ``standing``."""
    found = case.found or consider(centre, case.queue, case.interaction)
    if isinstance(found, Suppressed):
        return found
    ways = tuple(way for way in found.ways if _key(case, way) not in standing.refused)
    if not ways:
        refusal = standing.refused[_key(case, found.ways[0])]
        return Suppressed(refusal.rule, refusal.detail, refusal.facts)
    asking = _asking(centre, case, Eligible(found.survey, ways), now)
    if isinstance(asking, Suppressed):
        return asking
    refused = next(filter(None, _limits(standing, case, asking, agent_day(centre, case, now), now)), None)
    return refused or _enter(standing, case, asking, agent_day(centre, case, now), now)


def _key(case: Case, way: Way) -> tuple[str, str]:
    return way.address or "", refusable(case.queue, case.interaction, way.channel)


def agent_day(centre: Centre, case: Case, now: datetime) -> AgentDay:
    """The day that the case counts in, and whose."""
    return (case.queue.name, case.agent, now.astimezone(clock(centre.zone)).date())


def places(centre: Centre, way: Way, zone: str | None) -> Places:
    """Where the customer at the other end of ``way`` may be on the clock."""
    phone = way.address if way.address and way.address.startswith("+") else None
    return places_of(centre.country, centre.zone, phone=phone, zone=zone)


def window(centre: Centre, queue: Queue, way: Way, zone: str | None, moment: datetime) -> Window | None:
    """The next allowed hours from ``moment`` on; a caller on the line is asked at any hour."""
    if way.channel == Channel.KEYPAD or not queue.quiet:
        return ALWAYS
    return next_window(queue.quiet, places(centre, way, zone), moment)


def calling_hours(centre: Centre, calling: Calling, way: Way, zone: str | None, moment: datetime) -> Window | None:
    """The next hours from ``moment`` on in which a customer who has hung up may be called."""
    return next_window(calling.quiet, places(centre, way, zone), moment)


def _asking(centre: Centre, case: Case, eligible: Eligible, now: datetime) -> Asking | Suppressed:
    """The first way that has an allowed hour, and when it is due."""
    for place, way in enumerate(eligible.ways):
        call = way.channel == Channel.KEYPAD and is_called(case.queue, case.interaction)
        if call and _is_old(case, now):
            return Suppressed(
                "no_allowed_time", sentence("the contact ended more than 2 days ago: that is too late for a call")
            )
        wanted, allowed = _allowed(centre, case, way, call, now)
        if allowed is not None:
            return Asking(eligible.survey, way, eligible.ways[place + 1 :], max(wanted, allowed.opens), call)
    return Suppressed(
        "no_allowed_time", sentence("no hour of the next weeks is allowed everywhere the customer may be")
    )


def _is_old(case: Case, now: datetime) -> bool:
    """Whether nobody would know any more what a call is about; a file may tell of contacts long ago."""
    ended = case.interaction.ended_at
    return ended is not None and now - ended > CALLED_WITHIN


def _allowed(centre: Centre, case: Case, way: Way, call: bool, now: datetime) -> tuple[datetime, Window | None]:
    """When the customer is to be asked this way, and the next allowed hours from then on."""
    calling = case.queue.calling if call else None
    wanted = (case.interaction.ended_at or now) + (calling.after if calling else case.queue.delay)
    wanted = max(wanted, case.interaction.not_before or wanted)
    if calling is not None:
        return wanted, calling_hours(centre, calling, way, case.zone, max(wanted, now))
    return wanted, window(centre, case.queue, way, case.zone, max(wanted, now))


def _limits(
    standing: Standing, case: Case, asking: Asking, day: AgentDay, now: datetime
) -> Iterator[Suppressed | None]:
    """What others have used up, checked in the order a person would name it."""
    ticket = case.interaction.ticket
    if ticket is not None and ticket.id in standing.tickets:
        yield Suppressed(
            "already_invited", sentence("the customer has been invited for this ticket"), {"ticket": ticket.id}
        )
    quota, used = case.queue.agent_quota, standing.quotas.get(day, 0)
    if quota is not None and case.interaction.under_quota and used >= quota:
        words = sentence("%(quota)s customers of the agent have been invited today", quota=quota)
        yield Suppressed("agent_quota", words, {"agent_quota": quota, "invited": used})
    if case.person is not None:
        asked, name = standing.asked.get(case.person, {}), case.queue.name
        yield caps.over_cap(asked, case.queue.caps, asking.way.channel, asking.survey, name, now)


def _enter(standing: Standing, case: Case, asking: Asking, day: AgentDay, now: datetime) -> Asking:
    if case.interaction.ticket is not None:
        standing.tickets.add(case.interaction.ticket.id)
    if case.queue.agent_quota is not None and case.interaction.under_quota:
        standing.quotas[day] = standing.quotas.get(day, 0) + 1
    if case.person is not None:
        asked = standing.asked.get(case.person, {})
        standing.asked[case.person] = caps.ask(asked, asking.way.channel, asking.survey, case.queue.name, now)
    return asking


def decided(decision: Suppressed | Asking, invitation: str, config: str) -> dict[str, Any]:
    """The decision as it is stored and told (SURFACE.md)."""
    if isinstance(decision, Suppressed):
        told: dict[str, Any] = {"outcome": "suppressed", "rule": decision.rule, "detail": decision.detail}
        return {**told, "config": config, **({"facts": dict(decision.facts)} if decision.facts else {})}
    told = {"outcome": "invited", "channel": decision.way.channel, "survey": decision.survey, "invitation": invitation}
    due = decision.due_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {**told, **({"call": True} if decision.call else {}), "due_at": due, "config": config}
