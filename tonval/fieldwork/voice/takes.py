"""The versions of a prompt: recordings taken in, drafts spoken, an older one used again. Nothing is ever deleted.

A version is never changed: what is in use is the newest, so that a running call can keep the one it began with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select

from tonval.audio import take_in, wav
from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice.libraries import Library, libraries, library_of
from tonval.fieldwork.voice.prompts import DRAFT, RECORDED, Prompt, draft_of, keep_in
from tonval.store.tables import prompts, recordings
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import Utterance

_P = prompts.c
_HEADER: Final = len(wav.pack(wav.unpack(wav.silence(0))))
_HERE: Final = (
    _P.survey == bindparam("survey"), _P.slot == bindparam("slot"), _P.language == bindparam("language")
)  # fmt: skip
_TAKES: Final = select(
    *(_P[name] for name in ("survey", "slot", "language", "version", "kind", "words", "created_at")),
    *(_P[name] for name in ("author", "source", "warnings")),
    _P.audio.label("digest"),
    func.length(recordings.c.wav).label("size"),
    *(recordings.c[name] for name in ("peak_db", "noise_db", "loudness")),
    recordings.c.wide.is_not(None).label("wide"),
).join_from(prompts, recordings)
_VERSIONS: Final = _TAKES.where(*_HERE).order_by(_P.version.desc())
_NEWEST: Final = select(func.max(_P.version)).where(*_HERE)
_OWNERS: Final = select(_P.survey).where(_P.audio == bindparam("digest")).distinct()
_ADD: Final = insert(prompts)


class UnknownPrompt(LookupError):
    """No survey has such a prompt, or it no such version; the message names those there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a prompt is heard; ``survey`` is whose it is, a survey's or a queue's (``libraries``)."""

    survey: str
    slot: str
    language: str

    def __str__(self) -> str:
        return f"{self.survey} {self.slot} {self.language}"


@dataclass(frozen=True, slots=True)
class Take:
    """One version of a prompt: the words it was made for, its sound in ``seconds``, dBFS and LUFS, and who sent it.

    ``source`` is what her file was called, ``warnings`` are sentences about it. What was not measured is ``None``.
    ``wide``: there is a master of 16 kHz too.
    """

    place: Place
    version: int
    kind: str
    words: str
    made_at: datetime
    author: str | None
    source: str | None
    warnings: tuple[str, ...]
    digest: str
    seconds: float
    peak_db: float | None
    noise_db: float | None
    loudness: float | None
    wide: bool = False

    @property
    def recorded(self) -> bool:
        """Whether it is a person's voice."""
        return self.kind == RECORDED


@dataclass(frozen=True, slots=True)
class Added:
    """A recording that was taken in: where it is heard now, and what a careful ear would say about it."""

    prompt: Prompt
    seconds: float
    loudness: float
    warnings: tuple[str, ...]


def in_use(office: Field, survey: str) -> dict[Place, Take]:
    """What is heard now in each slot and language of the survey."""
    wanted = _TAKES.where(_P.survey == survey).order_by(_P.version)
    return {take.place: take for take in _read(office, wanted)}


def versions(office: Field, place: Place) -> list[Take]:
    """Every version of one prompt, the newest, which is in use, first."""
    return _read(office, _VERSIONS, _plain(place))


def owners_of(office: Field, digest: str) -> list[str]:
    """Whose prompts have this sound, now or in an older version; nobody's where it was spoken on the spot."""
    with office.unit.read() as tx:
        return list(tx.execute(_OWNERS, {"digest": digest}).scalars())


def draft_missing(office: Field) -> int:
    """Speak a draft for every slot that has no prompt yet, and anew where a draft's words have changed.

    A queue's own voice for what its survey says too has no draft: the survey is heard instead.
    """
    return sum(_draft(office, library) for library in list(libraries(office.centre)))


def _draft(office: Field, library: Library) -> int:
    have, spoken = in_use(office, library.owner), 0
    for slot in (slot for slot in library.words if slot not in library.lent):
        for language, text in library.words[slot].items():
            known = have.get(Place(library.owner, slot, language))
            if text and (known is None or (known.kind == DRAFT and known.words != text)):
                seen = known.version if known else 0
                spoken += _keep_draft(office, Utterance(slot, language, text), library.owner, seen)
    return spoken


def _keep_draft(office: Field, utterance: Utterance, survey: str, seen: int) -> bool:
    """Whether the draft was kept: not where somebody has put another version there meanwhile."""
    place, audio = Place(survey, utterance.slot, utterance.language), draft_of(utterance)
    with office.unit.begin() as tx:
        audit.hold(tx)
        if _newest(tx, place) != seen:
            return False
        _write(tx, office, place, {"kind": DRAFT, "words": utterance.text, "audio": keep_in(tx, audio, _levels(audio))})
    return True


def add_recording(
    office: Field, path: Path, survey: str, slot: str, language: str, *, by: Actor = CONSOLE, name: str | None = None
) -> Added:
    """Convert a sound file and let it be heard in the slot from the next call on. Its sender calls it ``name``.

    Raises ``UnknownPrompt``, or ``audio.AudioError`` when the file is no usable sound; then nothing has changed.
    """
    place = Place(survey, slot, language)
    words = words_of(office, place)
    made = take_in.take_in(path, name)
    measured = {"peak_db": made.peak_db, "noise_db": made.noise_db, "loudness": made.loudness}
    row = {"kind": RECORDED, "words": words, "source": name or path.name, "warnings": list(made.warnings)}
    with office.unit.begin() as tx:
        row["audio"] = keep_in(tx, made.wav, measured, made.wide)
        prompt = _put(tx, office, place, row, by, "prompt.added")
    return Added(prompt, made.seconds, made.loudness, made.warnings)


def use_again(office: Field, place: Place, version: int, by: Actor) -> Prompt:
    """Let an older recording be heard again: a new version with the same sound and the words it was made for.

    A draft is spoken anew, see ``back_to_draft``. Raises ``UnknownPrompt``; then nothing has changed.
    """
    words_of(office, place)
    older = next((take for take in versions(office, place) if take.version == version), None)
    if older is None:
        raise UnknownPrompt(sentence("%(place)s has no version %(version)s", place=place, version=version))
    if not older.recorded:
        return back_to_draft(office, place, by)
    row = {"kind": RECORDED, "words": older.words, "source": older.source, "warnings": list(older.warnings)}
    with office.unit.begin() as tx:
        return _put(tx, office, place, {**row, "audio": older.digest}, by, "prompt.restored", again=version)


def back_to_draft(office: Field, place: Place, by: Actor) -> Prompt:
    """Let the synthetic voice speak the words of today. Raises ``UnknownPrompt``; then nothing has changed."""
    words = words_of(office, place)
    audio = draft_of(Utterance(place.slot, place.language, words))
    with office.unit.begin() as tx:
        row = {"kind": DRAFT, "words": words, "audio": keep_in(tx, audio, _levels(audio))}
        return _put(tx, office, place, row, by, "prompt.drafted")


def words_of(office: Field, place: Place) -> str:
    """What is to be said there. Raises ``UnknownPrompt``."""
    library = library_of(office.centre, place.survey)
    if library is None:
        known = _listed(each.owner for each in libraries(office.centre))
        raise UnknownPrompt(
            sentence(
                "there is no survey or queue called “%(survey)s”; known: %(known)s", survey=place.survey, known=known
            )
        )
    if place.slot not in library.words:
        template, known = (
            sentence("%(survey)s has no prompt called “%(slot)s”; known: %(known)s"),
            _listed(library.words),
        )
        raise UnknownPrompt(sentence(template, survey=place.survey, slot=place.slot, known=known))
    if place.language not in library.languages:
        template = sentence("%(survey)s is not asked in “%(language)s”; known: %(known)s")
        known = _listed(library.languages)
        raise UnknownPrompt(sentence(template, survey=place.survey, language=place.language, known=known))
    return library.words[place.slot].get(place.language, "")


def _put(
    tx: Connection, office: Field, place: Place, row: Mapping[str, Any], by: Actor, action: str, **more: int
) -> Prompt:
    """One more version, and the note of it."""
    before = _newest(tx, place, held=True)
    audit.note(tx, office, by, Deed(action, "prompt", str(place), {"before": before, "after": before + 1, **more}))
    return _write(tx, office, place, {**row, "author": by.name})


def _write(tx: Connection, office: Field, place: Place, row: Mapping[str, Any]) -> Prompt:
    version = _newest(tx, place) + 1
    whole = {**_plain(place), "version": version, "created_at": office.now(), **row}
    tx.execute(_ADD, {"author": None, "source": None, "warnings": [], **whole})
    return Prompt(place.survey, place.slot, place.language, version, row["audio"], row["kind"], row["words"])


def _newest(tx: Connection, place: Place, *, held: bool = False) -> int:
    """The version in use, 0 for none; ``held``: nobody else puts another one there until the transaction ends."""
    if held:
        audit.hold(tx)
    return tx.execute(_NEWEST, _plain(place)).scalar() or 0


def _levels(audio: bytes) -> dict[str, float]:
    peak, noise = take_in.levels(wav.unpack(audio))
    return {"peak_db": peak, "noise_db": noise}


def _plain(place: Place) -> dict[str, str]:
    return {"survey": place.survey, "slot": place.slot, "language": place.language}


def _read(office: Field, wanted: Select[Any], values: Mapping[str, str] | None = None) -> list[Take]:
    with office.unit.read() as tx:
        return [_take(row) for row in tx.execute(wanted, values or {})]


def _take(row: Row[Any]) -> Take:
    return Take(
        Place(row.survey, row.slot, row.language),
        *(row.version, row.kind, row.words, row.created_at, row.author, row.source),
        tuple(row.warnings or ()),
        row.digest,
        (row.size - _HEADER) / (2 * wav.RATE),
        *(row.peak_db, row.noise_db, row.loudness, row.wide),
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
