"""The contact centre as queues.yaml describes it: queues, numbers, surveys and alert rules, checked and frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tonval.fieldwork.addresses import BadAddress, PhoneNumber, phone_number
from tonval.surveys.alerts import DEFAULT_RULES, AlertRule
from tonval.surveys.document import BrokenDocument, Fault, Part, read_document
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.reader import read_forms
from tonval.surveys.scales import SCALES

CHANNELS: Final = (*Channel, "link")
_ROOT_KEYS: Final = ("brand", "country", "numbers", "defaults", "queues", "surveys", "alerts", "agents", "units")
_DEFAULT_KEYS: Final = ("min_talk", "cap", "quiet_hours", "languages", "delay", "sample", "enough")
_QUEUE_KEYS: Final = ("survey", "channel", "from", "delay", "sample", "min_talk", "cap", "prefer_email", "off")


@dataclass(frozen=True, slots=True)
class Queue:
    """What happens to an interaction of this queue. ``sample`` asks one in so many; a person rests for ``cap``."""

    name: str
    survey: str
    channel: str
    sender: PhoneNumber | None
    delay: timedelta
    sample: int
    min_talk: timedelta
    cap: timedelta
    off: bool


@dataclass(frozen=True, slots=True)
class Number:
    """A virtual number, the queue whose callers it answers, and its provider where the file names one."""

    number: PhoneNumber
    provider: str | None
    queue: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """An agent as the file names her."""

    id: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Centre:
    """The whole contact centre. ``config`` names the file's content, ``forms`` the surveys in force."""

    config: str
    document: str
    brand: str
    country: str
    enough: int
    queues: Mapping[str, Queue]
    numbers: Mapping[str, Number]
    forms: Mapping[str, Form]
    alerts: tuple[AlertRule, ...]
    agents: Mapping[str, Person]
    units: Mapping[str, str]
    warnings: tuple[Fault, ...]

    def queue_of(self, dialled: str) -> Queue | None:
        """The queue a caller reached: by its name, its survey's or its virtual number, else the first on the keypad."""
        if dialled in self.queues:
            return self.queues[dialled]
        number = self.numbers.get(dialled)
        if number and number.queue:
            return self.queues.get(number.queue)
        asking = [queue for queue in self.queues.values() if queue.survey == dialled]
        return next(iter(asking or self._keypad()), None)

    def _keypad(self) -> list[Queue]:
        return [queue for queue in self.queues.values() if queue.channel == Channel.KEYPAD and not queue.off]


def load_centre(path: Path) -> Centre:
    """Read the file. Raises ``BrokenDocument`` with file, line and reason for each fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenDocument([Fault(1, "there is no such file")], str(path)) from None
    except (OSError, UnicodeDecodeError) as broken:
        raise BrokenDocument([Fault(1, f"cannot be read as UTF-8 text: {broken}")], str(path)) from None
    return read_centre(text, str(path))


def read_centre(text: str, name: str = "queues.yaml") -> Centre:
    """Parse and check the whole file; warnings are kept in the centre, faults raise ``BrokenDocument``."""
    root = read_document(text, name)
    centre = _read(root, text)
    faults = [fault for fault in root.faults if not fault.warning]
    if faults:
        raise BrokenDocument(faults, name)
    return centre


def _read(root: Part, text: str) -> Centre:
    root.only(_ROOT_KEYS)
    country = _read_country(root)
    defaults = root.part("defaults")
    defaults.only(_DEFAULT_KEYS)
    if "quiet_hours" in defaults.data:
        defaults.fault("not applied by this version: an SMS goes out whatever the hour", "quiet_hours", warning=True)
    brand = root.text("brand", "Tonval") or "Tonval"
    forms = read_forms(root, defaults.texts("languages"), brand)
    numbers = _read_numbers(root, country)
    queues = {name: _read_queue(name, part, defaults, country) for name, part in root.parts("queues")}
    _check_queues(root, queues, forms, numbers)
    return Centre(
        config=hashlib.sha256(text.encode()).hexdigest()[:12],
        document=text,
        brand=brand,
        country=country,
        enough=defaults.number("enough", 10, lowest=1, highest=1000),
        queues=MappingProxyType(queues),
        numbers=MappingProxyType(numbers),
        forms=MappingProxyType(forms),
        alerts=_read_alerts(root, forms),
        agents=MappingProxyType(_read_agents(root)),
        units=MappingProxyType({unit: str(name) for unit, name in root.part("units").data.items()}),
        warnings=tuple(sorted(fault for fault in root.faults if fault.warning)),
    )


def _read_country(root: Part) -> str:
    country = root.text("country", "SE") or "SE"
    if len(country) != 2 or not country.isalpha() or not country.isupper():
        root.fault(f"“{country}” is not a country code such as SE", "country")
        return "SE"
    return country


def _read_queue(name: str, part: Part, defaults: Part, country: str) -> Queue:
    part.only(_QUEUE_KEYS)
    survey = part.text("survey")
    if survey is None:
        part.fault("say which survey the queue uses")
    day = timedelta(days=1)
    return Queue(
        name=name,
        survey=survey or "",
        channel=part.choice("channel", CHANNELS, Channel.KEYPAD) or Channel.KEYPAD,
        sender=_read_phone(part, "from", country),
        delay=part.duration("delay", defaults.duration("delay", timedelta(0))),
        sample=part.number("sample", defaults.number("sample", 1, lowest=1), lowest=1),
        min_talk=part.duration("min_talk", defaults.duration("min_talk", timedelta(seconds=15))),
        cap=part.duration("cap", defaults.duration("cap", 30 * day)),
        off=part.flag("off", False),
    )


def _read_phone(part: Part, key: str, country: str) -> PhoneNumber | None:
    text = part.text(key)
    if text is None:
        return None
    try:
        return phone_number(text, country)
    except BadAddress as bad:
        part.fault(str(bad), key)
        return None


def _read_numbers(root: Part, country: str) -> dict[str, Number]:
    numbers: dict[str, Number] = {}
    for written, part in root.parts("numbers"):
        part.only(("provider", "queue"))
        provider = part.choice("provider", ("twilio", "console"))
        try:
            number = phone_number(written, country)
        except BadAddress as bad:
            part.fault(str(bad))
            continue
        numbers[number] = Number(number, provider, part.text("queue"))
    return numbers


def _check_queues(
    root: Part, queues: Mapping[str, Queue], forms: Mapping[str, Form], numbers: Mapping[str, Number]
) -> None:
    parts = dict(root.parts("queues"))
    if not queues:
        root.fault("name at least one queue", "queues" if "queues" in root.data else None)
    for name, queue in queues.items():
        if queue.channel == "link":
            parts[name].fault("surveys by link are not sent by this version; nobody is asked", "channel", warning=True)
        elif queue.survey and queue.survey not in forms:
            known = ", ".join(forms) or "none"
            parts[name].fault(f"there is no survey called “{queue.survey}”; known: {known}", "survey")
        if queue.channel == Channel.SMS:
            _check_sender(parts[name], queue, numbers)
        _check_fit(parts[name], queue, forms)
    for written, part in root.parts("numbers"):
        if part.text("queue") and part.text("queue") not in queues:
            part.fault(f"there is no queue called “{part.text('queue')}” for {written}", "queue")


def _check_sender(part: Part, queue: Queue, numbers: Mapping[str, Number]) -> None:
    if queue.sender is None and "from" not in part.data:
        part.fault("a queue that asks by SMS needs the number it asks from")
    elif queue.sender and queue.sender not in numbers:
        part.fault(f"{queue.sender} is not among the numbers", "from")


def _check_fit(part: Part, queue: Queue, forms: Mapping[str, Form]) -> None:
    form = forms.get(queue.survey)
    if form and queue.channel == Channel.KEYPAD and form.questions and not form.asked_on(Channel.KEYPAD):
        part.fault(f"no question of “{form.id}” can be answered on a keypad", "survey")


def _read_alerts(root: Part, forms: Mapping[str, Form]) -> tuple[AlertRule, ...]:
    if "alerts" not in root.data:
        return DEFAULT_RULES
    questions = {question.id for form in forms.values() for question in form.questions}
    return tuple(_read_alert(name, part, questions) for name, part in root.parts("alerts"))


def _read_alert(name: str, part: Part, questions: set[str]) -> AlertRule:
    part.only(("scale", "question", "at_most", "mail"))
    scale, question = part.choice("scale", tuple(SCALES)), part.text("question")
    if scale is None and question is None:
        part.fault("say which scale or question the rule watches")
    if question is not None and question not in questions:
        part.fault(f"no survey has a question called “{question}”", "question")
    if "at_most" not in part.data:
        part.fault("say the highest answer that raises the alert: at_most")
    return AlertRule(name, scale, question, part.number("at_most", 0, highest=10), part.texts("mail"))


def _read_agents(root: Part) -> dict[str, Person]:
    agents = {}
    for name, part in root.parts("agents"):
        part.only(("name", "unit"))
        agents[name] = Person(name, part.text("name", name) or name, part.text("unit", "") or "")
    return agents
