"""What the callers of the demo do beside pressing keys: they speak, or hang up first and are called."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Final

from tonval.audio import speech, wav
from tonval.fieldwork import conduct, invitations
from tonval.fieldwork.calls import dialling, speeches
from tonval.fieldwork.calls.calling import SIP
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.conduct import Conducted
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer
from tonval.surveys.turns import AskRecording, Digits, Reply
from tonval.workers.demo_words import COMMENTS

HANGS_UP_FIRST: Final = 0.2
ENDS: Final = ("no_answer", "no_answer", "busy", "answered", "answered", "answered")
KEEP: Final = "1"


def reply_to(office: Field, chance: random.Random, turn: Conducted, press: Callable[[str], str], mood: float) -> Reply:
    """What a caller does at this turn: ``press`` gives the key for the slot of a question."""
    if isinstance(turn.wait, AskRecording):
        return _spoken(office, chance, turn, mood)
    slot = turn.says[-1].slot if turn.says else ""
    return Digits(press(slot) if slot.startswith("question.") else KEEP)


def called_up(
    office: Field, chance: random.Random, about: tuple[Queue, str, str], pass_time: Callable[[timedelta], None]
) -> Conducted | None:
    """``about``: queue, agent and the number of a customer who has hung up first; the call she takes, if she does."""
    queue, agent, number = about
    assert queue.calling is not None, "the queue calls"
    ref, customer = office.fresh_id("demo"), Customer(phone=number, language="sv")
    told = {"ended_by": "customer"}
    contact = Interaction(ref, "call", queue.name, agent, customer, office.now(), timedelta(minutes=4), told)
    invitations.report(office, contact)
    pass_time(queue.calling.after)
    taken = [_dialled(office, chance, queue, call) for call in dialling.claim(office, SIP, 1)]
    return taken[0] if taken else None


def _dialled(office: Field, chance: random.Random, queue: Queue, call: dialling.ToDial) -> Conducted | None:
    dialling.placed(office, call.id, call.id)
    end = chance.choice(ENDS)
    if end != "answered":
        dialling.ended(office, call.id, end)
        return None
    taken = conduct.Call("simulator", call.id, queue.name, queue=queue.name, caller=call.number, dial=call.id)
    return conduct.begin_call(office, taken)


def _spoken(office: Field, chance: random.Random, turn: Conducted, mood: float) -> Reply:
    sound = _voice(chance.choice(COMMENTS[min(2, int(3 * mood))]))
    return speeches.take_in(office, turn.leg, turn.turn_no, timedelta(seconds=wav.seconds(sound)), wav=sound)


@lru_cache(maxsize=64)
def _voice(words: str) -> bytes:
    return speech.speak(words, "sv")
