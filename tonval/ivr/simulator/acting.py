"""What a customer does on the simulator's telephone besides pressing keys: she speaks, or an agent talks with her.

Both are pretended: a voice of ours speaks the comment, and nobody is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from tonval.audio import speech, wav
from tonval.fieldwork import conduct
from tonval.fieldwork.calls import speeches
from tonval.fieldwork.conduct import Conducted
from tonval.fieldwork.field import Field
from tonval.ivr.simulator.phone import BadPress, Ticket
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import AskRecording, Dial, DialEnded, Reply, TimedOut

COMMENTS: Final[Mapping[str, str]] = {
    "sv": "Jag fick bra hjälp, men jag fick vänta ganska länge.",
    "en": "I got good help, but I had to wait for quite a while.",
    "es": "Me atendieron bien, pero tuve que esperar bastante.",
    "et": "Sain head abi, kuid pidin üsna kaua ootama.",
}

TALK: Final = timedelta(minutes=3)
"""For how long the customer and her agent pretend to have talked: nobody is asked about a talk that was too short."""


@dataclass(frozen=True, slots=True)
class Act:
    """What she, or the agent, does: one of ``ACTS``."""

    did: str
    agent: str | None = None


SPEAKS, KEEPS_SILENT = "speaks", "keeps silent"
AGENT_LEAVES, NOBODY, LEAVES = "agent leaves", "nobody", "leaves"
ACTS: Final = {AskRecording: (SPEAKS, KEEPS_SILENT), Dial: (AGENT_LEAVES, NOBODY, LEAVES)}
"""What can be done while this is waited for."""


def act(field: Field, leg: str, ticket: Ticket, deed: Act) -> Conducted:
    """The turn that follows. Raises ``BadPress`` where this cannot be done now, and as ``conduct.resume`` does."""
    if ticket.leg != leg or deed.did not in ACTS.get(type(ticket.wait), ()):
        raise BadPress(sentence("this cannot be done now"))
    following = conduct.resume(field, leg, _reply(field, ticket, deed), ticket.turn_no)
    if deed.did == LEAVES:
        conduct.end_leg(field, leg, "hung up")
    return following


def read_act(body: Any, agent: str | None) -> Act:
    """What the browser says was done. Raises ``BadPress``."""
    did = body.get("did") if isinstance(body, Mapping) else None
    if not isinstance(did, str):
        raise BadPress("say what was done")
    return Act(did, agent)


def _reply(field: Field, ticket: Ticket, deed: Act) -> Reply:
    match deed.did:
        case "speaks":
            sound = _comment(ticket.language)
            length = timedelta(seconds=wav.seconds(sound))
            return speeches.take_in(field, ticket.leg, ticket.turn_no, length, wav=sound)
        case "agent leaves":
            return DialEnded(TALK, deed.agent)
        case "leaves":
            return DialEnded(TALK, deed.agent, left=True)
        case "nobody":
            return DialEnded(timedelta(0))
        case _:
            return TimedOut()


def _comment(language: str) -> bytes:
    spoken = language if language in COMMENTS and language in speech.voices() else "en"
    return speech.speak(COMMENTS[spoken], spoken)
