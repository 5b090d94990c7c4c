"""Reading how a queue receives its callers: what it says, which languages it offers, and whom it connects them with."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from tonval.fieldwork.addresses import BadAddress, phone_number
from tonval.surveys.document import Part
from tonval.surveys.questionnaire import Wording
from tonval.surveys.reception import Step, Terms
from tonval.surveys.reception_words import WORDS
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import Line
from tonval.surveys.wordings import Language, read_wording

RECEPTION_KEYS: Final = ("languages", "opt_in", "connect", "queue", "ring", "words")
"""What may stand under ``reception``."""

LINE_KEYS: Final = ("to", "agent")
MOST_LANGUAGES, MOST_LINES = 9, 10
SHORTEST_RING, LONGEST_RING = timedelta(seconds=5), timedelta(minutes=10)

_SIP: Final = re.compile(r"sips?:[\w.!~*'()&=+$,;?/%-]+(@[\w.:\[\]-]+)?(;[\w=.-]+)*", re.ASCII)


def read_reception(part: Part, country: str) -> Terms | None:
    """The terms under ``reception``, ``None`` where there are none; faults are noted at their lines."""
    if "reception" not in part.data:
        return None
    told = part.part("reception")
    told.only(RECEPTION_KEYS)
    languages = _read_languages(told)
    opts_in = told.flag("opt_in", False)
    steps = ((Step.LANGUAGE,) if len(languages) > 1 else ()) + ((Step.OPT_IN,) if opts_in else ())
    terms = Terms(steps, languages, _read_lines(told, country), told.text("queue") or "", _read_ring(told))
    terms = Terms(*(steps, languages, terms.lines, terms.queue, terms.ring), words=_read_words(told))
    _check_end(told, terms, opts_in=opts_in)
    return terms


def _read_languages(part: Part) -> tuple[str, ...]:
    languages = tuple(dict.fromkeys(part.texts("languages")))
    for strange in (each for each in languages if each not in WORDS["language"]):
        known = ", ".join(WORDS["language"])
        if strange not in part.part("words").part("language").data:
            words = sentence("“%(code)s” has no words of ours: give them under words.language, or one of %(known)s")
            part.fault(sentence(words, code=strange, known=known), "languages")
    if len(languages) > MOST_LANGUAGES:
        part.fault(sentence("are chosen by the keys 1 to %(n)s: no more than %(n)s", n=MOST_LANGUAGES), "languages")
    return languages[:MOST_LANGUAGES]


def _read_lines(part: Part, country: str) -> tuple[Line, ...]:
    lines = [line for item in part.items("connect") if (line := _read_line(item, country))]
    if len(lines) > MOST_LINES:
        part.fault(sentence("can ring %(n)s at once, no more", n=MOST_LINES), "connect")
    return tuple(lines[:MOST_LINES])


def _read_line(item: Part, country: str) -> Line | None:
    item.only(LINE_KEYS)
    address = (item.text("to") or "").strip()
    if not _SIP.fullmatch(address):
        try:
            address = phone_number(address, country)
        except BadAddress as bad:
            words = sentence("must be a telephone number or a SIP address such as sip:anna@pbx.example: %(why)s")
            item.fault(sentence(words, why=str(bad)), "to")
            return None
    return Line(address, item.text("agent"))


def _read_ring(part: Part) -> timedelta:
    ring = part.duration("ring", timedelta(seconds=30))
    if not SHORTEST_RING <= ring <= LONGEST_RING:
        part.fault(sentence("must be from 5s to 10m"), "ring")
    return ring


def _read_words(part: Part) -> dict[str, Wording]:
    """The queue's own words; a language that is left out says ours."""
    told = part.part("words")
    told.only(tuple(WORDS))
    return {
        slot: read_wording(told, slot, Language(("en",), "{brand}"), every=False) for slot in told.data if slot in WORDS
    }


def _check_end(part: Part, terms: Terms, *, opts_in: bool) -> None:
    if opts_in and not terms.dials:
        part.fault(
            sentence("asks before the agent: say under connect or queue whom the caller is connected with"), "opt_in"
        )
