"""Everything that is kept of one person, to be shown, counted, or handed to her."""

from __future__ import annotations

import io
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import suppressions
from tonval.fieldwork.privacy.classes import HOLDINGS, Data, Holding, Link
from tonval.fieldwork.privacy.papers import NoPapers, Papers
from tonval.fieldwork.privacy.persons import Person
from tonval.fieldwork.privacy.trace import Trace, rows_of, trace
from tonval.store.keyring import lookup
from tonval.surveys.sentences import Sentence, sentence

_MACHINERY: Final = frozenset(
    (
        *(("interviews", "state"), ("interviews", "seq"), ("turns", "turn"), ("links", "digest"), ("links", "purpose")),
        *(("reasons", "entry"), ("reasons", "salt")),
        *(("messages", "attempt"), ("messages", "attempts"), ("messages", "claimed_at"), ("caps", "claim")),
    )
)
"""How Tonval works with what stands elsewhere in the export already."""

_NO_PAPERS: Final = NoPapers()


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of a person: rows by table, ``files`` by name, and how many rows forbid asking her by hash.

    ``names`` are what she was called.
    """

    person: Person
    rows: Mapping[str, int]
    files: tuple[str, ...]
    remembered: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept that leads to her."""
        return not self.rows and not self.files


@dataclass(frozen=True, slots=True)
class Gathered:
    """All of it, ``at`` by the centre's clock. ``tables`` are rows, JSON-ready; ``sounds`` WAV bytes by file name."""

    at: datetime
    person: Person
    tables: Mapping[str, list[dict[str, Any]]]
    sounds: Mapping[str, bytes]
    files: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As JSON."""
        about = {"addresses": list(self.person.addresses), "names": list(self.person.names)}
        return {"exported_at": _plain(self.at), **about, "tables": dict(self.tables), "files": list(self.files)}


def look(office: Field, addresses: tuple[str, ...], papers: Papers = _NO_PAPERS) -> Held:
    """What is kept of the person with one of these addresses (E.164, lower case), in how many places."""
    with office.unit.read() as tx:
        found = trace(tx, addresses)
        rows = {holding.table.name: len(_rows(tx, holding, found)) for holding in _hers()}
        known = suppressions.listed_for(tx, [lookup(tx, address) for address in found.person.addresses], office.now())
    counts = {table: number for table, number in rows.items() if number}
    return Held(found.person, counts, tuple(papers.find(found.person, found.ids[Link.LEG])), len(known))


def gather(office: Field, addresses: tuple[str, ...], by: Actor, papers: Papers = _NO_PAPERS) -> Gathered:
    """The same with everything in it; noted in the audit log by the hash of the address."""
    with office.unit.begin() as tx:
        found = trace(tx, addresses)
        audit.note(tx, office, by, Deed("person.exported", "person", lookup(tx, addresses[0]), {}))
    with office.unit.read() as tx:
        tables = {holding.table.name: list(_exported(tx, holding, found)) for holding in _hers()}
        sounds = dict(_sounds(tx, found))
    kept = {table: rows for table, rows in tables.items() if rows}
    at = office.now().astimezone(clock(office.centre.zone))
    return Gathered(at, found.person, kept, sounds, tuple(papers.find(found.person, found.ids[Link.LEG])))


def packed(gathered: Gathered) -> bytes:
    """A ZIP file: ``person.json``, ``summary.txt`` in plain words, and what she spoke under ``audio``."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(gathered.document(), indent=2, ensure_ascii=False))
        archive.writestr("summary.txt", "\n".join([*_summary(gathered), ""]))
        for name, sound in gathered.sounds.items():
            archive.writestr(f"audio/{name}", sound)
    return target.getvalue()


def _hers() -> Iterator[Holding]:
    return (holding for holding in HOLDINGS if holding.by)


def _rows(tx: Connection, holding: Holding, found: Trace) -> list[Any]:
    where = rows_of(tx, holding, found)
    return [] if where is None else list(tx.execute(select(*holding.table.primary_key).where(where)))


def _exported(tx: Connection, holding: Holding, found: Trace) -> Iterator[dict[str, Any]]:
    where = rows_of(tx, holding, found)
    if where is None:
        return
    columns = [column for column in holding.table.columns if _is_hers(holding, column)]
    for row in tx.execute(select(*columns).where(where).order_by(*holding.table.primary_key)):
        yield {name: _plain(value) for name, value in row._mapping.items()}


def _is_hers(holding: Holding, column: Any) -> bool:
    """Not what colleagues are called, not what only the machine needs, and no sound, which has a file of its own."""
    machinery = (holding.table.name, column.name) in _MACHINERY
    return not machinery and holding.columns.get(column.name) != frozenset({Data.STAFF}) and column.name != "wav"


def _sounds(tx: Connection, found: Trace) -> Iterator[tuple[str, bytes]]:
    for holding in _hers():
        where = rows_of(tx, holding, found)
        if where is None:
            continue
        for column in holding.table.columns:
            if Data.VOICE in holding.columns.get(column.name, ()) and isinstance(column.type, LargeBinary):
                rows = tx.execute(select(*holding.table.primary_key, column).where(where, column.is_not(None)))
                yield from ((f"{row[0]}.wav", row[-1]) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _summary(gathered: Gathered) -> Iterator[str]:
    yield "What is kept about you"
    yield ""
    yield f"Made on {gathered.at:%Y-%m-%d %H:%M %Z}."
    yield f"Known by: {', '.join((*gathered.person.addresses, *gathered.person.names))}"
    yield ""
    for table, rows in gathered.tables.items():
        yield f"{TITLES.get(table, table)}: {len(rows)}"
    if gathered.sounds:
        yield f"Recordings of your voice, in the folder audio: {len(gathered.sounds)}"
    if gathered.files:
        yield f"Files that name you or hold your voice: {len(gathered.files)}"
    yield ""
    yield "Everything in detail stands in person.json."


TITLES: Final[Mapping[str, Sentence]] = {
    "contacts": sentence("Customer records"),
    "interactions": sentence("Contacts that were reported to us"),
    "invitations": sentence("Invitations to a survey"),
    "interviews": sentence("Surveys that were begun"),
    "events": sentence("Steps and answers in them"),
    "messages": sentence("Messages between us"),
    "message_parts": sentence("Parts of long messages"),
    "pieces": sentence("Messages that lack a part"),
    "reports": sentence("Delivery reports without a message"),
    "reasons": sentence("Why answers were put right"),
    "links": sentence("Links to survey pages"),
    "legs": sentence("Calls"),
    "turns": sentence("Steps of calls"),
    "dials": sentence("Calls of ours"),
    "speeches": sentence("Spoken comments"),
    "call_backs": sentence("Wishes to be called back"),
    "list_members": sentence("Places on contact lists"),
    "caps": sentence("Notes on when somebody was asked last"),
    "opt_outs": sentence("Opt-outs"),
    "blocklist": sentence("Entries on the blocklist"),
    "import_faults": sentence("Rows of files that were refused"),
    "idempotent": sentence("Answers to programs, kept for a day"),
}
"""What the rows of a table are, for people."""
