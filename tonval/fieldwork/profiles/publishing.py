"""What customers are asked: a version is published once, stays as it is, and is in force until another one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import Publication, put_version
from tonval.fieldwork.profiles.drafts import change
from tonval.fieldwork.profiles.faults import HasFaults, Outdated, ProfileError, UnknownSurvey
from tonval.fieldwork.profiles.linting import lint, read_draft
from tonval.fieldwork.profiles.shelf import PAGE, Profile, changed, profile, to_change, unmanaged
from tonval.fieldwork.renewal import count_up
from tonval.store.tables import interviews, survey_versions, surveys
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import form_from
from tonval.surveys.sentences import sentence

_V: Final = survey_versions.c
_LISTED: Final = (_V.version, _V.created_at, _V.author, _V.origin)


@dataclass(frozen=True, slots=True)
class Version:
    """One published version: who made it when, from the page or the file, and how many interviews went by it."""

    number: int
    created_at: datetime
    author: str | None
    origin: str
    interviews: int
    in_force: bool


def publish(office: Field, name: str, seen_revision: int, by: Actor) -> int:
    """Let customers be asked by the draft; gives the number of its version, an old one where nothing has changed.

    Interviews that have begun go on by their own version. Raises ``HasFaults``, ``Outdated``.
    """
    found = unmanaged(profile(office, name))
    if found.revision != seen_revision:
        raise Outdated(found)
    if found.archived:
        raise ProfileError(sentence("“%(name)s” is put away; restore it first", name=name))
    if found.draft is None:
        return found.version or 0  # a survey without a draft has been published
    faults = tuple(fault for fault in lint(office, name, found.draft) if not fault.warning)
    if faults:
        raise HasFaults(f"{name}.yaml", faults)
    return _put_in_force(office, found, found.draft, by)


def _put_in_force(office: Field, found: Profile, draft: str, by: Actor) -> int:
    form = read_draft(office, found.id, draft)
    with office.unit.begin() as tx:
        change(tx, office, found.id, found.revision, by.name, draft=None)
        number = put_version(tx, form, Publication(office.now(), PAGE, draft, by.name)).version
        tx.execute(update(surveys).where(surveys.c.id == found.id).values(version=number))
        told = {"before": found.version, "after": number}
        audit.note(tx, office, by, Deed("survey.published", "survey", found.id, told))
        count_up(tx)
    office.renew(at_once=True)
    return number


def use_version(office: Field, name: str, number: int, by: Actor) -> None:
    """Let an older version be in force again; the draft stays. Raises ``UnknownSurvey``."""
    with office.unit.begin() as tx:
        before = to_change(tx, office, name).version
        if tx.execute(select(_V.version).where(_V.survey == name, _V.version == number)).scalar() is None:
            raise UnknownSurvey(sentence("“%(name)s” has no version %(number)s", name=name, number=number))
        changed(tx, office, name, by.name, version=number)
        audit.note(tx, office, by, Deed("survey.used", "survey", name, {"before": before, "after": number}))
        count_up(tx)
    office.renew(at_once=True)


def versions(office: Field, name: str) -> tuple[Version, ...]:
    """Every version, the newest first."""
    in_force = profile(office, name).version
    heard = select(interviews.c.version, func.count()).where(interviews.c.survey == name)
    with office.unit.read() as tx:
        counts = {row[0]: row[1] for row in tx.execute(heard.group_by(interviews.c.version))}
        rows = tx.execute(select(*_LISTED).where(_V.survey == name).order_by(_V.version.desc())).all()
    return tuple(Version(*row, counts.get(row.version, 0), row.version == in_force) for row in rows)


def version(office: Field, name: str, number: int) -> tuple[str | None, Form]:
    """A version's document, ``None`` for one from before they were kept, and its form. Raises ``UnknownSurvey``."""
    wanted = select(_V.document, _V.form).where(_V.survey == name, _V.version == number)
    with office.unit.read() as tx:
        row = tx.execute(wanted).one_or_none()
    if row is None:
        raise UnknownSurvey(sentence("“%(name)s” has no version %(number)s", name=name, number=number))
    return row.document, form_from(row.form)
