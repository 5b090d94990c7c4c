"""What colleagues have spoken into the telephone and kept, taken in as any file is: converted, levelled, measured."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Row, Select, select, update

from tonval.audio.faults import AudioError
from tonval.fieldwork.audit import Actor
from tonval.fieldwork.calls.speeches import DROPPED
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice import takes
from tonval.fieldwork.voice.dictating import KEPT, KIND, REFUSED, TAKEN
from tonval.fieldwork.voice.takes import UnknownPrompt
from tonval.store import outbox
from tonval.store.tables import dictations, speeches, users
from tonval.surveys.sentences import sentence

SOURCE: Final = sentence("The recording by telephone")
"""What the versions are called that came so, and in the warnings about them."""

PAUSE: Final = timedelta(seconds=5)
MOST: Final = 1000
"""How often to look for a sound that its provider still holds: more than an hour."""

_D: Final = dictations.c
_KEPT: Final[Select[Any]] = (
    select(_D.id, _D.survey, _D.slot, _D.language, _D.user, users.c.name, _D.speech, speeches.c.wav)
    .join(users, users.c.id == _D.user)
    .join(speeches, speeches.c.id == _D.speech)
)


def take_in_due(office: Field, limit: int = 5) -> int:
    """Take in what was kept; gives how many were tried."""
    with office.unit.begin() as tx:
        claimed = outbox.claim(tx, KIND, office.now(), limit, office.fresh_id("att"))
    for row in claimed:
        _take_in(office, row)
    return len(claimed)


def _take_in(office: Field, work: outbox.Row) -> None:
    with office.unit.read() as tx:
        kept = tx.execute(_KEPT.where(_D.id == work.ref, _D.state == KEPT)).one_or_none()
    if kept is not None and kept.wav is None:
        _wait(office, work)
        return
    became = _become(office, kept) if kept is not None else {}
    with office.unit.begin() as tx:
        if kept is not None:
            tx.execute(update(dictations).where(_D.id == work.ref).values(**became))
            tx.execute(update(speeches).where(speeches.c.id == kept.speech).values(state=DROPPED, wav=None))
        outbox.forget(tx, [work.id])


def _become(office: Field, kept: Row[Any]) -> dict[str, Any]:
    """What the dictation comes to: a version of its prompt, or a refusal with its reason."""
    by = Actor(kept.user, kept.name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        path.write_bytes(kept.wav)
        try:
            place = (kept.survey, kept.slot, kept.language)
            added = takes.add_recording(office, path, *place, by=by, name=SOURCE)
        except (AudioError, UnknownPrompt) as refused:
            return {"state": REFUSED, "fault": str(refused)}
    return {"state": TAKEN, "version": added.prompt.version}


def _wait(office: Field, work: outbox.Row) -> None:
    """Its sound is still with the provider."""
    with office.unit.begin() as tx:
        if work.attempts <= MOST:
            outbox.postpone(tx, work.id, office.now() + PAUSE, "the sound is still with its provider")
            return
        outbox.give_up(tx, work.id, "the sound never came from its provider")
        gone = {"state": REFUSED, "fault": sentence("The sound never came from its provider; record it again")}
        tx.execute(update(dictations).where(_D.id == work.ref).values(**gone))
