"""Everything between a customer and one of our numbers, survey by survey, the newest below; also in the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.addresses import masked
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import links_to_try
from tonval.stats import ledger
from tonval.stats.decisions import contact_version
from tonval.stats.threads import Part, Thread, thread
from tonval.stats.timeline import Entry
from tonval.web.desk.bubbles import Bubble, Exchange, bubbles_of
from tonval.web.desk.happenings import About
from tonval.web.desk.look import Look, look, show, show_live
from tonval.web.desk.looks import note_look
from tonval.web.desk.shown import step_of
from tonval.web.desk.why import sentence_for

CONSOLE: Final = "console"
"""The provider whose messages go to nobody: whoever looks at them plays the customer, and may follow their links."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One survey of the thread with its messages, or a contact that was ``not_asked`` about."""

    at: datetime
    part: Part | None
    bubbles: tuple[Bubble, ...]
    not_asked: ledger.Entry | None = None


def add_routes(pages: Blueprint, field: Field) -> None:
    """``/desk/thread?number=…&customer=…``, for admins and supervisors."""

    @pages.get("/desk/thread")
    def messages() -> ResponseReturnValue:
        seen = look(field)
        number, customer = (request.args.get(name, "").replace("\0", "") for name in ("number", "customer"))
        return show_live(seen, contact_version(field.unit), lambda state: _page(seen, state, number, customer))


def _page(seen: Look, state: str, number: str, customer: str) -> str:
    queues = {queue.name for queue in seen.field.centre.queues.values() if number in queue.numbers}
    found = thread(seen.field.unit, seen.scope, number, customer, queues)
    latest = next((part.conversation.id for part in reversed(found.parts) if part.conversation), None)
    if found.parts:
        note_look(seen, "thread", latest or masked(customer))  # the log cannot forget, so no number goes into it
    return show(
        "desk/thread.html",
        seen,
        state=state,
        number=number,
        customer=customer,
        chapters=_chapters(seen.field, found),
        waits=found.waits,
        why=sentence_for(seen),
        step_of=step_of,
    )


def _chapters(field: Field, found: Thread) -> list[Chapter]:
    played = {each.interview for part in found.parts for each in part.messages if each.provider == CONSOLE}
    tried = links_to_try(field, {each for each in played if each})
    told = [Chapter(part.at, part, tuple(bubbles_of(field, exchange_of(part), tried))) for part in found.parts]
    not_asked = [Chapter(each.at, None, (), each) for each in found.not_asked]
    return sorted([*told, *not_asked], key=lambda each: each.at)


def exchange_of(part: Part) -> Exchange:
    """A part of a thread, as its bubbles are made."""
    of = part.conversation
    about = About(of.channel, of.language, part.form) if of else About("sms", "en", None)
    entries: tuple[Entry, ...] = (*part.asked, *part.messages)
    in_order = tuple(sorted(entries, key=lambda each: each.at))
    return Exchange(of.id if of else "", about, in_order, part.corrections)
