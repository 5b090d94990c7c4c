"""One question as the page shows it, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from tonval.fieldwork.calling_back.opening import Slot
from tonval.surveys import scales
from tonval.surveys.filled import MOST_LETTERS, standing
from tonval.surveys.page_words import day_words, words
from tonval.surveys.questionnaire import Form, Option, Question, Wording
from tonval.surveys.saying import say
from tonval.surveys.state import Interview
from tonval.surveys.wording import fill
from tonval.web.survey.seen import Seen

_KINDS: Final[Mapping[str, str]] = {
    scales.FREE_TEXT: "text",
    scales.CALL_BACK: "times",
    scales.CHOICE: "list",
    scales.CHOICES: "boxes",
}
"""How a kind of question looks; every other is a row of numbers."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to press: its value, its words, what a screen reader hears more, and the id of the first."""

    value: str
    text: str
    chosen: bool
    more: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The times of one day."""

    name: str
    options: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the page shows it. ``kind``: scale, list, boxes, text or times. ``field`` is its first id."""

    id: str
    kind: str
    text: str
    mark: str
    hint: str
    fault: str
    options: tuple[Target, ...] = ()
    low: str = ""
    high: str = ""
    words: str = ""
    days: tuple[Day, ...] = ()
    phone: str = ""
    bad_phone: bool = False

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"q.{self.id}"

    @property
    def marker(self) -> str:
        """The name of the field that says that boxes were shown."""
        return f"m.{self.id}"

    @property
    def field(self) -> str:
        """The id of the first thing that can be filled in."""
        return f"f-{self.id}"

    @property
    def faulty(self) -> str:
        """The id of what to look at where there is a fault."""
        return f"{self.field}-phone" if self.bad_phone else self.field

    @property
    def described(self) -> str:
        """The ids of what is said about the field."""
        parts = {"hint": self.hint, "fault": self.fault}
        return " ".join(f"{self.field}-{name}" for name, text in parts.items() if text)


def ask(form: Form, interview: Interview, question: Question, seen: Seen) -> Asked:
    """The question with what was typed before a fault, or picked in a letter, or else is stored."""
    fault = seen.faults.get(question.id, "")
    asked = Asked(
        id=question.id,
        kind=_KINDS.get(question.scale, "scale"),
        text=next((said.text for said in say(form, interview, question.slot)), ""),
        mark=_mark(form, question, interview),
        hint=in_language(question.hint, interview),
        fault=say_fault(form, interview, fault) if fault else "",
    )
    picked = _picked(question, interview, seen)
    match question.scale:
        case scales.FREE_TEXT:
            return replace(asked, words="\n".join(seen.typed.get(asked.name, ())) or interview.words(question.id))
        case scales.CALL_BACK:
            return _with_times(form, interview, asked, seen)
        case scales.CHOICE | scales.CHOICES:
            return replace(
                asked, options=_first_found(asked, [_option(o, interview, picked) for o in question.options])
            )
        case scales.YES_NO.name:
            return replace(asked, options=_first_found(asked, _yes_and_no(form, interview, picked)))
        case _:
            return _with_numbers(form, interview, question, asked, picked)


def _picked(question: Question, interview: Interview, seen: Seen) -> tuple[str, ...]:
    """What is marked as chosen: a letter's pick before what is stored."""
    beforehand = seen.chosen.get(question.id)
    codes = standing(interview, question.id).codes
    return (beforehand,) if beforehand is not None else tuple(map(str, codes))


def _option(option: Option, interview: Interview, picked: tuple[str, ...]) -> Target:
    value = str(option.code)
    return Target(value, in_language(option.text, interview), value in picked or option.id in picked)


def _yes_and_no(form: Form, interview: Interview, picked: tuple[str, ...]) -> list[Target]:
    both = {"1": "page.yes", "0": "page.no"}
    return [Target(value, words(form, slot, interview.language), value in picked) for value, slot in both.items()]


def _with_numbers(form: Form, interview: Interview, question: Question, asked: Asked, picked: tuple[str, ...]) -> Asked:
    """The numbers in a row; the words at the ends are heard with the numbers they belong to."""
    numbers = question.numbers
    assert numbers is not None, "every other kind is a scale"
    low = in_language(question.low, interview) or words(form, f"ends.{question.scale}.low", interview.language)
    high = in_language(question.high, interview) or words(form, f"ends.{question.scale}.high", interview.language)
    ends = {numbers.lowest: low, numbers.highest: high}
    row = range(numbers.lowest, numbers.highest + 1)
    targets = [Target(str(number), str(number), str(number) in picked, ends.get(number, "")) for number in row]
    return replace(asked, options=_first_found(asked, targets), low=low, high=high)


def _with_times(form: Form, interview: Interview, asked: Asked, seen: Seen) -> Asked:
    stands = standing(interview, asked.id)
    chosen = _typed(seen, asked.name, stands.moment.isoformat() if stands.moment else "")
    none = Target("", words(form, "page.no_call", interview.language), chosen=False)
    return replace(
        asked,
        options=_first_found(asked, [none]),
        days=_days(seen, interview.language, chosen),
        phone=_typed(seen, f"{asked.name}.phone", stands.phone),
        bad_phone=seen.faults.get(asked.id) == "page.bad_phone",
    )


def _typed(seen: Seen, name: str, stored: str) -> str:
    typed = seen.typed.get(name)
    return stored if typed is None else next(iter(typed), "")


def _days(seen: Seen, language: str, chosen: str) -> tuple[Day, ...]:
    """The times by days, on the centre's clock."""
    zone = ZoneInfo(seen.zone)
    local = [(slot, slot.opens.astimezone(zone), slot.closes.astimezone(zone)) for slot in seen.times]
    return tuple(
        Day(day_words(day, language), tuple(_time(slot, f"{a:%H:%M}–{b:%H:%M}", chosen) for slot, a, b in of_day))
        for day, of_day in groupby(local, key=lambda each: each[1].date())
    )


def _time(slot: Slot, text: str, chosen: str) -> Target:
    value = slot.opens.isoformat()
    return Target(value, text, value == chosen)


def _first_found(asked: Asked, targets: list[Target]) -> tuple[Target, ...]:
    """The first one can be jumped to."""
    first, *rest = targets
    return (replace(first, id=asked.field), *rest)


def _mark(form: Form, question: Question, interview: Interview) -> str:
    """Required in words; optional only where something else is required."""
    required = {each.id for each in form.questions if each.required and each.scale != scales.CALL_BACK}
    slot = "page.required" if question.id in required else "page.optional"
    return words(form, slot, interview.language) if required else ""


def say_fault(form: Form, interview: Interview, slot: str) -> str:
    """The sentence about a field."""
    return words(form, slot, interview.language, {"most": str(MOST_LETTERS)})


def in_language(wording: Wording, interview: Interview) -> str:
    """The words in the interview's language, else in the first there is, with everything filled in."""
    text = wording.get(interview.language) or next(iter(wording.values()), "")
    return fill(text, interview.fills)
