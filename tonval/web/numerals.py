"""Numbers as the reader's language writes them: where thousands part, what stands before the decimals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from babel import Locale
from flask import Flask
from flask_babel import gettext as _

from tonval.web.language import language

MINUS: Final = "\u2212"

_FEWEST: Final = {"es": 2, "et": 2}
"""1234 but 12.345: CLDR's minimumGroupingDigits, which Babel does not carry."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a language writes numbers; ``fewest`` digits must stand before the first mark between thousands."""

    point: str
    comma: str
    fewest: int


@lru_cache(maxsize=8)
def style_of(wanted: str) -> Style:
    """As the Unicode CLDR has it (https://cldr.unicode.org)."""
    locale = Locale.parse(wanted)
    signs = locale.number_symbols["latn"]
    return Style(signs["decimal"], signs["group"], _FEWEST.get(wanted, 1))


def register(app: Flask) -> None:
    """Give templates ``number``, ``decimal`` and ``percent``, as filters."""
    for name, written in (("number", number), ("decimal", decimal), ("percent", percent)):
        app.add_template_filter(written, name)


def number(value: float) -> str:
    """A whole number: 1,234."""
    return _written(f"{value:,.0f}")


def decimal(value: float, places: int = 1) -> str:
    """A number with that many decimals, never a minus nought: 1,234.5."""
    return _written(f"{round(value, places) + 0.0:,.{places}f}")


def shortest(value: float) -> str:
    """A number with the decimals it has, and no more: 0.5, 3."""
    return _written(f"{value:g}")


def percent(value: float, places: int = 0) -> str:
    """So many of a hundred: 12 %."""
    return _("%(n)s %%", n=decimal(value, places))


def signed(value: float, places: int) -> str:
    """A number with a plus or a real minus sign; nought has none."""
    text = f"{abs(value):,.{places}f}"
    sign = "" if not any(digit in text for digit in "123456789") else "+" if value > 0 else MINUS
    return f"{sign}{_written(text)}"


def _written(text: str) -> str:
    """The same digits by the marks of the reader's language, from those of English."""
    style = style_of(language())
    whole, _point, rest = text.partition(".")
    if whole.count(",") == 1 and len(whole.lstrip("-").partition(",")[0]) < style.fewest:
        whole = whole.replace(",", "")
    whole = whole.replace(",", style.comma).replace("-", MINUS)
    return f"{whole}{style.point}{rest}" if rest else whole
