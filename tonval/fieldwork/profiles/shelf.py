"""The surveys there are: those made in the browser, which can be put away, and those of the file, which are its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles.faults import ProfileError, UnknownSurvey
from tonval.fieldwork.renewal import count_up
from tonval.store.tables import assignments, configs, surveys
from tonval.surveys.sentences import sentence

FILE: Final = "file"
PAGE: Final = "page"

_S: Final = surveys.c
_ALL: Final = select(surveys).order_by(_S.id)


@dataclass(frozen=True, slots=True)
class Profile:
    """A survey with what is being changed in it.

    ``draft`` is YAML that has not been published, ``revision`` counts the changes, ``version`` is in force (``None``:
    none yet). A survey ``managed`` by the file (``origin`` file) is changed there and nowhere else.
    """

    id: str
    draft: str | None
    revision: int
    version: int | None
    archived: bool
    changed_at: datetime | None
    author: str | None
    origin: str
    managed: bool


def profiles(office: Field) -> tuple[Profile, ...]:
    """Every survey by name, those of the file and those that are put away among them."""
    with office.unit.read() as tx:
        found = {row.id: _made_here(row) for row in tx.execute(_ALL)}
        found |= {name: _of_file(tx, office, name) for name in office.file.forms}
    return tuple(found[name] for name in sorted(found))


def profile(office: Field, name: str) -> Profile:
    """The survey of this name. Raises ``UnknownSurvey``."""
    with office.unit.read() as tx:
        return known(tx, office, name)


def known(tx: Connection, office: Field, name: str, *, lock: bool = False) -> Profile:
    """The same inside a transaction, with ``lock`` to change it. Raises ``UnknownSurvey``."""
    if is_managed(office, name):
        return _of_file(tx, office, name)
    wanted = select(surveys).where(_S.id == name)
    row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise UnknownSurvey(sentence("there is no survey called “%(name)s”", name=name))
    return _made_here(row)


def to_change(tx: Connection, office: Field, name: str) -> Profile:
    """The survey, locked until the transaction ends. Raises ``UnknownSurvey``, ``ProfileError`` for one of the file."""
    return unmanaged(known(tx, office, name, lock=True))


def unmanaged(found: Profile) -> Profile:
    """The survey, unless it is the file's: then it raises ``ProfileError``."""
    if found.managed:
        raise ProfileError(
            sentence("“%(id)s” is managed by the file: change it there, or copy it under another name", id=found.id)
        )
    return found


def is_managed(office: Field, name: str) -> bool:
    """Whether the file has a survey of this name; then it wins over one made in the browser."""
    return name in office.file.forms


def archive(office: Field, name: str, by: Actor) -> Profile:
    """Put the survey away. Raises ``ProfileError`` with the queues that use it while there are any."""
    with office.unit.begin() as tx:
        to_change(tx, office, name)
        users = users_of(tx, office, name)
        if users:
            raise ProfileError(
                sentence(
                    "“%(name)s” is used by %(users)s; give them another survey first", name=name, users=_listed(users)
                )
            )
        changed(tx, office, name, by.name, archived_at=office.now())
        audit.note(tx, office, by, Deed("survey.archived", "survey", name, {}))
        count_up(tx)
    office.renew(at_once=True)
    return profile(office, name)


def restore(office: Field, name: str, by: Actor) -> Profile:
    """Take the survey out again, with the version that was in force."""
    with office.unit.begin() as tx:
        to_change(tx, office, name)
        changed(tx, office, name, by.name, archived_at=None)
        audit.note(tx, office, by, Deed("survey.restored", "survey", name, {}))
        count_up(tx)
    office.renew(at_once=True)
    return profile(office, name)


def changed(tx: Connection, office: Field, name: str, author: str | None, **values: Any) -> None:
    """Write ``values`` and count the change."""
    now = office.now()
    row = {**values, "revision": _S.revision + 1, "changed_at": now, "author": author}
    tx.execute(update(surveys).where(_S.id == name).values(row))


def users_of(tx: Connection, office: Field, name: str) -> tuple[str, ...]:
    """Who asks with the survey, in words: queues of the file, and what is assigned in the browser."""
    by_file = [queue.name for queue in office.file.queues.values() if name in (queue.survey, *queue.templates.values())]
    wanted = select(assignments.c.queue, assignments.c.template).where(assignments.c.survey == name)
    rows = tx.execute(wanted.order_by(assignments.c.queue, assignments.c.template)).all()
    assigned = [_place(*row) for row in rows if not is_of_file(office, *row)]
    return tuple(dict.fromkeys([*by_file, *assigned]))


def is_of_file(office: Field, queue: str, template: str) -> bool:
    """Whether the file says what this queue, or this template of it, is asked with; a queue that is gone is its own."""
    if not queue:
        return False
    found = office.file.queues.get(queue)
    if found is None:
        return queue not in office.centre.queues
    return bool(found.templates.get(template) if template else found.survey)


def _place(queue: str, template: str) -> str:
    if queue:
        return queue
    return (
        sentence("tickets with the template %(template)s", template=template)
        if template
        else sentence("every queue without another survey")
    )


def _listed(users: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(users[:-1]), users[-1])))


def _made_here(row: Row[Any]) -> Profile:
    archived = row.archived_at is not None
    stamp = (row.changed_at, row.author)
    return Profile(row.id, row.draft, row.revision, row.version, archived, *stamp, origin=PAGE, managed=False)


def _of_file(tx: Connection, office: Field, name: str) -> Profile:
    """Changed when the file was that names it now."""
    loaded = select(func.min(configs.c.loaded_at)).where(configs.c.id == office.file.config)
    version = office.file.forms[name].version
    return Profile(name, None, 0, version, False, tx.execute(loaded).scalar(), None, origin=FILE, managed=True)
