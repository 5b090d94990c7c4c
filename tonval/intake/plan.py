"""How a file is read: which column fills which field, and what stands for a column that is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tonval.intake.headings import ATTRIBUTE, CONTACTS, INTERACTIONS, fields_of, guess, is_field
from tonval.intake.tables import Row, RowFault
from tonval.intake.values import DATE_ORDERS, Unreadable, date_order, is_either
from tonval.surveys.sentences import sentence

KINDS: Final = (INTERACTIONS, CONTACTS)
MOMENTS: Final = ("started_at", "ended_at", "not_before")
SETTINGS: Final = ("queue", "kind", "agent", "country", "dates")
"""What may stand for the whole file: ``country`` for national phone numbers, ``dates`` for dates like 03/04/2026."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``columns`` is heading to field; ``settings`` are those of ``SETTINGS`` that somebody gave, as text."""

    kind: str
    columns: Mapping[str, str]
    settings: Mapping[str, str] = field(default_factory=dict)

    def headings_of(self, name: str) -> list[str]:
        """The columns that fill a field; two that make up one time are joined."""
        return [heading for heading, filled in self.columns.items() if filled == name]


def fitting(plan: Plan, headings: Iterable[str]) -> Plan:
    """The plan without the columns that this file does not have."""
    there = set(headings)
    return replace(plan, columns={heading: name for heading, name in plan.columns.items() if heading in there})


def planned(headings: Sequence[str], kind: str, remembered: Plan | None) -> tuple[Plan, bool]:
    """The plan remembered from the last file where every column it reads is here too, else what the headings say.

    The second value tells whether it is the remembered one. Settings are kept either way.
    """
    if remembered is not None and remembered.kind == kind and set(remembered.columns) <= set(headings):
        return remembered, True
    return Plan(kind, guess(headings, kind), remembered.settings if remembered else {}), False


def faults(plan: Plan, headings: Sequence[str], queues: Iterable[str]) -> list[str]:
    """What keeps a file from being taken by this plan, each a sentence; none when it can be."""
    return [
        *_unknown_columns(plan, headings),
        *_doubled(plan),
        *_without_address(plan),
        *(_without_queue(plan, list(queues)) if plan.kind == INTERACTIONS else ()),
        *_unknown_settings(plan),
    ]


def _unknown_columns(plan: Plan, headings: Sequence[str]) -> Iterable[str]:
    for heading, name in plan.columns.items():
        if heading not in headings:
            yield sentence(
                "There is no column “%(heading)s”; the file has %(headings)s.",
                heading=heading,
                headings=", ".join(f"“{each}”" for each in headings[:20]),
            )
        if not is_field(name) or not (name.startswith(ATTRIBUTE) or name in fields_of(plan.kind)):
            yield sentence(
                "“%(heading)s” cannot be read as “%(name)s”; the fields are %(kind)s.",
                heading=heading,
                name=name,
                kind=", ".join(fields_of(plan.kind)),
            )


def _doubled(plan: Plan) -> Iterable[str]:
    for name in sorted(set(plan.columns.values())):
        found = plan.headings_of(name)
        if len(found) > (2 if name in MOMENTS else 1):
            yield sentence(
                "Several columns are read as %(name)s: %(found)s. Keep one.",
                name=name,
                found=", ".join(f"“{each}”" for each in found),
            )


def _without_address(plan: Plan) -> Iterable[str]:
    if not (plan.headings_of("customer.phone") or plan.headings_of("customer.email")):
        yield sentence("No column holds a phone number or an e-mail address (customer.phone, customer.email).")


def _without_queue(plan: Plan, queues: list[str]) -> Iterable[str]:
    named = plan.settings.get("queue")
    if not named and not plan.headings_of("queue"):
        yield sentence(
            "No column says the queue, and none is set for the file. The queues are %(queues)s.",
            queues=", ".join(queues),
        )
    if named and named not in queues:
        yield sentence(
            "There is no queue called “%(named)s”. The queues are %(queues)s.", named=named, queues=", ".join(queues)
        )


def _unknown_settings(plan: Plan) -> Iterable[str]:
    for name in plan.settings:
        if name not in SETTINGS:
            yield sentence("There is no setting “%(name)s”.", name=name)
    if plan.settings.get("dates", DATE_ORDERS[0]) not in DATE_ORDERS:
        yield sentence("Dates are either day-first or month-first.")


def told_dates(plan: Plan, sample: Iterable[Row | RowFault]) -> tuple[Plan, str]:
    """The plan with the order of dates like 21/11/2026 that the first rows tell; else what is to be done, a sentence.

    Days over 12 tell it. Where none is seen nobody can know, and the file is refused until somebody says.
    """
    if "dates" in plan.settings:
        return plan, ""
    columns = [heading for name in MOMENTS for heading in plan.headings_of(name)]
    rows = [row.cells for row in sample if isinstance(row, Row)]
    texts = [text for cells in rows for heading in columns if (text := cells.get(heading)) and is_either(text)]
    try:
        order = date_order(texts)
    except Unreadable as mixed:
        return plan, sentence("The file %(mixed)s.", mixed=mixed)
    if order:
        return replace(plan, settings={**plan.settings, "dates": order}), ""
    if texts:
        return plan, sentence(
            "Dates like %(texts)s may be day first or month first: say which for the file.", texts=texts[0]
        )
    return plan, ""
