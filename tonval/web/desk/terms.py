"""Numbers, pools and the terms of SMS in plain words, as queues.yaml has them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tonval.fieldwork.centre import DROP, OTHER, WAIT, Centre, Number, Queue, Texting, channels_of
from tonval.fieldwork.tariff import PARTS_OF_ONE
from tonval.surveys.questionnaire import Channel

SECOND: Final = {
    WAIT: "waits until the first is over",
    DROP: "is dropped",
    OTHER: "comes from another number of the pool",
}
"""What becomes of a second survey."""

_CARRIERS: Final = {"twilio": "Twilio", "smpp": "an operator (SMPP)", "console": "the console: to nobody"}


@dataclass(frozen=True, slots=True)
class NumberTold:
    """A virtual number: who carries its messages, how fast, and which queues ask from it or answer its callers."""

    number: str
    carrier: str
    pace: str
    asks: tuple[str, ...]
    answers: str


def numbers_told(centre: Centre) -> tuple[NumberTold, ...]:
    """Every number, in the order of the file."""
    return tuple(_told(centre, number) for number in centre.numbers.values())


def second_told(queue: Queue) -> str:
    """What becomes of a second survey by SMS; nothing of a queue that asks by none."""
    return SECOND[queue.second] if Channel.SMS in channels_of(queue) else ""


def terms_told(texting: Texting) -> tuple[str, ...]:
    """Where SMS may go, what they cost, and how many a day: a sentence each."""
    return (_where(texting.countries), _price(texting), _limit(texting))


def _told(centre: Centre, number: Number) -> NumberTold:
    asks = tuple(queue.name for queue in centre.queues.values() if number.number in queue.numbers)
    carrier = _CARRIERS.get(number.provider or "", "the provider that is set up")
    return NumberTold(number.number, carrier, _pace(number.rate), asks, number.queue or "")


def _pace(rate: float | None) -> str:
    if rate is None:
        return "as fast as it goes"
    if rate < 1:
        return f"one segment every {1 / rate:g} s"
    return f"{rate:g} segment{'' if rate == 1 else 's'} a second"


def _where(countries: Collection[str]) -> str:
    never = "Premium numbers never get one."
    return (
        f"SMS go to numbers of {_listed(sorted(countries))} only. {never}" if countries else f"SMS go anywhere. {never}"
    )


def _price(texting: Texting) -> str:
    if not texting.prices:
        return "No prices are set, so nothing is counted in money."
    named = [f"{_money(price, texting)} to {code}" for code, price in sorted(texting.prices.items()) if code]
    elsewhere = texting.prices.get("")
    if elsewhere is not None:
        named.append(f"{_money(elsewhere, texting)}{' elsewhere' if named else ''}")
    return f"A segment costs {_listed(named)}."


def _limit(texting: Texting) -> str:
    segments, money = texting.segments_a_day, texting.money_a_day
    limits = [] if segments is None else [f"{segments:,} segment{'' if segments == 1 else 's'}"]
    limits += [] if money is None else [_money(money, texting)]
    if not limits:
        return "There is no limit on a day."
    return f"No more than {_listed(limits)} may go out in a day; what is left waits for the next."


def _money(amount: int, texting: Texting) -> str:
    """Two decimals, more where the amount has them."""
    whole, rest = divmod(amount, PARTS_OF_ONE)
    decimals = f"{rest:04d}".rstrip("0").ljust(2, "0")
    return f"{whole:,}.{decimals} {texting.currency}".rstrip()


def _listed(words: Collection[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
