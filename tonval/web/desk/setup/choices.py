"""What may be chosen in the forms of the set-up pages, as the reader sees it."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from tonval.fieldwork import profiles
from tonval.fieldwork.centre import CHANNELS, DROP, HOLIDAYS, OTHER, WAIT, WEEKDAYS
from tonval.fieldwork.colleagues.roles import ROLES
from tonval.fieldwork.field import Field
from tonval.fieldwork.numbers import PROVIDERS
from tonval.stats.places import unit_names
from tonval.surveys.sentences import Sentence
from tonval.surveys.sentences import sentence as _
from tonval.translations.catalogs import LANGUAGES
from tonval.web.desk.scopes import scope_here
from tonval.web.desk.setup.entries import Option

CHANNEL_NAMES: Final = MappingProxyType(
    {
        "keypad": _("keypad: the caller answers after the call"),
        "sms": _("SMS: question and answer by message"),
        "link": _("link: a page, its address sent by SMS"),
        "email": _("e-mail: a page, its address sent by e-mail"),
    }
)


def yes_no(_field: Field) -> Sequence[Option]:
    """Yes, or no."""
    return (("yes", _("yes")), ("no", _("no")))


def staff_languages(_field: Field) -> Sequence[Option]:
    """Every language colleagues are written to in, by its own name."""
    return tuple((code, Sentence(name)) for code, name in LANGUAGES.items())


def channels(_field: Field) -> Sequence[Option]:
    """Every way to ask."""
    return tuple((str(way), CHANNEL_NAMES.get(str(way), _(str(way)))) for way in CHANNELS)


def fallbacks(field: Field) -> Sequence[Option]:
    """Every way that needs nobody on the line."""
    return tuple(each for each in channels(field) if each[0] != "keypad")


def numbers(field: Field) -> Sequence[Option]:
    """The centre's numbers."""
    return tuple((number, number) for number in field.centre.numbers)


def queues(field: Field) -> Sequence[Option]:
    """The centre's queues."""
    return tuple((name, name) for name in field.centre.queues)


def surveys(field: Field) -> Sequence[Option]:
    """Those that may be asked with."""
    known = [each for each in profiles.profiles(field) if each.version is not None and not each.archived]
    return tuple((each.id, each.id) for each in known)


def providers(_field: Field) -> Sequence[Option]:
    """Who carries the messages of a number."""
    names = {"twilio": "Twilio", "smpp": _("an operator (SMPP)"), "console": _("nobody: for trying out")}
    return tuple((name, names.get(name, name)) for name in PROVIDERS)


def seconds(_field: Field) -> Sequence[Option]:
    """What becomes of a second survey."""
    names = {WAIT: _("waits until the first is over"), DROP: _("is dropped"), OTHER: _("comes from another number")}
    return tuple(names.items())


def days(_field: Field) -> Sequence[Option]:
    """The days of a week, public holidays, and none of them."""
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    none = (("off", _("no such days")),)
    return (*zip(WEEKDAYS, names, strict=True), (HOLIDAYS, _("public holidays")), *none)


def roles(_field: Field) -> Sequence[Option]:
    """Every role, by what it is called."""
    return tuple((name, role.title) for name, role in ROLES.items())


def units(field: Field) -> Sequence[Option]:
    """The units that somebody can answer for."""
    return tuple((path, f"{name} ({path})") for path, name in unit_names(field.unit, scope_here(field)).items())


def calls(_field: Field) -> Sequence[Option]:
    """Whom we call."""
    return (("hung_up_first", _("call customers who hung up before the survey")),)
