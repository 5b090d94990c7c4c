"""The form of a queue, and the terms that it shares with the rules for all queues."""

from __future__ import annotations

from typing import Final

from tonval.surveys.sentences import sentence as _
from tonval.web.desk.setup import choices
from tonval.web.desk.setup.entries import CHOICE, FLAG, LINES, LINKS, MANY, NUMBER, PAIRS, YAML, Entry, Sheet

SURVEY: Final = "@survey"
"""The entry of a queue that is no part of its piece: which survey it is given."""

MORE: Final = "@more"
"""What stands in a piece that no other entry means, as the file writes it."""

LENGTH: Final = _("A number and s, m, h or d: 15s, 2m, 1h, 30d. 0 for none")
NONE: Final = _("none")


TERMS: Final = (
    Entry(
        _("Shortest talk"),
        "min_talk",
        help=_("Whoever talked for less is not asked. 15s, 1m"),
        usual=_("15s"),
        group=_("Who is asked, and when"),
    ),
    Entry(_("Delay"), "delay", help=LENGTH, usual=_("at once")),
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
    Entry(_("… by this channel"), "cap.channel", help=_("Longer than the one above, or empty"), usual=NONE),
    Entry(_("… with this survey"), "cap.survey", help=_("Longer than the first, or empty"), usual=NONE),
    Entry(_("… for this queue"), "cap.queue", help=_("Longer than the first, or empty"), usual=NONE),
    Entry(
        _("Quiet hours"),
        "quiet_hours",
        help=_("When nothing is sent, in the customer’s own time zone: 21:00-08:00; “off” for none"),
        usual=NONE,
    ),
    Entry(
        _("Quiet days"),
        "quiet_days",
        kind=MANY,
        options=choices.days,
        help=_("Days when nothing is sent"),
        usual=NONE,
    ),
    Entry(
        _("Never asked: colleagues and internal numbers"),
        "internal",
        kind=LINES,
        help=_("A line each: 2041, +46851922*, *@example.com"),
        usual=NONE,
    ),
    Entry(
        _("A second survey by SMS, while one is open,"),
        "second_survey",
        kind=CHOICE,
        options=choices.seconds,
        usual=_("waits until the first is over"),
    ),
)
"""Who is asked and when: under ``defaults``, or with a queue."""

QUEUES: Final = Sheet(
    "queues",
    _("Queues"),
    _("A queue is what your telephone or ticket system calls it. Each says who is asked what, how and when"),
    (
        Entry(
            _("Asked by"),
            "channel",
            kind=CHOICE,
            options=choices.channels,
            help=_("How the customers of this queue are asked first"),
            usual=_("keypad"),
            group=_("How customers are asked"),
        ),
        Entry(
            _("Survey"),
            SURVEY,
            kind=CHOICE,
            options=choices.surveys,
            help=_("Published surveys. Without one, nobody is asked"),
        ),
        Entry(
            _("Unit"),
            "unit",
            kind=CHOICE,
            options=choices.units,
            help=_("For other sites the queue and its prompts do not exist. A contact without an agent belongs here"),
            usual=_("the whole centre"),
        ),
        Entry(
            _("From"),
            "from",
            kind=MANY,
            options=choices.numbers,
            help=_("The numbers that messages come from, and links by SMS"),
        ),
        Entry(
            _("E-mail first, to those who have an address"),
            "prefer_email",
            kind=FLAG,
            options=choices.yes_no,
            usual=_("no"),
        ),
        Entry(
            _("Where that does not reach her, by"),
            "fallback",
            kind=MANY,
            options=choices.fallbacks,
            usual=_("no other way"),
        ),
        Entry(
            _("Ask nobody for now"),
            "off",
            kind=FLAG,
            options=choices.yes_no,
            help=_("Calls go on, reports are taken; nobody is asked"),
            usual=_("no"),
        ),
        *TERMS,
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
            options=choices.yes_no,
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
            options=choices.calls,
            help=_("They are called within the hours below; a key must be pressed before anything is asked"),
            usual=_("are not called"),
            group=_("Calling customers who hung up before the survey"),
            gate=True,
        ),
        Entry(_("So long after"), "call.after", help=LENGTH),
        Entry(_("Tried again after"), "call.retry", kind=LINES, help=_("A line for each further try: 2h, 1d")),
        Entry(_("Number shown"), "call.from", kind=CHOICE, options=choices.numbers),
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
        Entry(_("Length of a slot"), "call_back.slot", help=LENGTH, usual=_("1h")),
        Entry(_("Days ahead"), "call_back.days", kind=NUMBER, usual=_("5")),
        Entry(_("Notice"), "call_back.notice", help=LENGTH, usual=_("2h")),
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
