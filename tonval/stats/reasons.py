"""Why somebody was asked or not: every rule in the order it was looked at, with what it was looked at with. Pure.

The rules that need no database are looked at anew, with the report as it was stored and the configuration that was in
force. What stood in the blocklist, caps and quotas then is known from the decision alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from tonval.fieldwork.centre import EMAIL, LINK, Centre, Queue
from tonval.fieldwork.deciding.caps import length
from tonval.fieldwork.deciding.eligibility import Eligible, Suppressed, Way, consider, survey_for
from tonval.fieldwork.deciding.refusals import Refusal
from tonval.fieldwork.interactions import TICKET, WAVE, Interaction
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import chain, counted, sentence

CHANNELS: Final[Mapping[str, str]] = {
    Channel.KEYPAD: sentence("keypad"),
    Channel.SMS: "SMS",
    LINK: sentence("SMS link"),
    EMAIL: sentence("e-mail"),
}
"""A channel within a sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """A rule that was looked at, whether it let the customer through, and a sentence with value and setting."""

    rule: str
    passed: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class LastAsked:
    """When and how the customer had been asked before."""

    at: datetime
    channel: str
    queue: str


@dataclass(frozen=True, slots=True)
class Question:
    """A decision and what it rests on; ``None`` for what cannot be read any more.

    ``direct``: the survey was asked for, or the caller was on the line, so that only rules about the person applied.
    ``addresses``: the reader may see them. ``refusals``: why a channel was closed then, by lists that still say so.
    """

    decision: Mapping[str, Any]
    centre: Centre | None
    queue: Queue | None
    interaction: Interaction | None
    direct: bool
    last_asked: LastAsked | None = None
    refusals: Mapping[str, Refusal] = field(default_factory=dict)
    addresses: bool = True


def reasons(question: Question) -> tuple[Step, ...]:
    """The rules up to the one that decided; those behind it were not looked at any more."""
    rule = question.decision.get("rule")
    return tuple(_steps(question, rule)) + (() if rule is None else (Step(rule, False, told(question)),))


def told(question: Question) -> str:
    """The sentence of a suppressed decision, with what is known beyond it; no address where the reader may see none."""
    decision = question.decision
    facts, rule = decision.get("facts") or {}, decision.get("rule", "")
    if not question.addresses and rule in _CLOSED:
        return _CLOSED[rule]
    more = _MORE.get(rule)
    closed = closed_ways(question) if rule == "survey_off" and "was" in decision else ""
    return chain(decision.get("detail", ""), more(facts) if more else "", closed)


def _steps(question: Question, until: str | None) -> Iterator[Step]:
    for rule in _order(question.direct):
        if until in _OF[rule]:
            return
        words = _sentence(question, rule)
        if words:
            yield Step(rule, True, words)


def _order(direct: bool) -> tuple[str, ...]:
    return ALWAYS if direct else RULES


def _sentence(question: Question, rule: str) -> str | None:
    """What the rule found in order; ``None`` for a rule about something else than this interaction."""
    if question.centre is None or question.queue is None or question.interaction is None:
        return sentence("passed then; what it was looked at with cannot be read any more")
    words = _WORDS[rule](question, question.queue, question.interaction)
    return words or None


def _queue_on(question: Question, queue: Queue, interaction: Interaction) -> str:
    return sentence("the queue %(queue)s is on", queue=queue.name)


def _survey_on(question: Question, queue: Queue, interaction: Interaction) -> str:
    return sentence("the survey %(survey)s is on", survey=survey_for(queue, interaction))


def _not_auto_closed(question: Question, queue: Queue, interaction: Interaction) -> str:
    return sentence("the ticket was not closed automatically") if interaction.ticket else ""


def _reply_sent(question: Question, queue: Queue, interaction: Interaction) -> str:
    if interaction.kind != TICKET or interaction.ticket is None:
        return ""
    if interaction.ticket.reply_sent:
        return sentence("a reply was sent")
    return sentence("the queue asks about tickets without a reply, too")


def _talked(question: Question, queue: Queue, interaction: Interaction) -> str:
    if interaction.kind == WAVE:
        return ""
    least = f"{queue.min_talk.total_seconds():g}"
    if interaction.talk is None:
        return sentence("no talk time was reported; where one is, it must be at least %(least)s s", least=least)
    talk = f"{interaction.talk.total_seconds():g}"
    return sentence("talk time %(talk)s s, at least %(least)s s", talk=talk, least=least)


def _foreign(question: Question, queue: Queue, interaction: Interaction) -> str:
    if not queue.internal:
        return sentence("the queue names no numbers of the centre's own")
    return counted(
        "the customer is none of the centre's own (%(n)s pattern)",
        "the customer is none of the centre's own (%(n)s patterns)",
        len(queue.internal),
    )


def _sampled(question: Question, queue: Queue, interaction: Interaction) -> str:
    if queue.sample == 1:
        return sentence("everybody is asked")
    return sentence("1 in %(sample)s is asked, and this was one", sample=queue.sample)


def _reachable(question: Question, queue: Queue, interaction: Interaction) -> str:
    ways = ways_of(question)
    if not ways:
        return ""
    failed = [_not_by(channel, fault) for channel, fault in faults_of(question)]
    first, *others = (_reached(question, way) for way in ways)
    rest = [sentence(", else %(way)s", way=way) for way in others]
    return chain(sentence("can be reached %(way)s", way=first), *rest, *failed)


def _not_by(channel: str, why: str) -> str:
    return sentence("; not by %(channel)s: %(why)s", channel=_named(channel), why=why)


def _not_blocked(question: Question, queue: Queue, interaction: Interaction) -> str:
    if not any(way.address for way in ways_of(question)):
        return sentence("no number or address is known that could stand on the blocklist")
    return sentence("no entry of the blocklist forbade it then")


def _not_opted_out(question: Question, queue: Queue, interaction: Interaction) -> str:
    ways = [way.channel for way in ways_of(question) if way.address]
    if not ways:
        return ""
    taken = question.decision.get("channel")
    channels = [taken] if taken in ways else [each for each in ways if each not in question.refusals] or ways
    first, *others = (_named(each) for each in channels)
    named = chain(first, *(sentence(" or of %(channel)s", channel=each) for each in others))
    return chain(sentence("the customer had not opted out of %(channels)s then", channels=named), closed_ways(question))


def closed_ways(question: Question) -> str:
    """The ways that an opt-out or the blocklist had closed, as far as the lists still tell."""
    taken = question.decision.get("channel")
    told = [(channel, refusal) for channel, refusal in question.refusals.items() if channel != taken]
    return chain(*(_not_by(channel, shut(question, refusal)) for channel, refusal in told))


def shut(question: Question, refusal: Refusal) -> str:
    """Why a way was closed; no pattern of the blocklist where the reader may see no address."""
    return refusal.detail if question.addresses or refusal.rule == "opted_out" else sentence("blocked")


def _named(channel: str) -> str:
    return CHANNELS.get(channel, channel)


def _allowed_time(question: Question, queue: Queue, interaction: Interaction) -> str:
    if question.decision.get("call"):
        return "an hour was found in which she may be called"
    if question.decision.get("channel") == Channel.KEYPAD:
        return sentence("the customer is asked on the line, at any hour")
    return sentence("an allowed hour was found") if queue.quiet else sentence("the queue has no quiet hours or days")


def _first_of_ticket(question: Question, queue: Queue, interaction: Interaction) -> str:
    ticket = interaction.ticket
    return sentence("nobody had been invited for the ticket %(id)s", id=ticket.id) if ticket else ""


def _within_quota(question: Question, queue: Queue, interaction: Interaction) -> str:
    if not interaction.under_quota:
        return ""
    if queue.agent_quota is None:
        return sentence("the queue sets its agents no quota")
    return counted(
        "fewer than %(n)s customer of the agent had been invited that day",
        "fewer than %(n)s customers of the agent had been invited that day",
        queue.agent_quota,
    )


def _left_alone(question: Question, queue: Queue, interaction: Interaction) -> str:
    """Each cap that is set, by its own scope: what holds in one need not hold in another."""
    channel = str(question.decision.get("channel", queue.channel))
    survey = question.decision.get("survey") or survey_for(queue, interaction)
    caps = queue.caps
    free = [
        caps.person and sentence("not asked within the last %(cap)s", cap=length(caps.person)),
        caps.channel
        and sentence(
            "not asked by %(channel)s within the last %(cap)s", channel=_named(channel), cap=length(caps.channel)
        ),
        caps.survey
        and sentence(
            "not asked with the survey %(survey)s within the last %(cap)s", survey=survey, cap=length(caps.survey)
        ),
        caps.queue
        and sentence(
            "not asked for the queue %(queue)s within the last %(cap)s", queue=queue.name, cap=length(caps.queue)
        ),
    ]
    told = [each for each in free if isinstance(each, str)]
    return (
        chain(chain(*told, between=", "), _before(question.last_asked, queue))
        if told
        else sentence("the queue sets no cap")
    )


def _before(last: LastAsked | None, queue: Queue) -> str:
    if last is None:
        return sentence("; no earlier invitation is known")
    day, channel = _day(last.at), _named(last.channel)
    if last.queue == queue.name:
        return sentence("; asked last on %(day)s by %(channel)s for this queue", day=day, channel=channel)
    return sentence("; asked last on %(day)s by %(channel)s for another queue", day=day, channel=channel)


_WORDS: Final[Mapping[str, Callable[[Question, Queue, Interaction], str]]] = {
    "queue_off": _queue_on,
    "survey_off": _survey_on,
    "auto_closed": _not_auto_closed,
    "no_reply_sent": _reply_sent,
    "min_talk": _talked,
    "internal": _foreign,
    "sampled_out": _sampled,
    "no_address": _reachable,
    "blocked": _not_blocked,
    "opted_out": _not_opted_out,
    "no_allowed_time": _allowed_time,
    "already_invited": _first_of_ticket,
    "agent_quota": _within_quota,
    "frequency_cap": _left_alone,
}

RULES: Final = tuple(_WORDS)
"""Every rule in the order in which it is looked at. ``no_address`` stands for all that may be wrong with an address."""

_ABOUT_THE_CONTACT: Final = {"auto_closed", "no_reply_sent", "min_talk", "sampled_out", "agent_quota"}
ALWAYS: Final = tuple(rule for rule in RULES if rule not in _ABOUT_THE_CONTACT)
"""Those that hold where the survey was asked for directly, too."""

_ADDRESSED: Final = {"no_address", "premium_number", "country_off", "not_mobile", "invalid_address", "never_called"}
_WHEN_DUE: Final = {"conversation_open"}
"""What is only looked at when the question is put."""

_ON_THE_LINE: Final = {"declined", "no_agent"}
"""What is only known of a caller who was received before the agent."""

_OF: Final = {rule: {rule} for rule in RULES} | {"no_address": _ADDRESSED}
EVERY: Final = frozenset(rule for rules in _OF.values() for rule in rules) | _WHEN_DUE | _ON_THE_LINE
"""The name of every rule there is."""

_CLOSED: Final = {
    "blocked": sentence("the customer stands on the blocklist"),
    "opted_out": sentence("the customer has opted out"),
    "internal": sentence("the caller is one of the centre's own"),
    "never_called": sentence("the queue never calls such a number"),
}
_MORE: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "frequency_cap": lambda facts: (
        sentence(", on %(day)s", day=_written(facts["asked_at"])) if "asked_at" in facts else ""
    ),
    "blocked": lambda facts: sentence(", since %(day)s", day=_written(facts["since"])) if "since" in facts else "",
    "already_invited": lambda facts: f" {facts['ticket']}" if "ticket" in facts else "",
    "conversation_open": lambda facts: (
        sentence(", since %(day)s", day=_written(facts["since"])) if "since" in facts else ""
    ),
    "internal": lambda facts: (
        sentence(", by the pattern %(pattern)s", pattern=facts["pattern"]) if "pattern" in facts else ""
    ),
}


def ways_of(question: Question) -> tuple[Way, ...]:
    """The ways to reach the customer that the rules leave, the best first; none where that cannot be told any more."""
    if question.centre is None or question.queue is None or question.interaction is None:
        return ()
    found = _addressed(question.centre, question.queue, question.interaction)
    return found.ways if isinstance(found, Eligible) else ()


def faults_of(question: Question) -> Iterator[tuple[str, str]]:
    """The queue's channels that cannot reach the customer, each with what is wrong."""
    queue, interaction = question.queue, question.interaction
    if question.centre is None or queue is None or interaction is None:
        return
    mailed = (EMAIL,) if queue.prefer_email and interaction.customer.email else ()
    for channel in dict.fromkeys((*mailed, queue.channel, *queue.fallback)):
        alone = replace(queue, channel=channel, fallback=(), prefer_email=False)
        found = _addressed(question.centre, alone, interaction)
        if isinstance(found, Suppressed):
            yield channel, found.detail


def _addressed(centre: Centre, queue: Queue, interaction: Interaction) -> Eligible | Suppressed:
    """What the addresses alone allow: a survey that is asked for directly passes every other rule."""
    survey = min(centre.surveys - centre.off, default="")
    return consider(centre, replace(queue, off=False, internal=()), replace(interaction, survey=survey))


def _reached(question: Question, way: Way) -> str:
    at = sentence(" at %(address)s", address=way.address) if question.addresses and way.address else ""
    if way.channel == Channel.KEYPAD:
        return chain(sentence("by a call"), at) if question.decision.get("call") else sentence("on the line")
    return chain(sentence("by %(channel)s", channel=_named(way.channel)), at)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _written(moment: str) -> str:
    return moment[:10]
