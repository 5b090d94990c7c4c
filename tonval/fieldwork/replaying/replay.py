"""A dry run of the past: what another queues.yaml would have decided on every contact of a period.

It folds the reported interactions, in the order they were decided, through the same ``decide`` that decided them.
Nothing is written. What happened to invitations afterwards (dropped, sent another way) happens here too, where the
invitation is made here too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Integer, Row, and_, bindparam, or_, select

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.deciding.by_call import refusable
from tonval.fieldwork.deciding.decide import Asking, Case, decided
from tonval.fieldwork.deciding.eligibility import Suppressed, possible_ways
from tonval.fieldwork.deciding.past import Dropped, Invited, Moved, Past, longest_cap
from tonval.fieldwork.deciding.refusals import Dated, Refusal, refused_since
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import WAVE, Interaction, read_interaction
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.replaying.replayed import INVITED, Change, Count, Replay, outcome_of
from tonval.fieldwork.requests import KIND as REQUEST
from tonval.fieldwork.requests import choose_queue, interaction_of, read_request
from tonval.fieldwork.respondents import Customer
from tonval.store.tables import interactions, invitations
from tonval.surveys.sentences import sentence

CHUNK: Final = 1000
CHANGES: Final = 20

_AGO: Final = re.compile(r"([0-9]{1,4})([hdw])")
_OLDEST, _NEWEST = 2000, 2100
_UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_I: Final = interactions.c
_V: Final = invitations.c
READ: Final = (
    select(
        *(_I[name] for name in ("id", "kind", "ref", "queue", "agent", "contact", "ticket", "created_at")),
        *(_I[name] for name in ("reported_at", "report", "decision")),
        _V.channel,
        _V.survey,
        _V.state,
        _V.settled_at,
        _V.contact.label("invited"),  # what came later may have put another contact or queue on the interaction
        _V.queue.label("invited_for"),
        _V.created_at.label("invited_at"),
    )
    .select_from(interactions.outerjoin(invitations, _V.interaction == _I.id))
    .where(
        _I.created_at >= bindparam("at"),
        or_(_I.created_at > bindparam("at"), _I.id > bindparam("after")),
        _I.created_at < bindparam("until"),
    )
    .order_by(_I.created_at, _I.id)
    .limit(bindparam("chunk", type_=Integer))
)
"""Rows of the period, a chunk at a time, in the order they were decided."""

_BEFORE: Final = READ.where(_V.id.is_not(None))
_TICKETS: Final = (
    select(_I.ticket, _V.state, _V.settled_at)
    .join_from(interactions, invitations, _V.interaction == _I.id)
    .where(_I.ticket.in_(bindparam("some", expanding=True)), _I.created_at < bindparam("before"))
    .where(or_(_V.state != "dropped", and_(_V.settled_at.is_not(None), _V.settled_at >= bindparam("before"))))
)

Progress = Callable[[float], None]
"""Is told the share that is done, 0 to 1."""


def replay(
    office: Field,
    centre: Centre,
    since: datetime,
    until: datetime | None = None,
    progress: Progress | None = None,
    *,
    queue: str | None = None,
    changes: int = CHANGES,
) -> Replay:
    """What ``centre`` would have decided from ``since`` until just before ``until`` (aware), for all or one queue.

    Every queue is decided in any case, since caps reach across them; ``queue`` only says what is counted. Memory grows
    with the people asked within the longest cap and the tickets asked about, not with the interactions.
    """
    until = until or office.now()
    count = Count(queue, changes)
    _Run(office, centre, since, count).go(until, progress or (lambda share: None))
    return count.result(centre.config, since, until)


def moment_of(text: str, now: datetime, zone: str) -> datetime:
    """``30d`` or ``12h`` before ``now``, a day such as ``2026-11-01`` in ``zone``, or a time with its own zone.

    Raises ``Faulty``.
    """
    fault = sentence("“%(text)s” is neither a length of time such as 30d nor a day such as 2026-11-01", text=text[:40])
    ago = _AGO.fullmatch(text.strip())
    try:
        moment = now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}) if ago else datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise Faulty(fault) from None
    if not _OLDEST <= moment.year <= _NEWEST:
        raise Faulty(fault)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class _Known:
    """A row with the decision it got first, and the case it makes under the new file, or why it makes none."""

    row: Row[Any]
    first: Mapping[str, Any]
    case: Case | Suppressed | None


class _Books:
    """Blocklist and opt-outs as they stood at a moment, as far as the entries still stand."""

    def __init__(self, entries: Mapping[tuple[str, str], list[Dated]]) -> None:
        self._entries = entries
        self._made = sorted({since for found in entries.values() for since, _ in found})
        self._seen, self._then = 0, dict[tuple[str, str], Refusal]()

    def at(self, now: datetime) -> Mapping[tuple[str, str], Refusal]:
        """Those who refused by then; the same mapping until another entry was made."""
        seen = bisect_right(self._made, now)
        if seen != self._seen:
            made = ((pair, [why for since, why in found if since <= now]) for pair, found in self._entries.items())
            self._seen, self._then = seen, {pair: whys[0] for pair, whys in made if whys}
        return self._then


class _Run:
    """One replay on its way."""

    def __init__(self, office: Field, centre: Centre, since: datetime, count: Count) -> None:
        self._office, self._centre, self._since, self._count = office, centre, since, count
        self._past = Past(centre)
        self._zone = ZoneInfo(centre.zone)
        self._begin = min(since - longest_cap(centre.queues.values()), self._midnight())

    def go(self, until: datetime, progress: Progress) -> None:
        """First what stood already, then the period itself."""
        for rows in self._chunks(_BEFORE, self._begin, self._since):
            for row in rows:
                self._remember(row, _first(row))
        for rows in self._chunks(READ, self._since, until):
            self._decide_chunk(rows)
            progress((rows[-1].created_at - self._since) / (until - self._since))
        progress(1.0)

    def _midnight(self) -> datetime:
        """When the quotas of the first day begin to count."""
        return self._since.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def _chunks(self, query: Any, at: datetime, until: datetime) -> Iterator[Sequence[Row[Any]]]:
        """Each in a transaction of its own: a long one would hold up what the database does to stay small."""
        after = 0
        while True:
            with self._office.unit.read() as tx:
                rows = tx.execute(query, {"at": at, "after": after, "until": until, "chunk": CHUNK}).all()
            if not rows:
                return
            yield rows
            at, after = rows[-1].created_at, rows[-1].id

    def _decide_chunk(self, rows: Sequence[Row[Any]]) -> None:
        known = [_known(self._centre, row) for row in rows]
        with self._office.unit.read() as tx:
            books = _Books(refused_since(tx, _addresses(known)))
            self._add_old_tickets(tx, known)
        for each in known:
            self._past.move_on(each.row.created_at)
            self._decide(each, books)

    def _decide(self, known: _Known, books: _Books) -> None:
        row, first, now = known.row, known.first, known.row.created_at
        would_be = first
        if known.case is None:
            self._remember(row, first)
        elif isinstance(known.case, Suppressed):
            would_be = decided(known.case, "", self._centre.config)
        else:
            self._past.standing.refused = books.at(now)
            decision = self._past.decide(known.case, row.id, now)
            would_be = decided(decision, "", self._centre.config)
            if isinstance(decision, Asking) and outcome_of(first) == INVITED:
                self._expect_the_same(row, first)
        change = Change(row.kind, row.ref, row.queue, now, first, would_be)
        self._count.add(change, row.contact, now.astimezone(self._zone).date(), kept=known.case is None)

    def _remember(self, row: Row[Any], first: Mapping[str, Any]) -> None:
        """It was asked about, whatever the new file says."""
        self._past.move_on(row.created_at)
        if first and outcome_of(first) == INVITED:
            self._past.happen(_invited(row, first["channel"], first["survey"]), row.created_at)
            self._expect_the_same(row, first)
        elif row.state is not None:  # asked for directly, later
            planned = row.decision.get("channel", row.channel)
            self._past.expect(_invited(row, planned, row.survey), row.invited_at)
            self._expect_the_same(row, {"channel": planned})

    def _expect_the_same(self, row: Row[Any], first: Mapping[str, Any]) -> None:
        """What became of the invitation."""
        if row.state == "dropped":
            self._past.expect(Dropped(row.id, row.invited, row.ticket), row.settled_at or row.created_at)
        elif row.state == "asked" and row.invited and row.settled_at and row.channel != first["channel"]:
            self._past.expect(Moved(row.invited, row.channel), row.settled_at)

    def _add_old_tickets(self, tx: Connection, known: Sequence[_Known]) -> None:
        """Tickets that were asked about so long ago that nothing else is remembered of it."""
        named = sorted({each.row.ticket for each in known if each.row.ticket})
        found = tx.execute(_TICKETS, {"some": named, "before": self._begin}).all() if named else ()
        for ticket, state, settled_at in found:
            if state != "dropped":
                self._past.standing.tickets.add(ticket)
            elif settled_at > known[0].row.created_at:
                self._past.standing.tickets.add(ticket)
                self._past.expect(Dropped(0, None, ticket), settled_at)


def _known(centre: Centre, row: Row[Any]) -> _Known:
    first = _first(row)
    if not first or row.reported_at != row.created_at or _asked_later(row) or not _is_report(row):
        return _Known(row, first, None)
    try:
        return _Known(row, first, _case(centre, row, first))
    except Faulty as fault:
        gone = "unknown_queue" if fault.field == "queue" else "survey_off" if fault.field == "survey" else "unreadable"
        return _Known(row, first, Suppressed(gone, fault.detail))


def _asked_later(row: Row[Any]) -> bool:
    """Whether a survey about it was asked for directly, after it had been decided on."""
    return "request" in row.decision or (row.invited_at is not None and row.invited_at > row.created_at)


def _is_report(row: Row[Any]) -> bool:
    """Whether the row holds what a system has reported: the simulator writes down only that it was there."""
    return bool(row.report) and ("id" in row.report or row.kind == REQUEST)


def _case(centre: Centre, row: Row[Any], first: Mapping[str, Any]) -> Case:
    """Raises ``Faulty`` where the new file would not have let it in."""
    told = Reading(row.report, "")
    if row.kind == REQUEST and "kind" not in row.report:
        request = read_request(told, centre, row.ref)
        customer = request.customer or Customer()
        queue = choose_queue(centre, request, customer)
        interaction = interaction_of(request, queue, customer)
    else:
        interaction = read_interaction(told, centre)
        if interaction.queue not in centre.queues:
            raise Faulty(sentence("there is no queue called “%(queue)s” any more", queue=interaction.queue), "queue")
        queue = centre.queues[interaction.queue]
    return Case(interaction, queue, row.contact, _zone(interaction, first), row.agent)


def _zone(interaction: Interaction, first: Mapping[str, Any]) -> str | None:
    zone: str | None = interaction.customer.zone or first.get("facts", {}).get("zone")
    return zone


def _first(row: Row[Any]) -> Mapping[str, Any]:
    decision: Mapping[str, Any] = row.decision or {}
    return decision.get("was", decision)  # type: ignore[no-any-return]


def _invited(row: Row[Any], channel: str, survey: str) -> Invited:
    reported = row.reported_at == row.created_at
    counted = reported and row.kind not in (REQUEST, WAVE) and not _asked_later(row)
    return Invited(row.id, row.invited, channel, survey, row.invited_for, row.agent, row.ticket, counted)


def _addresses(known: Sequence[_Known]) -> set[tuple[str, str]]:
    cases = (each.case for each in known if isinstance(each.case, Case))
    ways = ((case, way) for case in cases for way in possible_ways(case.queue, case.interaction.customer))
    return {(way.address, refusable(case.queue, case.interaction, way.channel)) for case, way in ways if way.address}
