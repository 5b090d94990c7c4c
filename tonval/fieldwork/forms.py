"""Survey versions: what the file says now is published once, what was published is never changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, func, select

from tonval.fieldwork.centre import Centre
from tonval.store.tables import agents, configs, survey_versions, units
from tonval.store.unit import Unit
from tonval.store.upsert import insert, insert_new
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import form_from, plain


def publish(unit: Unit, centre: Centre, now: datetime) -> Centre:
    """Write the centre's configuration and its surveys; gives the centre back with each form's version number."""
    with unit.begin() as tx:
        insert_new(tx, configs, {"id": centre.config, "document": centre.document, "loaded_at": now})
        _publish_people(tx, centre)
        forms = {name: _publish_form(tx, form, now) for name, form in centre.forms.items()}
    return replace(centre, forms=forms)


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


def _publish_form(tx: Connection, form: Form, now: datetime) -> Form:
    """A form seen before keeps its number; a new one gets the next."""
    columns = survey_versions.c
    digest = hashlib.sha256(json.dumps(plain(form), sort_keys=True).encode()).hexdigest()
    known = select(columns.version).where(columns.survey == form.id, columns.digest == digest)
    version = tx.execute(known).scalar()
    if version is not None:
        return replace(form, version=version)
    latest = tx.execute(select(func.max(columns.version)).where(columns.survey == form.id)).scalar() or 0
    numbered = replace(form, version=latest + 1)
    row = {"survey": form.id, "version": latest + 1, "digest": digest, "form": plain(numbered)}
    if insert_new(tx, survey_versions, {**row, "origin": "file", "created_at": now}):
        return numbered
    return _publish_form(tx, form, now)


def _publish_people(tx: Connection, centre: Centre) -> None:
    for path, name in centre.units.items():
        put = insert(tx, units).values(path=path, name=name)
        tx.execute(put.on_conflict_do_update(index_elements=["path"], set_={"name": name}))
    for person in centre.agents.values():
        put = insert(tx, agents).values(id=person.id, name=person.name, unit=person.unit)
        tx.execute(put.on_conflict_do_update(index_elements=["id"], set_={"name": person.name, "unit": person.unit}))
