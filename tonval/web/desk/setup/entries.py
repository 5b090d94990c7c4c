"""What a form of the set-up pages consists of: entries, each one value of a document of the form of queues.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tonval.fieldwork.field import Field
from tonval.surveys.sentences import Sentence

TEXT, NUMBER, LENGTH, FLAG, CHOICE, MANY, LINES, PAIRS, LINKS, GRANTS, YAML = (
    "text",
    "number",
    "length",
    "flag",
    "choice",
    "many",
    "lines",
    "pairs",
    "links",
    "grants",
    "yaml",
)
"""How an entry is written: one line, a number, yes or no, one or many of some, a list with a line for each, names with
values, telephone lines with agents, groups with what they are here, or as in the file itself."""

NOTHING: Final = Sentence("")

Option = tuple[str, str]
"""The value, and what the reader sees."""

Options = Callable[[Field], Sequence[Option]]


def none_of(_: Field) -> Sequence[Option]:
    """No options."""
    return ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: under ``key`` (dots lead into it) of the piece ``row``; an empty ``row`` is the form's own piece.

    ``usual`` is what counts where nothing is said. ``group`` begins a group of entries of that title. Where a ``gate``
    is left empty, nothing else beside it counts. ``units`` are those that a group may answer for.
    """

    label: Sentence
    key: str = ""
    row: str = ""
    kind: str = TEXT
    help: Sentence = NOTHING
    options: Options = none_of
    units: Options = none_of
    usual: Sentence = NOTHING
    group: Sentence | None = None
    gate: bool = False
    needed: bool = False

    @property
    def name(self) -> str:
        """What the form calls it."""
        return f"{self.row}:{self.key}".strip(":")

    @property
    def id(self) -> str:
        """What the page calls it."""
        return re.sub("[^a-z_]+", "-", f"at {self.name}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form. With ``under`` there are many of it, each by its own name: queues, numbers, peers.

    ``removal`` says what happens when one is taken away, ``empty`` what would be there. ``beside`` is the page of what
    else belongs to it.
    """

    name: str
    title: Sentence
    intro: Sentence
    entries: tuple[Entry, ...]
    under: str = ""
    one: Sentence = NOTHING
    naming: Sentence = NOTHING
    naming_help: Sentence = NOTHING
    removal: Sentence = NOTHING
    empty: Sentence = NOTHING
    beside: tuple[str, Sentence] | None = None
