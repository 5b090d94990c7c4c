"""Sentences that can be told in another language: each remembers how it was put together. Pure.

What is below the pages knows no reader and speaks English. A ``Sentence`` is that English text, and holds the words
it was made from beside it, so that the pages can look those up in a catalog and fill them in again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Self

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Sentence(str):
    """English text with its ``template``, its ``fills``, and for a counted one ``plural`` and ``number``.

    Any other code sees a plain ``str``. ``str()`` of one, or of an exception that holds nothing else, gives the
    sentence itself back; slices, sums and f-strings give plain text.
    """

    __slots__ = ("fills", "number", "plural", "template")

    template: str
    plural: str | None
    number: int
    fills: Mapping[str, Any]

    def __new__(
        cls, template: str, fills: Mapping[str, Any] = _NONE, plural: str | None = None, number: int = 1
    ) -> Self:
        chosen = template if plural is None or number == 1 else plural
        made = super().__new__(cls, chosen % fills if fills else chosen)
        made.template, made.plural, made.number, made.fills = template, plural, number, fills
        return made

    def __str__(self) -> str:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template, dict(self.fills), self.plural, self.number)


def sentence(template: str, /, **fills: Any) -> Sentence:
    """``template`` with ``%(name)s`` filled in; without fills it is taken as it stands, percent signs and all."""
    return Sentence(template, MappingProxyType(fills) if fills else _NONE)


def counted(one: str, many: str, n: int, /, **fills: Any) -> Sentence:
    """The form for ``n`` of them; ``%(n)s`` is the number, unless ``fills`` has another way to write it."""
    return Sentence(one, MappingProxyType({"n": n, **fills}), many, n)


def chain(*parts: str, between: str = "") -> Sentence:
    """The parts in a row, each told by itself; empty ones are left out."""
    some = {f"part{place}": part for place, part in enumerate(filter(None, parts))}
    return Sentence(between.replace("%", "%%").join(f"%({name})s" for name in some), some)
