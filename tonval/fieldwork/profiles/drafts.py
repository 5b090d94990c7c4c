"""What is being changed in a survey: seen by whoever makes surveys, and by no customer before it is published."""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import Connection, select, update

from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles.faults import Outdated, ProfileError
from tonval.fieldwork.profiles.shelf import Profile, is_managed, known, profile, to_change
from tonval.store.tables import survey_versions, surveys
from tonval.store.upsert import insert_new
from tonval.surveys.document import BrokenDocument
from tonval.surveys.reader import is_name
from tonval.surveys.sentences import sentence
from tonval.surveys.writer import read_survey, write_survey

LONGEST: Final = 400_000
"""Characters of a survey's document."""

_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_S: Final = surveys.c


def start(office: Field, name: str, document: str, author: str | None) -> Profile:
    """A new survey with ``document`` as its draft. Raises ``ProfileError`` for a name that is none, or taken.

    A name that only stood in the file before goes on with the versions from there.
    """
    if not is_name(name):
        raise ProfileError(sentence("“%(name)s” is no name: use letters, digits, - and _, at most 64", name=name[:80]))
    now = office.now()
    row = {"id": name, "draft": _keepable(document), "revision": 1, "author": author, "created_at": now}
    with office.unit.begin() as tx:
        if is_managed(office, name) or not insert_new(tx, surveys, {**row, "changed_at": now}):
            raise ProfileError(sentence("there is a survey called “%(name)s” already", name=name))
    return profile(office, name)


def save(office: Field, name: str, document: str, seen_revision: int, author: str | None) -> Profile:
    """Keep ``document``, right or wrong, as the draft; its bytes are kept as they are.

    Raises ``Outdated`` when somebody else has changed the survey since revision ``seen_revision``: nothing is written.
    """
    with office.unit.begin() as tx:
        change(tx, office, name, seen_revision, author, draft=_keepable(document))
    return profile(office, name)


def discard_draft(office: Field, name: str, seen_revision: int, author: str | None) -> Profile:
    """Throw the draft away; the version in force stays. A survey that was never published is gone with its draft."""
    with office.unit.begin() as tx:
        found = change(tx, office, name, seen_revision, author, draft=None)
        if found.version is None:
            tx.execute(surveys.delete().where(_S.id == name))
            return found
    return profile(office, name)


def copy(office: Field, name: str, new_name: str, author: str | None) -> Profile:
    """A new survey that begins as the draft of another, or as its version in force. Raises ``ProfileError``."""
    found = profile(office, name)
    document = found.draft if found.draft is not None else _in_force(office, found)
    return start(office, new_name, renamed(document, new_name), author)


def renamed(document: str, name: str) -> str:
    """The survey under another name, as ``surveys.writer`` writes it; a document that cannot be read stays."""
    try:
        return write_survey(name, read_survey(document)[1])
    except BrokenDocument:
        return document


def change(tx: Connection, office: Field, name: str, seen_revision: int, author: str | None, **values: Any) -> Profile:
    """Write ``values`` to the survey as it was at ``seen_revision``; gives it as it was. Raises ``Outdated``."""
    found = to_change(tx, office, name)
    row = {**values, "revision": seen_revision + 1, "changed_at": office.now(), "author": author}
    done = tx.execute(update(surveys).where(_S.id == name, _S.revision == seen_revision).values(row))
    if done.rowcount != 1:
        raise Outdated(known(tx, office, name))
    return found


def _in_force(office: Field, found: Profile) -> str:
    columns = survey_versions.c
    wanted = select(columns.document).where(columns.survey == found.id, columns.version == found.version)
    with office.unit.read() as tx:
        document: str | None = tx.execute(wanted).scalar()
    if document is None:
        raise ProfileError(
            sentence("“%(id)s” was published before its text was kept; it can be seen, but not copied", id=found.id)
        )
    return document


def _keepable(document: str) -> str:
    if len(document) > LONGEST:
        raise ProfileError(sentence("the survey is longer than %(LONGEST)s characters", LONGEST=LONGEST))
    if _UNKEEPABLE.search(document):
        raise ProfileError(sentence("the survey holds characters that cannot be kept"))
    return document
