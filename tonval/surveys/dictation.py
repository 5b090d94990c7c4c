"""A colleague speaks a prompt into the telephone: her PIN, a tone, what she says, to be heard and kept or said again.

Pure, like the machines beside it. Whether a PIN is good is found out by who carries this, and comes in as a reply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tonval.surveys.state import ReplyRejected
from tonval.surveys.turns import AskDigits, AskRecording, Digits, HungUp, Recording, TimedOut, Utterance, played

PIN_LENGTH: Final = 6
TRIES: Final = 3
"""How often the same is asked for."""

KEEP, AGAIN = "1", "2"

ASK_PIN: Final = AskDigits(max_digits=PIN_LENGTH, timeout=timedelta(seconds=15), pause=timedelta(seconds=5))
ASK_VERDICT: Final = AskDigits(max_digits=1, finish_on="", timeout=timedelta(seconds=8))
ASK_VOICE: Final = AskRecording(longest=timedelta(minutes=2))

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "pin": {
        "sv": "Slå din kod med sex siffror.",
        "en": "Enter your six-digit PIN.",
        "es": "Marque su código de seis cifras.",
        "et": "Sisestage oma kuuekohaline kood.",
    },
    "wrong": {
        "sv": "Koden gäller inte.",
        "en": "That PIN is not good.",
        "es": "Ese código no es válido.",
        "et": "See kood ei kehti.",
    },
    "speak": {
        "sv": "Tala efter tonen. Tryck på fyrkant när du är klar.",
        "en": "Speak after the tone. Press hash when you are done.",
        "es": "Hable después de la señal. Pulse almohadilla al terminar.",
        "et": "Rääkige pärast helisignaali. Lõpetamiseks vajutage trellid.",
    },
    "silence": {
        "sv": "Vi hörde ingenting.",
        "en": "We heard nothing.",
        "es": "No hemos oído nada.",
        "et": "Me ei kuulnud midagi.",
    },
    "verdict": {
        "sv": "Tryck ett för att behålla, två för att tala in igen.",
        "en": "Press one to keep it, two to record it again.",
        "es": "Pulse uno para guardarlo, dos para grabarlo otra vez.",
        "et": "Salvestamiseks vajutage üks, uuesti rääkimiseks kaks.",
    },
    "kept": {
        "sv": "Tack, inspelningen är sparad. Hej då.",
        "en": "Thank you, your recording is kept. Goodbye.",
        "es": "Gracias, su grabación se ha guardado. Adiós.",
        "et": "Aitäh, salvestis on alles. Head aega.",
    },
    "goodbye": {"sv": "Hej då.", "en": "Goodbye.", "es": "Adiós.", "et": "Head aega."},
}


class Step(StrEnum):
    """Where she is."""

    PIN = "pin"
    SPEAK = "speak"
    VERDICT = "verdict"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Admitted:
    """Her PIN is good, for ``task``."""

    task: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not; ``again``: she may try another."""

    again: bool


Heard = Admitted | Refused | Digits | Recording | TimedOut | HungUp


@dataclass(frozen=True, slots=True)
class Dictation:
    """A call to record a prompt: ``task`` is what her PIN was for, ``ref`` what she has spoken, ``kept`` once it is."""

    language: str
    step: Step = Step.PIN
    misses: int = 0
    task: str = ""
    ref: str = ""
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Dictated:
    """What comes next; the call is over where there is no ``wait``."""

    dictation: Dictation
    says: tuple[Utterance, ...]
    wait: AskDigits | AskRecording | None


def begin(language: str) -> Dictated:
    """Ask for the PIN, in English where we have no words."""
    return _ask(Dictation(language if language in WORDS["pin"] else "en"), Step.PIN)


def go_on(dictation: Dictation, reply: Heard) -> Dictated:
    """The next turn. Raises ``ReplyRejected`` when the reply came at the wrong moment."""
    move = TRANSITIONS.get((dictation.step, type(reply)))
    if move is None:
        raise ReplyRejected(f"{type(reply).__name__} came while {dictation.step}")
    return move(dictation, reply)


def _admit(dictation: Dictation, reply: Heard) -> Dictated:
    assert isinstance(reply, Admitted)
    return _ask(replace(dictation, task=reply.task), Step.SPEAK)


def _refuse(dictation: Dictation, reply: Heard) -> Dictated:
    again = not isinstance(reply, Refused) or reply.again
    said = ("wrong",) if isinstance(reply, Refused) else ()
    return _again(dictation, *said) if again else _over(dictation, *said, "goodbye")


def _hear(dictation: Dictation, reply: Heard) -> Dictated:
    assert isinstance(reply, Recording)
    return _ask(replace(dictation, ref=reply.ref), Step.VERDICT)


def _unheard(dictation: Dictation, reply: Heard) -> Dictated:
    del reply
    return _again(dictation, "silence")


def _judge(dictation: Dictation, reply: Heard) -> Dictated:
    match reply:
        case Digits(digits) if digits == KEEP:
            return _over(replace(dictation, kept=True), "kept")
        case Digits(digits) if digits == AGAIN:
            return _ask(replace(dictation, ref=""), Step.SPEAK)
        case _:
            return _again(dictation)


def _leave(dictation: Dictation, reply: Heard) -> Dictated:
    del reply
    return _over(dictation)


Move = Callable[[Dictation, Heard], Dictated]

TRANSITIONS: Final[Mapping[tuple[Step, type[Heard]], Move]] = {
    (Step.PIN, Admitted): _admit,
    (Step.PIN, Refused): _refuse,
    (Step.PIN, TimedOut): _refuse,
    (Step.SPEAK, Recording): _hear,
    (Step.SPEAK, TimedOut): _unheard,
    (Step.VERDICT, Digits): _judge,
    (Step.VERDICT, TimedOut): _judge,
    **{(step, HungUp): _leave for step in Step if step is not Step.OVER},
}
"""Every legal move."""

_WAITS: Final[Mapping[Step, AskDigits | AskRecording]] = {
    Step.PIN: ASK_PIN,
    Step.SPEAK: ASK_VOICE,
    Step.VERDICT: ASK_VERDICT,
}


def _ask(dictation: Dictation, step: Step, *before: str, misses: int = 0) -> Dictated:
    asked = replace(dictation, step=step, misses=misses)
    heard = (played(asked.ref, asked.language),) if step is Step.VERDICT else ()
    return Dictated(asked, (*_say(asked, *before), *heard, *_say(asked, step.value)), _WAITS[step])


def _again(dictation: Dictation, *before: str) -> Dictated:
    """Ask the same once more, and give up after ``TRIES``."""
    misses = dictation.misses + 1
    if misses < TRIES:
        return _ask(dictation, dictation.step, *before, misses=misses)
    return _over(dictation, *before, "goodbye")


def _over(dictation: Dictation, *slots: str) -> Dictated:
    return Dictated(replace(dictation, step=Step.OVER), _say(dictation, *slots), None)


def _say(dictation: Dictation, *slots: str) -> tuple[Utterance, ...]:
    language = dictation.language
    return tuple(Utterance(f"dictation.{slot}", language, WORDS[slot][language]) for slot in slots)
