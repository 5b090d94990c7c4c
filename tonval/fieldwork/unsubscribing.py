"""What a customer does by the link that ends all asking: she looks, says stop, or takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from tonval.fieldwork.deciding.refusals import ALL_CHANNELS
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.links import interview_behind
from tonval.fieldwork.optouts import lift
from tonval.fieldwork.refusing import refuse
from tonval.store.tables import interviews, messages, opt_outs
from tonval.surveys.questionnaire import Channel, Form

SOURCE: Final = "link"
"""Where an opt-out came from, as the book of opt-outs has it."""

_ASKED: Final = (
    select(interviews.c.survey, interviews.c.version, interviews.c.language, messages.c.recipient, messages.c.channel)
    .join(messages, messages.c.interview == interviews.c.id)
    .where(interviews.c.id == bindparam("interview"), messages.c.direction == "out")
    .order_by(messages.c.created_at)
    .limit(1)
)
_STOPPED: Final = select(opt_outs.c.address).where(
    opt_outs.c.address == bindparam("address"), opt_outs.c.channel.in_(bindparam("channels", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the customer is asked by ``channel`` (``sms`` or ``email``); ``form`` and ``language`` of the survey."""

    form: Form
    language: str
    channel: Channel
    stopped: bool


def look_up(office: Field, token: str) -> Standing | None:
    """How things stand, nothing changed; ``None`` for a token that is none of ours. It is good for ever."""
    with office.unit.read() as tx:
        asked = _asked(tx, office, token)
        return _standing(tx, office, asked) if asked is not None else None


def stop(office: Field, token: str) -> Standing | None:
    """Send nothing more by the channel of the link; what is being asked by it ends as refused. Again: no change."""
    return _change(office, token, starts=False)


def start(office: Field, token: str) -> Standing | None:
    """Take it back: she may be asked by this channel again. What was ended stays so."""
    return _change(office, token, starts=True)


def _change(office: Field, token: str, *, starts: bool) -> Standing | None:
    if look_up(office, token) is None:  # whoever guesses tokens keeps nobody waiting
        return None
    standing = office.unit.attempt(lambda tx: _wish(tx, office, token, starts))
    office.ring("follow_up")
    return standing


def _wish(tx: Connection, office: Field, token: str, starts: bool) -> Standing | None:
    asked = _asked(tx, office, token)
    if asked is None:
        return None
    if starts:
        lift(tx, asked.recipient, asked.channel, office.now())
    else:
        refuse(tx, office, asked.recipient, Channel(asked.channel), SOURCE)
    return _standing(tx, office, asked)


def _asked(tx: Connection, office: Field, token: str) -> Any:
    """Whom the link was sent to, and how; ``None`` for no link of ours."""
    interview = interview_behind(tx, office, "stop", token)
    return tx.execute(_ASKED, {"interview": interview}).one_or_none() if interview else None


def _standing(tx: Connection, office: Field, asked: Any) -> Standing:
    values = {"address": asked.recipient, "channels": (asked.channel, ALL_CHANNELS)}
    stopped = tx.execute(_STOPPED, values).first() is not None
    form = form_of(tx, office.centre, asked.survey, asked.version)
    return Standing(form, asked.language, Channel(asked.channel), stopped)
