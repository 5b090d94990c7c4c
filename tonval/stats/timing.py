"""Which way a customer is asked and when, and why this way and then. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tonval.fieldwork.centre import EMAIL, HOLIDAYS, WEEKDAYS, Centre, Queue, Quiet
from tonval.fieldwork.deciding.decide import places
from tonval.fieldwork.deciding.zones import Places, clock
from tonval.fieldwork.interactions import WAVE, Interaction
from tonval.stats.reasons import CHANNELS, Question, faults_of, shut, ways_of
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import chain, counted, sentence

SHOWN_ZONES: Final = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """An invited customer's channel and due time (UTC), and a sentence on why for each; ``local`` are clock times."""

    channel: str
    due_at: datetime
    why_channel: str
    why_then: str
    local: tuple[str, ...]


def timing(question: Question, zone: str | None, decided_at: datetime) -> Timing | None:
    """For a decision to ask; ``zone`` is the customer's own where she gave one. ``None`` where nobody is asked."""
    decision, centre = question.decision, question.centre
    if decision.get("outcome") != "invited":
        return None
    channel, due_at = decision["channel"], datetime.fromisoformat(decision["due_at"])
    queue, interaction = question.queue, question.interaction
    if centre is None or queue is None or interaction is None:
        unknown = sentence("what it was decided with cannot be read any more")
        return Timing(channel, due_at, unknown, unknown, ())
    where = _places(question, centre, channel, zone)
    local = tuple(_local(due_at, name) for name in where.zones[:SHOWN_ZONES])
    called = replace(queue, delay=queue.calling.after, quiet=queue.calling.quiet) if queue.calling else queue
    if channel != Channel.KEYPAD or decision.get("call"):
        sent = called if decision.get("call") else queue
        why_then = _why_then(question.direct, sent, interaction, (due_at, decided_at), where)
    else:
        why_then = sentence("asked when the call comes in for its survey")
    return Timing(channel, due_at, chain(*_why_channel(question, queue, channel), between="; "), why_then, local)


def _why_then(
    direct: bool, queue: Queue, interaction: Interaction, times: tuple[datetime, datetime], where: Places
) -> str:
    """``times``: when it is due, and when that was decided."""
    due_at, decided_at = times
    wanted, why = _wanted(direct, queue, interaction, decided_at)
    moved = due_at - wanted >= timedelta(seconds=1)
    return _moved(max(wanted, decided_at), why, queue.quiet, where) if moved else why


def _why_channel(question: Question, queue: Queue, channel: str) -> Iterator[str]:
    if question.decision.get("call"):
        yield sentence("the customer hung up before she could be asked, and the queue calls those")
    elif question.direct:
        yield (
            sentence("the caller was on the line")
            if channel == Channel.KEYPAD
            else sentence("the survey was asked for")
        )
    elif channel == queue.channel and not queue.prefer_email:
        yield sentence("the queue asks by %(channel)s", channel=CHANNELS.get(channel, channel))
    elif queue.prefer_email and channel == EMAIL:
        yield sentence("the queue prefers e-mail, and the customer has an address")
    else:
        yield sentence("the queue's next way is %(channel)s", channel=CHANNELS.get(channel, channel))
    for other, fault in faults_of(question):
        if other != channel:
            yield sentence("not by %(other)s: %(fault)s", other=CHANNELS.get(other, other), fault=fault)
    for way in ways_of(question):
        if way.channel == channel:
            return
        refusal = question.refusals.get(way.channel)
        why = shut(question, refusal) if refusal else sentence("blocked, opted out or without an allowed hour")
        yield sentence("not by %(channel)s: %(why)s", channel=CHANNELS.get(way.channel, way.channel), why=why)


def _wanted(direct: bool, queue: Queue, interaction: Interaction, decided_at: datetime) -> tuple[datetime, str]:
    """When it would be asked at any hour, and why then."""
    delay, ended = timedelta(0) if direct else queue.delay, interaction.ended_at
    wanted = (ended or decided_at) + delay
    if interaction.not_before and interaction.not_before > wanted:
        return interaction.not_before, _asked_for(interaction)
    what = sentence("the contact ended") if ended else sentence("it was decided")
    return wanted, sentence("%(delay)s after %(what)s", delay=_span(delay), what=what) if delay else sentence(
        "as soon as %(what)s", what=what
    )


def _asked_for(interaction: Interaction) -> str:
    return (
        sentence("her turn in the wave")
        if interaction.kind == WAVE
        else sentence("not before the time that was asked for")
    )


def _moved(wanted: datetime, why: str, quiet: Quiet, where: Places) -> str:
    there = chain(*(_local(wanted, zone) for zone in where.zones[:SHOWN_ZONES]), between=", ")
    return sentence(
        "%(why)s would have been %(there)s: quiet time there (%(quiet)s)",
        why=why,
        there=there,
        quiet=quiet_words(quiet),
    )


def _places(question: Question, centre: Centre, channel: str, zone: str | None) -> Places:
    way = next((way for way in ways_of(question) if way.channel == channel), None)
    if way is None:
        return Places((zone or centre.zone,), centre.country)
    return places(centre, way, zone)


def _local(moment: datetime, zone: str) -> str:
    there = moment.astimezone(clock(zone))
    day = {"weekday": _WEEKDAYS[there.weekday()], "day": there.day, "month": _MONTHS[there.month - 1]}
    return sentence("%(weekday)s %(day)s %(month)s, %(time)s in %(zone)s", **day, time=f"{there:%H:%M}", zone=zone)


def quiet_words(quiet: Quiet) -> str:
    """The quiet hours and days: ``21:00-08:00, saturday, sunday, holidays``."""
    hours = [f"{quiet.begins:%H:%M}-{quiet.ends:%H:%M}"] if quiet.begins != quiet.ends else []
    return ", ".join([*hours, *(day for day in (*WEEKDAYS, HOLIDAYS) if day in quiet.days)])


_SPANS: Final[tuple[tuple[int, Callable[[int], str]], ...]] = (
    (86400, lambda n: counted("%(n)s day", "%(n)s days", n)),
    (3600, lambda n: counted("%(n)s hour", "%(n)s hours", n)),
    (60, lambda n: counted("%(n)s minute", "%(n)s minutes", n)),
    (1, lambda n: counted("%(n)s second", "%(n)s seconds", n)),
)


def _span(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    for size, name in _SPANS:
        if seconds % size == 0:
            return name(seconds // size)
    raise AssertionError("every length is a number of seconds")


_WEEKDAYS: Final = (
    sentence("Monday"),
    sentence("Tuesday"),
    sentence("Wednesday"),
    sentence("Thursday"),
    sentence("Friday"),
    sentence("Saturday"),
    sentence("Sunday"),
)
_MONTHS: Final = (
    sentence("January"),
    sentence("February"),
    sentence("March"),
    sentence("April"),
    sentence("May"),
    sentence("June"),
    sentence("July"),
    sentence("August"),
    sentence("September"),
    sentence("October"),
    sentence("November"),
    sentence("December"),
)
