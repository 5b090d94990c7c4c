"""Virtual numbers as queues.yaml names them, the pools that queues ask from, and how both fit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tonval.fieldwork.addresses import BadAddress, PhoneNumber, phone_number
from tonval.fieldwork.centre import OTHER, Number, Queue, channels_of
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

NUMBER_KEYS: Final = ("provider", "queue", "service", "rate")

CONSOLE, TWILIO, SMPP = "console", "twilio", "smpp"
PROVIDERS: Final = (TWILIO, SMPP, CONSOLE)

FASTEST: Final = 1000
"""Segments a second; no operator takes more from one number."""

_SERVICE: Final = re.compile(r"MG[0-9a-f]{32}")


def read_numbers(root: Part, country: str) -> dict[str, Number]:
    """The virtual numbers by their E.164 form; a national form is read with ``country``."""
    read = (_read_number(written, part, country) for written, part in root.parts("numbers"))
    return {number.number: number for number in read if number}


def read_pool(part: Part, country: str) -> tuple[PhoneNumber, ...]:
    """The numbers under ``from``, one or a list, each once."""
    value = part.data.get("from")
    if value is None:
        return ()
    if value == []:
        part.fault(sentence("name at least one number"), "from")
    written = part.texts("from") if isinstance(value, list) else (part.text("from") or "",)
    numbers = list(_phones(part, country, written))
    for number in sorted({number for place, number in enumerate(numbers) if number in numbers[:place]}):
        part.fault(sentence("%(number)s stands here twice", number=number), "from", warning=True)
    return tuple(dict.fromkeys(numbers))


def check_numbers(root: Part, queues: Mapping[str, Queue], numbers: Mapping[str, Number], country: str) -> None:
    """Note each number whose queue is missing, each queue whose number is, and what is strange about either."""
    sending = {number for queue in queues.values() for number in queue.numbers}
    for written, part in root.parts("numbers"):
        if part.text("queue") and part.text("queue") not in queues:
            part.fault(
                sentence(
                    "there is no queue called “%(text)s” for %(written)s", text=part.text("queue"), written=written
                ),
                "queue",
            )
        if "rate" in part.data and not sending.intersection(_phones(part, country, (written,), tell=False)):
            part.fault(sentence("does nothing: no queue sends from this number"), "rate", warning=True)
    for name, part in root.parts("queues"):
        _check_pool(part, queues[name], numbers)
        _check_second(part, queues[name])


def _read_number(written: str, part: Part, country: str) -> Number | None:
    part.only(NUMBER_KEYS)
    provider = part.choice("provider", PROVIDERS)
    service, rate = _read_service(part, provider), _read_rate(part, provider)
    number = next(_phones(part, country, (written,), None), None)
    return None if number is None else Number(number, provider, part.text("queue"), service, rate)


def _read_service(part: Part, provider: str | None) -> str | None:
    service = part.text("service")
    if service is None:
        return None
    if provider not in (None, TWILIO):
        part.fault(
            sentence(
                "%(provider)s has no messaging services; only a number of %(TWILIO)s can belong to one",
                provider=provider,
                TWILIO=TWILIO,
            ),
            "service",
        )
    elif not _SERVICE.fullmatch(service):
        part.fault(
            sentence("does not look like a messaging service: its id is MG and 32 digits"), "service", warning=True
        )
    return service


def _read_rate(part: Part, provider: str | None) -> float | None:
    value = part.data.get("rate")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= FASTEST:
        part.fault(
            sentence("must be segments a second, such as 1 or 0.5, and at most %(FASTEST)s", FASTEST=FASTEST), "rate"
        )
        return None
    if provider == CONSOLE:
        part.fault(sentence("does nothing: the %(CONSOLE)s sends to nobody", CONSOLE=CONSOLE), "rate", warning=True)
    return float(value)


def _phones(
    part: Part, country: str, written: tuple[str, ...], key: str | None = "from", *, tell: bool = True
) -> Iterator[PhoneNumber]:
    """Those that are telephone numbers; the others are faults at ``key``, if they are to be told."""
    for text in written:
        try:
            yield phone_number(text, country)
        except BadAddress as bad:
            if tell:
                part.fault(str(bad), key)


def _check_pool(part: Part, queue: Queue, numbers: Mapping[str, Number]) -> None:
    for number in queue.numbers:
        if number not in numbers:
            known = ", ".join(numbers) or "none"
            part.fault(
                sentence("%(number)s is not among the numbers; known: %(known)s", number=number, known=known), "from"
            )
    named = [numbers[number] for number in queue.numbers if number in numbers and numbers[number].provider]
    for other in named[1:]:
        if other.provider != named[0].provider:
            words = sentence(
                "%(number)s belongs to %(provider)s, %(number2)s to %(provider2)s",
                number=other.number,
                provider=other.provider,
                number2=named[0].number,
                provider2=named[0].provider,
            )
            part.fault(sentence("%(words)s: customers are asked by both", words=words), "from", warning=True)


def _check_second(part: Part, queue: Queue) -> None:
    if "second_survey" not in part.data:
        return
    if Channel.SMS not in channels_of(queue):
        words = sentence("does nothing: only surveys that are answered by SMS hold a conversation open")
        part.fault(words, "second_survey", warning=True)
    elif queue.second == OTHER and len(queue.numbers) == 1:
        part.fault(
            sentence("there is no other number: a second survey waits. Give from a list"), "second_survey", warning=True
        )
