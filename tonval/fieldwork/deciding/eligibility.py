"""The rules that need no database: is this a contact to ask about at all, and by which ways could it be done?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tonval.fieldwork.addresses import PhoneNumber, is_mobile, is_valid
from tonval.fieldwork.centre import EMAIL, Centre, Queue, Texting
from tonval.fieldwork.deciding.by_call import hindrance, is_called
from tonval.fieldwork.deciding.refusals import matches
from tonval.fieldwork.interactions import TICKET, Interaction
from tonval.fieldwork.messaging import texting
from tonval.fieldwork.respondents import Customer
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

NOWHERE: Final = (".invalid", ".localhost")
"""Domains that never receive mail (RFC 2606, RFC 6761)."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Not asked: the rule's name (SURFACE), a sentence with the facts, and the facts for programs."""

    rule: str
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to reach the customer: where to, and for messages the virtual number they come from."""

    channel: str
    address: str | None
    sender: str | None


@dataclass(frozen=True, slots=True)
class Eligible:
    """The survey to ask, and the ways to ask it, the best first."""

    survey: str
    ways: tuple[Way, ...]


Rule = Callable[[Centre, Queue, Interaction], Suppressed | None]


def consider(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | Eligible:
    """The first rule that forbids asking, in the order a person would give them, or how to ask."""
    for rule in _ALWAYS if interaction.survey else _RULES:
        found = rule(centre, queue, interaction)
        if found is not None:
            return found
    return _ways(centre, queue, interaction)


def survey_for(queue: Queue, interaction: Interaction) -> str:
    """The survey asked for, else the one of the ticket's template, else the queue's."""
    template = interaction.ticket.template if interaction.ticket else None
    return interaction.survey or queue.templates.get(template or "", queue.survey)


def possible_ways(queue: Queue, customer: Customer) -> Iterator[Way]:
    """Every channel of the queue, the best first, whether or not it can reach the customer."""
    for channel in _channels(queue, customer):
        address, sender = (customer.email, None) if channel == EMAIL else (customer.phone, queue.sender)
        yield Way(channel, address, sender)


def in_sample(ref: str, sample: int) -> bool:
    """One in ``sample``, by the interaction's id alone: reporting it again gives the same answer."""
    return int.from_bytes(hashlib.sha256(ref.encode()).digest()[:8]) % sample == 0


def _queue_off(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    return Suppressed("queue_off", sentence("the queue %(name)s asks nobody", name=queue.name)) if queue.off else None


def _survey_off(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    survey = survey_for(queue, interaction)
    if not survey:
        return Suppressed(
            "survey_off", sentence("no survey has been chosen for the queue %(name)s yet", name=queue.name)
        )
    if survey in centre.off:
        return Suppressed(
            "survey_off", sentence("the survey %(survey)s is switched off", survey=survey), {"survey": survey}
        )
    if survey not in centre.surveys:
        return Suppressed(
            "survey_off", sentence("there is no survey %(survey)s any more", survey=survey), {"survey": survey}
        )
    return None


def _auto_closed(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    if interaction.ticket is None or not interaction.ticket.auto_closed:
        return None
    return Suppressed("auto_closed", sentence("the ticket was closed automatically"))


def _no_reply_sent(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    ticket = interaction.ticket
    if interaction.kind != TICKET or ticket is None or ticket.reply_sent or not queue.reply_needed:
        return None
    said = (
        sentence("no reply was sent")
        if ticket.reply_sent is False
        else sentence("the report does not say that a reply was sent")
    )
    return Suppressed("no_reply_sent", said, {"reply_sent": ticket.reply_sent})


def too_short(queue: Queue, talk: timedelta | None) -> Suppressed | None:
    """Whether they spoke for less than the queue asks about; nobody knows where ``talk`` is ``None``."""
    if talk is None or talk >= queue.min_talk:
        return None
    seconds, least = talk.total_seconds(), queue.min_talk.total_seconds()
    facts = {"talk_seconds": seconds, "min_talk_seconds": least}
    return Suppressed(
        "min_talk",
        sentence("talk time %(seconds)s s is under %(least)s s", seconds=f"{seconds:g}", least=f"{least:g}"),
        facts,
    )


def _min_talk(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    return too_short(queue, interaction.talk)


def _internal(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    customer = interaction.customer
    for address in filter(None, (interaction.extension, customer.phone, customer.email)):
        for pattern in queue.internal:
            if matches(pattern, address):
                return Suppressed("internal", sentence("the caller is one of the centre's own"), {"pattern": pattern})
    return None


def _sampled_out(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | None:
    if queue.sample == 1 or in_sample(interaction.ref, queue.sample):
        return None
    facts = {"sample": queue.sample}
    return Suppressed(
        "sampled_out", sentence("one in %(sample)s is asked, and this was not the one", sample=queue.sample), facts
    )


_ALWAYS: Final[tuple[Rule, ...]] = (_queue_off, _survey_off, _internal)
"""What holds even where a survey was asked for directly."""

_RULES: Final[tuple[Rule, ...]] = (
    _queue_off,
    _survey_off,
    _auto_closed,
    _no_reply_sent,
    _min_talk,
    _internal,
    _sampled_out,
)


def _ways(centre: Centre, queue: Queue, interaction: Interaction) -> Suppressed | Eligible:
    """Every channel of the queue that can reach the customer; when none can, what is wrong with the first."""
    ways, faults = [], []
    for way in possible_ways(queue, interaction.customer):
        fault = _call_fault(centre, queue, interaction, way) or _fault(centre.texting, way)
        if fault is None:
            ways.append(way)
        else:
            faults.append(fault)
    return Eligible(survey_for(queue, interaction), tuple(ways)) if ways else faults[0]


def _channels(queue: Queue, customer: Customer) -> Iterator[str]:
    if queue.prefer_email and customer.email:
        yield EMAIL
    for channel in (queue.channel, *queue.fallback):
        if channel != EMAIL or not (queue.prefer_email and customer.email):
            yield channel


def _call_fault(centre: Centre, queue: Queue, interaction: Interaction, way: Way) -> Suppressed | None:
    """What hinders a call to a customer who has hung up; one who is on the line needs none."""
    if way.channel != Channel.KEYPAD or not is_called(queue, interaction):
        return None
    found = hindrance(centre, queue, way.address)
    return Suppressed(found.rule, found.detail, found.facts) if found else None


def _fault(terms: Texting, way: Way) -> Suppressed | None:
    if way.channel == Channel.KEYPAD:
        return None
    if way.channel != EMAIL and way.sender is None:
        return Suppressed("no_address", sentence("the queue has no number to send from"))
    if way.address is None:
        needed = sentence("e-mail address") if way.channel == EMAIL else sentence("telephone number")
        return Suppressed("no_address", sentence("the customer has no %(needed)s", needed=needed))
    return _mail_fault(way.address) if way.channel == EMAIL else _number_fault(terms, PhoneNumber(way.address))


def _mail_fault(address: str) -> Suppressed | None:
    if not address.endswith(NOWHERE):
        return None
    return Suppressed("invalid_address", sentence("no mail can reach the customer's address"))


def _number_fault(terms: Texting, number: PhoneNumber) -> Suppressed | None:
    refusal = texting.refused(terms, number)
    if refusal is not None:
        return Suppressed(refusal.rule, refusal.detail, refusal.facts)
    if is_mobile(number):
        return None
    if not is_valid(number):
        return Suppressed("invalid_address", sentence("the customer's number is not in use in its country"))
    return Suppressed("not_mobile", sentence("the customer's number is not a mobile number"))
