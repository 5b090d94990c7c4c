"""Reading how a queue calls those who hung up first, and what its calls go out by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from tonval.fieldwork.addresses import BadAddress, PhoneNumber, phone_number
from tonval.fieldwork.centre import Calling, Centre, Number, Queue, Quiet, Sip, Texting
from tonval.fieldwork.deciding.refusals import matches, read_pattern
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import Sentence, sentence

CALL_KEYS: Final = ("when", "after", "retry", "from", "per_minute", "per_day", "ring", "hours", "never")
"""What may stand under ``call``."""

HUNG_UP_FIRST: Final = "hung_up_first"
"""The only customers who are called."""

SIP, TWILIO = "sip", "twilio"
USUAL: Final = (time(9), time(20))
"""When customers are called where neither ``hours`` nor quiet hours say."""

MOST_CALLS: Final = 6
SHORTEST_RING, LONGEST_RING = timedelta(seconds=10), timedelta(minutes=2)
SOONEST: Final = timedelta(minutes=15)
SHORT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outlet:
    """What calls go out by, ``sip`` or ``twilio``, and the number of ours that customers see."""

    provider: str
    caller: PhoneNumber


def outlet_of(centre: Centre, queue: Queue) -> Outlet | None:
    """What the queue's calls go out by, ``None``: nothing."""
    return _outlet(queue, centre.numbers, centre.sip, frozenset({TWILIO}))


def never_called(calling: Calling, number: str) -> str | None:
    """The pattern that keeps the number from being called."""
    return next((pattern for pattern in calling.never if matches(pattern, number)), None)


def read_calling(part: Part, quiet: Quiet, country: str) -> Calling | None:
    """The terms under ``call``, ``None`` where there are none. ``quiet`` are the queue's quiet hours.

    Faults are noted at their lines.
    """
    if part.data.get("call") is None or part.lifted("call"):
        return None
    told, usual = part.part("call"), Calling(quiet)
    told.only(CALL_KEYS)
    told.choice("when", (HUNG_UP_FIRST,))
    return Calling(
        quiet=_read_hours(told, quiet),
        after=told.duration("after", usual.after),
        retry=_read_retry(told, usual.retry),
        caller=_read_caller(told, country),
        per_minute=told.number("per_minute", usual.per_minute, lowest=1, highest=1000),
        per_day=told.number("per_day", usual.per_day, lowest=1, highest=100_000),
        ring=_read_ring(told, usual.ring),
        never=tuple(_read_never(told, country)),
    )


def check_calling(
    root: Part, queues: Mapping[str, Queue], numbers: Mapping[str, Number], sip: Sip, texting: Texting
) -> None:
    """Note each queue that calls and cannot, and what is strange about those that can."""
    for name, part in root.parts("queues"):
        if queues[name].calling is not None:
            _check(part.part("call"), queues[name], numbers, sip)
            if not texting.countries:
                words = sentence("goes to numbers of every country but premium ones; name yours under sms.countries")
                part.fault(words, "call", warning=True)


def _check(part: Part, queue: Queue, numbers: Mapping[str, Number], sip: Sip) -> None:
    calling = queue.calling
    assert calling is not None, "the queue calls"
    if queue.channel != Channel.KEYPAD:
        part.fault(sentence("only customers who would have been asked on the line are called; set channel: keypad"))
    ours = {*numbers, *((sip.trunk.caller,) if sip.trunk and sip.trunk.caller else ())}
    if calling.caller is not None and calling.caller not in ours:
        part.fault(_not_ours(calling.caller, ours), "from")
    elif _outlet(queue, numbers, sip, frozenset({TWILIO, None})) is None:
        part.fault(sentence("calls need sip.trunk with its caller, or a number of Twilio under from"))


def _not_ours(number: PhoneNumber, ours: Iterable[PhoneNumber]) -> Sentence:
    known = ", ".join(sorted(ours)) or sentence("none")
    return sentence("%(number)s is none of our numbers; known: %(known)s", number=number, known=known)


def _outlet(queue: Queue, numbers: Mapping[str, Number], sip: Sip, by_twilio: frozenset[str | None]) -> Outlet | None:
    """The number it names decides; else the trunk comes before a number of the queue's own at Twilio."""
    named = queue.calling.caller if queue.calling else None
    candidates = (named,) if named else (*queue.numbers, *_answering(numbers.values(), queue))
    at_twilio = next((each for each in candidates if each in numbers and numbers[each].provider in by_twilio), None)
    by_trunk = (named or sip.trunk.caller) if sip.trunk else None
    if by_trunk and not (named and at_twilio):
        return Outlet(SIP, by_trunk)
    return Outlet(TWILIO, at_twilio) if at_twilio else None


def _answering(numbers: Iterable[Number], queue: Queue) -> Iterator[PhoneNumber]:
    return (each.number for each in numbers if each.queue == queue.name)


def _read_hours(part: Part, quiet: Quiet) -> Quiet:
    """The times of day to call in; the queue's quiet days hold too."""
    usual = (quiet.ends, quiet.begins) if quiet.begins != quiet.ends else USUAL
    begins, ends = part.span("hours", usual)
    if part.lifted("hours"):
        part.fault(sentence("customers are not called at night: say when, such as 09:00-20:00"), "hours")
    if timedelta(0) < _length(begins, ends) < SHORT:
        part.fault(sentence("leaves less than an hour a day"), "hours", warning=True)
    return Quiet(ends, begins, quiet.days)


def _length(begins: time, ends: time) -> timedelta:
    first, last = (timedelta(hours=at.hour, minutes=at.minute) for at in (begins, ends))
    return (last - first) % timedelta(days=1)


def _read_retry(part: Part, usual: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    if "retry" not in part.data:
        return usual
    if part.lifted("retry"):
        return ()
    texts = part.texts("retry")
    pauses = tuple(
        Part({"retry": text}, part.path, part.lines, part.faults).duration("retry", SOONEST) for text in texts
    )
    if len(pauses) >= MOST_CALLS:
        part.fault(sentence("nobody is called more than %(n)s times", n=MOST_CALLS), "retry")
    if any(pause < SOONEST for pause in pauses):
        part.fault(sentence("leaves less than 15m between two calls"), "retry")
    return pauses


def _read_caller(part: Part, country: str) -> PhoneNumber | None:
    written = part.text("from")
    try:
        return phone_number(written, country) if written else None
    except BadAddress as bad:
        part.fault(str(bad), "from")
        return None


def _read_ring(part: Part, usual: timedelta) -> timedelta:
    ring = part.duration("ring", usual)
    if not SHORTEST_RING <= ring <= LONGEST_RING:
        part.fault(sentence("must be from 10s to 2m"), "ring")
    return ring


def _read_never(part: Part, country: str) -> Iterator[str]:
    for text in part.texts("never"):
        try:
            yield read_pattern(text, country)
        except BadAddress as bad:
            part.fault(str(bad), "never")
