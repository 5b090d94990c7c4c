"""What callers hear: the recording an utterance has, and synthetic speech for every gap, so that no call is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from tonval.audio import speech, wav
from tonval.audio.faults import AudioError
from tonval.fieldwork.field import Field
from tonval.store.tables import prompts, recordings
from tonval.store.upsert import insert_new
from tonval.surveys.phrases import SPEECH_PHRASES
from tonval.surveys.questionnaire import Channel, Form, Wording
from tonval.surveys.reception import slot_of
from tonval.surveys.scales import SPOKEN
from tonval.surveys.turns import Utterance

DRAFT: Final = "draft"
RECORDED: Final = "recorded"
OF_QUEUE: Final = "queue:"
"""Begins the owner of a queue's prompts; no survey is called so."""

OFFER: Final = slot_of("language")
_P = prompts.c
_SHELF: Final = (_P.survey, _P.slot, _P.language, _P.version, _P.audio, _P.kind, _P.words)
_VERSIONS: Final = (
    select(_P.created_at, *_SHELF)
    .where(_P.survey == bindparam("survey"), _P.slot == bindparam("slot"))
    .order_by(_P.version)
)
_BEFORE: Final = ("stay", "welcome")
_AFTER: Final = ("invalid", "no_input", "closing", "goodbye")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as it is heard now."""

    survey: str
    slot: str
    language: str
    version: int
    digest: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance as audio: mono, 16 bit, 8 kHz; ``digest`` is the SHA-256 of ``wav``."""

    digest: str
    wav: bytes


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every version a slot has had up to ``read_at``, in all languages, oldest first, each with when it was made."""

    read_at: datetime
    versions: tuple[tuple[datetime, Prompt], ...]

    def heard(self, utterance: Utterance, since: datetime | None = None) -> str | None:
        """The digest of what is played in a call that began at ``since`` (``None``: now).

        The utterance's own prompt, else a recording in another language; ``None``: it has to be spoken on the spot.
        A draft whose words are not those to be said (a name was filled in) is not played.
        """
        return self.own(utterance, since) or self._other(utterance, since)

    def own(self, utterance: Utterance, since: datetime | None = None, *, voice: bool = False) -> str | None:
        """The utterance's own prompt alone; ``voice``: only where a person speaks."""
        own = self._at(since or self.read_at).get(utterance.language)
        fits = own is not None and (own.kind == RECORDED or (own.words == utterance.text and not voice))
        return own.digest if own is not None and fits else None

    def _other(self, utterance: Utterance, since: datetime | None) -> str | None:
        """A recording in another language; none stands in where each language offers itself with its own key."""
        if utterance.slot == OFFER:
            return None
        found = self._at(since or self.read_at).values()
        return next((prompt.digest for prompt in found if prompt.kind == RECORDED), None)

    def _at(self, moment: datetime) -> dict[str, Prompt]:
        """By language what was in use then; where there was nothing yet, the first there is."""
        found: dict[str, Prompt] = {}
        for made_at, prompt in self.versions:
            if made_at <= moment or prompt.language not in found:
                found[prompt.language] = prompt
        return found


def spoken_slots(form: Form) -> dict[str, Mapping[str, str]]:
    """The slots of a form that a telephone speaks, with their words, in the order they are heard."""
    words = {**_of_speech(form), **form.slots()}
    return {slot: words[slot] for slot in dict.fromkeys(_heard(form)) if slot in words}


def _of_speech(form: Form) -> dict[str, Wording]:
    """What is said around spoken comments, where the survey asks for one."""
    if all(question.scale != SPOKEN for question in form.questions):
        return {}
    spoken = {slot: words.items() for slot, words in SPEECH_PHRASES.items()}
    return {slot: {each: text for each, text in words if each in form.languages} for slot, words in spoken.items()}


def _heard(form: Form) -> Iterator[str]:
    asked = form.asked_on(Channel.KEYPAD)
    yield from _BEFORE
    yield from (f"scale.{question.scale}" for question in asked)
    yield from (question.slot for question in asked)
    yield from SPEECH_PHRASES
    yield from (f"reaction.{place}" for place, _ in enumerate(form.reactions, 1))
    yield from _AFTER


def library(office: Field, survey: str | None = None) -> list[Prompt]:
    """The prompts in use, of one survey or of all, by slot and language."""
    newest = select(_P.survey, _P.slot, _P.language, func.max(_P.version).label("version"))
    latest = newest.group_by(_P.survey, _P.slot, _P.language).subquery()
    same = [prompts.c[name] == latest.c[name] for name in ("survey", "slot", "language", "version")]
    wanted = select(*_SHELF).select_from(prompts.join(latest, same[0] & same[1] & same[2] & same[3]))
    if survey is not None:
        wanted = wanted.where(_P.survey == survey)
    with office.unit.read() as tx:
        return [Prompt(*row) for row in tx.execute(wanted.order_by(_P.survey, _P.slot, _P.language))]


def shelf(office: Field, survey: str, slot: str) -> Shelf:
    """Every version of the slot there is."""
    now = office.now()
    with office.unit.read() as tx:
        rows = tx.execute(_VERSIONS, {"survey": survey, "slot": slot}).all()
    return Shelf(now, tuple((row[0], Prompt(*row[1:])) for row in rows))


def first_heard(shelves: Sequence[Shelf], utterance: Utterance, since: datetime | None = None) -> str | None:
    """What is heard of several shelves, a queue's before its survey's.

    A voice in the utterance's language, else a draft in it, else a voice in another: see ``Shelf.heard``.
    """
    own = [shelf.own(utterance, since, voice=voice) for voice in (True, False) for shelf in shelves]
    return next(filter(None, (*own, *(shelf.heard(utterance, since) for shelf in shelves))), None)


def owner_of(queue: str) -> str:
    """Whom the prompts of a queue belong to."""
    return f"{OF_QUEUE}{queue}"


def owners(survey: str, queue: str) -> tuple[str, ...]:
    """Whose prompts are heard in a call of the queue, the queue's own first."""
    return tuple(filter(None, (owner_of(queue) if queue else "", survey)))


def digest_for(office: Field, survey: str, utterance: Utterance, since: datetime | None = None, queue: str = "") -> str:
    """The recording to play in a call that began at ``since``, see ``first_heard``; or speech made on the spot."""
    shelves = [shelf(office, owner, utterance.slot) for owner in owners(survey, queue)]
    return first_heard(shelves, utterance, since) or spoken_now(office, utterance)


def spoken_now(office: Field, utterance: Utterance) -> str:
    """The digest of the utterance in synthetic speech; the same utterance always has the same."""
    audio = draft_of(utterance)
    with office.unit.begin() as tx:
        return keep_in(tx, audio)


def audio_for(office: Field, survey: str, utterance: Utterance, queue: str = "") -> Spoken:
    """The recording of an utterance with its bytes; one of the queue's own is heard first."""
    digest = digest_for(office, survey, utterance, queue=queue)
    return Spoken(digest, wav_of(office, digest) or wav.silence(0.2))


def wav_of(office: Field, digest: str) -> bytes | None:
    """The WAV bytes of a recording: mono, 16 bit, 8 kHz."""
    with office.unit.read() as tx:
        return tx.execute(select(recordings.c.wav).where(recordings.c.digest == digest)).scalar()


def wide_of(office: Field, digest: str) -> bytes | None:
    """The same recording at 16 kHz, where it was sent with as much."""
    with office.unit.read() as tx:
        return tx.execute(select(recordings.c.wide).where(recordings.c.digest == digest)).scalar()


def keep_in(
    tx: Connection, audio: bytes, measured: Mapping[str, float] = MappingProxyType({}), wide: bytes | None = None
) -> str:
    """Keep the WAV bytes under their digest, with ``peak_db``, ``noise_db`` and ``loudness`` where they are known.

    ``wide`` is the same at 16 kHz.
    """
    digest, seconds = wav.digest(audio), round(wav.seconds(audio))
    insert_new(tx, recordings, {"digest": digest, "wav": audio, "wide": wide, "seconds": seconds, **measured})
    return digest


def draft_of(utterance: Utterance) -> bytes:
    """Synthetic speech in the language, in English where there is no voice for it, and a pause if all else fails."""
    for language in (utterance.language, "en"):
        try:
            return speech.speak(utterance.text, language)
        except AudioError:
            continue
    return wav.silence(0.2)
