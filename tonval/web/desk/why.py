"""The answer to "why was she (not) asked?" in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask

from tonval.fieldwork.colleagues.roles import Permission
from tonval.stats.decisions import Explanation, Round, sentence_of
from tonval.stats.ledger import Entry
from tonval.stats.reasons import CHANNELS
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import Sentence, sentence
from tonval.web.desk.look import Look
from tonval.web.language import known

RULES: Final = {
    "queue_off": sentence("queue off"),
    "survey_off": sentence("survey off"),
    "auto_closed": sentence("ticket closed automatically"),
    "no_reply_sent": sentence("no reply sent"),
    "min_talk": sentence("talk too short"),
    "internal": sentence("the centre's own"),
    "sampled_out": sentence("not in the sample"),
    "no_address": sentence("no address"),
    "premium_number": sentence("premium number"),
    "country_off": sentence("nothing goes to that country"),
    "not_mobile": sentence("not a mobile number"),
    "invalid_address": sentence("unusable address"),
    "blocked": "blocked",
    "opted_out": sentence("opted out"),
    "no_allowed_time": sentence("no allowed hour"),
    "already_invited": sentence("invited for the ticket"),
    "agent_quota": sentence("agent's quota used up"),
    "frequency_cap": sentence("asked recently"),
    "conversation_open": sentence("another survey open"),
    "never_called": sentence("a number the queue never calls"),
    "declined": sentence("pressed no key for the survey"),
    "no_agent": sentence("nobody took the call"),
}
"""Each rule in a few words."""

OUTCOMES: Final = {
    Disposition.COMPLETE: sentence("Answered everything"),
    Disposition.PARTIAL: sentence("Answered in part"),
    Disposition.BREAK_OFF: sentence("Left before answering"),
    Disposition.REFUSED: sentence("Did not want to"),
    Disposition.NO_ANSWER: sentence("Nobody answered"),
    Disposition.EXPIRED: sentence("No answer in time"),
    Disposition.PENDING: sentence("Invited, not done yet"),
    Disposition.NOT_OFFERED: sentence("Never came in for the survey"),
    Disposition.SUPPRESSED: sentence("Not asked"),
}
"""Each disposition in a few words."""

_ENDINGS: Final = {
    Disposition.COMPLETE: sentence("%(who)s was asked %(how)s and answered every question", who="", how=""),
    Disposition.PARTIAL: sentence("%(who)s was asked %(how)s and answered in part", who="", how=""),
    Disposition.BREAK_OFF: sentence("%(who)s was asked %(how)s and hung up before answering", who="", how=""),
    Disposition.REFUSED: sentence("%(who)s was asked %(how)s and did not want to answer", who="", how=""),
    Disposition.NO_ANSWER: sentence("%(who)s was asked %(how)s and did not answer", who="", how=""),
    Disposition.EXPIRED: sentence("%(who)s was asked %(how)s and did not answer in time", who="", how=""),
    Disposition.NOT_OFFERED: sentence(
        "%(who)s was to be asked on the line, but the call never came in for its survey", who=""
    ),
}
_ENDINGS_ON_PAGE: Final = {
    **_ENDINGS,
    Disposition.COMPLETE: sentence("%(who)s was asked %(how)s and finished the survey", who="", how=""),
    Disposition.BREAK_OFF: sentence("%(who)s was asked %(how)s, opened the page and answered nothing", who="", how=""),
}
"""The same where the customer answers on a page: what need not be answered may be left out."""
_ENDINGS_OF_CALLS: Final = {
    **_ENDINGS,
    Disposition.NO_ANSWER: sentence("%(who)s was called and did not answer", who=""),
    Disposition.REFUSED: sentence("%(who)s was called and did not want to answer", who=""),
    Disposition.NOT_OFFERED: sentence("%(who)s was to be called, but no call could be made", who=""),
}
_CALLED: Final = {
    Disposition.PENDING: sentence("To be called, not done yet"),
    Disposition.NOT_OFFERED: sentence("Could not be called"),
}
"""What is told otherwise of customers who had hung up."""
BY_CALL: Final = sentence("by a call")
OCCASIONS: Final = {
    "report": sentence("When it was reported"),
    "call": sentence("When the call came in"),
    "request": sentence("When the survey was asked for"),
    "wave": sentence("When it was her turn in the wave"),
    "asking": sentence("When the question was due"),
}


def register(app: Flask) -> None:
    """Give templates the filter ``begun``."""
    app.add_template_filter(begun, "begun")


def begun(words: str) -> str:
    """The sentence with a capital letter at its beginning."""
    text = known(words)
    return text[:1].upper() + text[1:]


def may_see_addresses(seen: Look) -> bool:
    """Agents see no customer's address."""
    return seen.person.may(Permission.SEE_CUSTOMERS)


def sentence_for(seen: Look) -> Callable[[Entry], str]:
    """Why an interaction was suppressed, as this reader may know it."""
    addresses = may_see_addresses(seen)
    return lambda row: sentence_of(row, addresses=addresses)


def headline(told: Explanation) -> str:
    """The whole answer in one sentence."""
    who, disposition = told.entry.customer or sentence("The customer"), Disposition(told.entry.disposition)
    if disposition == Disposition.SUPPRESSED:
        return sentence("%(who)s was not asked: %(sentence)s", who=who, sentence=told.sentence)
    how = _how(told)
    if disposition != Disposition.PENDING:
        return Sentence(_endings(told)[disposition].template, {"who": who, "how": how})
    if told.invitation is not None and told.invitation.state == "asked":
        return sentence("%(who)s was asked %(how)s and has not answered yet", who=who, how=how)
    return sentence("%(who)s will be asked %(how)s", who=who, how=how)


def outcome(row: Entry) -> str:
    """What became of an interaction, in a few words; suppressed ones tell their rule."""
    if row.rule:
        return sentence("Not asked: %(rule)s", rule=RULES.get(row.rule, row.rule))
    if row.disposition in _CALLED and _is_called(row) and _by_call_still(row):
        return _CALLED[Disposition(row.disposition)]
    return OUTCOMES[Disposition(row.disposition)]


def _by_call_still(row: Entry) -> bool:
    """Whether no other way has come after the call, and the call itself has brought nobody to the survey yet."""
    return row.channel in (None, Channel.KEYPAD) and (row.waiting or row.disposition != Disposition.PENDING)


def decided(told: Round) -> str:
    """What was decided in a round, as its heading."""
    if told.timing is None:
        return sentence("%(occasion)s: do not ask", occasion=OCCASIONS[told.occasion])
    how = BY_CALL if told.decision.get("call") else _by(told.timing.channel)
    return sentence("%(occasion)s: ask %(channel)s", occasion=OCCASIONS[told.occasion], channel=how)


def _is_called(row: Entry) -> bool:
    """Whether the customer had hung up and was to be called."""
    return bool(row.decision.get("call"))


def _how(told: Explanation) -> str:
    return BY_CALL if _is_by_call(told) else _by(_channel(told))


def _is_by_call(told: Explanation) -> bool:
    """Whether the customer is asked in a call of ours, and not by the way that comes after it."""
    return _is_called(told.entry) and _channel(told) == Channel.KEYPAD


def _endings(told: Explanation) -> Mapping[Disposition, Sentence]:
    in_vain = _is_called(told.entry) and told.entry.disposition == Disposition.NO_ANSWER
    if _is_by_call(told) or in_vain:
        return _ENDINGS_OF_CALLS
    return _ENDINGS_ON_PAGE if _channel(told) in (Channel.LINK, Channel.EMAIL) else _ENDINGS


def _channel(told: Explanation) -> str:
    return told.invitation.channel if told.invitation else str(told.entry.decision.get("channel", ""))


def _by(channel: str) -> str:
    return (
        sentence("on the line")
        if channel == Channel.KEYPAD
        else sentence("by %(channel)s", channel=CHANNELS.get(channel, channel))
    )
