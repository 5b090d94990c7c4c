"""One form as it is shown and as it is sent: values with where they come from, and faults beside their entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from tonval.fieldwork import settings
from tonval.fieldwork.field import Field
from tonval.fieldwork.layers import steps_of
from tonval.fieldwork.queues import TERM_KEYS
from tonval.fieldwork.settings import Kept, digest_of
from tonval.fieldwork.settings.kept import FILE, USUAL
from tonval.surveys.document import Fault
from tonval.surveys.sentences import Sentence, chain
from tonval.web.desk.setup.entries import GRANTS, LENGTH, MANY, NOTHING, Entry, Sheet
from tonval.web.desk.setup.queue_sheet import MORE, SURVEY
from tonval.web.desk.setup.values import CELL, Illegible, Typed, filled_in, look_up, typed_of, value_of

WHOLE = ""
"""Where faults stand that lie in no entry of the form."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with what is in it; ``kept`` is the piece it belongs to. ``above`` is what counts while it is empty."""

    entry: Entry
    typed: Typed
    kept: Kept
    above: Typed = ""
    above_kept: Kept | None = None

    @property
    def managed(self) -> bool:
        """Whether the file says it."""
        return self.kept.origin == FILE


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a form: faults by entry's name; ``others``: how it stands since ``author`` changed it meanwhile."""

    values: Mapping[str, Typed] = field(default_factory=dict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: tuple[tuple[Entry, Typed], ...] = ()
    author: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)


def path_of(sheet: Sheet, name: str) -> str:
    """The piece of this name; ``""`` for a form that has pieces of its own for each entry."""
    return f"{sheet.under}/{name}" if sheet.under else ""


def rows_of(sheet: Sheet, name: str) -> tuple[str, ...]:
    """The pieces that the form changes."""
    if sheet.under:
        return (path_of(sheet, name),)
    return tuple(dict.fromkeys(entry.row for entry in sheet.entries))


def pieces_of(office: Field, sheet: Sheet, name: str) -> dict[str, Kept]:
    """The form's pieces as they stand; a piece of a name that cannot be is empty."""
    return {row: _kept(office, row) for row in rows_of(sheet, name)}


def shown(office: Field, sheet: Sheet, name: str, sent: Sent, given: str = "") -> list[Shown]:
    """Every entry in order; what was ``sent`` wins over what stands. ``given`` is the survey a queue is asked with."""
    pieces = pieces_of(office, sheet, name)
    found = []
    for entry in sheet.entries:
        kept = pieces[entry.row or path_of(sheet, name)]
        typed = sent.values.get(entry.name)
        stands = given if entry.key == SURVEY else _typed(sheet, entry, kept.body)
        above = _above(office, entry) if sheet.under == "queues" else None
        of_above = _typed_above(entry, above.body) if above else ""
        found.append(Shown(entry, stands if typed is None or kept.origin == FILE else typed, kept, of_above, above))
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under a title; ``open``: there is something in them, or something wrong."""

    title: Sentence
    entries: tuple[Shown, ...]
    open: bool


def grouped(entries: Sequence[Shown], faults: Mapping[str, Sequence[str]]) -> list[Group]:
    """The entries by group, the first always open."""
    begins = [place for place, each in enumerate(entries) if each.entry.group is not None] or [0]
    begins = [0, *begins] if begins[0] else begins
    parts = [tuple(entries[start:end]) for start, end in zip(begins, [*begins[1:], len(entries)], strict=True)]
    return [
        Group(part[0].entry.group or NOTHING, part, _is_open(place, part, faults)) for place, part in enumerate(parts)
    ]


def _is_open(place: int, part: Sequence[Shown], faults: Mapping[str, Sequence[str]]) -> bool:
    return place == 0 or any(each.typed or each.entry.name in faults for each in part)


def typed_in(sheet: Sheet, form: MultiDict[str, str]) -> dict[str, Typed]:
    """What was typed, by entry."""
    return {entry.name: _typed_in(entry, form) for entry in sheet.entries}


def _typed_in(entry: Entry, form: MultiDict[str, str]) -> Typed:
    if entry.kind == MANY:
        return tuple(form.getlist(entry.name))
    if entry.kind != GRANTS:
        return form.get(entry.name, "")
    columns = (form.getlist(f"{entry.name} {part}") for part in ("group", "role", "unit"))
    rows = (CELL.join(cell.replace(CELL, " ").strip() for cell in row) for row in zip(*columns, strict=False))
    return tuple(row for row in rows if row.strip())


def wanted(
    office: Field, sheet: Sheet, name: str, typed: Mapping[str, Typed]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The bodies that the form wants, by piece, and what in it cannot be read. Pieces of the file are left out."""
    values, faults = _values(sheet, typed)
    bodies: dict[str, Any] = {}
    for row, kept in pieces_of(office, sheet, name).items():
        entries = [entry for entry in sheet.entries if entry.row in (row, "") and entry.key not in (SURVEY, MORE)]
        if kept.origin == FILE and not sheet.under:
            continue
        before = _known_only(sheet, kept.body) if sheet.under else kept.body
        body = filled_in(before, entries, values)
        more = values.get(MORE)
        bodies[row] = {**(body or {}), **(more or {})} if sheet.under else body
    return bodies, faults


def placed(sheet: Sheet, name: str, faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Each fault beside the entry it lies in, without the path before it; all others at ``WHOLE``."""
    found: dict[str, list[str]] = {}
    of_groups = {entry.name for entry in sheet.entries if entry.kind == GRANTS}
    for fault in faults:
        path = "/".join(map(str, fault.path))
        at = max((each for each in _paths(sheet, name) if _leads(each[0], path)), default=None, key=lambda x: len(x[0]))
        label = ".".join(map(str, fault.path))
        said = fault.sentence if at is None else _without(label, fault.sentence)
        if at and at[1] in of_groups:
            said = chain(str(fault.path[2]), said, between=": ")
        found.setdefault(at[1] if at else WHOLE, []).append(said)
    return found


def _without(label: str, said: str) -> str:
    """What is said of the place, as the ``Sentence`` it was before the place was put in front."""
    if isinstance(said, Sentence) and said.fills.get("part0") == label:
        return str(said.fills["part1"])
    return said.removeprefix(f"{label}: ")


def differing(sheet: Sheet, typed: Mapping[str, Typed], now: Kept) -> tuple[tuple[Entry, Typed], ...]:
    """The entries of the piece that stand otherwise now than they were typed."""
    if now.path == SURVEY:
        return tuple((entry, now.body) for entry in sheet.entries if entry.key == SURVEY)
    mine = [entry for entry in sheet.entries if entry.key != SURVEY and entry.row in ("", now.path)]
    stands = ((entry, _typed(sheet, entry, now.body)) for entry in mine)
    return tuple((entry, value) for entry, value in stands if value != _trimmed(entry, typed.get(entry.name, "")))


def _trimmed(entry: Entry, typed: Typed) -> Typed:
    """As it would stand in the form."""
    if entry.kind == LENGTH:
        return typed_of(value_of(typed, LENGTH), LENGTH)
    return typed.replace("\r\n", "\n").strip() if isinstance(typed, str) else typed


def _paths(sheet: Sheet, name: str) -> list[tuple[str, str]]:
    """Where each entry stands in the whole document, with its name."""
    own = path_of(sheet, name)
    keys = ((entry, "" if entry.key in (SURVEY, MORE) else entry.key.replace(".", "/")) for entry in sheet.entries)
    found = [(f"{entry.row or own}/{key}".rstrip("/"), entry.name) for entry, key in keys if key or entry.row]
    tops = {path.rpartition("/")[0]: each for path, each in reversed(found) if path.count("/") > own.count("/") + 1}
    return [*found, *tops.items(), *([(f"{own}/survey", SURVEY)] if sheet.under == "queues" else [])]


def _leads(path: str, to: str) -> bool:
    return to == path or to.startswith(f"{path}/")


def _values(sheet: Sheet, typed: Mapping[str, Typed]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    values: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for entry in sheet.entries:
        try:
            values[entry.name] = value_of(typed.get(entry.name, ""), entry.kind)
        except Illegible as illegible:
            faults[entry.name] = [str(illegible)]
            values[entry.name] = None
    return values, faults


def _typed(sheet: Sheet, entry: Entry, body: Any) -> Typed:
    if entry.key == MORE:
        return typed_of(_unknown(sheet, body) or None, entry.kind)
    return typed_of(look_up(body, entry.key), entry.kind)


def _unknown(sheet: Sheet, body: Any) -> dict[str, Any]:
    """What stands in the body that no entry but the last means."""
    known = {entry.key.split(".")[0] for entry in sheet.entries}
    return {key: value for key, value in body.items() if key not in known} if isinstance(body, dict) else {}


def _known_only(sheet: Sheet, body: Any) -> Any:
    unknown = _unknown(sheet, body)
    return {key: value for key, value in body.items() if key not in unknown} if isinstance(body, dict) else body


def _above(office: Field, entry: Entry) -> Kept | None:
    """What all queues go by, where the entry is one of those terms."""
    first = entry.key.split(".")[0]
    if first not in TERM_KEYS:
        return None
    kept = settings.kept(office, f"defaults/{first}")
    return None if kept.origin == USUAL else kept


def _typed_above(entry: Entry, body: Any) -> Typed:
    return typed_of(look_up(body, entry.key.partition(".")[2]), entry.kind)


def _kept(office: Field, row: str) -> Kept:
    try:
        steps_of(row)
    except KeyError:
        return Kept(row, None, USUAL)
    return settings.kept(office, row)


def seen_of(pieces: Mapping[str, Kept]) -> dict[str, str]:
    """What the editor sees, by piece."""
    return {row: digest_of(kept.body) for row, kept in pieces.items() if kept.origin != FILE}
