"""The corpus of replies: how each is to be read, by which rule, and where the rule comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tonval.surveys.answers.lexicon import LANGUAGES
from tonval.surveys.questionnaire import Option, Question

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One reply. ``value``: the number to be read, ``None`` where none may be."""

    text: str
    language: str
    scale: str
    value: int | None
    rule: str

    def __str__(self) -> str:
        return f"{self.language} {self.scale} {self.text!r}"


@cache
def rows() -> tuple[Row, ...]:
    """Every reply of the corpus; those of any.yaml once, in English."""
    return tuple(row for name in ("any", *LANGUAGES) for row in _rows(name, "en" if name == "any" else name)) + tuple(
        Row(text, language, "nps", None if value == "none" else int(value), rule)
        for language, rules in _read("sentences").items()
        for rule, replies in rules.items()
        for text, value in replies.items()
    )


def rows_of_any() -> tuple[Row, ...]:
    """The replies without words, in each other language."""
    return tuple(row for language in LANGUAGES if language != "en" for row in _rows("any", language))


@dataclass(frozen=True)
class Unseen:
    """A reply that was written before the reader met it. ``half``: the reader was tuned on one, never on the other.

    ``part``: stop, scores, beside (looks like a command and is none) or ambiguous (no score may be taken).
    """

    half: str
    language: str
    part: str
    text: str
    value: int | None = None


@cache
def unseen() -> tuple[Unseen, ...]:
    """Every reply of held_out.yaml."""
    return tuple(
        Unseen(half, language, part, text, None if value == "none" else int(value))
        for half, languages in _read("held_out").items()
        for language, parts in languages.items()
        for part, replies in parts.items()
        for text, value in (replies if isinstance(replies, dict) else dict.fromkeys(replies, "none")).items()
    )


@cache
def sources() -> dict[str, str]:
    """Rule to its source."""
    content: dict[str, str] = _read("rules")
    return content


def question(scale: str, language: str) -> Question:
    """A question of the scale; a choice has the options of the language's file."""
    options = _read(language).get("options", []) if scale == "choice" else []
    listed = tuple(Option(f"o{place}", {language: text}, place) for place, text in enumerate(options, 1))
    return Question("asked", scale, {language: "?"}, options=listed)


def _rows(name: str, language: str) -> Iterator[Row]:
    for rule, scales in _read(name).items():
        for scale, replies in {} if rule == "options" else scales.items():
            for text in replies:
                value = int(replies[text]) if isinstance(replies, dict) else None
                yield Row(text, language, scale, value, rule)


@cache
def _read(name: str) -> Any:
    return yaml.load((FOLDER / f"{name}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
