"""How long a text is as SMS, with the names that go into it, and what that costs: in words for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tonval.surveys.lint.gauges import Gauges, Size
from tonval.surveys.sentences import chain, sentence
from tonval.surveys.wording import PLACEHOLDER, fill

USUAL: Final = MappingProxyType({"agent": "Anna", "customer": "Eva", "queue": "support"})
"""Believable names, where none are known."""

LONG: Final = "x" * 10
"""A name as long as most: nine in ten first names have ten letters at most."""

PLAIN: Final = MappingProxyType(
    {
        **dict.fromkeys("–—‒‑−", "-"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        "…": "...",
        "•": "-",
        "·": "-",
        "×": "x",
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
    }
)
"""What says the same within the short set of letters."""

_SHOWN: Final = 5
_PICTURES: Final = 0x2190
"""From here on Unicode has arrows, signs and emoji more than letters; those that are letters are no Latin ones."""
_LETTERS: Final = range(0x2E80, 0x1F000)


@dataclass(frozen=True, slots=True)
class Price:
    """What one SMS costs: ``amount`` in 1/10,000 of the ``currency`` (ISO 4217)."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a text is measured with: the names that may stand in it, usual and longest, and the price of an SMS."""

    usual: Mapping[str, str] = field(default_factory=lambda: USUAL)
    longest: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(USUAL, LONG)))
    price: Price | None = None


def terms(agents: Sequence[str], price: Price | None, **more: str) -> Terms:
    """Terms by the agents' names as they are known; ``more`` are fills that are always the same, such as a link."""
    by_length = sorted(agents, key=len)
    usual = {**USUAL, **({"agent": by_length[len(by_length) // 2]} if by_length else {}), **more}
    longest = {**dict.fromkeys(USUAL, LONG), **({"agent": by_length[-1]} if by_length else {}), **more}
    return Terms(MappingProxyType(usual), MappingProxyType(longest), price)


@dataclass(frozen=True, slots=True)
class Length:
    """A text's size as SMS with usual and with the longest names."""

    usual: Size
    longest: Size
    name: str
    price: Price | None

    def __str__(self) -> str:
        """``1 SMS, 132 of 160 characters``, with what makes it more, what to write instead, and the cost."""
        return chain(self._size(), self._at_longest(), self._advice(), self._cost())

    def _size(self) -> str:
        size = self.usual
        because = sentence(" because of %(forcing)s", forcing=_quoted(_visible(size.forcing))) if size.forcing else ""
        if size.segments == 1:
            return sentence(
                "1 SMS, %(units)s of %(room)s characters%(because)s", units=size.units, room=size.room, because=because
            )
        longer = (
            sentence(" (longer set: %(room)s characters each)", room=size.room)
            if size.forcing
            else sentence(", %(units)s characters", units=size.units)
        )
        return sentence("%(segments)s SMS%(because)s%(longer)s", segments=size.segments, because=because, longer=longer)

    def _at_longest(self) -> str:
        more = self.longest.segments > self.usual.segments
        return (
            sentence("; %(segments)s SMS at longest, %(name)s", segments=self.longest.segments, name=self.name)
            if more
            else ""
        )

    def _advice(self) -> str:
        written = [
            sentence(
                "%(or_)s for %(letter)s", or_=PLAIN[letter].strip() or sentence("a plain space"), letter=_bare(letter)
            )
            for letter in self._swaps()
        ]
        left_out = [letter for letter in _visible(self.longest.forcing)[:_SHOWN] if _is_picture(letter)]
        advice = [sentence("write %(written)s", written=chain(*written, between=", "))] if written else []
        advice += [sentence("leave %(left_out)s out", left_out=" ".join(left_out))] if left_out else []
        two = len(advice) > 1
        both = sentence("%(most)s and %(last)s", most=advice[0], last=advice[-1]) if two else chain(*advice)
        return sentence(". To keep the short set: %(advice)s", advice=both) if advice else ""

    def _swaps(self) -> list[str]:
        return [letter for letter in self.longest.forcing[:_SHOWN] if letter in PLAIN]

    def _cost(self) -> str:
        return (
            sentence(" · about %(segments)s per 1,000 customers", segments=thousand(self.price, self.usual.segments))
            if self.price
            else ""
        )


def length(text: str, terms: Terms, gauges: Gauges) -> Length:
    """How long the text is once its placeholders are filled."""
    named = "agent" in PLACEHOLDER.findall(text)
    name = (
        sentence("with “%(agent)s”", agent=terms.longest["agent"])
        if named and terms.longest["agent"] != LONG
        else sentence("with the longest names")
    )
    sizes = [gauges.measure(fill(text, fills)) for fills in (terms.usual, terms.longest)]
    return Length(sizes[0], max(sizes, key=lambda size: size.segments), name, terms.price)


def thousand(price: Price, segments: int) -> str:
    """What a thousand texts of so many segments cost: ``140 EUR``, to the cent only where it is little."""
    cost = price.amount * segments / 10
    return f"{cost:,.0f} {price.currency}" if cost >= _ROUND else f"{cost:,.2f} {price.currency}"


_ROUND: Final = 10


def _quoted(letters: Sequence[str]) -> str:
    shown = chain(*(_shown(letter) for letter in letters[:_SHOWN]), between=", ")
    return chain(shown, "…", between=" ") if len(letters) > _SHOWN else shown


def _visible(letters: Sequence[str]) -> Sequence[str]:
    """Without the marks and joints that an emoji or a letter is made with, where there is more to show."""
    return [letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf")] or letters


def _shown(letter: str) -> str:
    return _bare(letter) if letter.isspace() else f"“{letter}”"


def _bare(letter: str) -> str:
    """A space that cannot be told from others by its name."""
    return sentence("a special space") if letter.isspace() else letter


def _is_picture(letter: str) -> bool:
    code = ord(letter)
    return code >= _PICTURES and code not in _LETTERS
