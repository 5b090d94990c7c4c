"""Another name of the company: surveys made in the browser that speak it get a version that speaks the new one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import Publication, put_version
from tonval.fieldwork.profiles.shelf import PAGE
from tonval.store.tables import survey_versions, surveys
from tonval.surveys.codes import by_place
from tonval.surveys.document import BrokenDocument, read_document
from tonval.surveys.questionnaire import Form
from tonval.surveys.reader import read_forms
from tonval.surveys.record import form_from

_V: Final = survey_versions.c
_IN_FORCE: Final = (
    select(surveys.c.id, _V.version, _V.document, _V.form)
    .join(survey_versions, (_V.survey == surveys.c.id) & (_V.version == surveys.c.version))
    .where(surveys.c.archived_at.is_(None))
)
_BRAND: Final = "{brand}"


def rebrand(tx: Connection, office: Field, before: str, after: str, by: Actor) -> tuple[str, ...]:
    """Put a version with the brand ``after`` in force wherever the one in force is its document with ``before``.

    Gives the surveys that have one now. What was published with other terms, such as other languages, stays as it is.
    """
    spoken = (row for row in tx.execute(_IN_FORCE).all() if row.document and _BRAND in row.document)
    return tuple(row.id for row in spoken if _renew(tx, office, row, (before, after), by))


def _renew(tx: Connection, office: Field, row: Any, brands: tuple[str, str], by: Actor) -> bool:
    stands, wanted = (_form(row.id, row.document, office.centre.languages, brand) for brand in brands)
    if stands is None or wanted is None or _words(stands) != _words(form_from(row.form)) or stands == wanted:
        return False
    published = Publication(office.now(), PAGE, row.document, by.name)
    number = put_version(tx, wanted, published).version
    tx.execute(update(surveys).where(surveys.c.id == row.id).values(version=number))
    told = {"before": row.version, "after": number}
    audit.note(tx, office, by, Deed("survey.published", "survey", row.id, told))
    return True


def _form(name: str, document: str, languages: tuple[str, ...], brand: str) -> Form | None:
    try:
        return read_forms(read_document(document), languages, brand).get(name)
    except BrokenDocument:
        return None


def _words(form: Form) -> Form:
    """The form as versions are told apart."""
    return replace(by_place(form), version=0)
