"""Outgoing messages on their way: claimed before the provider is called, and never moved backwards afterwards.

Text messages go out in rounds. One transaction records how the round before ended and claims the next, so that whoever
is killed leaves one round in doubt and no more, and nothing is claimed that is not handed over at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from tonval.fieldwork import links
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import pacing, reports, spending
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.due import PENDING, by, sift, texts_of, these
from tonval.fieldwork.messaging.listening import quiet_until
from tonval.fieldwork.messaging.pacing import Pause, Waiting
from tonval.fieldwork.messaging.progress import raise_to
from tonval.fieldwork.optouts import hold_refusals, opt_out
from tonval.store.among import listed
from tonval.store.tables import Moment, messages
from tonval.surveys.questionnaire import Channel

_M: Final = messages.c


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that one attempt holds; ``attempts`` counts it, ``claimed_at`` is before the provider was called."""

    id: str
    attempt: str
    attempts: int
    claimed_at: datetime
    provider: str
    sender: str
    recipient: str
    body: str
    segments: int
    interview: str | None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How the try at a message ended. ``QUEUED``: it was surely not taken and is due again at ``due_at``.

    ``ref`` is the provider's id of a message it took; ``opted_out``: the provider knows that she wants no messages.
    """

    message: Outgoing
    state: State
    ref: str | None = None
    sentence: str | None = None
    due_at: datetime | None = None
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """Messages to hand over now. ``looked``: whether any was due; ``wake_at``: when the next one may go, if not now.

    ``throttled`` tells of the numbers they go out from how much their provider is strained.
    """

    messages: tuple[Outgoing, ...] = ()
    looked: bool = False
    wake_at: datetime | None = None
    throttled: Mapping[str, int] = field(default_factory=dict)


def turn_over(office: Field, limit: int, ended: Sequence[Ended] = (), pauses: Sequence[Pause] = ()) -> Round:
    """Record how the messages of the round before ended and claim up to ``limit`` new ones: one commit for a round.

    Whoever is blocked or opted out since is sent nothing more: that is looked up in the transaction of the claim.
    """

    def work(tx: Connection) -> Round:
        pacing.pause(tx, office, pauses)  # numbers are locked before the day's spending, by everybody
        _settle(tx, office, ended)
        return _claim_round(tx, office, limit) if limit else Round()

    following = office.unit.attempt(work)
    if any(each.state is State.FAILED for each in ended):
        office.ring("undelivered")
    return following


def claim_due(office: Field, limit: int) -> tuple[Outgoing, ...]:
    """Take up to ``limit`` due messages to send, queued to sending; nothing is due when none comes back."""
    while True:
        claimed = turn_over(office, limit)
        if claimed.messages or not claimed.looked:
            return claimed.messages


def mark_accepted(office: Field, message_id: str, attempt: str, ref: str, state: str = State.ACCEPTED) -> bool:
    """The provider took it under its id ``ref``; a report that was faster keeps its later state.

    ``False``, with nothing changed, when the provider's ``ref`` is another message of ours.
    """
    with office.unit.begin() as tx:
        provider = select(_M.provider).where(_M.id == message_id).scalar_subquery()
        if tx.execute(select(_M.id).where(_M.ref == ref, _M.provider == provider, _M.id != message_id)).first():
            return False
        tx.execute(update(messages).where(_M.id == message_id, _M.ref.is_(None)).values(ref=ref))
        raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), state, None)
        reports.apply_kept(tx, office, [ref])
    return True


def mark_failed(office: Field, message_id: str, attempt: str, sentence: str) -> None:
    """It will not be sent; ``sentence`` says why."""
    with office.unit.begin() as tx:
        raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), State.FAILED, sentence)


def mark_unknown(office: Field, message_id: str, attempt: str, sentence: str | None = None) -> None:
    """Nobody can say whether it was accepted: it waits for a report or the provider's list, and is not sent again."""
    with office.unit.begin() as tx:
        raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), State.UNKNOWN, sentence)


def status_changed(
    office: Field,
    provider: str,
    ref: str | None,
    message_id: str | None,
    state: str,
    error: str | None,
    *,
    sender: str | None = None,
    recipient: str | None = None,
) -> None:
    """A report from the provider, by its own id or by ours; early, late and repeated ones do no harm.

    One whose message is known by neither is kept until it is; ``sender`` is our number, where the provider tells.
    """
    keys = [_M.ref == ref] if ref else []
    if message_id:
        keys.append(_M.id == message_id)
    with office.unit.begin() as tx:
        here = and_(_M.provider == provider, _M.direction == "out", or_(*keys))
        if ref and message_id:
            tx.execute(update(messages).where(_M.id == message_id, here, _M.ref.is_(None)).values(ref=ref))
        if message_id or not ref or tx.execute(select(_M.id).where(here)).first():
            raise_to(tx, office, here, state, error)
        else:
            reports.keep(tx, office, reports.Report(provider, ref, state, error, sender, recipient))


def stuck(office: Field, since: datetime, channel: Channel = Channel.SMS) -> tuple[Outgoing, ...]:
    """Messages that have been ``sending`` since before ``since``: their worker is gone."""
    return _left(office, channel, State.SENDING, since)


def doubtful(office: Field, since: datetime, channel: Channel = Channel.SMS) -> tuple[Outgoing, ...]:
    """Messages whose outcome has been ``unknown`` since before ``since``: some of them, in no order."""
    return _left(office, channel, State.UNKNOWN, since)


def has_due(tx: Connection, now: datetime) -> bool:
    """Whether a text message waits that might be sent now, by its number's pace."""
    return any(each.opens_at <= now for each in pacing.waiting(tx))


_OUTGOING: Final[tuple[Column[Any], ...]] = tuple(_M[name] for name in Outgoing.__dataclass_fields__)

_THERE: Final = messages.alias("there")
_KNOWN_BY: Final = (
    update(messages)
    .where(
        _M.id == bindparam("message"),
        _M.ref.is_(None),
        ~exists().where(_THERE.c.provider == _M.provider, _THERE.c.ref == bindparam("known_by")),
    )
    .values(ref=bindparam("known_by"))
)
_TAKEN: Final = _KNOWN_BY.where(_M.attempt == bindparam("held_by"), _M.state == State.SENDING).values(
    state=bindparam("reached"), error=None, changed_at=bindparam("now", type_=Moment)
)
_PUT_BACK: Final = (
    update(messages)
    .where(_M.id == bindparam("message"), _M.attempt == bindparam("held_by"), _M.state == State.SENDING)
    .values(
        state=State.QUEUED,
        error=bindparam("sentence"),
        due_at=bindparam("later", type_=Moment),
        changed_at=bindparam("now", type_=Moment),
    )
)


def _settle(tx: Connection, office: Field, ended: Sequence[Ended]) -> None:
    """Record the outcomes of a round; the way back to ``QUEUED`` is for the attempt that holds the message alone."""
    taken = [each for each in ended if each.ref]
    if taken and not _all_taken(tx, office, taken):
        tx.execute(_KNOWN_BY, [{"message": each.message.id, "known_by": each.ref} for each in taken])
    for (state, sentence), alike in groupby(sorted(ended, key=_outcome), key=_outcome):
        these_ = list(alike)
        if state == State.QUEUED:
            tx.execute(_PUT_BACK, [_again(office, each) for each in these_])
        else:
            _raise(tx, office, these_, state, sentence or None)
    for each in ended:
        if each.opted_out:
            opt_out(tx, each.message.recipient, Channel.SMS, office.now(), "provider")
    _give_back(tx, office, [each.message for each in ended if each.state in (State.QUEUED, State.FAILED)])
    reports.apply_kept(tx, office, [each.ref for each in ended if each.ref])


def _all_taken(tx: Connection, office: Field, taken: Sequence[Ended]) -> bool:
    """Most rounds go well: each message is as we left it, and gets its id and its state in one change of its row."""
    rows = [
        {"message": each.message.id, "held_by": each.message.attempt, "known_by": each.ref, "reached": each.state}
        for each in taken
    ]
    return tx.execute(_TAKEN, [row | {"now": office.now()} for row in rows]).rowcount == len(rows)


def _outcome(ended: Ended) -> tuple[str, str]:
    return ended.state, ended.sentence or ""


def _raise(tx: Connection, office: Field, ended: Sequence[Ended], state: str, sentence: str | None) -> None:
    ids, attempts = [each.message.id for each in ended], {each.message.attempt for each in ended}
    raise_to(tx, office, and_(_M.id.in_(ids), _M.attempt.in_(attempts)), state, sentence)


def _again(office: Field, ended: Ended) -> dict[str, Any]:
    held = {"message": ended.message.id, "held_by": ended.message.attempt}
    return held | {"sentence": ended.sentence, "later": ended.due_at or office.now(), "now": office.now()}


def _give_back(tx: Connection, office: Field, unsent: Sequence[Outgoing]) -> None:
    if unsent:
        spending.give_back(tx, office, unsent[0].claimed_at, spending.total(unsent))


def _claim_round(tx: Connection, office: Field, limit: int) -> Round:
    """Every number that may send has its share of the round, so that no long queue keeps the others waiting.

    Nothing goes out as long as somebody may have said STOP and we have not listened.
    """
    now, terms = office.now(), office.centre.texting
    if deaf_until := quiet_until(tx, now):
        return Round(wake_at=deaf_until)
    hold_refusals(tx)
    queue = pacing.waiting(tx)
    free = pacing.hold(tx, office, [each for each in queue if each.opens_at <= now][:limit])
    held = {each.number for each in free}
    picked: list[Row[Any]] = []
    for each in free:
        share = 1 if each.throttled >= pacing.PROBING else -(-limit // len(free))
        picked += texts_of(tx, each.number, now, min(share, limit - len(picked)))
    wanted = sift(tx, picked, Channel.SMS, now, terms)
    going = [row for each in free for row in _admitted(office, each, wanted)]
    afforded = spending.afford(tx, office, going)
    _keep_pace(tx, office, free, afforded)
    return Round(
        messages=_claim(tx, afforded, office),
        looked=bool(picked),
        wake_at=min((each.opens_at for each in queue if each.number not in held), default=None),
        throttled={each.number: each.throttled for each in free},
    )


def _admitted(office: Field, number: Waiting, wanted: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those from the number that its pace allows."""
    mine, rate = [row for row in wanted if row.sender == number.number], pacing.rate_of(office, number.number)
    return mine[: pacing.admitted([row.segments for row in mine], number.free_at, rate, office.now())]


def _keep_pace(tx: Connection, office: Field, free: Sequence[Waiting], going: Sequence[Row[Any]]) -> None:
    until = {}
    for number in free:
        rate = pacing.rate_of(office, number.number)
        segments = sum(row.segments for row in going if row.sender == number.number)
        if rate is not None and segments:
            until[number.number] = pacing.through(number.free_at, segments, rate, office.now())
    pacing.keep_pace(tx, until)


def _claim(tx: Connection, going: Collection[Row[Any]], office: Field) -> tuple[Outgoing, ...]:
    if not going:
        return ()
    values = {"taken": office.fresh_id("att"), "now": office.now(), "ids": listed(tx, [row.id for row in going])}
    claimed = sorted((Outgoing(*row) for row in tx.execute(_taking(tx.dialect.name), values)), key=lambda m: m.id)
    return _with_links(tx, office, claimed)


def _with_links(tx: Connection, office: Field, batch: Sequence[Outgoing]) -> tuple[Outgoing, ...]:
    """The messages as their customers get them: their links are stored nowhere."""
    asked = {each.interview for each in batch if each.interview and links.PLACEHOLDER in each.body}
    found = links.links_of(tx, office, asked) if asked else {}
    return tuple(_with_link(office, each, found.get(each.interview or "")) for each in batch)


def _with_link(office: Field, message: Outgoing, link: str | None) -> Outgoing:
    if link is None or message.interview is None:
        return message
    return replace(message, body=links.put_in(office, message.body, message.interview, link))


@lru_cache(maxsize=4)
def _taking(dialect: str) -> ReturningUpdate[Any]:
    now = bindparam("now", type_=Moment)
    claimed = {"state": State.SENDING, "attempt": bindparam("taken"), "attempts": _M.attempts + 1}
    return these(dialect).values(claimed | {"claimed_at": now, "changed_at": now}).returning(*_OUTGOING)


def _left(office: Field, channel: Channel, state: State, since: datetime) -> tuple[Outgoing, ...]:
    """Up to a hundred of them. In no order: those that stay must not keep the others from being looked at."""
    wanted = select(*_OUTGOING).where(by(channel), PENDING, _M.state == state, _M.changed_at < since)
    with office.unit.read() as tx:
        found = [Outgoing(*row) for row in tx.execute(wanted.order_by(func.random()).limit(100))]
        return _with_links(tx, office, found) if channel == Channel.SMS else tuple(found)
