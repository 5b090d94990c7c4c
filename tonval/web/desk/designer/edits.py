"""What the buttons of the designer do to a document: add, remove, put back, move, and write a condition. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from tonval.surveys.conditions.syntax import shown
from tonval.surveys.scales import SCALES
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.kinds import KINDS, free_name, new_option, new_question, new_reaction
from tonval.web.desk.designer.shapes import DEEPEST, depth, joined

Path = tuple[str | int, ...]
COMPARISONS: Final[Mapping[str, str]] = {
    "<=": sentence("is at most"),
    ">=": sentence("is at least"),
    "is": sentence("is"),
    "is not": sentence("is not"),
    "has": sentence("includes the option"),
    "mentions": sentence("mentions the words"),
    "is answered": sentence("is answered"),
    "is not answered": sentence("is not answered"),
}
"""What the builder of conditions offers, as the language has it and as it is read."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a button took away, and from where: enough to put it back."""

    path: Path
    value: Any

    def written(self) -> str:
        """As the hidden field of the undo button carries it."""
        return json.dumps([list(self.path), self.value], ensure_ascii=False, default=str)


@dataclass(frozen=True, slots=True)
class Edited:
    """The document after the button, the name of the field to go to, and what was removed, if anything was."""

    data: dict[str, Any]
    focus: str = ""
    removed: Removed | None = None


def apply(data: Mapping[str, Any], do: str, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    """What the button ``do`` (``up.questions.2``) makes of the document; ``typed`` are the fields beginning with ``~``.

    A button that means nothing, or nothing any more, changes nothing.
    """
    verb, _, name = do.partition(".")
    path = path_of(name)
    edited = Edited(deepcopy(dict(data)))
    act = _ACTS.get(verb)
    try:
        return act(edited, path, typed, languages) if act else edited
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return Edited(deepcopy(dict(data)))


def path_of(name: str) -> Path:
    """The path that the name of a field means."""
    steps = [each.replace(":", ".") for each in name.split(".")] if name else []
    return tuple(int(each) if each.isdecimal() and len(each) < 6 else each for each in steps)


def condition_of(name: str, comparison: str, value: str) -> str:
    """One comparison, written as the language of conditions wants it."""
    if comparison.endswith("answered"):
        return f"{name} {comparison}"
    return f"{name} {comparison} {value if _is_number(value) else shown(value)}"


def _is_number(value: str) -> bool:
    return value.removeprefix("-").isdecimal() and len(value) < 12


def _add(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    items: list[Any] = _place(edited.data, path[:-1]).setdefault(path[-1], [])
    items.append(_new(edited.data, path, typed, languages, [item.get("id", "") for item in items]))
    return replace(edited, focus=joined((*path, len(items) - 1)))


def _new(
    data: Mapping[str, Any], path: Path, typed: Mapping[str, str], languages: tuple[str, ...], taken: Sequence[str]
) -> dict[str, Any]:
    if path == ("questions",):
        kind = typed.get("~kind", "")
        return new_question(kind if kind in KINDS else next(iter(KINDS)), taken, languages)
    if path[-1] == "options":
        return new_option(taken, languages)
    if path != ("reactions",):
        raise LookupError(path)
    asked = [question for question in data.get("questions", []) if question.get("scale") in SCALES]
    first = asked[0] if asked else {}
    return new_reaction(first.get("scale", ""), first.get("id", ""), languages)


def _remove(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    del typed, languages
    items, place = _place(edited.data, path[:-1]), path[-1]
    value = items.pop(place)
    if not items:
        _place(edited.data, path[:-2]).pop(path[-2])
    focus = joined((*path[:-1], min(int(place), len(items) - 1))) if items else joined(path[:-1])
    return replace(edited, focus=focus, removed=Removed(path, value))


def _restore(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    del path, languages
    steps, value = json.loads(typed["~removed"])
    json.dumps(value, ensure_ascii=False).encode()  # half a character would fail the database later
    if depth(value) > DEEPEST:
        raise ValueError("no such thing was removed")
    where = tuple(steps)
    items = _place(edited.data, where[:-2]).setdefault(where[-2], [])
    items.insert(int(where[-1]), value)
    return replace(edited, focus=joined(where))


def _move(by: int) -> Callable[[Edited, Path, Mapping[str, str], tuple[str, ...]], Edited]:
    def act(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
        del typed, languages
        items, place = _place(edited.data, path[:-1]), int(path[-1])
        there = place + by
        if not (0 <= place < len(items) and 0 <= there < len(items)):
            return edited
        items.insert(there, items.pop(place))
        return replace(edited, focus=joined((*path[:-1], there)))

    return act


def _when(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    """What the builder says, joined to what stands in the text already."""
    del languages
    before = f"~{joined(path)}"
    item = _place(edited.data, path)
    name, comparison = typed[f"{before}.name"], typed[f"{before}.is"]
    if not name or comparison not in COMPARISONS:
        return edited
    value = typed.get(f"{before}.value", "").strip()
    fresh = condition_of(name, comparison, value) if value or comparison.endswith("answered") else ""
    standing = str(item.get("when", ""))
    item["when"] = f"{_closed(standing)} and {fresh}" if standing and fresh else fresh or standing
    if not item["when"]:
        del item["when"]
    return replace(edited, focus=joined((*path, "when")))


def _closed(condition: str) -> str:
    return f"({condition})" if " or " in condition.lower() else condition


def _add_language(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    del path
    wished = (typed.get("~other") or typed.get("~language") or "").strip()
    if wished and wished not in languages:
        edited.data["languages"] = [*languages, wished]
    return replace(edited, focus="languages")


def _drop_language(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    """The words stay in the document: whoever adds the language again finds them."""
    del typed
    edited.data["languages"] = [each for each in languages if each != path[0]] or list(languages)
    return replace(edited, focus="languages")


def _first_language(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    del typed
    if path[0] in languages:
        edited.data["languages"] = [str(path[0]), *(each for each in languages if each != path[0])]
    return replace(edited, focus="languages")


def _twin(edited: Edited, path: Path, typed: Mapping[str, str], languages: tuple[str, ...]) -> Edited:
    """The same question once more, beneath."""
    del typed, languages
    items, place = _place(edited.data, path[:-1]), int(path[-1])
    twin = deepcopy(items[place])
    twin["id"] = free_name(str(twin.get("id", "question")), [item.get("id", "") for item in items])
    items.insert(place + 1, twin)
    return replace(edited, focus=joined((*path[:-1], place + 1)))


_ACTS: Final[Mapping[str, Callable[[Edited, Path, Mapping[str, str], tuple[str, ...]], Edited]]] = {
    "add": _add,
    "remove": _remove,
    "restore": _restore,
    "up": _move(-1),
    "down": _move(1),
    "twin": _twin,
    "when": _when,
    "language": _add_language,
    "drop": _drop_language,
    "first": _first_language,
}


def _place(data: Any, path: Path) -> Any:
    for each in path:
        data = data[each]
    return data
