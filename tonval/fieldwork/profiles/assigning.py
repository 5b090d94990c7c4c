"""Which survey a queue or a ticket's template is asked with, where the file leaves that open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.centre import channels_of
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles.faults import ProfileError
from tonval.fieldwork.profiles.shelf import is_of_file, known
from tonval.fieldwork.renewal import count_up
from tonval.store.tables import assignments
from tonval.store.upsert import insert
from tonval.surveys.sentences import sentence

LONGEST: Final = 200

_A: Final = assignments.c


@dataclass(frozen=True, slots=True)
class Assignment:
    """``queue`` empty: every queue that has no other survey; ``template`` empty: whatever the ticket's template."""

    queue: str
    template: str
    survey: str
    changed_at: datetime | None
    author: str | None
    managed: bool


def assign(office: Field, queue: str, template: str, survey: str, by: Actor) -> None:
    """Ask the queue's customers, or those of its tickets with the template, with the survey from now on.

    Raises ``ProfileError`` where the file says it, for an unknown queue, and for a survey that is not published, put
    away, or nothing for a channel of the queue.
    """
    _check_place(office, queue, template)
    with office.unit.begin() as tx:
        put(tx, office, (queue, template), survey, by)
    office.renew(at_once=True)


def unassign(office: Field, queue: str, template: str, by: Actor) -> None:
    """Take back what was assigned; nothing happens where nothing is."""
    if "\x00" in queue + template:  # nothing is called so, and PostgreSQL fails when it is asked
        return
    with office.unit.begin() as tx:
        take(tx, office, (queue, template), by)
    office.renew(at_once=True)


def assigned(tx: Connection, place: tuple[str, str]) -> tuple[str, str]:
    """The survey that queue and template ``place`` have been given, and by whom; empty where none has been."""
    row = tx.execute(select(_A.survey, _A.author).where(_A.queue == place[0], _A.template == place[1])).one_or_none()
    return (row.survey, row.author or "") if row else ("", "")


def put(tx: Connection, office: Field, place: tuple[str, str], survey: str, by: Actor) -> None:
    """Assign within a transaction, where it is not assigned already; ``place`` is queue and template.

    Raises ``ProfileError`` for a survey that cannot be asked with.
    """
    queue, template = place
    row = {"survey": survey, "changed_at": office.now(), "author": by.name}
    if tx.execute(select(_A.survey).where(_A.queue == queue, _A.template == template)).scalar() == survey:
        return
    _check_survey(tx, office, survey, queue)
    put = insert(tx, assignments).values(queue=queue, template=template, **row)
    tx.execute(put.on_conflict_do_update(index_elements=["queue", "template"], set_=row))
    audit.note(tx, office, by, Deed("survey.assigned", "queue", _place(queue, template), {"after": survey}))
    count_up(tx)


def take(tx: Connection, office: Field, place: tuple[str, str], by: Actor) -> None:
    """Take back within a transaction what was assigned to the queue and template ``place``."""
    gone = delete(assignments).where(_A.queue == place[0], _A.template == place[1]).returning(_A.survey)
    survey = tx.execute(gone).scalar()
    if survey is not None:
        audit.note(tx, office, by, Deed("survey.unassigned", "queue", _place(*place), {"before": survey}))
        count_up(tx)


def assignments_of(office: Field) -> tuple[Assignment, ...]:
    """What the file says, ``managed``, and what is assigned beside it; by queue and template."""
    said = [
        Assignment(queue.name, template, survey, None, None, managed=True)
        for queue in office.file.queues.values()
        for template, survey in {"": queue.survey, **queue.templates}.items()
        if survey
    ]
    with office.unit.read() as tx:
        rows = tx.execute(select(_A.queue, _A.template, _A.survey, _A.changed_at, _A.author)).all()
    made = [Assignment(*row, managed=False) for row in rows if not is_of_file(office, row.queue, row.template)]
    return tuple(sorted([*said, *made], key=lambda each: (each.queue, each.template)))


def _place(queue: str, template: str) -> str:
    """The queue, and the ticket's template where one is meant, in words."""
    named = queue or sentence("every queue")
    return f"{named}, {template}" if template else named


def _check_place(office: Field, queue: str, template: str) -> None:
    if queue and queue not in office.centre.queues:
        raise ProfileError(sentence("there is no queue called “%(queue)s”", queue=queue))
    if is_of_file(office, queue, template):
        what = sentence("the template %(template)s of %(queue)s", template=template, queue=queue) if template else queue
        raise ProfileError(sentence("what %(what)s is asked with is managed by the file", what=what))
    if len(template) > LONGEST or template != template.strip() or "\x00" in template:
        raise ProfileError(
            sentence("a template's name has at most %(LONGEST)s characters, and no space at its ends", LONGEST=LONGEST)
        )


def _check_survey(tx: Connection, office: Field, name: str, queue: str) -> None:
    found = known(tx, office, name, lock=True)
    if found.archived:
        raise ProfileError(sentence("“%(name)s” is put away; restore it first", name=name))
    if found.version is None:
        raise ProfileError(sentence("“%(name)s” has not been published yet", name=name))
    form, asking = office.centre.forms.get(name), office.centre.queues.get(queue)
    for channel in channels_of(asking) if form and asking else ():
        if form and not form.asked_on(channel):
            raise ProfileError(
                sentence(
                    "no question of “%(name)s” can be asked by %(channel)s, as %(queue)s does",
                    name=name,
                    channel=channel,
                    queue=queue,
                )
            )
