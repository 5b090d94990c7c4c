"""What the designer's templates ask about a draft: its fields, the faults beside them, and how long its texts are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tonval.surveys.conditions import BadCondition, parse
from tonval.surveys.document import Fault
from tonval.surveys.lint import Gauges, Terms, length
from tonval.surveys.lint.lengths import LONG, PLAIN
from tonval.surveys.page_words import usual
from tonval.surveys.phrases import PHRASES, SCALE_PHRASES, SMS_PHRASES
from tonval.surveys.questionnaire import Form, Wording
from tonval.surveys.scales import NPS
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.contrast import USUAL, Contrast, contrasts_of
from tonval.web.desk.designer.drafts import Draft
from tonval.web.desk.designer.edits import COMPARISONS
from tonval.web.desk.designer.kinds import KINDS, not_on
from tonval.web.desk.designer.languages import LANGUAGES, language_name
from tonval.web.desk.designer.shapes import joined, step
from tonval.web.desk.designer.typed import SURVEY
from tonval.web.language import known, together, told

_PICTURE: Final = re.compile(r"/s/picture/[0-9a-f]{64}")
PROMPTS: Final[Mapping[str, Mapping[str, str]]] = {
    sentence("Said in the call"): {
        "welcome": sentence("Welcome"),
        "stay": sentence("Asking to stay on the line"),
        "closing": sentence("Thanks at the end"),
        "goodbye": sentence("Goodbye without an answer"),
        "invalid": sentence("A key that is no answer"),
        "no_input": sentence("Nothing was heard"),
    },
    sentence("How the keys are explained"): {
        "scale.nki": sentence("1 to 5"),
        "scale.nps": sentence("0 to 10"),
        "scale.labelled": sentence("0 to 10 with words"),
        "scale.nki10": sentence("1 to 10"),
        "scale.ces": sentence("1 to 7"),
        "scale.yes_no": sentence("Yes or no"),
    },
    sentence("Sent by SMS"): {
        "unclear": sentence("An answer that was not understood"),
        "corrected": sentence("After a corrected answer"),
        "stopped": sentence("After STOP"),
        "started": sentence("After START"),
        "help": sentence("After HELP"),
    },
}


@dataclass(frozen=True, slots=True)
class Found:
    """A fault as the page shows it: the ``slot`` it stands at, what the place is called, and the sentence."""

    slot: str
    place: str
    sentence: str
    warning: bool


@dataclass(frozen=True, slots=True)
class Pointer:
    """A condition parted at the character that cannot be read."""

    before: str
    at: str
    after: str


@dataclass(frozen=True)
class Sheet:
    """One draft on the page. ``fills`` go into the texts that are shown, ``terms`` into those that are measured."""

    draft: Draft
    form: Form | None
    raw: tuple[Fault, ...]
    gauges: Gauges
    fills: Mapping[str, str]
    terms: Terms

    kinds = KINDS
    comparisons = COMPARISONS
    usual_colours = USUAL
    prompt_groups = PROMPTS

    step = staticmethod(step)
    not_on = staticmethod(not_on)
    language_name = staticmethod(language_name)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the survey."""
        return self.draft.languages

    @property
    def text(self) -> str:
        """The draft as YAML."""
        return self.draft.text

    @property
    def link(self) -> str:
        """A link as long as those that are sent."""
        return self.fills["link"]

    @property
    def other_languages(self) -> dict[str, str]:
        """Those that can be added."""
        return {code: name for code, name in LANGUAGES.items() if code not in self.languages}

    @cached_property
    def view(self) -> dict[str, Any]:
        """What the fields show."""
        return SURVEY.view(self.draft.data)

    @cached_property
    def found(self) -> list[Found]:
        """Every fault, those that hinder first, at the nearest place the page has."""
        stations = {*_stations(self.view, "")}
        return [self._found(fault, stations) for fault in sorted(self.raw, key=lambda each: each.warning)]

    @cached_property
    def _by_slot(self) -> dict[str, list[Found]]:
        slots: dict[str, list[Found]] = {}
        for each in self.found:
            slots.setdefault(each.slot, []).append(each)
        return slots

    @property
    def counts(self) -> dict[str, int]:
        """How many hinder, and how many do not."""
        warnings = sum(each.warning for each in self.found)
        return {"faults": len(self.found) - warnings, "warnings": warnings}

    def faults(self, slot: str) -> list[Found]:
        """What stands beside the field."""
        return self._by_slot.get(slot, [])

    def is_faulty(self, slot: str) -> bool:
        """Whether what is in the field cannot be published."""
        return any(not each.warning for each in self.faults(slot))

    def measured(self, text: str) -> str:
        """The text as SMS in a few words; empty where nobody can tell."""
        found = length(text, self.terms, self.gauges)
        return str(found) if found.usual.encoding else ""

    @staticmethod
    def listed(question: Mapping[str, Any], language: str) -> str:
        """The options as a message lists them under the question."""
        texts = [option.get("text") or {} for option in question.get("options", [])]
        return "".join(f"\n{place} {text.get(language, '')}" for place, text in enumerate(texts, 1))

    @property
    def measuring(self) -> str:
        """What the script of the page measures texts with, as JSON."""
        price = self.terms.price and {"amount": self.terms.price.amount, "currency": self.terms.price.currency}
        told = {"usual": dict(self.terms.usual), "longest": dict(self.terms.longest), "price": price}
        return json.dumps({**told, "plain": dict(PLAIN), "anyName": LONG})

    def pointer(self, condition: str | None) -> Pointer | None:
        """Where the condition cannot be read."""
        try:
            parse(condition or "a is 1")
        except BadCondition as bad:
            text, place = condition or "", bad.column - 1
            return Pointer(text[:place], text[place : place + 1] or "␣", text[place + 1 :])
        return None

    def usual(self, slot: str) -> Wording:
        """What is said where the survey says nothing of its own."""
        spoken = PHRASES.get(slot) or SCALE_PHRASES.get(slot) or SMS_PHRASES.get(slot)
        return spoken or {language: usual(slot, language) for language in self.languages}

    @property
    def has_nps(self) -> bool:
        """Whether thanks can go by the groups of the Net Promoter Score."""
        return any(question.get("scale") == NPS.name for question in self.view.get("questions", []))

    @staticmethod
    def any_of(view: Mapping[str, Any], slots: Iterable[str]) -> bool:
        """Whether the survey has words of its own for one of the slots."""
        return any(slot in view for slot in slots)

    @staticmethod
    def pairs_text(pairs: Mapping[str, str] | None) -> str:
        """A line each."""
        return "\n".join(f"{name}: {text}" for name, text in (pairs or {}).items())

    @staticmethod
    def is_picture(address: str) -> bool:
        """Whether the address is that of a picture kept here: only those are shown, the others are strangers'."""
        return _PICTURE.fullmatch(address) is not None

    @property
    def contrasts(self) -> list[Contrast]:
        """How well the page's colours can be read."""
        return contrasts_of(self._colours)

    def shown_colour(self, name: str) -> str:
        """The colour as a colour field can show it."""
        wished = self._colours.get(name, "")
        return wished if len(wished) == 7 and wished.startswith("#") else self.usual_colours[name]

    @property
    def _colours(self) -> Mapping[str, str]:
        colours: Mapping[str, str] = self.view.get("page", {}).get("colours", {})
        return colours

    @property
    def snippet(self) -> str:
        """What goes into a company's own page to hold the survey."""
        where = "<div data-tonval-survey>Open this page by the link we sent you.</div>"
        return f'{where}\n<script src="{self.fills["site"]}/s/embed.js" async></script>'

    def _found(self, fault: Fault, stations: set[str]) -> Found:
        path = fault.path[2:] if fault.path[:1] == ("surveys",) else fault.path
        slot = joined(path)
        while slot and slot not in stations:
            slot = slot.rpartition(".")[0]
        label = ".".join(str(each) for each in fault.path)
        words = known(fault.sentence.removeprefix(f"{label}: "))
        last = str(path[-1]) if path and joined(path) != slot else ""
        text = f"{told(language_name(last))}: {words}" if last in self.languages else words[:1].upper() + words[1:]
        return Found(slot, self._place(path), text, fault.warning)

    def _place(self, path: tuple[str | int, ...]) -> str:
        """``Question 2 (helped), text`` for ``questions.1.text``."""
        words: list[str] = []
        view: Any = self.view
        for each in path:
            view = view[each] if _has(view, each) else {}
            if isinstance(each, int):
                name = view.get("id") if isinstance(view, Mapping) else None
                words[-1] = f"{told(_ONE.get(words[-1], words[-1]))} {each + 1}{f' ({name})' if name else ''}"
            else:
                words.append(str(each))
        text = together(_PLACES.get(word, word) for word in words) or told(sentence("The survey"))
        return text[:1].upper() + text[1:]


_ONE: Final = {
    "questions": sentence("question"),
    "options": sentence("option"),
    "reactions": sentence("reaction"),
}
_PLACES: Final = {
    "title": sentence("title"),
    "text": sentence("text"),
    "scale": sentence("scale"),
    "options": sentence("options"),
    "questions": sentence("questions"),
    "reactions": sentence("reactions"),
    "when": sentence("when"),
    "say": sentence("say"),
    "hint": sentence("hint"),
    "low": sentence("low"),
    "high": sentence("high"),
    "languages": sentence("languages"),
    "prompts": sentence("prompts"),
    "welcome": sentence("welcome"),
    "stay": sentence("stay"),
    "closing": sentence("closing"),
    "goodbye": sentence("goodbye"),
    "invalid": sentence("invalid"),
    "no_input": sentence("no input"),
    "thanks": sentence("thanks"),
    "promoter": sentence("promoter"),
    "passive": sentence("passive"),
    "detractor": sentence("detractor"),
    "page": sentence("page"),
    "colours": sentence("colours"),
    "link": sentence("link"),
    "mail": sentence("mail"),
    "subject": sentence("subject"),
    "remind": sentence("remind"),
    "window": sentence("window"),
    "logo": sentence("logo"),
    "type_ahead": sentence("type ahead"),
    "open_for": sentence("open for"),
}
"""The parts of a survey's document by their names; any other stands as it is written."""


def _has(view: Any, key: str | int) -> bool:
    return (isinstance(view, list) and isinstance(key, int) and key < len(view)) or (
        isinstance(view, Mapping) and key in view
    )


_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "",
        "title",
        "languages",
        "window",
        "questions",
        "reactions",
        "thanks",
        "prompts",
        "page",
        "link",
        "mail",
        "remind",
    ),
    "questions": ("text", "scale", "id", "options", "low", "high", "when", "hint", "required", "type_ahead"),
    "options": ("text", "id"),
    "reactions": ("when", "say"),
    "page": (
        *("layout", "frames", "address", "colours", "variables", "logo", "open_for", "reminder"),
        *("next", "finish", "intro", "colours.accent", "colours.paper", "colours.ink"),
    ),
    "mail": ("subject", "text", "html"),
    "remind": ("link", "subject", "text"),
    "thanks": ("promoter", "passive", "detractor"),
    "prompts": tuple(step(slot) for group in PROMPTS.values() for slot in group),
}


def _stations(view: Mapping[str, Any], path: str) -> Iterable[str]:
    """Every place of the page that faults can stand at."""
    yield from _FIELDS[""]
    for section in ("page", "mail", "remind", "thanks", "prompts"):
        yield from (f"{section}.{name}" for name in _FIELDS[section])
    for section in ("questions", "reactions"):
        for place, item in enumerate(view.get(section, [])):
            here = f"{section}.{place}"
            yield here
            yield from (f"{here}.{name}" for name in _FIELDS[section])
            for option in range(len(item.get("options", []))):
                yield f"{here}.options.{option}"
                yield from (f"{here}.options.{option}.{name}" for name in _FIELDS["options"])
