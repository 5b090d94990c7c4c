"""The centre renewed while it runs: what is made, assigned and set up in the browser joins it between pieces of work.

The file stays as it was read at the start. Beneath it lie the settings of today (``layers``), and beside both the
surveys in force and which queue is asked with them (``addition``).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import OperationalError

from tonval.fieldwork.addition import add, addition, parted
from tonval.fieldwork.centre import Centre
from tonval.fieldwork.forms import publish
from tonval.fieldwork.layers import Page, page_of
from tonval.fieldwork.misfits import is_about_use
from tonval.fieldwork.routing import NO_FILE, lay
from tonval.store.tables import assignments, configs, configured, revisions, survey_versions, surveys
from tonval.store.unit import Unit
from tonval.store.upsert import insert, insert_new
from tonval.surveys.codes import by_place
from tonval.surveys.document import BrokenDocument, Fault, read_document
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import form_from
from tonval.surveys.sentences import sentence
from tonval.surveys.writer import read_survey

LOOK_EVERY: Final = 2.0
"""Seconds between two looks at the database."""

_NAME: Final = "surveys"
_REVISION: Final = select(revisions.c.n).where(revisions.c.name == _NAME)
_V: Final = survey_versions.c
_IN_FORCE: Final = (
    select(_V.survey, _V.form, _V.document)
    .join_from(surveys, survey_versions, (_V.survey == surveys.c.id) & (_V.version == surveys.c.version))
    .where(surveys.c.archived_at.is_(None))
)
_CONFIGURED: Final = select(configured.c.path, configured.c.body)
_ASSIGNED: Final = select(assignments.c.queue, assignments.c.template, assignments.c.survey)

log = logging.getLogger(__name__)


Fit = Callable[[Centre], Centre]
"""Gives the numbers of a centre the providers that are there for them."""


class Renewal:
    """Makes the centre anew from ``file`` when somebody has counted up; ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        unit: Unit,
        file: Centre,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        fit: Fit = lambda centre: centre,
    ) -> None:
        self.file = file
        self.fit = fit
        self._unit, self._now, self._clock = unit, now, clock
        self._next = float("-inf")

    def newest(self, centre: Centre, *, at_once: bool = False) -> Centre:
        """The centre as it is to be now; the same one when nothing has changed, or it was looked at a moment ago.

        A database that is away changes nothing: whoever needs it will say so. Nor do settings that the file of this
        process has no room for, which only another file on another host can have let through.
        """
        if not at_once and self._clock() < self._next:
            return centre
        self._next = self._clock() + LOOK_EVERY
        try:
            return self._renewed(centre)
        except OperationalError as away:
            log.warning("the surveys in force cannot be looked at: %s", away.orig)
        except BrokenDocument as broken:
            log.warning("what was set up in the browser does not fit the file: %s", broken)
        return centre

    def _renewed(self, centre: Centre) -> Centre:
        with self._unit.read() as tx:
            revision = tx.execute(_REVISION).scalar() or 0  # first: what comes in between is found by the next look
            if revision == centre.revision:
                return centre
            said = over(tx, self.file, self.fit)
            renewed = _joined(tx, said)
        if any(not form.version for form in said.forms.values()):  # another brand: other words in the file's surveys
            renewed = publish(self._unit, renewed, self._now())
        elif renewed.config != centre.config:
            with self._unit.begin() as tx:
                row = {"id": renewed.config, "document": renewed.document, "loaded_at": self._now()}
                insert_new(tx, configs, row)
        self.file = of_file(replace(said, forms=renewed.forms), self.file)
        return replace(renewed, revision=revision)


def joined(tx: Connection, file: Centre, fit: Fit = lambda centre: centre) -> Centre:
    """The file's centre over the settings of today, with the surveys in force and what is assigned; the file wins.

    A survey of the file whose words are others now has no version yet. Raises ``BrokenDocument``.
    """
    return _joined(tx, over(tx, file, fit))


def over(tx: Connection, file: Centre, fit: Fit = lambda centre: centre) -> Centre:
    """The file's centre over the settings of today alone. Raises ``BrokenDocument``."""
    page = read_page(tx)
    if not page and not file.beneath:
        return file
    said = fit(lay(file.document, page, published(tx)))
    known = {name: form for name, form in file.forms.items() if _same(form, said.forms.get(name))}
    return replace(said, forms=MappingProxyType({**said.forms, **known}))


def of_file(said: Centre, before: Centre) -> Centre:
    """What the file itself names of the centre; its terms are those that hold, in part the browser's.

    ``before`` is the same where neither has anything of the browser's in it.
    """
    if not said.beneath and not before.beneath:
        return before
    root = read_document(said.document)
    queues = {name: each for name, each in said.queues.items() if name in root.part("queues").data}
    forms = {name: each for name, each in said.forms.items() if name in root.part("surveys").data}
    return replace(said, queues=MappingProxyType(queues), forms=MappingProxyType(forms))


def _joined(tx: Connection, said: Centre) -> Centre:
    rows = tx.execute(_IN_FORCE).all()
    forms = {row.survey: _form(json.dumps(row.form)) for row in rows}
    off = frozenset(row.survey for row in rows if _is_off(row.document))
    assigned = {(row.queue, row.template): row.survey for row in tx.execute(_ASSIGNED)}
    centre = add(said, addition(said, frozenset(forms), off, assigned))
    return replace(centre, forms=MappingProxyType({**forms, **said.forms}), warnings=_warnings(said, centre, forms))


def _same(known: Form, read: Form | None) -> bool:
    """Whether the words are those of the version that is known."""
    return read is not None and replace(by_place(known), version=0) == replace(by_place(read), version=0)


def read_page(tx: Connection) -> Page:
    """What is set up in the browser, as a document of the file's form."""
    return page_of({row.path: row.body for row in tx.execute(_CONFIGURED)})


def page_before(tx: Connection) -> Page:
    """The same of a database that may be older than this program, or empty."""
    return read_page(tx) if inspect(tx).has_table(configured.name) else {}


def had_file(tx: Connection) -> bool:
    """Whether the centre has ever been described by a file."""
    if not inspect(tx).has_table(configs.name):
        return False
    return any(not text.startswith(NO_FILE) for text in tx.execute(select(configs.c.document)).scalars())


def with_surveys(unit: Unit, centre: Centre) -> Centre:
    """Another file's centre with the surveys of today, unless it says itself what the browser added (``addition``)."""
    if parted(centre.document)[1]:
        return centre
    with unit.read() as tx:
        return joined(tx, centre)


def published(tx: Connection) -> frozenset[str]:
    """The names of the surveys made in the browser that may be asked with."""
    return frozenset(tx.execute(_IN_FORCE.with_only_columns(_V.survey)).scalars())


def count_up(tx: Connection) -> None:
    """Tell every process, by this transaction, that something was published, assigned or put away."""
    put = insert(tx, revisions).values(name=_NAME, n=1)
    tx.execute(put.on_conflict_do_update(index_elements=["name"], set_={"n": revisions.c.n + 1}))


@lru_cache(maxsize=256)
def _form(record: str) -> Form:
    return form_from(json.loads(record))


@lru_cache(maxsize=256)
def _is_off(document: str | None) -> bool:
    """Whether the survey asks nobody for now: that is said in its document and is no part of its form."""
    try:
        return document is not None and read_survey(document)[1].get("off") is True
    except BrokenDocument:
        return False


def _warnings(file: Centre, centre: Centre, made: Collection[str]) -> tuple[Fault, ...]:
    """Those of the file but for what the browser has settled, and each survey that the file hides."""
    served = {("queues", queue.name) for queue in centre.queues.values() if queue.survey}
    used = {each for queue in centre.queues.values() for each in (queue.survey, *queue.templates.values())}
    settled = {*served, *(("surveys", name) for name in used)}
    left = [fault for fault in file.warnings if not (fault.path in settled and is_about_use(fault))]
    return tuple(sorted({*left, *(_hidden(file, name) for name in file.forms.keys() & set(made))}))


def _hidden(file: Centre, name: str) -> Fault:
    line = read_document(file.document).line(("surveys", name))
    return Fault(
        line,
        sentence("surveys.%(name)s: the file wins over the survey of this name made in the browser", name=name),
        warning=True,
    )
