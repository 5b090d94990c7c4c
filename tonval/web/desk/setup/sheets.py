"""Every form of the set-up pages, with the words an admin reads. What may stand where, the readers know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tonval.fieldwork import profiles
from tonval.fieldwork.centre import CHANNELS, DROP, HOLIDAYS, OTHER, WAIT, WEEKDAYS
from tonval.fieldwork.field import Field
from tonval.fieldwork.numbers import PROVIDERS
from tonval.surveys.sentences import sentence as _
from tonval.web.desk.setup.entries import (
    CHOICE,
    FLAG,
    LINES,
    LINKS,
    MANY,
    NUMBER,
    PAIRS,
    YAML,
    Entry,
    Option,
    Sheet,
)

SURVEY: Final = "@survey"
"""The entry of a queue that is no part of its piece: which survey it is given."""

MORE: Final = "@more"
"""What stands in a piece that no other entry means, as the file writes it."""

CHANNEL_NAMES: Final = MappingProxyType(
    {
        "keypad": _("keypad: the caller answers after the call"),
        "sms": _("SMS: question and answer by message"),
        "link": _("link: a page, its address sent by SMS"),
        "email": _("e-mail: a page, its address sent by e-mail"),
    }
)


def _yes_no(_field: Field) -> Sequence[Option]:
    return (("yes", _("yes")), ("no", _("no")))


def _channels(_field: Field) -> Sequence[Option]:
    return tuple((str(way), CHANNEL_NAMES.get(str(way), _(str(way)))) for way in CHANNELS)


def _fallbacks(field: Field) -> Sequence[Option]:
    return tuple(each for each in _channels(field) if each[0] != "keypad")


def _numbers(field: Field) -> Sequence[Option]:
    return tuple((number, number) for number in field.centre.numbers)


def _queues(field: Field) -> Sequence[Option]:
    return tuple((name, name) for name in field.centre.queues)


def _surveys(field: Field) -> Sequence[Option]:
    """Those that may be asked with."""
    known = [each for each in profiles.profiles(field) if each.version is not None and not each.archived]
    return tuple((each.id, each.id) for each in known)


def _providers(_field: Field) -> Sequence[Option]:
    names = {"twilio": "Twilio", "smpp": _("an operator (SMPP)"), "console": _("nobody: for trying out")}
    return tuple((name, names.get(name, name)) for name in PROVIDERS)


def _seconds(_field: Field) -> Sequence[Option]:
    names = {WAIT: _("waits until the first is over"), DROP: _("is dropped"), OTHER: _("comes from another number")}
    return tuple(names.items())


def _days(_field: Field) -> Sequence[Option]:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    none = (("off", _("no such days")),)
    return (*zip(WEEKDAYS, names, strict=True), (HOLIDAYS, _("public holidays")), *none)


def _calls(_field: Field) -> Sequence[Option]:
    return (("hung_up_first", _("call customers who hung up before the survey")),)


_LENGTH: Final = _("A number and s, m, h or d: 15s, 2m, 1h, 30d. 0 for none")
_NONE: Final = _("none")
_OFF: Final = _("“off” for none")


_TERMS: Final = (
    Entry(
        _("Shortest talk"),
        "min_talk",
        help=_("Whoever talked for less is not asked. 15s, 1m"),
        usual=_("15s"),
        group=_("Who is asked, and when"),
    ),
    Entry(_("Delay"), "delay", help=_LENGTH, usual=_("at once")),
    Entry(
        _("Ask one in"),
        "sample",
        kind=NUMBER,
        help=_("1 asks everybody, 3 every third"),
        usual=_("1: everybody"),
    ),
    Entry(
        _("Most for an agent and day"),
        "agent_quota",
        kind=NUMBER,
        help=_("So many customers of one agent are asked in a day; “off” for no limit"),
        usual=_("no limit"),
    ),
    Entry(
        _("A person is left alone for"),
        "cap.person",
        help=_("After being asked, by whatever queue and channel. 30d; 0 for no such cap"),
        usual=_("30d"),
    ),
    Entry(_("… by this channel"), "cap.channel", help=_("Longer than the one above, or empty"), usual=_NONE),
    Entry(_("… with this survey"), "cap.survey", help=_("Longer than the first, or empty"), usual=_NONE),
    Entry(_("… for this queue"), "cap.queue", help=_("Longer than the first, or empty"), usual=_NONE),
    Entry(
        _("Quiet hours"),
        "quiet_hours",
        help=_("When nothing is sent, in the customer’s own time zone: 21:00-08:00; “off” for none"),
        usual=_NONE,
    ),
    Entry(
        _("Quiet days"),
        "quiet_days",
        kind=MANY,
        options=_days,
        help=_("Days when nothing is sent"),
        usual=_NONE,
    ),
    Entry(
        _("Never asked: colleagues and internal numbers"),
        "internal",
        kind=LINES,
        help=_("A line each: 2041, +46851922*, *@example.com"),
        usual=_NONE,
    ),
    Entry(
        _("A second survey by SMS, while one is open,"),
        "second_survey",
        kind=CHOICE,
        options=_seconds,
        usual=_("waits until the first is over"),
    ),
)
"""Who is asked and when: under ``defaults``, or with a queue."""


def _of_all(entry: Entry) -> Entry:
    """The term as it stands under ``defaults``."""
    first, _dot, rest = entry.key.partition(".")
    return replace(entry, row=f"defaults/{first}", key=rest)


COMPANY: Final = Sheet(
    "company",
    _("Company and languages"),
    _("What customers see as the sender, where you are, and the languages you ask in"),
    (
        Entry(
            _("Company name"),
            row="brand",
            help=_("Stands wherever a survey says {brand}, on customers’ pages and in letters"),
            usual=_("Tonval"),
        ),
        Entry(
            _("Country"),
            row="country",
            help=_("Two letters: SE, NO, FI, EE, ES, GB. National numbers and public holidays are those of it"),
            usual=_("SE"),
        ),
        Entry(
            _("Time zone"),
            row="timezone",
            help=_("Such as Europe/Stockholm. Days and quotas are counted in it"),
            usual=_("the country’s own"),
        ),
        Entry(
            _("Languages"),
            row="defaults/languages",
            kind=LINES,
            help=_("A line each, the usual one first: sv, en. Surveys that name none are asked in these"),
            usual=_("as each survey says"),
        ),
        Entry(
            _("Enough answers"),
            row="defaults/enough",
            kind=NUMBER,
            help=_("From so many answers on, a score is shown as one"),
            usual=_("10"),
        ),
    ),
)

RULES: Final = Sheet(
    "rules",
    _("Rules for all queues"),
    _("Caps, quiet hours and sampling. A queue goes by these where it says nothing else"),
    tuple(map(_of_all, _TERMS)),
)

SMS: Final = Sheet(
    "sms",
    _("SMS: where and how many"),
    _("Where messages may go, what they cost, and how many a day are enough. Premium numbers never get one"),
    (
        Entry(
            _("Countries"),
            row="sms/countries",
            kind=LINES,
            help=_("A line each: SE, FI. Empty: anywhere"),
            usual=_("anywhere"),
        ),
        Entry(
            _("Price of a segment"),
            row="sms/price",
            kind=PAIRS,
            help=_("0.07, or a line for each country: SE: 0.07 and else: 0.10"),
            usual=_("not counted"),
        ),
        Entry(_("Currency"), row="sms/currency", help=_("Three letters: EUR, SEK"), usual=_NONE),
        Entry(
            _("No more than"),
            row="sms/limit",
            kind=LINES,
            help=_("A day, a line each: 5000 segments, 200 EUR. What is left waits for the next"),
            usual=_("no limit"),
        ),
    ),
)

TRUNK: Final = Sheet(
    "trunk",
    _("Outgoing calls by SIP"),
    _("Where Tonval’s own calls go out when customers who hung up are called back with the survey"),
    (
        Entry(_("Address"), "address", "sip/trunk", help=_("Such as sip:pbx.example"), usual=_NONE, gate=True),
        Entry(
            _("User"),
            "user",
            "sip/trunk",
            help=_("Who we are there, where it asks; the password is set under Providers"),
        ),
        Entry(_("Number shown"), "caller", "sip/trunk", help=_("What customers see: a number of yours")),
    ),
)

QUEUES: Final = Sheet(
    "queues",
    _("Queues"),
    _("A queue is what your telephone or ticket system calls it. Each says who is asked what, how and when"),
    (
        Entry(
            _("Asked by"),
            "channel",
            kind=CHOICE,
            options=_channels,
            help=_("How the customers of this queue are asked first"),
            usual=_("keypad"),
            group=_("How customers are asked"),
        ),
        Entry(
            _("Survey"),
            SURVEY,
            kind=CHOICE,
            options=_surveys,
            help=_("Published surveys. Without one, nobody is asked"),
        ),
        Entry(
            _("From"),
            "from",
            kind=MANY,
            options=_numbers,
            help=_("The numbers that messages come from, and links by SMS"),
        ),
        Entry(
            _("E-mail first, to those who have an address"),
            "prefer_email",
            kind=FLAG,
            options=_yes_no,
            usual=_("no"),
        ),
        Entry(
            _("Where that does not reach her, by"),
            "fallback",
            kind=MANY,
            options=_fallbacks,
            usual=_("no other way"),
        ),
        Entry(
            _("Ask nobody for now"),
            "off",
            kind=FLAG,
            options=_yes_no,
            help=_("Calls go on, reports are taken; nobody is asked"),
            usual=_("no"),
        ),
        *_TERMS,
        Entry(
            _("Languages offered to callers"),
            "reception.languages",
            kind=LINES,
            help=_("A line each: sv, en. Two or more: the caller chooses by key"),
            usual=_("none: straight on"),
            group=_("Receiving callers, when the queue’s number leads to Tonval first"),
        ),
        Entry(
            _("Ask callers before the call whether they will answer"),
            "reception.opt_in",
            kind=FLAG,
            options=_yes_no,
            usual=_("no"),
        ),
        Entry(
            _("Connect with"),
            "reception.connect",
            kind=LINKS,
            help=_("A line each: a number or SIP address, and the agent if it is one: sip:anna@pbx.example anna"),
        ),
        Entry(
            _("Or with the provider’s queue"),
            "reception.queue",
            help=_("Its name at Twilio, or the address of the PBX"),
        ),
        Entry(_("Ring for"), "reception.ring", help=_("20s, 1m"), usual=_("30s")),
        Entry(
            _("Words to callers"),
            "reception.words",
            kind=PAIRS,
            help=_("A line each, slot and language: greeting.sv: Välkommen till {brand}!"),
            usual=_("Tonval’s own"),
        ),
        Entry(
            _("Customers who hung up first"),
            "call.when",
            kind=CHOICE,
            options=_calls,
            help=_("They are called within the hours below; a key must be pressed before anything is asked"),
            usual=_("are not called"),
            group=_("Calling customers who hung up before the survey"),
            gate=True,
        ),
        Entry(_("So long after"), "call.after", help=_LENGTH),
        Entry(_("Tried again after"), "call.retry", kind=LINES, help=_("A line for each further try: 2h, 1d")),
        Entry(_("Number shown"), "call.from", kind=CHOICE, options=_numbers),
        Entry(_("Most calls a minute"), "call.per_minute", kind=NUMBER),
        Entry(_("Most calls a day"), "call.per_day", kind=NUMBER),
        Entry(_("Ring for"), "call.ring", help=_("20s, 30s")),
        Entry(_("Between"), "call.hours", help=_("In the customer’s own time zone: 09:00-20:00")),
        Entry(_("Never called"), "call.never", kind=LINES, help=_("Numbers, a line each")),
        Entry(
            _("Hours"),
            "call_back.hours",
            kind=PAIRS,
            help=_("A line each: monday-friday: 09:00-12:00, 13:00-17:00"),
            usual=_("nobody is called back"),
            group=_("When customers who ask for it can be called back"),
            gate=True,
        ),
        Entry(_("Length of a slot"), "call_back.slot", help=_LENGTH, usual=_("1h")),
        Entry(_("Days ahead"), "call_back.days", kind=NUMBER, usual=_("5")),
        Entry(_("Notice"), "call_back.notice", help=_LENGTH, usual=_("2h")),
        Entry(_("Customers in one slot"), "call_back.places", kind=NUMBER, usual=_("1")),
        Entry(
            _("Surveys by ticket template"),
            "templates",
            kind=PAIRS,
            help=_("For tickets, a line each: template: survey"),
            group=_("Tickets, and all else"),
        ),
        Entry(
            _("Ask about tickets without a reply"),
            "reply_needed",
            kind=FLAG,
            options=(lambda field: (("yes", _("no: only where somebody replied")), ("no", _("yes, ask anyhow")))),
            usual=_("no: only where somebody replied"),
        ),
        Entry(
            _("Other terms"),
            MORE,
            kind=YAML,
            help=_("What this page has no field for, written as in queues.yaml"),
        ),
    ),
    under="queues",
    one=_("Queue"),
    naming=_("Name"),
    naming_help=_("Just as your telephone or ticket system names it. It cannot be changed later: statistics go by it"),
    removal=_(
        "From then on nobody is asked for it, and what is reported for it is noted as unknown. Its answers stay in all "
        "statistics and exports. You can make it again under the same name."
    ),
    empty=_("Make a queue for each line or ticket queue whose customers you want to ask."),
)

NUMBERS: Final = Sheet(
    "numbers",
    _("Numbers"),
    _("Your own numbers: messages come from them, and callers reach a queue by them"),
    (
        Entry(
            _("Carried by"),
            "provider",
            kind=CHOICE,
            options=_providers,
            help=_("Who delivers its messages. Connect the provider under Providers"),
            usual=_("the provider that is connected"),
        ),
        Entry(_("Its callers reach"), "queue", kind=CHOICE, options=_queues, usual=_NONE),
        Entry(
            _("Messaging service"),
            "service",
            help=_("Of Twilio, where the number belongs to one: MG and 32 digits"),
            usual=_NONE,
        ),
        Entry(
            _("Segments a second"),
            "rate",
            kind=NUMBER,
            help=_("1, or 0.5 for one every other second. Empty: as fast as it goes"),
            usual=_("as fast as it goes"),
        ),
        Entry(_("Other terms"), MORE, kind=YAML, help=_("What this page has no field for, written as in queues.yaml")),
    ),
    under="numbers",
    one=_("Number"),
    naming=_("Number"),
    naming_help=_("+46701740605, or as you dial it in your own country"),
    removal=_("No message goes out from it any more, and its callers are no longer known. Messages of the past stay."),
    empty=_("Add a number to ask by SMS, to send links, or to be called on."),
)

PEERS: Final = Sheet(
    "peers",
    _("Telephone systems (SIP)"),
    _("Which telephone systems may call Tonval. Whoever else tries gets no answer at all"),
    (
        Entry(
            _("May call from"),
            "allow",
            kind=LINES,
            help=_("Addresses or networks, a line each: 192.0.2.7, 192.0.2.0/24"),
            needed=True,
        ),
        Entry(_("Other terms"), MORE, kind=YAML, help=_("What this page has no field for, written as in queues.yaml")),
    ),
    under="sip/peers",
    one=_("Telephone system"),
    naming=_("Name"),
    naming_help=_("Your own name for it, such as the site: hq"),
    removal=_("Its calls get no answer from then on. Calls that go on are not cut off."),
    empty=_("Name the PBX that transfers callers to the survey, and the addresses it calls from."),
)

LOOK: Final = Sheet(
    "look",
    _("Colours and logo"),
    _("How customers’ pages and letters look. A survey that has colours or a logo of its own keeps them"),
    (
        Entry(
            _("Colour of buttons and links"),
            "accent",
            "look/colours",
            help=_("#0b5fff. Where it could not be read, a nearby shade that can be is taken"),
            usual=_("Tonval’s blue"),
        ),
        Entry(_("Colour of the page"), "paper", "look/colours", help=_("#ffffff"), usual=_("white")),
        Entry(_("Colour of the words"), "ink", "look/colours", help=_("#1d2733"), usual=_("nearly black")),
        Entry(
            _("Logo"),
            row="look/logo",
            help=_("The address of a picture, https://…, or send a file below"),
            usual=_("none: the company’s name"),
        ),
    ),
)

_AGE: Final = _("10 days, 6 months, 2 years, or “for ever”")

RETENTION: Final = Sheet(
    "retention",
    _("How long data are kept"),
    _("What leads to a person is erased by itself after so long. Scores and counts stay, with nobody’s name in them"),
    (
        Entry(_("Words customers wrote"), row="retention/words", help=_AGE, usual=_("24 months")),
        Entry(_("What customers spoke"), row="retention/voice", help=_AGE, usual=_("12 months")),
        Entry(
            _("Numbers and e-mail addresses"),
            row="retention/addresses",
            help=_("After the last contact with the person"),
            usual=_("12 months"),
        ),
        Entry(_("Messages to and from them"), row="retention/messages", help=_AGE, usual=_("12 months")),
        Entry(_("Records of single calls"), row="retention/call_records", help=_AGE, usual=_("12 months")),
        Entry(_("Receipts of what was erased"), row="retention/receipts", help=_AGE, usual=_("36 months")),
    ),
)

SHEETS: Final[Mapping[str, Sheet]] = MappingProxyType(
    {sheet.name: sheet for sheet in (LOOK, COMPANY, QUEUES, NUMBERS, RULES, SMS, PEERS, TRUNK, RETENTION)}
)
