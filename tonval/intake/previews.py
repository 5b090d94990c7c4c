"""What would come of a file's first rows, with nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, tuple_

from tonval.fieldwork import invitations
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.intake.headings import CONTACTS
from tonval.intake.opening import Opened
from tonval.intake.reports import Misfit, Reader
from tonval.intake.runs import CONTACTS_TAKEN, REFUSED, REPEATED
from tonval.intake.tables import RowFault
from tonval.store.tables import interactions

_REPORTED = select(interactions.c.kind, interactions.c.ref).where(
    tuple_(interactions.c.kind, interactions.c.ref).in_(bindparam("keys", expanding=True)),
    interactions.c.reported_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """``looked`` rows with their ``outcomes``, the suppressed ones by rule, and the ones that would be refused."""

    looked: int
    outcomes: Mapping[str, int]
    rules: Mapping[str, int]
    misfits: Sequence[Misfit]


def preview(office: Field, opened: Opened) -> Preview:
    """A dry run over the sample of a file without faults, under today's caps, blocklist and opt-outs."""
    reader = Reader(opened.plan, office.centre)
    read = reader.customer if opened.plan.kind == CONTACTS else reader.interaction
    found = [Misfit(row.number, row.sentence) if isinstance(row, RowFault) else read(row) for row in opened.sample]
    misfits = [each for each in found if isinstance(each, Misfit)]
    outcomes, rules = _decisions(office, [each for each in found if isinstance(each, Interaction)])
    outcomes[REFUSED] = len(misfits)
    if opened.plan.kind == CONTACTS:
        outcomes[CONTACTS_TAKEN] = len(found) - len(misfits)
    return Preview(len(found), outcomes, rules, misfits)


def _decisions(office: Field, reports: Sequence[Interaction]) -> tuple[Counter[str], Counter[str]]:
    outcomes: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    seen = _reported(office, reports)
    for report, decision in zip(reports, invitations.preview(office, reports) if reports else (), strict=True):
        outcomes[REPEATED if report.key in seen else decision["outcome"]] += 1
        if report.key not in seen:
            rules.update(filter(None, [decision.get("rule")]))
        seen.add(report.key)
    return outcomes, rules


def _reported(office: Field, reports: Iterable[Interaction]) -> set[tuple[str, str]]:
    """Those that have been reported before."""
    keys = [report.key for report in reports]
    with office.unit.read() as tx:
        return {(kind, ref) for kind, ref in tx.execute(_REPORTED, {"keys": keys})} if keys else set()
