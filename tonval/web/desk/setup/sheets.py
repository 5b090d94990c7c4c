"""Every form of the set-up pages, with the words an admin reads. What may stand where, the readers know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tonval.surveys.sentences import sentence as _
from tonval.web.desk.setup import choices
from tonval.web.desk.setup.entries import (
    CHOICE,
    GRANTS,
    LENGTH,
    LINES,
    NUMBER,
    PAIRS,
    YAML,
    Entry,
    Sheet,
)
from tonval.web.desk.setup.queue_sheet import MORE, NONE, QUEUES, TERMS


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
            _("Language of letters to colleagues"),
            row="staff_language",
            kind=CHOICE,
            options=choices.staff_languages,
            help=_("For addresses without an account; who has one is written to in the language she chose"),
            usual=_("English"),
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
    tuple(map(_of_all, TERMS)),
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
            help=_(
                "Long texts are sent as several segments. 0.07, or a line for each country: SE: 0.07 and else: 0.10"
            ),
            usual=_("not counted"),
        ),
        Entry(_("Currency"), row="sms/currency", help=_("Three letters: EUR, SEK"), usual=NONE),
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
        Entry(_("Address"), "address", "sip/trunk", help=_("Such as sip:pbx.example"), usual=NONE),
        Entry(
            _("User"),
            "user",
            "sip/trunk",
            help=_("Who we are there, where it asks; the password is set under Providers"),
        ),
        Entry(_("Number shown"), "caller", "sip/trunk", help=_("What customers see: a number of yours")),
    ),
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
            options=choices.providers,
            help=_("Who delivers its messages. Connect the provider under Providers"),
            usual=_("the provider that is connected"),
        ),
        Entry(_("Its callers reach"), "queue", kind=CHOICE, options=choices.queues, usual=NONE),
        Entry(
            _("Messaging service"),
            "service",
            help=_("Of Twilio, where the number belongs to one: MG and 32 digits"),
            usual=NONE,
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
            help=_("Such as #0b5fff. Where it could not be read, a nearby shade that can be is taken"),
            usual=_("Tonval’s blue"),
        ),
        Entry(_("Colour of the page"), "paper", "look/colours", help=_("Such as #ffffff"), usual=_("white")),
        Entry(_("Colour of the words"), "ink", "look/colours", help=_("Such as #1d2733"), usual=_("nearly black")),
        Entry(
            _("Logo"),
            row="look/logo",
            help=_("The address of a picture, https://…, or send a file below"),
            usual=_("none: the company’s name"),
        ),
    ),
)

SIGN_IN: Final = Sheet(
    "sign-in",
    _("Roles by sign-in service"),
    _("Which group at your sign-in service may do what here. Where none is named, an admin gives the roles"),
    (
        Entry(
            _("Groups"),
            row="sign_in/groups",
            kind=GRANTS,
            options=choices.roles,
            units=choices.units,
            help=_(
                "Whoever is in several has the role of the uppermost. Name one for admins too: groups win over what is"
                " given by hand"
            ),
            usual=_("none: an admin gives the roles"),
        ),
        Entry(
            _("Where the service tells the groups"),
            row="sign_in/groups_claim",
            help=_("The name of the claim; a dot leads into one: realm_access.roles"),
            usual=_("groups"),
        ),
        Entry(
            _("Where it tells which agent somebody is"),
            row="sign_in/agents_claim",
            help=_("A claim with the name that the PBX has for the agent. The role of agents needs it"),
            usual=NONE,
        ),
    ),
    beside=("/admin/providers/sign-on", _("Connect the sign-in service")),
)

_AGE: Final = _("10 days, 6 months, 2 years, or “for ever”")

RETENTION: Final = Sheet(
    "retention",
    _("How long data are kept"),
    _("What leads to a person is erased by itself after so long. Scores and counts stay, with nobody’s name in them"),
    (
        Entry(_("Words customers wrote"), row="retention/words", kind=LENGTH, help=_AGE, usual=_("24 months")),
        Entry(_("What customers spoke"), row="retention/voice", kind=LENGTH, help=_AGE, usual=_("12 months")),
        Entry(
            _("Numbers and e-mail addresses"),
            row="retention/addresses",
            kind=LENGTH,
            help=_("After the last contact with the person"),
            usual=_("12 months"),
        ),
        Entry(_("Messages to and from them"), row="retention/messages", kind=LENGTH, help=_AGE, usual=_("12 months")),
        Entry(_("Records of single calls"), row="retention/call_records", kind=LENGTH, help=_AGE, usual=_("12 months")),
        Entry(_("Receipts of what was erased"), row="retention/receipts", kind=LENGTH, help=_AGE, usual=_("36 months")),
    ),
)

SHEETS: Final[Mapping[str, Sheet]] = MappingProxyType(
    {sheet.name: sheet for sheet in (LOOK, COMPANY, QUEUES, NUMBERS, RULES, SMS, PEERS, TRUNK, SIGN_IN, RETENTION)}
)
