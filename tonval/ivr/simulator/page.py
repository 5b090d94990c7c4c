"""The simulator's page and what its phone asks for: calls, keys, hang-ups, reported interactions and messages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import get_translations
from flask_babel import gettext as _

from tonval.fieldwork import conduct, invitations
from tonval.fieldwork.addresses import BadAddress, phone_number
from tonval.fieldwork.calls import sounds
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.conduct import Call, Conducted, ReplyRejected, UnknownLeg
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.invitations import UnknownQueue
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.second import expected_number
from tonval.fieldwork.voice import prompts
from tonval.ivr.simulator import acting
from tonval.ivr.simulator.phone import BadPress, Tickets, turn_json
from tonval.stats.places import agent_names
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.threads import thread
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence as phrase
from tonval.surveys.turns import PLAYED, Utterance
from tonval.translations.telling import tell

PROVIDER: Final = "simulator"
LONGEST: Final = 200
_REF: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


class TextIn(Protocol):
    """The way in for a message, the same as for a real one: ``sms.inbound.receive`` with its field filled in."""

    def __call__(self, *, provider: str, ref: str, sender: str, recipient: str, body: str, at: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the page needs from its neighbours: its frame, the way in for messages, and how far whoever tries sees.

    What is tried counts like anything else: she speaks for nobody outside ``reach``.
    """

    framed: Callable[..., str]
    text_in: TextIn
    reach: Callable[[], Scope] = lambda: EVERYTHING


def blueprint(field: Field, around: Surroundings) -> Blueprint:
    """``/simulator`` and below."""
    pages = Blueprint("simulator", __name__, template_folder="templates")
    pages.register_error_handler(_Refused, lambda refused: refused.answer())
    _add_page(pages, field, around)
    _add_calls(pages, field, around)
    _add_pretence(pages, field, around)
    _add_messages(pages, field, around)
    return pages


class _Refused(Exception):
    """What was asked cannot be done; the sentence is shown on the page."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status

    def answer(self) -> tuple[Response, int]:
        """A problem document."""
        told = tell(str(self), get_translations())
        answer = jsonify(type="about:blank", title=_("Cannot be done"), status=self.status, detail=told)
        answer.content_type = "application/problem+json"
        return answer, self.status


def _add_page(pages: Blueprint, field: Field, around: Surroundings) -> None:
    @pages.get("/simulator")
    def page() -> ResponseReturnValue:
        scope = around.reach()
        queues = [queue for queue in field.centre.queues.values() if scope.sees_queue(queue.name)]
        agents = agent_names(field.unit, scope)
        return around.framed(
            "simulator.html",
            calls=[queue for queue in queues if queue.channel == Channel.KEYPAD and queue.survey in field.centre.forms],
            texts=[queue for queue in queues if _writes(queue) and queue.survey in field.centre.forms],
            forms=field.centre.forms,
            agents=agents,
            agent=next(iter(agents), "anna" if scope == EVERYTHING else ""),
            numbers=field.centre.numbers,
        )


def _writes(queue: Queue) -> bool:
    """Whether a customer of the queue is asked by SMS: a question, or a link to the survey's page."""
    return queue.channel == Channel.SMS or (queue.channel == Channel.LINK and queue.sender is not None)


def _add_calls(pages: Blueprint, field: Field, around: Surroundings) -> None:
    @pages.post("/simulator/calls")
    def begin() -> ResponseReturnValue:
        return jsonify(_played(field, conduct.begin_call(field, _read_call(field, around.reach())))), 201

    @pages.post("/simulator/calls/<leg>/keys")
    def press(leg: str) -> ResponseReturnValue:
        try:
            return jsonify(_pressed(field, leg))
        except BadPress as bad:
            raise _Refused(str(bad)) from None
        except (ReplyRejected, UnknownLeg) as rejected:
            raise _Refused(str(rejected), 409) from None

    @pages.post("/simulator/calls/<leg>/end")
    def hang_up(leg: str) -> ResponseReturnValue:
        if not sounds.is_call_of(field, PROVIDER, leg):  # nobody hangs up a real call from here
            raise _Refused(phrase("there is no such call"), 404)
        conduct.end_leg(field, leg, _text("cause") or "hung up")
        return Response(status=204)


def _add_pretence(pages: Blueprint, field: Field, around: Surroundings) -> None:
    @pages.post("/simulator/calls/<leg>/acts")
    def act(leg: str) -> ResponseReturnValue:
        body = request.get_json(silent=True)
        try:
            ticket, deed = _tickets().opened(body), acting.read_act(body, _agent(field, around.reach()))
            return jsonify(_played(field, acting.act(field, leg, ticket, deed)))
        except BadPress as bad:
            raise _Refused(str(bad)) from None
        except (ReplyRejected, UnknownLeg) as rejected:
            raise _Refused(str(rejected), 409) from None

    @pages.get("/simulator/spoken/<speech>.wav")
    def spoken(speech: str) -> ResponseReturnValue:
        wav = sounds.spoken_by(field, PROVIDER, speech)
        return Response(wav, mimetype="audio/wav", headers={"Cache-Control": "no-store"}) if wav else ("", 404)


def _add_messages(pages: Blueprint, field: Field, around: Surroundings) -> None:
    @pages.post("/simulator/interactions")
    def report() -> ResponseReturnValue:
        interaction = _read_interaction(field, around.reach())
        try:
            reported = invitations.report(field, interaction)
        except UnknownQueue as unknown:
            raise _Refused(str(unknown), 404) from None
        queue, phone = field.centre.queues[interaction.queue], str(interaction.customer.phone)
        return jsonify({**reported.body, "from": expected_number(field, queue, phone)}), 201

    @pages.post("/simulator/messages")
    def text_in() -> ResponseReturnValue:
        number, body, phone = _text("number"), _text("body", 1600), _phone(field, "phone") or ""
        if number not in field.centre.numbers or not body:
            raise _Refused(phrase("write something first"))
        if not _may_answer(field, around.reach(), number, phone):
            raise _Refused(phrase("report an interaction with this number first"), 404)
        around.text_in(
            provider=field.centre.numbers[number].provider or "console",
            ref=f"sim-{secrets.token_hex(8)}",
            sender=phone,
            recipient=number,
            body=body,
            at=field.now(),
        )
        return Response(status=204)


def _played(field: Field, turn: Conducted) -> dict[str, Any]:
    heard = [_address(field, turn, said) for said in turn.says]
    return turn_json(turn, _tickets().written(turn) if turn.wait else None, heard)


def _address(field: Field, turn: Conducted, said: Utterance) -> str:
    if said.slot.startswith(PLAYED):
        return f"/simulator/spoken/{said.slot.removeprefix(PLAYED)}.wav"
    return f"/desk/sounds/{prompts.digest_for(field, turn.survey, said, turn.began, turn.queue)}.wav"


def _pressed(field: Field, leg: str) -> dict[str, Any]:
    presses = _tickets().read(leg, request.get_json(silent=True))
    gathered = presses.gathered()
    if gathered.outcome is None:
        return {"deadline": gathered.deadline, "barged": gathered.barged, "digits": gathered.digits}
    return _played(field, conduct.resume(field, leg, gathered.outcome, presses.turn_no))


def _tickets() -> Tickets:
    return Tickets(str(current_app.secret_key))


def _may_answer(field: Field, scope: Scope, number: str, phone: str) -> bool:
    """Whether all that passed between the two is hers to see: else she might answer for another place's customer."""
    if scope == EVERYTHING:
        return True
    hers = thread(field.unit, scope, number, phone).parts
    return bool(hers) and len(hers) == len(thread(field.unit, EVERYTHING, number, phone).parts)


def _agent(field: Field, scope: Scope) -> str | None:
    """The agent who is named. Who answers for one place knows of no others."""
    named = _text("agent") or None
    if named and scope != EVERYTHING and named not in agent_names(field.unit, scope):
        raise _Refused(phrase("There is no agent “%(agent)s”.", agent=named), 404)
    return named


def _read_call(field: Field, scope: Scope) -> Call:
    queue, ref = _text("queue"), _text("ref")
    if queue not in field.centre.queues or not _REF.fullmatch(ref):
        raise _Refused(phrase("choose a queue"))
    _check_queue(scope, queue)
    if _text("received") and field.centre.queues[queue].reception:
        return Call(PROVIDER, ref, queue, queue, caller=_phone(field, "phone"))
    own = None if scope == EVERYTHING else f"{PROVIDER}:{ref}"  # takes up no reported call of another place
    language = _text("language") or None
    return Call(PROVIDER, ref, queue, queue, _agent(field, scope), own, language, _phone(field, "phone"))


def _check_queue(scope: Scope, queue: str) -> None:
    """A queue of another place is as unknown as none."""
    if not scope.sees_queue(queue):
        raise _Refused(phrase("there is no queue called “%(queue)s”", queue=queue), 404)


def _read_interaction(field: Field, scope: Scope) -> Interaction:
    phone = _phone(field, "phone")
    if phone is None:
        raise _Refused(phrase("a message needs a telephone number"))
    _check_queue(scope, _text("queue"))
    queue = field.centre.queues.get(_text("queue"))
    waits = queue.delay if queue and _text("at_once") else timedelta(0)
    return Interaction(
        ref=f"simulator-{secrets.token_hex(6)}",
        kind="call",
        queue=_text("queue"),
        agent=_agent(field, scope),
        customer=Customer(phone=phone, language=_text("language") or None),
        ended_at=field.now() - waits,
        talk=timedelta(minutes=3),
        report={"reported_by": PROVIDER},
    )


def _phone(field: Field, name: str) -> str | None:
    written = _text(name)
    try:
        return phone_number(written, field.centre.country) if written else None
    except BadAddress as bad:
        raise _Refused(str(bad)) from None


def _text(name: str, longest: int = LONGEST) -> str:
    body = request.get_json(silent=True)
    value = body.get(name, "") if isinstance(body, dict) else ""
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        raise _Refused(f"{name} cannot be used")
    return value.strip()
