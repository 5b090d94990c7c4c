"""The prompt library: which recording is heard in a slot, drafts spoken for every gap, so that no call is silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from tonval.audio import speech, take_in, wav
from tonval.audio.faults import AudioError
from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.field import Field
from tonval.store.tables import prompts, recordings
from tonval.store.upsert import insert_new
from tonval.surveys.phrases import SPOKEN
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.turns import Utterance

DRAFT: Final = "draft"
RECORDED: Final = "recorded"
_P = prompts.c


class UnknownPrompt(LookupError):
    """No survey has such a prompt; the message names those it has."""


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
class Added:
    """A recording that was taken in: where it is heard now, and what a careful ear would say about it."""

    prompt: Prompt
    seconds: float
    loudness: float
    warnings: tuple[str, ...]


def spoken_slots(form: Form) -> dict[str, Mapping[str, str]]:
    """The slots of a form that a telephone speaks, with their words."""
    spoken = {*SPOKEN, *(question.slot for question in form.asked_on(Channel.KEYPAD))}
    return {slot: words for slot, words in form.slots().items() if slot in spoken or slot.startswith("reaction.")}


def draft_missing(office: Field) -> int:
    """Speak a draft for every slot that has no prompt yet, and anew where a draft's words have changed."""
    spoken = 0
    for form in office.centre.forms.values():
        have = {(prompt.slot, prompt.language): prompt for prompt in library(office, form.id)}
        for slot, words in spoken_slots(form).items():
            for language, text in words.items():
                known = have.get((slot, language))
                if text and (known is None or (known.kind == DRAFT and known.words != text)):
                    _keep_draft(office, form.id, Utterance(slot, language, text))
                    spoken += 1
    return spoken


def library(office: Field, survey: str | None = None) -> list[Prompt]:
    """The prompts in use, of one survey or of all, by slot and language."""
    newest = select(_P.survey, _P.slot, _P.language, func.max(_P.version).label("version"))
    latest = newest.group_by(_P.survey, _P.slot, _P.language).subquery()
    same = [prompts.c[name] == latest.c[name] for name in ("survey", "slot", "language", "version")]
    wanted = select(_P.survey, _P.slot, _P.language, _P.version, _P.audio, _P.kind, _P.words)
    wanted = wanted.select_from(prompts.join(latest, same[0] & same[1] & same[2] & same[3]))
    if survey is not None:
        wanted = wanted.where(_P.survey == survey)
    with office.unit.read() as tx:
        return [Prompt(*row) for row in tx.execute(wanted.order_by(_P.survey, _P.slot, _P.language))]


def digest_for(office: Field, survey: str, utterance: Utterance) -> str:
    """The recording to play for an utterance: its own, else one in another language, else speech made on the spot.

    A draft whose words are not those to be said (a name was filled in) is not played.
    """
    found = _in_use(office, survey, utterance.slot)
    own = found.get(utterance.language)
    if own is not None and (own.kind == RECORDED or own.words == utterance.text):
        return own.digest
    recorded = [prompt for prompt in found.values() if prompt.kind == RECORDED]
    if recorded:
        return recorded[0].digest
    return _keep_wav(office, _speak(utterance)) if own is None or own.words != utterance.text else own.digest


def audio_for(office: Field, survey: str, utterance: Utterance) -> Spoken:
    """The recording of an utterance with its bytes."""
    digest = digest_for(office, survey, utterance)
    return Spoken(digest, wav_of(office, digest) or wav.silence(0.2))


def wav_of(office: Field, digest: str) -> bytes | None:
    """The WAV bytes of a recording: mono, 16 bit, 8 kHz."""
    with office.unit.read() as tx:
        return tx.execute(select(recordings.c.wav).where(recordings.c.digest == digest)).scalar()


def add_recording(office: Field, path: Path, survey: str, slot: str, language: str, *, by: Actor = CONSOLE) -> Added:
    """Convert a sound file and let it be heard in the slot from the next call on.

    Raises ``UnknownPrompt``, or ``audio.AudioError`` when the file is no usable sound; then nothing has changed.
    """
    words = _words_of(office, survey, slot, language)
    recorded = take_in.take_in(path)
    with office.unit.begin() as tx:
        prompt = _write(tx, office, Prompt(survey, slot, language, 0, "", RECORDED, words), recorded.wav)
        told = {"after": prompt.version}
        audit.note(tx, office, by, Deed("prompt.added", "prompt", f"{survey} {slot} {language}", told))
    return Added(prompt, recorded.seconds, recorded.loudness, tuple(recorded.warnings))


def _words_of(office: Field, survey: str, slot: str, language: str) -> str:
    form = office.centre.forms.get(survey)
    if form is None:
        raise UnknownPrompt(f"there is no survey called “{survey}”; known: {_listed(office.centre.forms)}")
    slots = spoken_slots(form)
    if slot not in slots:
        raise UnknownPrompt(f"{survey} has no prompt called “{slot}”; known: {_listed(slots)}")
    if language not in form.languages:
        raise UnknownPrompt(f"{survey} is not asked in “{language}”; known: {_listed(form.languages)}")
    return slots[slot].get(language, "")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _in_use(office: Field, survey: str, slot: str) -> dict[str, Prompt]:
    wanted = select(_P.survey, _P.slot, _P.language, _P.version, _P.audio, _P.kind, _P.words)
    with office.unit.read() as tx:
        rows = tx.execute(wanted.where(_P.survey == survey, _P.slot == slot).order_by(_P.version))
        return {row.language: Prompt(*row) for row in rows}


def _keep_draft(office: Field, survey: str, utterance: Utterance) -> None:
    spoken = _speak(utterance)
    with office.unit.begin() as tx:
        draft = Prompt(survey, utterance.slot, utterance.language, 0, "", DRAFT, utterance.text)
        _write(tx, office, draft, spoken)


def _write(tx: Connection, office: Field, prompt: Prompt, audio: bytes) -> Prompt:
    """One more version; a running call keeps the recording it began with."""
    digest = _keep_in(tx, audio)
    here = (_P.survey == prompt.survey, _P.slot == prompt.slot, _P.language == prompt.language)
    version = (tx.execute(select(func.max(_P.version)).where(*here)).scalar() or 0) + 1
    row = {"survey": prompt.survey, "slot": prompt.slot, "language": prompt.language, "version": version}
    row |= {"audio": digest, "kind": prompt.kind, "words": prompt.words, "created_at": office.now()}
    insert_new(tx, prompts, row)
    return Prompt(prompt.survey, prompt.slot, prompt.language, version, digest, prompt.kind, prompt.words)


def _keep_wav(office: Field, audio: bytes) -> str:
    with office.unit.begin() as tx:
        return _keep_in(tx, audio)


def _keep_in(tx: Connection, audio: bytes) -> str:
    digest = wav.digest(audio)
    insert_new(tx, recordings, {"digest": digest, "wav": audio, "seconds": round(wav.seconds(audio))})
    return digest


def _speak(utterance: Utterance) -> bytes:
    """Synthetic speech in the language, in English where there is no voice for it, and a pause if all else fails."""
    for language in (utterance.language, "en"):
        try:
            return speech.speak(utterance.text, language)
        except AudioError:
            continue
    return wav.silence(0.2)
