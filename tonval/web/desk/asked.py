"""Who was asked and who was not: the ledger, one interaction explained, its customer, and its configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.field import Field
from tonval.stats.configuration import configuration
from tonval.stats.customers import customer
from tonval.stats.decisions import explain
from tonval.stats.ledger import Count, Wanted, counted, entries, seek
from tonval.stats.paging import BadCursor
from tonval.stats.queries import Filter
from tonval.stats.results import Course, channel_courses
from tonval.stats.scope import EVERYTHING
from tonval.surveys.dispositions import Disposition
from tonval.surveys.sentences import sentence
from tonval.web.desk.filters import CHANNELS
from tonval.web.desk.look import Look, look, show
from tonval.web.desk.looks import note_look
from tonval.web.desk.why import OUTCOMES, RULES, decided, headline, may_see_addresses, outcome, sentence_for

PAGE: Final = 40
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the counts: how many interactions ended so, and how much of all that is, in percent."""

    words: str
    disposition: str
    rule: str | None
    n: int
    percent: float


@dataclass(frozen=True, slots=True)
class QueueShare:
    """One queue: how many were asked, how many of them answered, and how many were not asked."""

    queue: str
    asked: int
    answered: int
    not_asked: int

    @property
    def total(self) -> int:
        """All interactions of the queue."""
        return self.asked + self.not_asked


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/asked`` and one of its interactions, ``/desk/customers/<id>`` and ``/desk/configs/<id>``."""

    @pages.get("/desk/asked")
    def asked() -> ResponseReturnValue:
        return _ledger(look(field))

    @pages.get("/desk/asked/<kind>/<path:ref>", merge_slashes=False)
    def why(kind: str, ref: str) -> ResponseReturnValue:
        return _why(look(field), _plain(kind), _plain(ref))

    @pages.get("/desk/customers/<contact>")
    def customer(contact: str) -> ResponseReturnValue:
        return _customer(look(field), _plain(contact))

    @pages.get("/desk/configs/<config>")
    def config(config: str) -> ResponseReturnValue:
        return _config(look(field), _plain(config))


@dataclass(frozen=True, slots=True)
class ChannelShare:
    """One way of asking: how many were asked, began to answer and finished."""

    channel: str
    asked: int
    began: int
    finished: int


def channel_shares(courses: Mapping[str, Course]) -> list[ChannelShare]:
    """The counts by channel, in the order of the filter bar; a channel that asked nobody is left out."""
    found = ((words, courses.get(channel)) for channel, words in CHANNELS.items())
    return [
        ChannelShare(words, course.asked, course.started, course.completed)
        for words, course in found
        if course is not None
    ]


def shares(counts: Iterable[Count]) -> list[Share]:
    """The counts by disposition and rule, the largest first."""
    sums: Counter[tuple[str, str | None]] = Counter()
    for row in counts:
        sums[row.disposition, row.rule] += row.n
    total = sums.total()
    return [
        Share(_words(disposition, rule), disposition, rule, n, 100 * n / total)
        for (disposition, rule), n in sums.most_common()
    ]


def queue_shares(counts: Iterable[Count]) -> list[QueueShare]:
    """The counts by queue, the largest first."""
    found: dict[str, QueueShare] = {}
    for row in counts:
        before = found.get(row.queue, QueueShare(row.queue, 0, 0, 0))
        asked = 0 if row.disposition == Disposition.SUPPRESSED else row.n
        answered = row.n if row.disposition in (Disposition.COMPLETE, Disposition.PARTIAL) else 0
        found[row.queue] = QueueShare(
            row.queue, before.asked + asked, before.answered + answered, before.not_asked + row.n - asked
        )
    return sorted(found.values(), key=lambda each: (-each.total, each.queue))


def _words(disposition: str, rule: str | None) -> str:
    return sentence("Not asked: %(rule)s", rule=RULES.get(rule, rule)) if rule else OUTCOMES[Disposition(disposition)]


def _ledger(seen: Look) -> str:
    disposition, rule = _chosen("disposition"), _chosen("rule")
    period = Wanted(seen.filter.start, seen.filter.end, seen.filter.queue, seen.filter.unit)
    text = (_chosen("search") or "").strip() if may_see_addresses(seen) else ""
    wanted = replace(period, disposition=disposition, rule=rule)
    if text:
        wanted = seek(seen.field.unit, wanted, text, seen.field.centre.country)
    try:
        page = entries(seen.field.unit, seen.scope, wanted, request.args.get("cursor"), PAGE)
    except BadCursor:
        abort(404)
    counts = counted(seen.field.unit, seen.scope, period)
    return show(
        "desk/asked.html",
        seen,
        rows=page.rows,
        next=page.next,
        shares=shares(counts),
        queues=queue_shares(row for row in counts if seen.scope.sees_queue(row.queue)),
        channels=channel_shares(channel_courses(seen.field.unit, seen.scope, _places(seen))),
        total=sum(row.n for row in counts),
        searched=text,
        at_all_times=bool(text) and wanted.name is None,
        narrowed={"disposition": disposition, "rule": rule},
        narrowed_words=_narrowed(disposition, rule),
        may_search=may_see_addresses(seen),
        outcome=outcome,
        why=sentence_for(seen),
    )


def _places(seen: Look) -> Filter:
    """What the page's own filters ask for."""
    return Filter(seen.filter.start, seen.filter.end, queue=seen.filter.queue, unit=seen.filter.unit)


def _narrowed(disposition: str | None, rule: str | None) -> str | None:
    """What the list is narrowed to; a rule or disposition that nobody knows is told as it stands."""
    if rule is None and disposition not in set(Disposition):
        return disposition
    return _words(disposition or "", rule)


def _why(seen: Look, kind: str, ref: str) -> str:
    addresses = may_see_addresses(seen)
    told = explain(seen.field.unit, seen.scope, kind, ref, addresses=addresses)
    if told is None:
        abort(404)
    return show(
        "desk/why.html",
        seen,
        told=told,
        headline=headline(told),
        decided=decided,
        addresses=addresses,
        sees_queue=seen.scope.sees_queue(told.entry.queue),
    )


def _customer(seen: Look, contact: str) -> str:
    known = customer(seen.field.unit, seen.scope, seen.field.centre, contact, seen.field.now())
    if known is None:
        abort(404)
    note_look(seen, "contact", known.id)
    wanted = Wanted(contacts=frozenset({known.id}))
    try:
        page = entries(seen.field.unit, seen.scope, wanted, request.args.get("cursor"), PAGE)
    except BadCursor:
        abort(404)
    return show(
        "desk/customer.html",
        seen,
        known=known,
        rows=page.rows,
        next=page.next,
        outcome=outcome,
        why=sentence_for(seen),
    )


def _config(seen: Look, config: str) -> str:
    queue = _chosen("queue")
    found = configuration(seen.field.unit, config, queue)
    if found is None:
        abort(404)
    whole = seen.scope == EVERYTHING
    if not whole:  # it names agents and units that are none of hers
        found = replace(found, lines=tuple(line for line in found.lines if line.marked))
    return show("desk/config.html", seen, found=found, queue=queue, whole=whole)


def _chosen(name: str) -> str | None:
    return _plain(request.args.get(name, "")) or None


def _plain(text: str) -> str:
    """A name as a database takes it."""
    return text[:LONGEST_NAME].replace("\0", "")
