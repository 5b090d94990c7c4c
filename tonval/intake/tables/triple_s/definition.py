"""The definition: which variables a record has, where each stands, and what its codes mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final
from xml.etree.ElementTree import Element

from tonval.intake.tables.parts import read_tree
from tonval.intake.tables.rows import BadFile
from tonval.surveys.sentences import sentence

TYPES: Final = frozenset({"single", "multiple", "quantity", "character", "logical", "date", "time"})
_LEVELS: Final = ("hierarchy", "levels", "level", "parent")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. ``start`` and ``finish`` count from 1: characters of a fixed record, cells of a CSV one."""

    name: str
    label: str
    type: str
    start: int
    finish: int
    values: Mapping[str, str]  # code to text
    spread: tuple[int, int] | None  # of a multiple: how many codes it holds, and how wide each is


@dataclass(frozen=True, slots=True)
class Definition:
    """A record of one survey, and what stands before the first one in the data file."""

    variables: tuple[Variable, ...]
    csv: bool
    skip: int  # lines
    href: str


def read_definition(stream: IO[bytes], size: int) -> Definition:
    """Raises BadFile for what this reader does not know, and ValueError and the like for damage."""
    root = read_tree(stream, size)
    if root.tag.lower() != "sss":
        raise BadFile(sentence("The XML file is no Triple-S definition."))
    records = root.findall("survey/record")
    if len(records) != 1 or any(root.find(f".//{level}") is not None for level in _LEVELS):
        raise BadFile(sentence("Triple-S files of several levels cannot be read; export each level by itself."))
    record = records[0]
    return Definition(
        tuple(_variable(element) for element in record.findall("variable")),
        record.get("format", "fixed").lower() == "csv",
        int(record.get("skip", "0")),
        record.get("href", ""),
    )


def _variable(element: Element) -> Variable:
    name, kind = _text(element.find("name")), element.get("type", "")
    place = element.find("position")
    if kind not in TYPES or place is None:
        raise BadFile(
            sentence("The Triple-S variable %(name)s has no type or position that is known.", name=name[:100])
        )
    start = int(place.get("start", ""))
    finish = int(place.get("finish") or start)
    if not 1 <= start <= finish:
        raise BadFile(sentence("The Triple-S variable %(name)s has an impossible position.", name=name[:100]))
    spread = _spread(element.find("spread"), finish - start + 1)
    return Variable(name, _text(element.find("label")), kind, start, finish, _values(element), spread)


def _spread(element: Element | None, width: int) -> tuple[int, int] | None:
    if element is None:
        return None
    fields = int(element.get("subfields", ""))
    if fields < 1:
        raise BadFile(sentence("A Triple-S variable of several answers has no places for them."))
    return fields, int(element.get("width") or max(width // fields, 1))


def _values(element: Element) -> dict[str, str]:
    return {_code(value.get("code", "")): _text(value) for value in element.findall("values/value")}


def _code(code: str) -> str:
    """Codes that are numbers are the same with zeros and blanks before them."""
    code = code.strip()
    return str(int(code)) if code.isdecimal() and code.isascii() else code


def meaning(values: Mapping[str, str], code: str) -> str | None:
    """What a code stands for; the code itself where the definition does not say; None for a blank."""
    code = code.strip()
    return (values.get(_code(code)) or code or None) if values else code or None


def _text(element: Element | None) -> str:
    """The text for people: the first of several languages or modes, where there are several."""
    if element is None:
        return ""
    first = element.find("text")
    return " ".join(" ".join((element if first is None else first).itertext()).split())
