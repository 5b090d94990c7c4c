"""Changing what is set up in the browser: all of it or nothing, never over what another has changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, delete

from tonval.fieldwork import audit
from tonval.fieldwork.addition import parted
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.centre import Centre, channels_of
from tonval.fieldwork.field import Field
from tonval.fieldwork.layers import Page, page_of, rows_of, says, steps_of
from tonval.fieldwork.profiles.rebranding import rebrand
from tonval.fieldwork.renewal import count_up, joined, published, read_page
from tonval.fieldwork.routing import DEFAULT_BRAND, lay_strictly
from tonval.fieldwork.settings.kept import Kept, digest_of, standing
from tonval.store.tables import configured, revisions
from tonval.store.upsert import insert
from tonval.surveys.document import BrokenDocument, Fault, read_document
from tonval.surveys.sentences import sentence as phrase

_PRIVATE: Final = ("/internal", "/never")
_BRAND: Final = "brand"
_TURN: Final = "settings"
"""The row of ``revisions`` that every change holds until it is committed."""

Also = Callable[[Connection], None]


class SettingsError(ValueError):
    """The change cannot be made, and nothing was: ``faults`` say why, each with its path."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(fault.sentence for fault in faults))
        self.faults = faults


class Outdated(Exception):
    """Somebody else has changed the same: ``all`` is how each such piece stands, ``now`` the first of them."""

    def __init__(self, *pieces: Kept) -> None:
        now = pieces[0]
        super().__init__(
            phrase(
                "%(name)s has changed %(path)s since you began; look at both",
                name=now.author or phrase("somebody"),
                path=now.path,
            )
        )
        self.now, self.all = now, pieces


def change(
    office: Field, wanted: Mapping[str, Any], seen: Mapping[str, str], by: Actor, also: Also = lambda tx: None
) -> tuple[Kept, ...]:
    """Set each path of ``wanted`` to its body; ``None`` takes it away, so that what is usual counts again.

    ``seen`` is by path what the editor saw (``Kept.seen``); a path it lacks is not compared. What she left as she saw
    it stays as another has changed it since: these pieces are given back. The whole is read as it would be then.
    ``also`` is done in the same transaction. Raises ``Outdated`` where both changed a piece, ``SettingsError`` and what
    ``also`` raises; ``KeyError`` for a path that leads nowhere.
    """
    file = parted(office.file.document)[0]
    _check_file(file, wanted)
    with office.unit.begin() as tx:
        _take_turn(tx)
        before = {path: standing(tx, path, lock=True) for path in sorted(wanted)}
        changed = _mine(wanted, seen, before)
        _try_out(tx, file, changed)
        for path, body in sorted(changed.items()):
            _write(tx, office, path, body, by)
            audit.note(tx, office, by, _deed(before[path], body))
        if changed:
            count_up(tx)
        if _BRAND in changed:
            rebrand(tx, office, _brand(before[_BRAND].body), _brand(changed[_BRAND]), by)
        also(tx)
        _check_surveys(tx, office, wanted)
    office.renew(at_once=True)
    return tuple(now for path, now in before.items() if path not in changed and now.seen != seen.get(path, now.seen))


def _take_turn(tx: Connection) -> None:
    """One change after the other: what is not there yet cannot be locked, and each is tried out on the whole."""
    put = insert(tx, revisions).values(name=_TURN, n=1)
    tx.execute(put.on_conflict_do_update(index_elements=["name"], set_={"n": revisions.c.n + 1}))


def _check_file(file: str, wanted: Mapping[str, Any]) -> None:
    root = read_document(file)
    ours = [steps for steps in map(steps_of, wanted) if says(root.data, steps)]
    if ours:
        raise SettingsError(
            tuple(Fault(root.line(path), _label(path, "is managed by the file"), path=path) for path in ours)
        )


def _brand(body: Any) -> str:
    return str(body or DEFAULT_BRAND).strip()


def _mine(wanted: Mapping[str, Any], seen: Mapping[str, str], before: Mapping[str, Kept]) -> dict[str, Any]:
    """What the editor herself has changed. Raises ``Outdated`` where another has changed the same to something else."""
    mine = {path: body for path, body in wanted.items() if digest_of(body) != seen.get(path, before[path].seen)}
    late = [before[path] for path in mine if seen.get(path, before[path].seen) != before[path].seen]
    both = [now for now in late if digest_of(mine[now.path]) != now.seen]
    if both:
        raise Outdated(*both)
    return {path: body for path, body in mine.items() if digest_of(body) != before[path].seen}


def _try_out(tx: Connection, file: str, changed: Mapping[str, Any]) -> None:
    """Read the whole as it would be. What was wrong before, since the file was changed, does not hinder."""
    page, made_here = read_page(tx), published(tx)
    rows = {**rows_of(page), **changed}
    then = page_of({path: body for path, body in rows.items() if body is not None})
    new = _faults(file, then, made_here) - _faults(file, page, made_here)
    if new:
        raise SettingsError(tuple(sorted(new)))


def _faults(file: str, page: Page, made_here: frozenset[str]) -> set[Fault]:
    try:
        lay_strictly(file, page, made_here)
    except BrokenDocument as broken:
        return set(broken.faults)
    return set()


def _check_surveys(tx: Connection, office: Field, wanted: Mapping[str, Any]) -> None:
    """A queue must be able to ask with the survey it has been given."""
    centre = joined(tx, office.file)
    faults = [fault for path in wanted if path.startswith("queues/") for fault in _unaskable(centre, steps_of(path))]
    if faults:
        raise SettingsError(tuple(faults))


def _unaskable(centre: Centre, path: tuple[str | int, ...]) -> list[Fault]:
    queue = centre.queues.get(str(path[1]))
    form = centre.forms.get(queue.survey) if queue else None
    if queue is None or form is None:
        return []
    ways = [way for way in channels_of(queue) if form.questions and not form.asked_on(way)]
    sentences = (
        phrase("no question of “%(survey)s”, which it asks with, can be asked by %(way)s", survey=form.id, way=way)
        for way in ways
    )
    return [Fault(0, _label((*path, "channel"), sentence), path=(*path, "channel")) for sentence in sentences]


def _write(tx: Connection, office: Field, path: str, body: Any, by: Actor) -> None:
    if body is None:
        tx.execute(delete(configured).where(configured.c.path == path))
        return
    row = {"body": body, "changed_at": office.now(), "author": by.name}
    put = insert(tx, configured).values(path=path, **row)
    tx.execute(put.on_conflict_do_update(index_elements=["path"], set_=row))


def _deed(before: Kept, body: Any) -> Deed:
    action = "removed" if body is None else "changed" if before.body is not None else "added"
    told = {"before": _told(before.path, before.body), "after": _told(before.path, body)}
    return Deed(f"settings.{action}", "settings", before.path, told)


def _told(path: str, body: Any) -> Any:
    """The audit log cannot forget: whose numbers are never asked is not said in it."""
    if isinstance(body, dict):
        return {key: _told(f"{path}/{key}", value) for key, value in body.items()}
    return f"{len(body)} patterns" if isinstance(body, list) and path.endswith(_PRIVATE) else body


def _label(path: tuple[str | int, ...], sentence: str) -> str:
    return f"{'.'.join(map(str, path))}: {sentence}"
