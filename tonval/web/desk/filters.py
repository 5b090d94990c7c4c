"""The one filter bar: period, unit, queue, survey and channel, read from the URL and kept in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from tonval.stats.queries import Filter
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

PERIODS: Final = {
    "1d": (sentence("Today"), 1),
    "7d": (sentence("7 days"), 7),
    "30d": (sentence("30 days"), 30),
    "90d": (sentence("90 days"), 90),
    "365d": (sentence("A year"), 365),
}
USUAL: Final = "30d"
PLACES: Final = ("unit", "queue", "survey", "channel")


@dataclass(frozen=True, slots=True)
class Choice:
    """One drop-down: its options as (value, words), the empty value first where it means all."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader chose; ``filter`` is what the queries get."""

    period: str
    filter: Filter

    @property
    def words(self) -> str:
        """The period within a sentence."""
        days = PERIODS[self.period][1]
        return sentence("today") if days == 1 else sentence("the last %(days)s days", days=days)

    @property
    def before(self) -> str:
        """The period it is compared with."""
        days = PERIODS[self.period][1]
        return sentence("yesterday") if days == 1 else sentence("the %(days)s days before", days=days)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the usual is chosen."""
        return self.period != USUAL or any(getattr(self.filter, name) for name in PLACES)

    def query(self, **more: str | None) -> str:
        """The filters as a query string with its question mark; empty when all is as usual."""
        kept = {name: getattr(self.filter, name) for name in PLACES}
        kept["period"] = self.period if self.period != USUAL else None
        chosen = {name: value for name, value in {**kept, **more}.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""


def read_wanted(args: Mapping[str, str], today: date) -> Wanted:
    """The filters of a query string. What is not understood is left at the usual: an old link still shows something."""
    period = args.get("period", USUAL)
    period = period if period in PERIODS else USUAL
    start = today - timedelta(days=PERIODS[period][1] - 1)
    places = {name: _plain(args.get(name)) for name in PLACES}
    return Wanted(period, Filter(start, today, **places))


@dataclass(frozen=True, slots=True)
class Offers:
    """What the centre has and the reader may see: units by path, with their names, queues and surveys."""

    units: Mapping[str, str]
    queues: Sequence[str]
    surveys: Sequence[str]


def choices(wanted: Wanted, have: Offers) -> list[Choice]:
    """The drop-downs; one with nothing to choose is left out."""
    offers = {
        "unit": (sentence("Unit"), sentence("All units"), dict(have.units)),
        "queue": (sentence("Queue"), sentence("All queues"), {name: name for name in have.queues}),
        "survey": (sentence("Survey"), sentence("All surveys"), {name: name for name in have.surveys}),
        "channel": (
            sentence("Channel"),
            sentence("All channels"),
            {channel.value: CHANNELS[channel] for channel in Channel},
        ),
    }
    period = Choice(
        "period", sentence("Period"), tuple((key, words) for key, (words, _) in PERIODS.items()), wanted.period
    )
    found = [period]
    for name, (label, everything, options) in offers.items():
        if len(options) > 1:
            chosen = getattr(wanted.filter, name) or ""
            found.append(Choice(name, label, (("", everything), *options.items()), chosen))
    return found


CHANNELS: Final = {
    Channel.KEYPAD: sentence("Calls"),
    Channel.SMS: "SMS",
    Channel.LINK: sentence("SMS links"),
    Channel.EMAIL: sentence("E-mail"),
}


def _plain(value: str | None) -> str | None:
    """A place's name as a database takes it."""
    return value if value and value.isprintable() and len(value) <= 200 else None
