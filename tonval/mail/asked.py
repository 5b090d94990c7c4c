"""What a letter that asks a customer says: its words, its link, its first question, and the way to say stop.

The links of the first rating only choose a number beforehand; nothing is answered before the page is sent in. So a
scanner that opens every link of a mail answers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from tonval.mail.addresses import one_line
from tonval.mail.words import word


@dataclass(frozen=True, slots=True)
class Rating:
    """The first question: its id, its words, each value with what stands on its button, the words at the ends."""

    question: str
    text: str
    values: tuple[tuple[int, str], ...]
    low: str = ""
    high: str = ""

    def link(self, page: str, value: int) -> str:
        """The page with ``value`` chosen beforehand."""
        parts = urlsplit(page)
        query = "&".join(filter(None, (parts.query, urlencode({self.question: value}))))
        return urlunsplit(parts._replace(query=query))


@dataclass(frozen=True, slots=True)
class SurveyLetter:
    """What to write to a customer. ``key`` names the letter for good: the same key gives the same Message-ID.

    ``text`` is the plain words with everything filled in; a paragraph that is ``link`` alone gives its place to the
    button. ``html`` is the survey's own HTML, to be filled (surveys.own_html), empty for the built-in one.
    ``direction`` is ``ltr`` or ``rtl``, ``accent`` ``#rrggbb``, ``logo`` a web address.
    """

    key: str
    to: str
    subject: str
    text: str
    link: str
    stop_link: str
    language: str
    brand: str
    direction: str = "ltr"
    html: str = ""
    agent: str = ""
    customer: str = ""
    accent: str | None = None
    logo: str | None = None
    rating: Rating | None = None

    def say(self, slot: str) -> str:
        """The words of ``slot`` in the letter's language, with the brand in them."""
        return one_line(word(slot, self.language).replace("{brand}", self.brand))

    def paragraphs(self) -> list[str]:
        """The paragraphs of the text without those that are only the link."""
        return [part for part in map(str.strip, self.text.split("\n\n")) if part and part != self.link]
