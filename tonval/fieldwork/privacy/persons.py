"""One person as she is looked for: her addresses and names, and how they stand in running text. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import phonenumbers

from tonval.fieldwork.addresses import BadAddress, email_address, parsed, phone_number
from tonval.surveys.sentences import sentence

ERASED: Final = "•••"
"""What stands where something was."""

_BETWEEN: Final = r"[\W_]{0,3}"  # what people write between the digits of a number
_SHORTEST: Final = 3  # letters of a name that is looked for in running text


def read_address(text: str, country: str) -> str:
    """The telephone number (E.164) or e-mail address that is meant. Raises ``BadAddress``."""
    if not text.strip():
        raise BadAddress(sentence("write a telephone number or an e-mail address"))
    return email_address(text) if "@" in text else phone_number(text.strip(), country)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer by all her ``addresses``, sorted, and ``names``; ``pattern`` finds them however they are written."""

    addresses: tuple[str, ...]
    names: tuple[str, ...] = ()
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = [*(_written(each) for each in self.addresses), *_named(self.names)]
        object.__setattr__(self, "pattern", re.compile("|".join(parts) or r"(?!)", re.IGNORECASE))

    def is_in(self, text: str | None) -> bool:
        """Whether the text names her."""
        return text is not None and self.pattern.search(text) is not None

    def hidden(self, text: str) -> str:
        """The text without her."""
        return self.pattern.sub(ERASED, text)

    def hidden_in(self, value: Any) -> Any:
        """JSON without her, however deep; keys stay as they are."""
        if isinstance(value, str):
            return self.hidden(value)
        if isinstance(value, Mapping):
            return {key: self.hidden_in(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.hidden_in(each) for each in value]
        return value


def person_of(addresses: Collection[str], names: Collection[str | None] = ()) -> Person:
    """The person with these addresses (E.164, lower case) and names; empty names are none."""
    return Person(tuple(sorted(addresses)), tuple(sorted({name.strip() for name in names if name and name.strip()})))


def national_of(number: str) -> str:
    """The digits of a number (E.164) that are in every way to write it."""
    return _parts(number)[1]


def _written(address: str) -> str:
    return _number(address) if address.startswith("+") else rf"(?<![\w.+-]){re.escape(address)}(?![\w-])"


def _number(number: str) -> str:
    """Every way to write a number: +46 70-174 06 06, 0046…, 070/174 06 06, and its digits alone."""
    code, national = _parts(number)
    digits = _BETWEEN.join(national)
    abroad = rf"(?:\+|00)?{_BETWEEN.join(code)}{_BETWEEN}(?:\(?0\)?{_BETWEEN})?"
    return rf"(?<!\d)(?:{abroad}|0{_BETWEEN})?{digits}(?!\d)"


def _parts(number: str) -> tuple[str, str]:
    try:
        read = parsed(number)
    except phonenumbers.NumberParseException:
        return "", number.lstrip("+")
    return str(read.country_code), phonenumbers.national_significant_number(read)


def _named(names: Collection[str]) -> Iterator[str]:
    for name in names:
        if sum(letter.isalpha() for letter in name) >= _SHORTEST:
            yield rf"(?<!\w){re.escape(name)}(?!\w)"
