"""What a survey's document is made of, seen as fields of a form: each knows its values as pairs, and back. Pure.

A value's pairs are ``(name, text)`` as a browser posts them; names are paths (``questions.0.text.sv``). A dot within
a step is written as a colon. What a shape cannot show is kept beside it as JSON, so nothing of a document is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

Pair = tuple[str, str]
Tree = dict[str, Any]
"""Steps to what lies below them, in the order of the form; at the end the list of texts that were posted."""

HERE: Final = "."
"""The step under which a place keeps texts posted at itself: no name has it, because a dot parts its steps."""

REST: Final = "_"
"""The step that carries what no field shows."""

DEEPEST: Final = 6
"""Levels that a kept value may have: a document that is nested deeper cannot be read."""

ABSENT: Final[Any] = None


class Shape(Protocol):
    """One kind of value. ``fits`` says whether the fields can show it whole."""

    def fits(self, value: Any) -> bool: ...
    def pairs(self, value: Any, path: str) -> Iterator[Pair]: ...
    def read(self, tree: Tree) -> Any: ...


def step(key: object) -> str:
    """A key as a step of a name."""
    return str(key).replace(".", ":")


def joined(path: Sequence[object]) -> str:
    """The name of the field at ``path``."""
    return ".".join(step(key) for key in path)


def grown(pairs: Sequence[Pair]) -> Tree:
    """The posted pairs as a tree."""
    root: Tree = {}
    for name, text in pairs:
        place = root
        for each in name.split("."):
            place = place.setdefault(each, {})
        place.setdefault(HERE, []).append(text.replace("\r\n", "\n").replace("\r", "\n"))
    return root


def _texts(tree: Tree) -> list[str]:
    found: list[str] = tree.get(HERE, [])
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A short text: spaces around it are no part of it."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and value == value.strip() != "" and "\r" not in value

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        yield path, value

    def read(self, tree: Tree) -> Any:
        return next((text.strip() for text in _texts(tree) if text.strip()), ABSENT)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes; what is not said is no."""

    def fits(self, value: Any) -> bool:
        return value is True

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        yield path, "on"

    def read(self, tree: Tree) -> Any:
        return True if any(_texts(tree)) else ABSENT


@dataclass(frozen=True, slots=True)
class Lines:
    """Several short texts, a line each, or one field each."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and value != [] and all(Line().fits(text) and "\n" not in text for text in value)

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        yield path, "\n".join(value)

    def read(self, tree: Tree) -> Any:
        lines = [line.strip() for text in _texts(tree) for line in text.split("\n")]
        return [line for line in lines if line] or ABSENT


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in several languages, exactly as they are typed."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and value != {} and all(map(self._fits, value.items()))

    @staticmethod
    def _fits(item: tuple[Any, Any]) -> bool:
        language, text = item
        plain = isinstance(text, str) and text != "" and "\r" not in text
        return plain and language not in ("", REST) and ":" not in language

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        for language, text in value.items():
            yield f"{path}.{step(language)}", text

    def read(self, tree: Tree) -> Any:
        written = {name.replace(":", "."): "".join(_texts(below)[:1]) for name, below in _below(tree)}
        return {language: text for language, text in written.items() if text} or ABSENT


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and their values, written as lines ``name: value``; a line without a colon is a name without a value."""

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and value != {} and all(map(self._fits, value.items()))

    @staticmethod
    def _fits(item: tuple[Any, Any]) -> bool:
        name, text = item
        plain = isinstance(text, str) and "\n" not in name + text and "\r" not in name + text
        return plain and name == name.strip() != "" and ":" not in name and text == text.strip()

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        yield path, "\n".join(f"{name}: {text}" for name, text in value.items())

    def read(self, tree: Tree) -> Any:
        lines = [line.partition(":") for text in _texts(tree) for line in text.split("\n")]
        return {name.strip(): text.strip() for name, _, text in lines if name.strip()} or ABSENT


@dataclass(frozen=True, slots=True)
class Record:
    """Named parts; those that are not known, or do not fit, are kept as JSON under ``_``."""

    parts: Mapping[str, Shape]

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and value != {}

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        before = f"{path}." if path else ""
        for key, shape in self._shown(value).items():
            yield from shape.pairs(value[key], f"{before}{step(key)}")
        if rest := self._kept(value):
            yield f"{before}{REST}", rest

    def view(self, value: Any) -> dict[str, Any]:
        """The parts that fields can show, and the rest as JSON under ``_``: what a template goes by."""
        shown = {key: _viewed(shape, value[key]) for key, shape in self._shown(value).items()}
        rest = self._kept(value)
        return {**shown, REST: rest} if rest else shown

    def _shown(self, value: Any) -> dict[str, Shape]:
        return {key: shape for key, shape in self.parts.items() if key in value and shape.fits(value[key])}

    def _kept(self, value: Any) -> str:
        shown = self._shown(value)
        rest = {key: each for key, each in value.items() if key not in shown}
        return json.dumps(rest, ensure_ascii=False, default=str) if rest else ""

    def read(self, tree: Tree) -> Any:
        found = {key: shape.read(tree[step(key)]) for key, shape in self.parts.items() if step(key) in tree}
        found = {key: value for key, value in found.items() if value is not ABSENT}
        return {**found, **{key: value for key, value in _rest(tree).items() if key not in found}} or ABSENT


@dataclass(frozen=True, slots=True)
class Many:
    """A list of records, in the order in which they stand in the form."""

    item: Record

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and value != [] and all(self.item.fits(each) for each in value)

    def pairs(self, value: Any, path: str) -> Iterator[Pair]:
        for place, each in enumerate(value):
            yield from self.item.pairs(each, f"{path}.{place}")

    def read(self, tree: Tree) -> Any:
        items = [self.item.read(below) for _, below in _below(tree)]
        return [item for item in items if item is not ABSENT] or ABSENT


def _viewed(shape: Shape, value: Any) -> Any:
    if isinstance(shape, Record):
        return shape.view(value)
    return [shape.item.view(each) for each in value] if isinstance(shape, Many) else value


def _below(tree: Tree) -> Iterator[tuple[str, Tree]]:
    return ((name, below) for name, below in tree.items() if name not in ("", HERE, REST))


def _rest(tree: Tree) -> dict[str, Any]:
    """What was kept beside the fields; nonsense is nothing."""
    try:
        rest = json.loads("".join(_texts(tree.get(REST, {}))[:1]) or "{}")
        json.dumps(rest, ensure_ascii=False).encode()  # half a character cannot be stored
    except (ValueError, RecursionError):
        return {}
    return rest if isinstance(rest, dict) and depth(rest) <= DEEPEST else {}


def depth(value: Any) -> int:
    """How many levels a value of JSON has; a text has one."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, below), default=0)
