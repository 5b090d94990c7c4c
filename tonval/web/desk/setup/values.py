"""Between what is typed and what queues.yaml would say: each kind of entry both ways. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

import yaml

from tonval.fieldwork.privacy import terms
from tonval.surveys.document import BrokenDocument, Fault, read_document
from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.setup.entries import FLAG, GRANTS, LENGTH, LINES, LINKS, MANY, NUMBER, PAIRS, YAML, Entry

OFF: Final = "off"
PERSON: Final = "person"
"""What a cap without scopes means."""

YES, NO = "yes", "no"

CELL: Final = "\t"
"""Between the group, its role and its unit."""

_SPAN: Final = re.compile(r"[0-9]{1,2}:[0-9]{2}\s*[-–]\s*[0-9]{1,2}:[0-9]{2}")

Typed = str | tuple[str, ...]


class Illegible(ValueError):
    """What was typed is nothing that queues.yaml could say; the message is a sentence."""


def typed_of(value: Any, kind: str) -> Typed:
    """How the value is typed; empty where there is none."""
    if kind == MANY:
        return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (_plain(value),)
    if kind == GRANTS:
        return tuple(_row(group, given) for group, given in value.items()) if isinstance(value, dict) else ()
    if value is None:
        return ""
    if kind == YAML:
        return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).strip()
    if kind == LINKS and isinstance(value, list):
        return "\n".join(f"{each.get('to', '')} {each.get('agent') or ''}".strip() for each in value)
    if kind == PAIRS and isinstance(value, dict):
        return "\n".join(f"{name}: {text}" for name, text in _flat(value))
    if isinstance(value, list):
        return "\n".join(map(_plain, value))
    if kind == LENGTH:
        return terms.on_page(_plain(value))
    return (YES if value else NO) if kind == FLAG else _plain(value)


def value_of(typed: Typed, kind: str) -> Any:
    """What queues.yaml would say; ``None`` where nothing was typed. Raises ``Illegible``."""
    if isinstance(typed, tuple) and kind == GRANTS:
        return _grants(typed) or None
    if isinstance(typed, tuple):
        chosen = [each for each in typed if each]
        return OFF if OFF in chosen else chosen or None
    text = typed.replace("\r\n", "\n").strip()
    if not text:
        return None
    if kind == YAML:
        return _read_yaml(text)
    if kind == FLAG:
        return text == YES
    if kind == NUMBER:
        return _number(text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if kind == LINKS:
        return [_link(line) for line in lines]
    if kind == PAIRS:
        return _pairs(lines)
    if kind == LINES:
        return OFF if lines == [OFF] else lines
    return terms.in_file(text) if kind == LENGTH else text


def look_up(body: Any, key: str) -> Any:
    """What stands in the body under the dotted key; the whole body for none."""
    for step in key.split(".") if key else ():
        body = body.get(step) if isinstance(body, dict) else body if step == PERSON else None
    return body


def filled_in(body: Any, entries: Sequence[Entry], values: Mapping[str, Any]) -> Any:
    """The body with the entries' values (by ``Entry.name``); ``None`` takes one away. What no entry means stays.

    ``None`` when nothing is left.
    """
    for entry in entries:
        if not entry.key:
            return values[entry.name]
    made = deepcopy(body) if isinstance(body, dict) else {}
    for entry in entries:
        *above, last = entry.key.split(".")
        _within(made, above)[last] = values[entry.name]
    for entry in entries:
        if entry.gate and values[entry.name] is None:
            first, dot, _ = entry.key.partition(".")
            made = {**made, first: None} if dot else {}
    return _without_nothing(made) or None


def _within(body: dict[str, Any], above: Sequence[str]) -> dict[str, Any]:
    for step in above:
        if not isinstance(body.get(step), dict):
            body[step] = {}
        body = body[step]
    return body


def _without_nothing(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    kept = {key: _without_nothing(value) for key, value in body.items()}
    return {key: value for key, value in kept.items() if value is not None and value != {}}


def _plain(value: Any) -> str:
    return OFF if value is False else YES if value is True else str(value)


def _flat(value: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, each in value.items():
        if isinstance(each, dict):
            found += _flat(each, f"{above}{name}.")
        else:
            found.append((f"{above}{name}", ", ".join(map(_plain, each)) if isinstance(each, list) else _plain(each)))
    return found


def _pairs(lines: Sequence[str]) -> Any:
    """``SE: 0.07`` on each line; a dot in the name leads one deeper. A single value without a name is that value."""
    if len(lines) == 1 and ":" not in lines[0]:
        return _number(lines[0])
    found: dict[str, Any] = {}
    for line in lines:
        name, colon, text = line.partition(":")
        if not colon or not name.strip() or not text.strip():
            raise Illegible(f"“{line[:60]}” is not a name and a value with a colon between them")
        *above, last = name.strip().split(".")
        _within(found, above)[last] = _value(text.strip())
    return found


def _value(text: str) -> Any:
    parts = [part.strip() for part in text.split(",")]
    return parts if len(parts) > 1 and all(map(_SPAN.fullmatch, parts)) else _number(text)


def _number(text: str) -> Any:
    """A number where it is one, for the readers of queues.yaml tell what may stand there; else the text."""
    if text.isascii() and text.isdigit() and len(text) < 15 and (text == "0" or text[0] != "0"):
        return int(text)
    whole, dot, rest = text.partition(".")
    if dot and whole.isascii() and whole.isdigit() and rest.isascii() and rest.isdigit() and len(text) < 15:
        return float(text)
    return text


def _link(line: str) -> dict[str, str]:
    """``sip:anna@pbx.example anna``: whom to ring, and which agent that is. A number may hold spaces."""
    before, _, last = line.rpartition(" ")
    if before and not last.lstrip("+").isdigit() and not last.startswith(("sip:", "sips:")):
        return {"to": before.strip(), "agent": last}
    return {"to": line}


def _row(group: str, given: Any) -> str:
    told = given if isinstance(given, dict) else {}
    return CELL.join((group, str(told.get("role") or ""), str(told.get("unit") or "")))


def _grants(rows: Sequence[str]) -> dict[str, dict[str, str]]:
    """What each group is, in the order of the rows: the first that somebody is in counts."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        group, role, unit = row.split(CELL)
        if not group:
            raise Illegible(sentence("Say which group it is."))
        if group in found:
            raise Illegible(sentence("“%(name)s” stands here twice.", name=group))
        found[group] = {key: text for key, text in (("role", role), ("unit", unit)) if text}
    return found


def _on_line(fault: Fault) -> Sentence:
    return sentence("line %(n)s: %(what)s", n=fault.line, what=fault.sentence)


def _read_yaml(text: str) -> Any:
    try:
        root = read_document(text)
    except BrokenDocument as broken:
        raise Illegible(_on_line(broken.faults[0])) from None
    if root.faults:
        raise Illegible(_on_line(root.faults[0]))
    return _kept(root.data)


def _kept(value: Any) -> Any:
    """As it can be kept: a day or a time without quotes is its text."""
    if isinstance(value, dict):
        return {key: _kept(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_kept(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
