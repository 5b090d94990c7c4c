"""Calls and messages as they happen, and one of them from beginning to end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
from tonval.fieldwork.colleagues.roles import Permission
from tonval.fieldwork.field import Field
from tonval.stats.conversations import CAME, Conversation, conversations
from tonval.stats.decisions import contact_version, not_asked
from tonval.stats.ledger import contact_of
from tonval.stats.paging import BadCursor
from tonval.stats.places import agent_names
from tonval.stats.timeline import Talk, conversation
from tonval.surveys.answers.why import explain
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel, Question
from tonval.surveys.scales import SCALES
from tonval.surveys.sentences import sentence
from tonval.web.desk.bubbles import Exchange, bubbles_of, mended
from tonval.web.desk.filters import Choice
from tonval.web.desk.happenings import ENDINGS, About
from tonval.web.desk.look import Look, bar_of, look, show, show_live
from tonval.web.desk.looks import note_look
from tonval.web.desk.rules import GROUPS, anchor
from tonval.web.desk.shown import step_of
from tonval.web.desk.steps import steps_of
from tonval.web.desk.why import may_see_addresses, sentence_for

PAGE: Final = 40
KINDS: Final = {
    "call": sentence("Call"),
    "sms": "SMS",
    "link": sentence("Survey by SMS link"),
    "email": sentence("Survey by e-mail"),
}
STAGES: Final = {
    "awaiting digits": sentence("waits for a key"),
    "awaiting speech": sentence("waits for the customer to speak"),
    "awaiting verdict": sentence("waits for the customer to keep what she has spoken"),
    "awaiting text": sentence("waits for a reply"),
    "awaiting page": sentence("waits for the customer to answer on the page"),
}
"""What the machine waits for, in words."""
CAME_TO: Final = {
    "unclear": sentence("A reply was unclear"),
    "corrected": sentence("An answer was corrected"),
    "stopped": sentence("Stopped"),
    "late": sentence("A message came late"),
}
"""What may have come of a conversation, in words."""
LONGEST: Final = 254


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for beside the filter bar: what came of it, whose, and with which customer.

    ``people`` are the contacts that ``search`` means, ``None`` where nobody is looked for; ``fault`` says why nobody
    can be.
    """

    live: bool
    came: str | None
    agent: str | None
    search: str
    people: frozenset[str] | None
    fault: str

    @property
    def kept(self) -> dict[str, str | None]:
        """What stays in the address from one page of the list to the next."""
        return {
            "only": "live" if self.live else None,
            "came": self.came,
            "agent": self.agent,
            "search": self.search or None,
        }


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/conversations``, one of them, and the response that came of it."""

    @pages.get("/desk/conversations")
    def talks() -> ResponseReturnValue:
        seen = look(field)
        return show_live(seen, contact_version(field.unit), lambda state: _list(seen, state))

    @pages.get("/desk/conversations/<interview>")
    def talk(interview: str) -> ResponseReturnValue:
        seen = look(field)
        return show_live(seen, contact_version(field.unit), lambda state: _one(seen, state, interview))

    @pages.get("/desk/readings")
    def readings() -> ResponseReturnValue:
        return _rules(look(field))

    @pages.get("/desk/responses/<response>")
    def response(response: str) -> ResponseReturnValue:
        return redirect(url_for(".talk", interview=response.replace("res_", "itv_", 1)))


def _list(seen: Look, state: str) -> str:
    asked = _asked(seen)
    try:
        found = conversations(
            seen.field.unit,
            seen.scope,
            seen.filter,
            agent=asked.agent,
            live=asked.live,
            came=asked.came,
            people=asked.people,
            cursor=request.args.get("cursor"),
            limit=PAGE,
        )
    except BadCursor:
        abort(404)
    narrowed = any((asked.came, asked.agent, asked.search))
    return show(
        "desk/conversations.html",
        seen,
        _bar(seen, asked),
        state=state,
        talks=found.rows,
        next=found.next,
        asked=asked,
        narrowed=narrowed,
        threads=_threads(found.rows) if asked.people else [],
        may_search=may_see_addresses(seen),
        decisions=() if narrowed else not_asked(seen.field.unit, seen.scope, seen.filter),
        why=sentence_for(seen),
        step_of=step_of,
        calling=any(queue.calling for queue in seen.field.centre.queues.values()),
    )


def _asked(seen: Look) -> Asked:
    args = request.args
    search = args.get("search", "").replace("\0", "").strip()[:LONGEST] if may_see_addresses(seen) else ""
    people, fault = _people(seen.field, search) if search else (None, "")
    came = args.get("came")
    agent = args.get("agent", "")
    known = agent if agent.isprintable() and len(agent) <= LONGEST else ""
    return Asked(args.get("only") == "live", came if came in CAME else None, known or None, search, people, fault)


def _people(field: Field, text: str) -> tuple[frozenset[str], str]:
    """Whom a whole number or address means, or why it can mean nobody."""
    try:
        if "@" in text:
            return contact_of(field.unit, email=email_address(text)), ""
        return contact_of(field.unit, phone=phone_number(text, field.centre.country)), ""
    except BadAddress as bad:
        return frozenset(), str(bad)


def _bar(seen: Look, asked: Asked) -> list[Choice]:
    """The filter bar of every page, with what came of a conversation, and whose it was."""
    bar = bar_of(seen, seen.units)
    agents = agent_names(seen.field.unit, seen.scope)
    if len(agents) > 1:
        bar.append(
            Choice("agent", sentence("Agent"), (("", sentence("All agents")), *agents.items()), asked.agent or "")
        )
    bar.append(
        Choice("came", sentence("What came of it"), (("", sentence("Anything")), *CAME_TO.items()), asked.came or "")
    )
    return bar


def _threads(talks: Iterable[Conversation]) -> list[tuple[str, str]]:
    """Customer and number of each thread of messages among them, once."""
    found = dict.fromkeys(talk.thread for talk in talks if talk.thread)
    return [(customer, number) for customer, _, number in (each.partition(">") for each in found)]


def _one(seen: Look, state: str, interview: str) -> str:
    talk = conversation(seen.field.unit, seen.scope, interview)
    if talk is None:
        abort(404)
    of = talk.conversation
    note_look(seen, "interview", of.id)
    about = About(of.channel, of.language, talk.form)
    customer, _, number = of.thread.partition(">")
    bubbles = bubbles_of(seen.field, Exchange(of.id, about, talk.timeline, talk.corrections))
    shown = {each.question for each in bubbles if each.mended}
    return show(
        "desk/conversation.html",
        seen,
        state=state,
        talk=of,
        customer=of.address if may_see_addresses(seen) else of.customer,
        steps=steps_of(talk),
        reactions=talk.reactions,
        kind=KINDS[of.kind],
        ending=ENDINGS[Disposition(of.disposition)] if of.disposition else "",
        stage=STAGES.get(of.stage, of.stage),
        on_page=about.on_page,
        bubbles=bubbles,
        corrections=[(each.question, mended(each, about)) for each in talk.corrections if each.question not in shown],
        correctable=_correctable(seen, talk),
        thread=(customer, number) if may_see_addresses(seen) and number else None,
        step_of=step_of,
    )


def _correctable(seen: Look, talk: Talk) -> list[Question]:
    """The questions on a scale whose answer this reader may put right, in order."""
    if not seen.person.may(Permission.CORRECT_ANSWERS) or talk.form is None or talk.conversation.live:
        return []
    carried = talk.form.asked_on(Channel(talk.conversation.channel))
    return [question for question in carried if question.scale in SCALES]


def _rules(seen: Look) -> str:
    return show("desk/readings.html", seen, (), groups=GROUPS, anchor=anchor, explain=explain)
