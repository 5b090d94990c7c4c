"""A YAML document that knows its lines, and a reader that names the line of every fault, not just the first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import lru_cache
from typing import Any, Final, cast

import yaml

from tonval.surveys.sentences import chain, sentence

Path = tuple[str | int, ...]

MAX_DEPTH: Final = 12
"""Deeper than any setting lies; also where a document that contains itself is stopped."""

MAX_PLACES: Final = 200_000
"""More places than any centre has settings; also where a document that repeats itself without end is stopped."""

_DURATION: Final = re.compile(r"(\d+)\s*(s|m|h|d)")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])")
_LARGEST: Final = 10**18
_UNREADABLE: Final = object()


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, on which line (1 is the first) and at which ``path``; a warning does not hinder a start.

    Line 0: it stands in no file, but was set up in the browser.
    """

    line: int
    sentence: str
    warning: bool = False
    path: Path = field(default=(), compare=False)

    def located(self, name: str) -> str:
        """``queues.yaml:12: sales: there is no survey called “slaes”``."""
        where = f"{name}:{self.line}" if self.line else "set up in the browser"
        return f"{where}: {'warning: ' if self.warning else ''}{self.sentence}"


class BrokenDocument(Exception):
    """The document cannot be used; ``faults`` says why, in line order."""

    def __init__(self, faults: Collection[Fault], name: str = "queues.yaml") -> None:
        self.faults = sorted(set(faults))
        self.name = name
        super().__init__("\n".join(fault.located(name) for fault in self.faults))


def read_length(text: str) -> timedelta:
    """A length of time: ``15s``, ``2m``, ``1h`` or ``30d``. Raises ``ValueError`` with a sentence."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or len(found[1]) > 6:
        raise ValueError(sentence("“%(text)s” is not a length of time such as 15s, 2m, 1h or 30d", text=text))
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(slots=True)
class Part:
    """One mapping of the document. Each getter reads a key, notes a fault where it does not fit, and goes on."""

    data: Mapping[str, Any]
    path: Path
    lines: Mapping[Path, int]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, sentence: str, key: str | int | None = None, *, warning: bool = False) -> None:
        """Note a fault at ``key``, or at the part itself."""
        where = self.path if key is None else (*self.path, key)
        label = ".".join(str(step) for step in where)
        said = chain(label, sentence, between=": ") if label else sentence
        self.faults.append(Fault(self.line(where), said, warning, where))

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest part around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def only(self, known: Collection[str]) -> None:
        """Note every key that means nothing."""
        for key in self.data:
            if key not in known:
                self.fault(
                    sentence(
                        "nothing is called “%(key)s” here; known: %(known)s", key=key, known=", ".join(sorted(known))
                    ),
                    key,
                )

    def text(self, key: str, default: str | None = None) -> str | None:
        """A string; numbers are taken as they are written."""
        value = self.data.get(key, default)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.fault(sentence("must be text"), key)
        return default

    def choice(self, key: str, known: Collection[str], default: str | None = None) -> str | None:
        """One of ``known``."""
        value = self.text(key, default)
        if value is not None and value not in known:
            self.fault(sentence("“%(value)s” is not one of %(known)s", value=value, known=", ".join(known)), key)
            return default
        return value

    def duration(self, key: str, default: timedelta) -> timedelta:
        """A length of time: ``15s``, ``2m``, ``1h``, ``30d``, or ``0``."""
        value = self.data.get(key)
        if value is None:
            return default
        if value == 0 and not isinstance(value, bool):
            return timedelta(0)
        try:
            return read_length(str(value))
        except ValueError as wrong:
            self.fault(str(wrong), key)
            return default

    def span(self, key: str, default: tuple[time, time]) -> tuple[time, time]:
        """Two times of day: ``21:00-08:00``, or ``off`` for none, which is midnight twice."""
        value = self.data.get(key)
        if value is None:
            return default
        if self.lifted(key):
            return (time(0), time(0))
        span = _span_of(value) if isinstance(value, str) else None
        if span is None:
            self.fault(sentence('must be two times of day in quotes, such as "21:00-08:00", or off'), key)
            return default
        if span[0] == span[1]:
            self.fault(sentence("begins and ends at the same time; write off to have none"), key)
        return span

    def spans(self, key: str) -> tuple[tuple[time, time], ...]:
        """Parts of one day: ``"09:00-17:00"``, or a list of such; one that ends at 24:00 ends at the next midnight."""
        found = [_span_of(text) for text in self.texts(key)]
        read = [span for span in found if span is not None]
        if len(read) < len(found):
            self.fault(sentence('must be two times of day in quotes, such as "09:00-17:00", or a list of such'), key)
        if any(span[1] != time(0) and span[1] <= span[0] for span in read):
            self.fault(sentence("ends before it begins"), key)
        return tuple(sorted(read))

    def lifted(self, key: str) -> bool:
        """Whether the key says ``off``: none of this here."""
        value = self.data.get(key)
        return value is False or value == "off"

    def number(self, key: str, default: int, *, lowest: int = 0, highest: int = 1_000_000) -> int:
        """A whole number from ``lowest`` to ``highest``."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.fault(
                sentence("must be a whole number from %(lowest)s to %(highest)s", lowest=lowest, highest=highest), key
            )
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Yes or no."""
        value = self.data.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(sentence("must be true or false"), key)
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; one string counts as a list of one."""
        value = self.data.get(key, [])
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.fault(sentence('must be a list of texts; a number needs quotes to be one, such as "2041"'), key)
        return ()

    def choices(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """A list of some of ``known``."""
        chosen = self.texts(key)
        for strange in (text for text in dict.fromkeys(chosen) if text not in known):
            self.fault(sentence("“%(strange)s” is not one of %(known)s", strange=strange, known=", ".join(known)), key)
        return tuple(text for text in chosen if text in known)

    def part(self, key: str) -> Part:
        """The mapping under ``key``, empty where there is none."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, dict):
            self.fault(sentence("must be a mapping of names to values"), key)
        return Part(value if isinstance(value, dict) else {}, (*self.path, key), self.lines, self.faults)

    def parts(self, key: str) -> Iterator[tuple[str, Part]]:
        """Each named mapping under ``key``."""
        under = self.part(key)
        for name in under.data:
            yield name, under.part(name)

    def items(self, key: str) -> Iterator[Part]:
        """Each mapping in the list under ``key``."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self.fault(sentence("must be a list"), key)
            return
        for place, item in enumerate(value):
            if not isinstance(item, dict):
                self.fault(sentence("each entry must be a mapping"), key)
                continue
            yield Part(item, (*self.path, key, place), self.lines, self.faults)


def read_document(text: str, name: str = "queues.yaml") -> Part:
    """The whole document. Raises ``BrokenDocument`` when it is no YAML mapping at all."""
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        raise BrokenDocument([Fault(mark.line + 1 if mark else 1, _advised(broken))], name) from None
    except (yaml.YAMLError, RecursionError) as broken:
        raise BrokenDocument(
            [Fault(1, sentence("is not YAML: %(broken)s", broken=broken).splitlines()[0])], name
        ) from None
    if not isinstance(node, yaml.MappingNode):
        raise BrokenDocument([Fault(1, sentence("the file must be a mapping with brand, queues and surveys"))], name)
    walk = _Walk(name)
    data = cast("dict[str, Any]", walk.value(node, ()))
    return Part(data, (), walk.lines, walk.faults)


@lru_cache(maxsize=8)  # a file is read again for each piece of the page that is set aside, and at every renewal
def _composed(text: str) -> yaml.Node | None:
    """The nodes of the text, only to be read. Raises ``yaml.YAMLError``, and RecursionError."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _span_of(text: str) -> tuple[time, time] | None:
    """The two times of day; ``None`` for anything else."""
    found = _SPAN.fullmatch(text.strip())
    begins, ends = (_time_of(found[1], found[2]), _time_of(found[3], found[4])) if found else (None, None)
    return None if begins is None or ends is None else (begins, ends)


def _time_of(hour: str, minute: str) -> time | None:
    """24:00 is the midnight that ends a day."""
    if int(hour) == 24:
        return time(0) if minute == "00" else None
    return time(int(hour), int(minute))


def _advised(broken: yaml.MarkedYAMLError) -> str:
    """What YAML says, and what most often is the cause."""
    mark = broken.problem_mark
    begun = mark.buffer[max(0, mark.pointer - 1) : mark.pointer + 1] if mark and mark.buffer else ""
    advice = sentence("; put a text with * ? @ or & in quotes") if set(begun) & set("*?@&") else ""
    return f"{broken.problem or sentence('is not YAML')}{advice}"


@dataclass(slots=True)
class _Walk:
    """From YAML nodes to plain values, keeping each path's line; a key that stands twice is a fault."""

    name: str
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > MAX_DEPTH or len(self.lines) > MAX_PLACES:
            fault = (
                sentence("is nested too deeply") if len(path) > MAX_DEPTH else sentence("repeats itself without end")
            )
            raise BrokenDocument([Fault(node.start_mark.line + 1, fault)], self.name)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        # a tag that does not fit its text (!!bool x, !!int "", !!timestamp x) fails in PyYAML in as many ways
        try:
            value = yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError, AttributeError, ArithmeticError):
            value = _UNREADABLE
        if value is _UNREADABLE or (isinstance(value, int) and abs(value) > _LARGEST):
            self.faults.append(
                Fault(
                    node.start_mark.line + 1, sentence("“%(value)s” cannot be read; put it in quotes", value=node.value)
                )
            )
            return None
        return value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(line, sentence("a name must be plain text")))
                continue
            key = str(key_node.value)
            if key in found:
                self.faults.append(Fault(line, sentence("“%(key)s” stands here twice", key=key)))
            self.lines[(*path, key)] = line
            found[key] = self.value(value_node, (*path, key))
        return found
