"""Units renamed, moved and removed by hand. Who belongs to a unit goes with it; answers stay where they came in.

Every interview and every number counted from it names the unit it came in, by the path of that day. These are never
written over: a move changes who stands where from now on, and no number of the past.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, func, literal, or_, select, true, update

from tonval.fieldwork import audit
from tonval.fieldwork.addition import parted
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.belonging import within
from tonval.fieldwork.calling_back.called import MISSED, PLANNED
from tonval.fieldwork.field import Field
from tonval.fieldwork.places import DEEPEST, LONGEST_NAME, Place
from tonval.fieldwork.renewal import read_page
from tonval.store.tables import agents, api_keys, call_backs, units, users
from tonval.surveys.document import read_document
from tonval.surveys.sentences import sentence

_OPEN: Final = call_backs.c.state.in_((PLANNED, MISSED))
_FOLLOWING: Final = (
    (units.c.path, true()),
    (agents.c.unit, true()),
    (users.c.unit, true()),
    (api_keys.c.unit, true()),
    (call_backs.c.unit, _OPEN),
)
"""Where the path of a unit stands that must follow it, and in which rows."""


class PlaceFault(ValueError):
    """A unit cannot be changed as asked; nothing was. The message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Attached:
    """What belongs to a unit or to one below it: how many of each, and the settings that name it, by their paths.

    ``file`` says whether queues.yaml names one of these units or somebody in it: then they are changed there.
    """

    below: int
    agents: int
    people: int
    keys: int
    call_backs: int
    settings: tuple[str, ...]
    file: bool

    @property
    def empty(self) -> bool:
        """Whether nothing hinders that the unit is removed."""
        return not (any((self.below, self.agents, self.people, self.keys, self.call_backs)) or self.fixed)

    @property
    def fixed(self) -> bool:
        """Whether settings or the file name it, so that it can neither be moved nor removed."""
        return bool(self.settings) or self.file


def look_at(office: Field, path: str) -> tuple[Place, Attached]:
    """A unit with what belongs to it. Raises ``PlaceFault`` where there is none."""
    with office.unit.read() as tx:
        return _place(tx, path), attached(tx, office, path)


def rename(office: Field, path: str, name: str, by: Actor) -> None:
    """Give a unit another name. Raises ``PlaceFault``."""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PlaceFault(sentence("Say what the unit is called, in at most %(n)s characters.", n=LONGEST_NAME))
    with office.unit.begin() as tx:
        audit.hold(tx)
        before = _place(tx, path)
        if path in office.file.units:
            raise PlaceFault(_in_file(path))
        if name == before.name:
            return
        tx.execute(update(units).where(units.c.path == path).values(name=name))
        audit.note(tx, office, by, Deed("unit.renamed", "unit", path, {"before": before.name, "after": name}))


def move(office: Field, path: str, under: str, by: Actor) -> str:
    """Move a unit with all below it under another, ``""`` for none; gives its new path. Raises ``PlaceFault``.

    Agents, people, API keys and call-backs to be made go with it. Answers stay, those of interviews under way too.
    """
    new = "/".join(filter(None, (under, path.rpartition("/")[2])))
    with office.unit.begin() as tx:
        audit.hold(tx)
        _place(tx, path)
        if new == path:
            return path
        _check_move(tx, office, path, under, new)
        followed = [_follow(tx, column, rows, path, new) for column, rows in _FOLLOWING]
        told = dict(zip(("units", "agents", "people", "keys", "call_backs"), followed, strict=True))
        audit.note(tx, office, by, Deed("unit.moved", "unit", new, {"before": path, "after": new, **told}))
    return new


def remove(office: Field, path: str, by: Actor) -> None:
    """Take away a unit that nothing belongs to. Raises ``PlaceFault``."""
    with office.unit.begin() as tx:
        audit.hold(tx)
        place = _place(tx, path)
        if not attached(tx, office, path).empty:
            raise PlaceFault(sentence("“%(path)s” is not empty, so it was not removed.", path=path))
        tx.execute(delete(units).where(units.c.path == path))
        audit.note(tx, office, by, Deed("unit.removed", "unit", path, {"before": place.name}))


def attached(tx: Connection, office: Field, path: str) -> Attached:
    """What belongs to the unit or to one below it; neither people whose access has ended nor keys that are over."""
    good = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > office.now())
    return Attached(
        below=_count(tx, units.c.path, units.c.path != path, path),
        agents=_count(tx, agents.c.unit, true(), path),
        people=_count(tx, users.c.unit, users.c.ended_at.is_(None), path),
        keys=_count(tx, api_keys.c.unit, good, path),
        call_backs=_count(tx, call_backs.c.unit, _OPEN, path),
        settings=tuple(_mentions(read_page(tx), path)),
        file=_is_in_file(office, path),
    )


def _place(tx: Connection, path: str) -> Place:
    row = tx.execute(select(units.c.path, units.c.name).where(units.c.path == path)).one_or_none()
    if row is None:
        raise PlaceFault(sentence("There is no unit “%(path)s”.", path=path))
    return Place(*row)


def _check_move(tx: Connection, office: Field, path: str, under: str, new: str) -> None:
    if under:
        _place(tx, under)
    if within(under, path):
        raise PlaceFault(sentence("“%(path)s” cannot lie within itself.", path=path))
    found = attached(tx, office, path)
    if found.file:
        raise PlaceFault(_in_file(path))
    if found.settings:
        words = sentence("Settings name it: %(names)s. Change them first.", names=", ".join(found.settings))
        raise PlaceFault(words)
    paths = set(tx.execute(select(units.c.path)).scalars())
    moved = {new + each.removeprefix(path) for each in paths if within(each, path)}
    if taken := sorted(moved & paths):
        raise PlaceFault(sentence("There is a unit “%(path)s” already.", path=taken[0]))
    deep = max(each.count("/") + 1 for each in moved)
    if deep > DEEPEST:
        raise PlaceFault(sentence("It would lie %(n)s deep; %(most)s is the most.", n=deep, most=DEEPEST))


def _follow(tx: Connection, column: Column[Any], rows: ColumnElement[bool], path: str, new: str) -> int:
    moved = literal(new) + func.substr(column, len(path) + 1)
    where = and_(_within(column, path), rows)
    return tx.execute(update(column.table).where(where).values({column.name: moved})).rowcount


def _count(tx: Connection, column: Column[Any], rows: ColumnElement[bool], path: str) -> int:
    return int(
        tx.execute(select(func.count()).select_from(column.table).where(_within(column, path), rows)).scalar_one()
    )


def _within(column: Column[Any], path: str) -> ColumnElement[bool]:
    return or_(column == path, column.startswith(f"{path}/", autoescape=True))


def _is_in_file(office: Field, path: str) -> bool:
    named = any(within(each, path) for each in office.file.units)
    return named or any(_mentions(read_document(parted(office.file.document)[0]).data, path))


def _mentions(told: Any, path: str, trail: tuple[str, ...] = ()) -> Iterator[str]:
    """The settings that name the unit or one below it, each as ``sign_in.groups.Leads``."""
    if isinstance(told, Mapping):
        for name, value in told.items():
            if name == "unit" and within(str(value), path):
                yield ".".join(trail)
            elif not (name == "surveys" and not trail):
                yield from _mentions(value, path, (*trail, str(name)))


def _in_file(path: str) -> str:
    return sentence("“%(path)s” is managed by queues.yaml; change it there.", path=path)
