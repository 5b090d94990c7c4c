"""What is left of a record when its customer is forgotten: the numbers, and nothing that says whose they are. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonval.fieldwork.privacy.classes import Data
from tonval.fieldwork.privacy.persons import ERASED, Person

_LONGEST_NUMBER: Final = 3
"""Characters of what was pressed or written that is a number of a scale and nothing else."""

_REPORTED: Final = frozenset(
    (
        *("kind", "queue", "agent", "agents", "direction", "ended_by", "started_at", "ended_at", "talk_seconds"),
        *("ticket", "template", "reply_sent", "auto_closed", "not_before", "survey", "origin", "import"),
    )
)
"""What a report may keep: all that says what the contact was, and not with whom."""


@dataclass(frozen=True, slots=True)
class Lens:
    """Who is forgotten, and of which classes."""

    person: Person
    classes: frozenset[Data]

    def words(self, text: str) -> str:
        """A customer's own words: gone, or without her address and name where words are kept."""
        if Data.WORDS in self.classes:
            return ERASED if text else text
        return self.person.hidden(text)


Scrub = Callable[[Any, Lens], Any]


def state(value: Mapping[str, Any], lens: Lens) -> dict[str, Any]:
    """``surveys.record`` of an interview: its answers stay, so that they can still be put right."""
    left = dict(value)
    if "comments" in left:
        left["comments"] = [{**each, "text": lens.words(each["text"])} for each in left["comments"]]
    if Data.NAME in lens.classes:
        left["fills"] = {**left.get("fills", {}), **({"customer": ""} if "customer" in left.get("fills", {}) else {})}
        if "attributes" in left:
            left["attributes"] = {name: own for name, own in left["attributes"].items() if name == "queue"}
    if Data.ADDRESS in lens.classes and left.get("call_back"):
        left["call_back"] = {**left["call_back"], "phone": ""}
    return left


def event(value: Mapping[str, Any], lens: Lens) -> dict[str, Any]:
    """``surveys.record`` of an event. The score stays; what was said stays where it is a number and nothing more."""
    left = dict(value)
    for name in ("text", "said"):
        if name in left and not (name == "said" and _is_number(left[name])):
            left[name] = lens.words(left[name])
    if Data.ADDRESS in lens.classes and "phone" in left:
        left["phone"] = ""
    return left


def turn(value: Mapping[str, Any], lens: Lens) -> Any:
    """A stored turn of a call, without the customer's name in what was said to her."""
    return lens.person.hidden_in(value)


def report(value: Mapping[str, Any], lens: Lens) -> dict[str, Any]:
    """A reported interaction as far as it is about nobody: what a system sent along of its own goes too.

    Without its ``id`` it is no report any more that could be decided anew (``replay``); of a request nothing is left.
    """
    if "kind" not in value:
        return {}
    return {name: lens.person.hidden_in(each) for name, each in value.items() if name in _REPORTED}


def told(value: Any, lens: Lens) -> Any:
    """A decision or reading: sentences and facts stay, the address in them does not."""
    return lens.person.hidden_in(value)


def ways(value: list[Mapping[str, Any]], lens: Lens) -> list[dict[str, Any]]:
    """The channels an invitation could still have taken, to nowhere."""
    return [{**each, "address": None} for each in value]


def written(value: str, lens: Lens) -> str:
    """The words of a message."""
    return lens.words(value)


def text(value: str, lens: Lens) -> str:
    """A sentence that may quote an address."""
    return lens.person.hidden(value)


def reference(value: str, lens: Lens) -> str:
    """Another system's id: kept, so that the same thing is known again, unless it is made of the address."""
    if not lens.person.is_in(value):
        return value
    return f"erased-{hashlib.sha256(value.encode()).hexdigest()[:12]}"


def _is_number(said: str) -> bool:
    return len(said) <= _LONGEST_NUMBER and not any(letter.isalpha() for letter in said)


SCRUBS: Final[Mapping[tuple[str, str], Scrub]] = {
    ("interviews", "state"): state,
    ("events", "data"): event,
    ("turns", "turn"): turn,
    ("interactions", "report"): report,
    ("interactions", "decision"): told,
    ("interactions", "ref"): reference,
    ("interactions", "ticket"): reference,
    ("invitations", "ways"): ways,
    ("messages", "subject"): written,
    ("messages", "body"): written,
    ("messages", "reading"): told,
    ("messages", "error"): text,
    ("message_parts", "error"): text,
    ("legs", "ref"): reference,
    ("legs", "reception"): told,
    ("dials", "why"): text,
}
"""Columns of which a part is kept. Every other column of a class that is forgotten is emptied."""
