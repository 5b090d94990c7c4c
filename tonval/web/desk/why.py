"""The answer to "why was she (not) asked?" in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask

from tonval.fieldwork.roles import Permission
from tonval.stats.decisions import Explanation, Round, sentence_of
from tonval.stats.ledger import Entry
from tonval.stats.reasons import CHANNELS
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel
from tonval.web.desk.look import Look

RULES: Final = {
    "queue_off": "queue off",
    "survey_off": "survey off",
    "auto_closed": "ticket closed automatically",
    "no_reply_sent": "no reply sent",
    "min_talk": "talk too short",
    "internal": "the centre's own",
    "sampled_out": "not in the sample",
    "no_address": "no address",
    "premium_number": "premium number",
    "country_off": "no SMS to that country",
    "not_mobile": "not a mobile number",
    "invalid_address": "unusable address",
    "blocked": "blocked",
    "opted_out": "opted out",
    "no_allowed_time": "no allowed hour",
    "already_invited": "invited for the ticket",
    "agent_quota": "agent's quota used up",
    "frequency_cap": "asked recently",
    "conversation_open": "another survey open",
}
"""Each rule in a few words."""

OUTCOMES: Final = {
    Disposition.COMPLETE: "Answered everything",
    Disposition.PARTIAL: "Answered in part",
    Disposition.BREAK_OFF: "Left before answering",
    Disposition.REFUSED: "Did not want to",
    Disposition.NO_ANSWER: "Nobody answered",
    Disposition.EXPIRED: "No answer in time",
    Disposition.PENDING: "Invited, not done yet",
    Disposition.NOT_OFFERED: "Never came in for the survey",
    Disposition.SUPPRESSED: "Not asked",
}
"""Each disposition in a few words."""

_ENDINGS: Final = {
    Disposition.COMPLETE: "was asked {how} and answered every question",
    Disposition.PARTIAL: "was asked {how} and answered in part",
    Disposition.BREAK_OFF: "was asked {how} and hung up before answering",
    Disposition.REFUSED: "was asked {how} and did not want to answer",
    Disposition.NO_ANSWER: "was asked {how} and did not answer",
    Disposition.EXPIRED: "was asked {how} and did not answer in time",
    Disposition.NOT_OFFERED: "was to be asked on the line, but the call never came in for its survey",
}
_ENDINGS_ON_PAGE: Final = {
    **_ENDINGS,
    Disposition.COMPLETE: "was asked {how} and finished the survey",
    Disposition.BREAK_OFF: "was asked {how}, opened the page and answered nothing",
}
"""The same where the customer answers on a page: what need not be answered may be left out."""
OCCASIONS: Final = {
    "report": "When it was reported",
    "call": "When the call came in",
    "request": "When the survey was asked for",
    "wave": "When it was her turn in the wave",
    "asking": "When the question was due",
}


def register(app: Flask) -> None:
    """Give templates the filter ``begun``."""
    app.add_template_filter(begun, "begun")


def begun(sentence: str) -> str:
    """The sentence with a capital letter at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def may_see_addresses(seen: Look) -> bool:
    """Agents see no customer's address."""
    return seen.person.may(Permission.SEE_CUSTOMERS)


def sentence_for(seen: Look) -> Callable[[Entry], str]:
    """Why an interaction was suppressed, as this reader may know it."""
    addresses = may_see_addresses(seen)
    return lambda row: sentence_of(row, addresses=addresses)


def headline(told: Explanation) -> str:
    """The whole answer in one sentence."""
    who, disposition = told.entry.customer or "The customer", Disposition(told.entry.disposition)
    if disposition == Disposition.SUPPRESSED:
        return f"{who} was not asked: {told.sentence}"
    how = _how(told)
    if disposition != Disposition.PENDING:
        return f"{who} {_endings(told)[disposition].format(how=how)}"
    if told.invitation is not None and told.invitation.state == "asked":
        return f"{who} was asked {how} and has not answered yet"
    return f"{who} will be asked {how}"


def outcome(row: Entry) -> str:
    """What became of an interaction, in a few words; suppressed ones tell their rule."""
    if row.rule:
        return f"Not asked: {RULES.get(row.rule, row.rule)}"
    return OUTCOMES[Disposition(row.disposition)]


def decided(told: Round) -> str:
    """What was decided in a round, as its heading."""
    if told.timing is None:
        return f"{OCCASIONS[told.occasion]}: do not ask"
    return f"{OCCASIONS[told.occasion]}: ask {_by(told.timing.channel)}"


def _how(told: Explanation) -> str:
    return _by(_channel(told))


def _endings(told: Explanation) -> Mapping[Disposition, str]:
    return _ENDINGS_ON_PAGE if _channel(told) in (Channel.LINK, Channel.EMAIL) else _ENDINGS


def _channel(told: Explanation) -> str:
    return told.invitation.channel if told.invitation else str(told.entry.decision.get("channel", ""))


def _by(channel: str) -> str:
    return "on the line" if channel == Channel.KEYPAD else f"by {CHANNELS.get(channel, channel)}"
