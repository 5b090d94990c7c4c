"""A file before it is taken: what it holds, how it would be read, and what keeps it from being taken."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from tonval.fieldwork.field import Field
from tonval.intake import runs
from tonval.intake.plan import Plan, faults, planned, told_dates
from tonval.intake.tables import Row, RowFault, open_table
from tonval.surveys.sentences import sentence

SAMPLE: Final = 2000
"""Rows looked at before a file is taken."""

SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""What a source, and so its drop folder, may be called."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody says about a file: ``None`` where the remembered plan or the headings are to decide."""

    kind: str
    columns: Mapping[str, str] | None = None
    settings: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read as a table. ``faults`` are sentences; with one of them it cannot be taken."""

    format: str
    headings: tuple[str, ...]
    labels: Mapping[str, str]
    sample: tuple[Row | RowFault, ...]
    plan: Plan
    remembered: bool
    faults: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the sample is the whole file."""
        return len(self.sample) < SAMPLE


def open_file(office: Field, path: Path, name: str, source: str, wishes: Wishes) -> Opened:
    """Look at the first rows of a file and settle how it would be read. Raises ``BadFile``."""
    with open_table(path, name) as table:
        sample = tuple(islice(table.rows(), SAMPLE))
        headings, labels, form = table.headings, dict(table.labels), table.kind
    known = runs.remembered(office, source)
    plan, again = planned(headings, wishes.kind, known)
    if wishes.columns is not None:
        plan = replace(plan, columns=dict(wishes.columns))
    if wishes.settings is not None:
        plan = replace(plan, settings={name: value for name, value in wishes.settings.items() if value})
    found = faults(plan, headings, office.centre.queues)
    plan, untold = (plan, "") if found else told_dates(plan, sample)
    complaints = (*found, *filter(None, (untold, "" if sample else sentence("The file has headings and no rows."))))
    return Opened(form, headings, labels, sample, plan, again and wishes.columns is None, complaints)


def digest_of(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
