"""Two documents of one survey, unit by unit: what differs, and one made of units of both. Pure.

A unit is what one person changes at a time: a question with all that belongs to it, a thank-you, a colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import yaml

from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.shapes import step
from tonval.web.language import told

ORDER: Final = "questions"
"""The unit of the order of the questions."""
_SECTIONS: Final = ("prompts", "thanks", "page", "mail", "remind")
_NAMES: Final = {
    ORDER: sentence("The order of the questions"),
    "title": sentence("Title"),
    "languages": sentence("Languages"),
    "reactions": sentence("Reactions"),
    "link": sentence("Link text"),
    "off": sentence("Pause"),
}
_SECTION_NAMES: Final = {
    "prompts": sentence("Prompt"),
    "thanks": sentence("Thanks"),
    "page": sentence("Page"),
    "mail": sentence("Letter"),
    "remind": sentence("Reminder"),
    "questions": sentence("Question"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a text, and whether the other text has it too."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One unit in both documents; an empty text: it is not there. ``left`` and ``right`` are marked word by word."""

    unit: str
    name: str
    left: tuple[Word, ...]
    right: tuple[Word, ...]

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``, seen from the left."""
        return "added" if not self.left else "changed" if self.right else "removed"


def units_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Each unit's name to its value."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key == "questions" and isinstance(value, list):
            names = list(_question_names(value))
            found[ORDER] = names
            found.update({f"questions.{name}": item for name, item in zip(names, value, strict=True)})
        elif key in _SECTIONS and isinstance(value, Mapping):
            found.update({f"{key}.{step(name)}": each for name, each in value.items()})
        else:
            found[step(key)] = value
    return found


def of_units(units: Mapping[str, Any]) -> dict[str, Any]:
    """The document of these units; questions that the order does not name come last."""
    data: dict[str, Any] = {}
    questions = {name.partition(".")[2]: item for name, item in units.items() if name.startswith("questions.")}
    for name, value in units.items():
        section, _, key = name.partition(".")
        if key and section in _SECTIONS:
            data.setdefault(section, {})[key.replace(":", ".")] = value
        elif section != "questions" or (name == ORDER and not questions):
            data[name.replace(":", ".")] = value
    order = units.get(ORDER, ())
    named = [name for name in order if name in questions] if isinstance(order, list) else []
    ordered = [questions[name] for name in (*named, *(name for name in questions if name not in named))]
    return {**data, "questions": ordered} if ordered else data


def differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Difference]:
    """What differs, in the order of the right document, then what only the left one has."""
    before, after = units_of(left), units_of(right)
    names = [*after, *(name for name in before if name not in after)]
    return [
        _difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]


def noticed(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Difference]:
    """The same without an order that is another only because questions came or went."""
    before, after = (units_of(data).get(ORDER, []) for data in (left, right))
    same = [name for name in before if name in after] == [name for name in after if name in before]
    return [each for each in differences(left, right) if not (same and each.unit == ORDER)]


def merged(theirs: Mapping[str, Any], mine: Mapping[str, Any], taken: Mapping[str, str]) -> dict[str, Any]:
    """The document with, of each unit that differs, theirs where ``taken`` says ``theirs``, else mine."""
    left, right = units_of(theirs), units_of(mine)
    chosen = {name: left if taken.get(name) == "theirs" else right for name in {**right, **left}}
    return of_units({name: side[name] for name, side in chosen.items() if name in side})


def wise_choice(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, str]:
    """For each unit that differs, whose is likely wanted: theirs where only they changed it, else mine."""
    before, left, right = units_of(base), units_of(theirs), units_of(mine)
    names = {name for name in {**left, **right} if left.get(name) != right.get(name)}
    return {name: "theirs" if right.get(name) == before.get(name) else "mine" for name in names}


def written(value: Any) -> str:
    """A unit as a person reads it: a line each, names before their values."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=2**31)
    return text.strip().removesuffix("...").strip()


def name_of(unit: str) -> str:
    """What the unit is called on a page."""
    section, _, key = unit.partition(".")
    return f"{told(_SECTION_NAMES[section])} “{key.replace(':', '.')}”" if key else _NAMES.get(unit, unit)


def _difference(unit: str, before: Any, after: Any) -> Difference:
    left, right = _pieces(written(before)), _pieces(written(after))
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    same_left = {place for block in blocks for place in range(block.a, block.a + block.size)}
    same_right = {place for block in blocks for place in range(block.b, block.b + block.size)}
    return Difference(unit, name_of(unit), tuple(_marked(left, same_left)), tuple(_marked(right, same_right)))


def _marked(pieces: list[str], same: set[int]) -> Iterator[Word]:
    """Neighbours of one kind as one piece; blanks between changed words are part of the change."""
    run, changed = "", False
    for place, piece in enumerate(pieces):
        now = place not in same
        if run and now != changed:
            yield Word(run, changed)
            run = ""
        run, changed = run + piece, now
    if run:
        yield Word(run, changed)


def _pieces(text: str) -> list[str]:
    """Words and what stands between them, at most so many that comparing them stays quick."""
    pieces: list[str] = []
    for line in text.splitlines(keepends=True):
        words = line.split(" ")
        pieces.extend([word + " " for word in words[:-1]] + [words[-1]])
    return pieces if len(pieces) <= 2000 else text.splitlines(keepends=True)


def _question_names(questions: list[Any]) -> Iterator[str]:
    """The id of each question; one that has none, or another's, is called by its place."""
    seen: set[str] = set()
    for place, item in enumerate(questions, 1):
        name = step(item.get("id") or "") if isinstance(item, Mapping) else ""
        name = f"#{place}" if not name or name in seen else name
        seen.add(name)
        yield name
