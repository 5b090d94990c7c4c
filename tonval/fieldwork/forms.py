"""Survey versions: what the file says now is published once, what was published is never changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select, update

from tonval.fieldwork.addition import parted
from tonval.fieldwork.centre import Centre
from tonval.store.tables import agents, configs, survey_versions, units
from tonval.store.unit import Unit
from tonval.store.upsert import insert, insert_new
from tonval.surveys.codes import by_place, with_codes
from tonval.surveys.document import read_document
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import form_from, plain
from tonval.surveys.writer import write_survey


@dataclass(frozen=True, slots=True)
class Publication:
    """When, from where (``file``, ``page``), with which text and by whom a version comes to be."""

    at: datetime
    origin: str = "file"
    document: str | None = None
    author: str | None = None


def publish(unit: Unit, centre: Centre, now: datetime) -> Centre:
    """Write the centre's configuration and its surveys; gives the centre back with each form's version number."""
    documents = _documents(centre)
    with unit.begin() as tx:
        insert_new(tx, configs, {"id": centre.config, "document": centre.document, "loaded_at": now})
        _publish_people(tx, centre)
        forms = {
            name: put_version(tx, form, Publication(now, document=documents.get(name)))
            for name, form in centre.forms.items()
            if name not in centre.made_here
        }
    return replace(centre, forms={**centre.forms, **forms})


def _documents(centre: Centre) -> dict[str, str]:
    """Each survey of the file as a document of its own."""
    return {name: text for name, text in _surveys_of(parted(centre.document)[0]) if name in centre.forms}


@lru_cache(maxsize=8)
def _surveys_of(file: str) -> tuple[tuple[str, str], ...]:
    surveys = read_document(file).part("surveys")
    return tuple((name, write_survey(name, data)) for name, data in surveys.data.items())


def form_of(tx: Connection, centre: Centre, survey: str, version: int) -> Form:
    """The form an interview was begun on, whatever the file says today."""
    current = centre.forms.get(survey)
    if current is not None and current.version == version:
        return current
    columns = survey_versions.c
    row = tx.execute(select(columns.form).where(columns.survey == survey, columns.version == version)).scalar_one()
    return _parsed(json.dumps(row))


@lru_cache(maxsize=256)
def _parsed(document: str) -> Form:
    return form_from(json.loads(document))


def put_version(tx: Connection, form: Form, publication: Publication) -> Form:
    """The form with its number: its old one where it was published before, else the next.

    What customers see is the form; the text it was written as may be spelled anew without a new version.
    """
    columns = survey_versions.c
    bare = replace(by_place(form), version=0)
    digest = hashlib.sha256(json.dumps(plain(bare), sort_keys=True).encode()).hexdigest()
    same = (columns.survey == form.id, columns.digest == digest)
    known = tx.execute(select(columns.form, columns.document).where(*same)).one_or_none()
    if known is not None:
        if publication.document not in (None, known.document):
            tx.execute(update(survey_versions).where(*same).values(document=publication.document))
        return _parsed(json.dumps(known.form))
    earlier = tx.execute(select(columns.form).where(columns.survey == form.id).order_by(columns.version)).scalars()
    before = [form_from(record) for record in earlier]
    numbered = replace(with_codes(bare, before), version=max((old.version for old in before), default=0) + 1)
    row = {"survey": form.id, "version": numbered.version, "digest": digest, "form": plain(numbered)}
    stamp = {"origin": publication.origin, "document": publication.document, "author": publication.author}
    if insert_new(tx, survey_versions, {**row, **stamp, "created_at": publication.at}):
        return numbered
    return put_version(tx, form, publication)


def _publish_people(tx: Connection, centre: Centre) -> None:
    for path, name in centre.units.items():
        put = insert(tx, units).values(path=path, name=name)
        tx.execute(put.on_conflict_do_update(index_elements=["path"], set_={"name": name}))
    for person in centre.agents.values():
        put = insert(tx, agents).values(id=person.id, name=person.name, unit=person.unit)
        tx.execute(put.on_conflict_do_update(index_elements=["id"], set_={"name": person.name, "unit": person.unit}))
