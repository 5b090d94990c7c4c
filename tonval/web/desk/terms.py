"""Numbers, pools and the terms of SMS in plain words, as queues.yaml has them. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tonval.fieldwork.centre import DROP, OTHER, WAIT, Centre, Number, Queue, Texting, channels_of
from tonval.fieldwork.messaging.tariff import PARTS_OF_ONE
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import counted, sentence
from tonval.web.language import listed
from tonval.web.numerals import decimal, number, shortest

SECOND: Final = {
    WAIT: sentence("waits until the first is over"),
    DROP: sentence("is dropped"),
    OTHER: sentence("comes from another number of the pool"),
}
"""What becomes of a second survey."""

_CARRIERS: Final = {
    "twilio": "Twilio",
    "smpp": sentence("an operator (SMPP)"),
    "console": sentence("the console: to nobody"),
}


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
    carrier = _CARRIERS.get(number.provider or "", sentence("the provider that is set up"))
    return NumberTold(number.number, carrier, _pace(number.rate), asks, number.queue or "")


def _pace(rate: float | None) -> str:
    if rate is None:
        return sentence("as fast as it goes")
    if rate < 1:
        return sentence("one segment every %(rate)s s", rate=shortest(1 / rate))
    return counted("%(n)s segment a second", "%(n)s segments a second", 1 if rate == 1 else 2, n=shortest(rate))


def _where(countries: Collection[str]) -> str:
    never = sentence("Premium numbers never get one.")
    return (
        sentence("SMS go to numbers of %(countries)s only. %(never)s", countries=listed(sorted(countries)), never=never)
        if countries
        else sentence("SMS go anywhere. %(never)s", never=never)
    )


def _price(texting: Texting) -> str:
    if not texting.prices:
        return sentence("No prices are set, so nothing is counted in money.")
    named: list[str] = [
        sentence("%(texting)s to %(code)s", texting=_money(price, texting), code=code)
        for code, price in sorted(texting.prices.items())
        if code
    ]
    elsewhere = texting.prices.get("")
    if elsewhere is not None:
        price = _money(elsewhere, texting)
        named.append(sentence("%(price)s elsewhere", price=price) if named else price)
    return sentence("A segment costs %(named)s.", named=listed(named))


def _limit(texting: Texting) -> str:
    segments, money = texting.segments_a_day, texting.money_a_day
    limits: list[str] = []
    if segments is not None:
        limits.append(counted("%(n)s segment", "%(n)s segments", segments, n=number(segments)))
    limits += [] if money is None else [_money(money, texting)]
    if not limits:
        return sentence("There is no limit on a day.")
    return sentence(
        "No more than %(limits)s may go out in a day; what is left waits for the next.", limits=listed(limits)
    )


def _money(amount: int, texting: Texting) -> str:
    """Two decimals, more where the amount has them."""
    decimals = f"{amount % PARTS_OF_ONE:04d}".rstrip("0").ljust(2, "0")
    return f"{decimal(amount / PARTS_OF_ONE, len(decimals))} {texting.currency}".rstrip()
