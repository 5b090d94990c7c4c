"""The contact centre as queues.yaml describes it, checked and frozen: queues, numbers, hours, surveys, programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any, Final

from tonval.fieldwork.addresses import PhoneNumber
from tonval.fieldwork.colleagues.sign_on import USUAL, SignOn
from tonval.fieldwork.privacy.terms import USUAL_RETENTION, Retention
from tonval.surveys.alerts import AlertRule
from tonval.surveys.document import Fault
from tonval.surveys.questionnaire import Channel, Form, Page
from tonval.surveys.reception import Terms
from tonval.translations.catalogs import ENGLISH

LINK: Final = Channel.LINK
"""A survey page, its address sent by SMS."""

EMAIL: Final = Channel.EMAIL
"""A survey page, its address sent by e-mail."""

CHANNELS: Final = tuple(Channel)
"""Every way to ask; SURFACE.md names them."""

WAIT, DROP, OTHER = "wait", "drop", "other"
"""What becomes of a second survey by SMS: see ``Queue.second``."""

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAYS: Final = "holidays"


@dataclass(frozen=True, slots=True)
class Caps:
    """How long a person is left alone after being asked: at all, by this channel, with this survey, for this queue.

    Zero: no such cap.
    """

    person: timedelta = timedelta(days=30)
    channel: timedelta = timedelta(0)
    survey: timedelta = timedelta(0)
    queue: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Quiet:
    """When nothing is sent, in the recipient's own zone: from ``begins`` until ``ends`` each night, and on ``days``.

    ``days`` are names from ``WEEKDAYS`` and ``HOLIDAYS``. ``begins == ends``: no quiet hours.
    """

    begins: time = time(0)
    ends: time = time(0)
    days: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.begins != self.ends or bool(self.days)


@dataclass(frozen=True, slots=True)
class OpenHours:
    """When customers can be called back, in the centre's own zone, and how many at a time.

    ``hours`` holds for each open day, by its name from ``WEEKDAYS`` or ``HOLIDAYS``, its parts since midnight; each is
    divided into slots of the length ``slot``. A public holiday that is not named is closed. ``days``: how many days
    ahead a customer may choose. ``notice``: how soon a slot may open. ``places``: how many may choose the same one.
    """

    hours: Mapping[str, tuple[tuple[timedelta, timedelta], ...]]
    slot: timedelta = timedelta(hours=1)
    days: int = 5
    notice: timedelta = timedelta(hours=2)
    places: int = 1


@dataclass(frozen=True, slots=True)
class Calling:
    """How a queue calls those who hung up before they could be asked.

    The first call comes ``after`` the contact has ended, the others each of ``retry`` after the one before has ended.
    Nobody is called in her ``quiet`` hours. ``caller`` is the number of ours that she sees. ``never``: patterns
    (deciding.refusals) of numbers that are not called.
    """

    quiet: Quiet
    after: timedelta = timedelta(minutes=10)
    retry: tuple[timedelta, ...] = (timedelta(hours=2), timedelta(days=1))
    caller: PhoneNumber | None = None
    per_minute: int = 5
    per_day: int = 200
    ring: timedelta = timedelta(seconds=30)
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """What happens to an interaction of this queue. ``sample`` asks one in so many.

    ``channel`` is tried first, then each of ``fallback``; with ``prefer_email`` a customer who has an e-mail address
    is asked there before anything else. ``agent_quota`` is the most invitations for an agent and day.
    ``internal`` holds patterns (deciding.refusals) of people who are never asked. ``templates`` maps a ticket's
    template to its survey. ``call_back``: when its customers can be called back, ``None``: never. ``pool`` are the
    numbers it may ask from, ``sender`` the first of them. ``second`` is what becomes of a survey by SMS while the
    customer has another one open on the number it would come from: ``wait``, ``drop``, or ``other`` (number).
    ``reception``: what callers hear before the survey. ``calling``: how those who hung up first are called, ``None``:
    they are not. ``unit``: the place it belongs to, ``""``: the whole centre (belonging).
    """

    name: str
    survey: str
    channel: str
    sender: PhoneNumber | None = None
    delay: timedelta = timedelta(0)
    sample: int = 1
    min_talk: timedelta = timedelta(seconds=15)
    caps: Caps = Caps()
    off: bool = False
    prefer_email: bool = False
    fallback: tuple[str, ...] = ()
    agent_quota: int | None = None
    internal: tuple[str, ...] = ()
    templates: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reply_needed: bool = True
    quiet: Quiet = Quiet()
    call_back: OpenHours | None = None
    pool: tuple[PhoneNumber, ...] = ()
    second: str = WAIT
    reception: Terms | None = None
    calling: Calling | None = None
    unit: str = ""

    @property
    def numbers(self) -> tuple[PhoneNumber, ...]:
        """The numbers its messages may come from."""
        return self.pool or ((self.sender,) if self.sender else ())


NO_QUEUE: Final = Queue("none", "", Channel.KEYPAD, off=True)
"""Where callers land before any queue is set up."""


def channels_of(queue: Queue) -> tuple[Channel, ...]:
    """Every channel the queue may ask by, the usual one first."""
    preferred = (EMAIL,) if queue.prefer_email else ()
    return tuple(dict.fromkeys(Channel(way) for way in (queue.channel, *queue.fallback, *preferred)))


@dataclass(frozen=True, slots=True)
class Number:
    """A virtual number, the queue whose callers it answers, and its provider where the file names one.

    ``service`` is a messaging service of the provider that the number belongs to. ``rate``: segments a second that may
    go out from it, ``None``: as fast as they can.
    """

    number: PhoneNumber
    provider: str | None
    queue: str | None
    service: str | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Texting:
    """Terms of all SMS. ``countries``: where they may go (ISO 3166), empty: anywhere but premium numbers.

    ``prices`` is what a segment costs by country, ``""`` elsewhere, in 1/10,000 of the ``currency`` (ISO 4217).
    ``segments_a_day`` and ``money_a_day`` (1/10,000) limit a day of the centre's zone, ``None``: no limit.
    """

    countries: frozenset[str] = frozenset()
    prices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    currency: str = ""
    segments_a_day: int | None = None
    money_a_day: int | None = None

    def price(self, country: str) -> int | None:
        """What a segment to a number of the country costs, in 1/10,000; ``None`` where the file does not say."""
        return self.prices.get(country, self.prices.get(""))


@dataclass(frozen=True, slots=True)
class Peer:
    """A telephone system that may call us by SIP, from these networks (IPv4 or IPv6, as ``192.0.2.0/24``)."""

    name: str
    allow: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trunk:
    """Where our own calls go out by SIP: an address such as ``sip:pbx.example``, who we are there, what callers see."""

    address: str
    user: str | None = None
    caller: PhoneNumber | None = None


@dataclass(frozen=True, slots=True)
class Sip:
    """Who may call by SIP beside those whom ``TONVAL_SIP_ALLOW`` names, and the trunk for our own calls."""

    peers: tuple[Peer, ...] = ()
    trunk: Trunk | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An agent as the file names her."""

    id: str
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Program:
    """A periodic survey: everybody on ``list`` is asked once in each ``every`` (day, month, quarter).

    Invitations are spread over ``spread`` from the period's first day; ``0`` sends them all as soon as allowed.
    """

    name: str
    queue: str
    list: str
    every: str
    spread: timedelta = timedelta(0)


NO_LOOK: Final = Page()
"""Tonval's own colours, and no logo."""


@dataclass(frozen=True, slots=True)
class Centre:
    """The whole contact centre. ``config`` names the content of ``document``, ``forms`` are the surveys in force.

    ``zone`` is its own time zone (IANA); ``off`` the surveys that ask nobody for now; ``languages`` those of a survey
    that names none; ``staff_language`` that of letters to addresses no colleague has given. ``made_here`` are the
    surveys made in the browser, whose forms are there where they are asked with; ``revision`` counts the changes in the
    browser that are in it. ``beneath`` is what was set up there, as far as the file leaves room for it (``layers``).
    ``look``: colours and logo where a survey has none.
    """

    config: str
    document: str
    brand: str
    country: str
    zone: str
    enough: int
    queues: Mapping[str, Queue]
    numbers: Mapping[str, Number]
    forms: Mapping[str, Form]
    off: frozenset[str]
    programs: Mapping[str, Program]
    alerts: tuple[AlertRule, ...]
    agents: Mapping[str, Person]
    units: Mapping[str, str]
    warnings: tuple[Fault, ...]
    languages: tuple[str, ...] = ()
    staff_language: str = ENGLISH
    made_here: frozenset[str] = frozenset()
    revision: int = 0
    beneath: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    texting: Texting = Texting()
    sip: Sip = Sip()
    look: Page = NO_LOOK
    sign_on: SignOn = USUAL
    retention: Retention = field(default_factory=lambda: USUAL_RETENTION)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Who may call by SIP, beside those whom the environment names."""
        return self.sip.peers

    @property
    def surveys(self) -> frozenset[str]:
        """The names of all surveys that may be asked with."""
        return self.made_here | self.forms.keys()

    def expects(self, queue: str | None, dialled: str) -> bool:
        """Whether a call to ``queue``, else to ``dialled``, is to something set up; else it may be new."""
        names = self.queues.keys()
        return queue in names if queue else dialled in names or dialled in self.numbers or dialled in self.surveys

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
