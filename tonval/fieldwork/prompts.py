"""What callers hear: the recording an utterance has, and synthetic speech for every gap, so that no call is silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from tonval.audio import speech, wav
from tonval.audio.faults import AudioError
from tonval.fieldwork.field import Field
from tonval.store.tables import prompts, recordings
from tonval.store.upsert import insert_new
from tonval.surveys.phrases import SPEECH_PHRASES
from tonval.surveys.questionnaire import Channel, Form, Wording
from tonval.surveys.scales import SPOKEN
from tonval.surveys.turns import Utterance

DRAFT: Final = "draft"
RECORDED: Final = "recorded"
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
        found = self._at(since or self.read_at)
        own = found.get(utterance.language)
        if own is not None and (own.kind == RECORDED or own.words == utterance.text):
            return own.digest
        return next((prompt.digest for prompt in found.values() if prompt.kind == RECORDED), None)

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


def digest_for(office: Field, survey: str, utterance: Utterance, since: datetime | None = None) -> str:
    """The recording to play in a call that began at ``since``, see ``Shelf.heard``; or speech made on the spot."""
    return shelf(office, survey, utterance.slot).heard(utterance, since) or spoken_now(office, utterance)


def spoken_now(office: Field, utterance: Utterance) -> str:
    """The digest of the utterance in synthetic speech; the same utterance always has the same."""
    audio = draft_of(utterance)
    with office.unit.begin() as tx:
        return keep_in(tx, audio)


def audio_for(office: Field, survey: str, utterance: Utterance) -> Spoken:
    """The recording of an utterance with its bytes."""
    digest = digest_for(office, survey, utterance)
    return Spoken(digest, wav_of(office, digest) or wav.silence(0.2))


def wav_of(office: Field, digest: str) -> bytes | None:
    """The WAV bytes of a recording: mono, 16 bit, 8 kHz."""
    with office.unit.read() as tx:
        return tx.execute(select(recordings.c.wav).where(recordings.c.digest == digest)).scalar()


def keep_in(tx: Connection, audio: bytes, **measured: float) -> str:
    """Keep the WAV bytes under their digest, with ``peak_db``, ``noise_db`` and ``loudness`` where they are known."""
    digest = wav.digest(audio)
    insert_new(tx, recordings, {"digest": digest, "wav": audio, "seconds": round(wav.seconds(audio)), **measured})
    return digest


def draft_of(utterance: Utterance) -> bytes:
    """Synthetic speech in the language, in English where there is no voice for it, and a pause if all else fails."""
    for language in (utterance.language, "en"):
        try:
            return speech.speak(utterance.text, language)
        except AudioError:
            continue
    return wav.silence(0.2)
