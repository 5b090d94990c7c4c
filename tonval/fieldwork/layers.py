"""What is set up in the browser, laid beneath queues.yaml: the file wins wherever it says something itself. Pure.

Each piece has a path, as the file would name it: ``brand``, ``defaults/cap``, ``queues/support``, ``sip/peers/hq``. It
is kept, changed and hidden by the file as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from tonval.surveys.document import Fault, Part, Path

Rows = Mapping[str, Any]
"""Pieces by their paths."""

Page = Mapping[str, Any]
"""The same pieces as one document of the form of queues.yaml."""

DEPTHS: Final[Mapping[str, int]] = {
    "brand": 1,
    "country": 1,
    "timezone": 1,
    "staff_language": 1,
    "look": 2,
    "numbers": 2,
    "sms": 2,
    "sign_in": 2,
    "defaults": 2,
    "queues": 2,
    "retention": 2,
    "sip": 2,
    "sip/peers": 3,
}
"""How many steps the path of a piece has, by what it begins with."""

HERE: Final = 0
"""The line of what stands in no file."""


def steps_of(path: str) -> Path:
    """``queues/a/b`` as ``("queues", "a/b")``: a name may hold a slash. Raises ``KeyError`` for what cannot be kept."""
    head = path.split("/")
    depth = DEPTHS.get("/".join(head[:2])) or DEPTHS[head[0]]
    steps = tuple(path.split("/", depth - 1))
    if len(steps) != depth or steps[0] != head[0] or "" in steps:
        raise KeyError(path)
    return steps


def page_of(rows: Rows) -> dict[str, Any]:
    """The document that the pieces make, in the order of their paths."""
    page: dict[str, Any] = {}
    for path in sorted(rows):
        _put(page, steps_of(path), rows[path])
    return page


def rows_of(page: Page) -> dict[str, Any]:
    """The pieces that make the document."""
    return {"/".join(map(str, path)): value for path, value in _pieces(page, ())}


def says(file: Mapping[str, Any], path: Path) -> bool:
    """Whether the file itself has something at the path, or something else in its way."""
    here: Any = file
    for step in path:
        if not isinstance(here, dict):
            return here is not None
        if step not in here:
            return False
        here = here[step]
    return True


def laid(root: Part, page: Page) -> Part:
    """The file over the page; what is the page's stands on line ``HERE``. What the file hides is a warning."""
    data, lines = deepcopy(dict(root.data)), dict(root.lines)
    over = Part(data, (), lines, root.faults)
    for path, value in _pieces(page, ()):
        if says(root.data, path):
            label = ".".join(map(str, path))
            sentence = f"{label}: the file wins over what was set up in the browser"
            root.faults.append(Fault(root.line(path), sentence, True, path))
        else:
            _put(data, path, value)
            lines |= dict.fromkeys(_paths(path, value), HERE)
    return over


def beside(file: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """The page as far as the file leaves room for it."""
    return page_of({"/".join(map(str, path)): value for path, value in _pieces(page, ()) if not says(file, path)})


def is_here(fault: Fault) -> bool:
    """Whether the fault is one of what was set up in the browser."""
    return fault.line == HERE


def without(page: Page, faults: Iterable[Fault]) -> dict[str, Any]:
    """The page but for the pieces that the faults lie in."""
    wrong = {fault.path for fault in faults}
    kept = [(path, value) for path, value in _pieces(page, ()) if not any(each[: len(path)] == path for each in wrong)]
    return page_of({"/".join(map(str, path)): value for path, value in kept})


def _pieces(page: Page, above: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in page.items():
        path = (*above, key)
        head = "/".join(map(str, path))
        deeper = DEPTHS.get(head, DEPTHS.get(str(path[0]), 1)) > len(path)
        if deeper and isinstance(value, dict):
            yield from _pieces(value, path)
        else:
            yield path, value


def _put(into: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        if not isinstance(into.get(str(step)), dict):
            into[str(step)] = {}
        into = into[str(step)]
    into[str(path[-1])] = value


def _paths(path: Path, value: Any) -> Iterator[Path]:
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in pairs:
        yield from _paths((*path, key), each)
