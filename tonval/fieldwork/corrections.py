"""Staff put an answer right after the end: the numbers follow, the customer is told nothing, the audit log is."""

from __future__ import annotations

from types import EllipsisType

from sqlalchemy import Connection
from sqlalchemy.exc import NoResultFound

from tonval.fieldwork import audit, ledger, reasons
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.surveys.interview import ReplyRejected
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import Corrected

Seen = int | EllipsisType | None
"""The answer that somebody had before her eyes when she put it right; ``...``: she is not asked."""


def correct(
    tx: Connection, office: Field, interview: str, reply: Corrected, *, by: Actor, reason: str, seen: Seen
) -> None:
    """See ``conduct.correct``."""
    if not reason.strip():
        raise ReplyRejected(sentence("Say why the answer is put right."))
    case = _ended(tx, interview)
    before = next(iter(case.interview.values(reply.question)), None)
    if not isinstance(seen, EllipsisType) and seen != before:
        raise ReplyRejected(
            sentence(
                "%(question)s has been changed since: it is %(before)s.",
                question=reply.question,
                before="no answer" if before is None else before,
            )
        )
    ledger.advance(tx, office, case, reply)
    why = reasons.fresh(reason.strip())
    told = {"question": reply.question, "before": before, "value": reply.value, reasons.DIGEST: why.digest}
    entry = audit.note(tx, office, by, Deed("answer.corrected", "interview", interview, told))
    reasons.keep(tx, entry, interview, why)


def _ended(tx: Connection, interview: str) -> ledger.Case:
    try:
        case = ledger.load(tx, interview)
    except NoResultFound:
        raise ReplyRejected(sentence("There is no interview %(interview)s.", interview=interview)) from None
    if case.interview.disposition is None:
        raise ReplyRejected(sentence("The interview is not over yet."))
    return case
