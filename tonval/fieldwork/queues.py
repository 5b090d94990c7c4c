"""Reading one queue: what stands with the queue wins over what stands under ``defaults``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from tonval.fieldwork.addresses import BadAddress
from tonval.fieldwork.calling_back.opening import read_open_hours
from tonval.fieldwork.calls.calling import read_calling
from tonval.fieldwork.calls.receiving import read_reception
from tonval.fieldwork.centre import CHANNELS, DROP, HOLIDAYS, OTHER, WAIT, WEEKDAYS, Caps, Queue, Quiet
from tonval.fieldwork.deciding.refusals import read_pattern
from tonval.fieldwork.numbers import read_pool
from tonval.fieldwork.places import PART
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

TERM_KEYS: Final = (
    "min_talk",
    "delay",
    "sample",
    "agent_quota",
    "cap",
    "quiet_hours",
    "quiet_days",
    "internal",
    "call_back",
    "second_survey",
)
"""What may stand under ``defaults`` and with a queue."""

OWN_KEYS: Final = (
    "survey",
    "channel",
    "from",
    "prefer_email",
    "fallback",
    "off",
    "templates",
    "reply_needed",
    "reception",
    "call",
    "unit",
)
"""What may stand with a queue alone."""

CAP_KEYS: Final = ("person", "channel", "survey", "queue")


def read_defaults(part: Part, country: str) -> Queue:
    """The terms every queue begins with, as a queue that has no name; its survey is that of all that name none."""
    return read_terms(part, Queue(name="", survey=part.text("survey") or "", channel=Channel.KEYPAD), country)


def read_queue(name: str, part: Part, defaults: Queue, country: str) -> Queue:
    """The queue as the file describes it; faults are noted at their lines."""
    part.only((*OWN_KEYS, *TERM_KEYS))
    channel = part.choice("channel", CHANNELS, Channel.KEYPAD) or Channel.KEYPAD
    pool = read_pool(part, country)
    terms = read_terms(part, defaults, country)
    return replace(
        terms,
        name=name,
        survey=part.text("survey", defaults.survey) or "",
        channel=channel,
        sender=next(iter(pool), None),
        pool=pool,
        prefer_email=part.flag("prefer_email", False),
        fallback=_read_fallback(part, channel),
        off=part.flag("off", False),
        templates=MappingProxyType(_read_templates(part)),
        reply_needed=part.flag("reply_needed", True),
        reception=read_reception(part, country),
        calling=read_calling(part, terms.quiet, country),
        unit=_read_unit(part),
    )


def read_terms(part: Part, base: Queue, country: str) -> Queue:
    """``base`` with the terms that the part names; faults are noted at their lines."""
    return replace(
        base,
        min_talk=part.duration("min_talk", base.min_talk),
        delay=part.duration("delay", base.delay),
        sample=part.number("sample", base.sample, lowest=1),
        agent_quota=_read_quota(part, base.agent_quota),
        caps=_read_caps(part, base.caps),
        quiet=_read_quiet(part, base.quiet),
        internal=tuple(dict.fromkeys((*base.internal, *_read_internal(part, country)))),
        call_back=read_open_hours(part, base.call_back),
        second=part.choice("second_survey", (WAIT, DROP, OTHER), base.second) or base.second,
    )


def _read_quota(part: Part, base: int | None) -> int | None:
    if "agent_quota" not in part.data:
        return base
    return None if part.lifted("agent_quota") else part.number("agent_quota", 1, lowest=1)


def _read_caps(part: Part, base: Caps) -> Caps:
    """``30d`` is a cap on the person and no other; in the long form each scope left out stays as it was."""
    if "cap" not in part.data:
        return base
    if not isinstance(part.data["cap"], dict):
        return Caps(part.duration("cap", base.person))
    scopes = part.part("cap")
    scopes.only(CAP_KEYS)
    caps = Caps(*(scopes.duration(scope, getattr(base, scope)) for scope in CAP_KEYS))
    for scope in CAP_KEYS[1:]:
        if scope in scopes.data and timedelta(0) < getattr(caps, scope) <= caps.person:
            scopes.fault(sentence("is never felt: the cap on the person is at least as long"), scope, warning=True)
    return caps


def _read_quiet(part: Part, base: Quiet) -> Quiet:
    begins, ends = part.span("quiet_hours", (base.begins, base.ends))
    return Quiet(begins, ends, _read_days(part, base.days))


def _read_days(part: Part, base: frozenset[str]) -> frozenset[str]:
    if "quiet_days" not in part.data:
        return base
    if part.lifted("quiet_days"):
        return frozenset()
    days = frozenset(part.choices("quiet_days", (*WEEKDAYS, HOLIDAYS)))
    if days >= set(WEEKDAYS):
        part.fault(sentence("leaves no day to ask on"), "quiet_days")
    return days


def _read_internal(part: Part, country: str) -> list[str]:
    patterns = []
    for text in part.texts("internal"):
        try:
            patterns.append(read_pattern(text, country, internal=True))
        except BadAddress as bad:
            part.fault(str(bad), "internal")
    return patterns


def _read_unit(part: Part) -> str:
    """The path of a place; whether there is such a one, the database knows and the file does not."""
    unit = part.text("unit", "") or ""
    for wrong in (each for each in unit.split("/") if unit and not PART.fullmatch(each)):
        told = sentence(
            "“%(wrong)s” is no name for a unit: small letters, digits, and - _ . after the first", wrong=wrong
        )
        part.fault(told, "unit")
    return unit


def _read_fallback(part: Part, channel: str) -> tuple[str, ...]:
    ways = part.choices("fallback", CHANNELS)
    if Channel.KEYPAD in ways:
        part.fault(sentence("nobody can be called back: keypad cannot be a fallback"), "fallback")
    for way in dict.fromkeys(way for place, way in enumerate(ways) if way in (channel, *ways[:place])):
        part.fault(sentence("%(way)s has been tried by then; it is tried once", way=way), "fallback", warning=True)
    return tuple(way for way in dict.fromkeys(ways) if way != channel)


def _read_templates(part: Part) -> Mapping[str, str]:
    templates = part.part("templates")
    read = {template: templates.text(template) for template in templates.data}
    for template in (template for template, survey in read.items() if not survey):
        templates.fault(sentence("say which survey the template uses"), template)
    return {template: survey for template, survey in read.items() if survey}
