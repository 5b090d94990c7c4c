"""The survey page: looked at without a trace, and sent in, each in one transaction.

Whoever has the link may look as often as she likes. What is sent in is read under the lock of its interview, so that
of many who send at once each meets what the one before has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection, bindparam, select

from tonval.fieldwork import ledger
from tonval.fieldwork.addresses import PhoneNumber, phone_number
from tonval.fieldwork.calling_back import call_backs
from tonval.fieldwork.calling_back.call_backs import NotFree
from tonval.fieldwork.calling_back.opening import Slot
from tonval.fieldwork.dressing import dressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.ledger import Case
from tonval.fieldwork.links import interview_behind
from tonval.store.tables import contacts, interviews, pictures
from tonval.surveys.filled import Around, Filled, Posted, read_page, shown, stands_already
from tonval.surveys.interview import Interview, ReplyRejected, Stage
from tonval.surveys.paging import missing
from tonval.surveys.questionnaire import Form
from tonval.surveys.scales import CALL_BACK
from tonval.surveys.turns import Go

_LOOK: Final = select(*ledger.CASE).where(interviews.c.id == bindparam("interview"))
_NUMBER: Final = (
    select(contacts.c.phone)
    .join(interviews, interviews.c.contact == contacts.c.id)
    .where(interviews.c.id == bindparam("interview"))
)
_PICTURE: Final = select(pictures.c.type, pictures.c.body).where(pictures.c.digest == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class Open:
    """A survey as its customer finds it. ``times``: when she can be called back, where the survey asks for that."""

    id: str
    form: Form
    interview: Interview
    times: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a page: the survey as it stands now, and what could not be taken.

    ``faults`` maps questions to slots of ``page_words``; with any, the customer stays on the page she sent.
    ``refused``: it was the page of a question that is not hers to answer now; nothing was kept.
    """

    open: Open
    filled: Filled
    faults: Mapping[str, str] = field(default_factory=dict)
    refused: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the survey is over."""
        return self.open.interview.stage is Stage.ENDED


def look_up(office: Field, token: str) -> Open | None:
    """The survey behind a link, nothing changed; ``None`` for one that is unknown, used or too old alike."""
    with office.unit.read() as tx:
        interview = interview_behind(tx, office, "survey", token)
        if interview is None:
            return None
        case = ledger.case_from(tx.execute(_LOOK, {"interview": interview}).one())
        return None if case.interview.stage is Stage.ENDED else _opened(tx, office, case)


def send_in(office: Field, token: str, posted: Posted) -> Sent | None:
    """Keep what a page brought and go on; ``None`` as for ``look_up``.

    The page that finished the survey, sent again with the same in it, gets the same end again and is not kept twice.
    """
    with office.unit.read() as tx:  # before the lock: whoever guesses tokens keeps nobody waiting
        interview = interview_behind(tx, office, "survey", token)
    if interview is None:
        return None
    try:
        sent = _take(office, interview, posted)
    except NotFree as late:
        sent = _take(office, interview, posted, late.moment)
    if sent is not None and sent.is_done:
        office.ring("follow_up")
    return sent


def picture(office: Field, digest: str) -> tuple[str, bytes] | None:
    """The media type and bytes of a survey's own picture."""
    with office.unit.read() as tx:
        row = tx.execute(_PICTURE, {"digest": digest}).one_or_none()
    return (row.type, row.body) if row is not None else None


def _take(office: Field, interview: str, posted: Posted, taken: datetime | None = None) -> Sent | None:
    """``taken`` is a time that another customer was faster to choose."""
    with office.unit.begin() as tx:
        case = ledger.load(tx, interview)
        here = _opened(tx, office, case)
        times = {slot.opens for slot in here.times} - {taken}
        dial = partial(_dial, office.centre.country, _number_of(tx, case) if here.times else "")
        filled = read_page(here.form, here.interview, posted, Around(times, dial))
        return _again(here, filled) if case.interview.stage is Stage.ENDED else _advance(tx, office, case, here, filled)


def _number_of(tx: Connection, case: Case) -> str:
    """The customer's number as we know it; who leaves it out wants to be called there."""
    return tx.execute(_NUMBER, {"interview": case.id}).scalar() or ""


def _dial(country: str, usual: str, written: str) -> PhoneNumber:
    return phone_number(written or usual, country)


def _opened(tx: Connection, office: Field, case: Case) -> Open:
    form = dressed(form_of(tx, office.centre, case.interview.form, case.interview.version), office.centre.look)
    asks = any(question.scale == CALL_BACK for question in form.questions)
    times = call_backs.offered(tx, office, case.queue, case.id) if asks else ()
    return Open(case.id, form, case.interview, times)


def _again(here: Open, filled: Filled) -> Sent | None:
    same = filled.is_sound and stands_already(here.form, here.interview, filled.choice)
    return Sent(here, filled) if same else None


def _advance(tx: Connection, office: Field, case: Case, here: Open, filled: Filled) -> Sent:
    try:
        turn = ledger.advance(tx, office, case, filled.choice)
    except ReplyRejected:
        return Sent(here, filled, refused=True)
    now = Open(here.id, here.form, turn.interview, here.times)
    return Sent(now, filled, filled.faults or _unanswered(here, now, filled))


def _unanswered(before: Open, now: Open, filled: Filled) -> Mapping[str, str]:
    """What keeps the customer on her page: she wanted to go on, and a required answer is missing."""
    page = {question.id for question in shown(before.form, before.interview, filled.choice.at)}
    stays = now.interview.offered and page & set(now.interview.offered) and filled.choice.go is Go.NEXT
    absent = missing(now.form, now.interview, tuple(page)) if stays else ()
    return dict.fromkeys(absent, "page.missing")
