"""What every column of every table holds of customers. Whoever adds a column adds it here; a test asks for it.

From this table follow what is exported, what is forgotten when a person is erased, and what is forgotten by its age.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sqlalchemy import Table

from tonval.store import tables as t


class Data(StrEnum):
    """The classes of data; docs/privacy.md says how each is kept, exported and erased."""

    ADDRESS = "address"  # telephone numbers and e-mail addresses
    NAME = "name"  # names, and whatever else was told of the customer, and what ties a row to her
    WORDS = "words"  # what she wrote, and what we wrote to her
    VOICE = "voice"  # what she spoke
    CALLS = "calls"  # when and how calls ran
    STAFF = "staff"  # about colleagues, or by them
    NONE = "none"  # about nobody


class Link(StrEnum):
    """What a row may be of."""

    ADDRESS = "address"
    CONTACT = "contact"
    INVITATION = "invitation"
    INTERACTION = "interaction"
    INTERVIEW = "interview"
    LEG = "leg"
    MESSAGE = "message"


PERSONAL: Final = frozenset({Data.ADDRESS, Data.NAME, Data.WORDS, Data.VOICE})
"""What goes when a person is erased. Records of calls stay as numbers that belong to nobody."""

IDENTITY: Final = frozenset({Data.ADDRESS, Data.NAME})
"""What goes when nothing has been heard of a customer for long: what she said stays, and is nobody's."""


_UNSAID: Final[frozenset[Data]] = frozenset()


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds. ``by`` maps columns to what they name, so that a person's rows are found.

    ``goes``: her rows are deleted, not emptied.
    """

    table: Table
    columns: Mapping[str, frozenset[Data]]
    by: Mapping[str, Link] = field(default_factory=dict)
    goes: bool = False

    def of(self, classes: frozenset[Data]) -> tuple[str, ...]:
        """The columns that hold something of these classes, in the table's order."""
        return tuple(column.name for column in self.table.columns if self.columns.get(column.name, _UNSAID) & classes)


def _holds(table: Table, by: str = "", goes: bool = False, **classes: str) -> Holding:
    """``by`` is ``column=link`` with blanks between them; a column may stand in several classes."""
    found: dict[str, frozenset[Data]] = {}
    for name, columns in classes.items():
        for column in columns.split():
            found[column] = found.get(column, frozenset()) | {Data(name)}
    links = dict(each.split("=") for each in by.split())
    return Holding(table, MappingProxyType(found), {column: Link(link) for column, link in links.items()}, goes)


_CUSTOMERS: Final = (
    _holds(t.list_members, by="contact=contact", goes=True, name="contact", none="list"),
    _holds(t.caps, by="person=contact", goes=True, name="person asked", none="claim"),
    _holds(
        t.opt_outs, by="address=address", goes=True, address="address", staff="author", none="channel created_at source"
    ),
    _holds(
        t.blocklist,
        by="pattern=address",
        goes=True,
        address="pattern",
        staff="reason author",
        none="channel created_at",
    ),
    _holds(
        t.interactions,
        by="id=interaction",
        address="ref ticket report decision",
        name="contact report",
        words="report",
        staff="agent",
        none="id kind queue created_at reported_at ended_at disposition rule demo",
    ),
    _holds(
        t.invitations,
        by="id=invitation",
        address="address ways",
        name="contact language",
        staff="agent",
        none="id interaction channel survey queue sender state settled_at due_at created_at",
    ),
    _holds(
        t.contacts,
        by="id=contact",
        goes=True,
        address="phone email",
        name="id name language tier attributes unit zone",
        none="created_at seen_at",
    ),
)

_TALKS: Final = (
    _holds(
        t.interviews,
        by="id=interview",
        address="thread state",
        name="contact state",
        words="state",
        staff="agent unit",
        none="id survey version channel queue language interaction invitation seq answered disposition started_at "
        "ended_at expires_at demo",
    ),
    _holds(
        t.events, by="interview=interview", address="data", name="data", words="data", none="id interview seq at kind"
    ),
    _holds(
        t.messages,
        by="id=message",
        address="sender recipient error subject body",
        words="subject body reading",
        none="id direction channel purpose provider ref segments interview state attempt attempts claimed_at due_at "
        "open_from open_until cost created_at changed_at",
    ),
    _holds(t.message_parts, by="message=message", address="error", none="provider ref message state"),
    _holds(
        t.pieces,
        by="sender=address recipient=address",
        goes=True,
        address="sender recipient",
        words="body",
        none="provider reference place parts coding at",
    ),
    _holds(
        t.reports,
        by="sender=address recipient=address",
        goes=True,
        address="sender recipient",
        none="id provider ref state error at",
    ),
    _holds(t.reasons, by="interview=interview", goes=True, words="words", staff="words", none="entry interview salt"),
    _holds(t.links, by="interview=interview", none="digest purpose interview created_at expires_at"),
    _holds(
        t.call_backs,
        by="interview=interview phone=address contact=contact",
        address="phone",
        name="contact note",
        staff="agent unit author",
        none="id interview question opens_at closes_at queue state created_at changed_at",
    ),
)

_CALLS: Final = (
    _holds(
        t.legs,
        by="id=leg",
        address="caller ref reception",
        calls="provider node turn_no cause reception started_at touched_at ended_at",
        staff="dictation",
        none="id interview",
    ),
    _holds(
        t.dials,
        by="invitation=invitation number=address",
        address="number why",
        calls="attempt state provider ref tries due_at claimed_at ended_at",
        none="id invitation queue created_at changed_at",
    ),
    _holds(t.taken_calls, staff="agent", none="leg at"),
    _holds(t.turns, by="leg=leg", name="turn", calls="leg turn_no at"),
    _holds(
        t.speeches,
        by="leg=leg interview=interview",
        voice="wav state",
        calls="seconds ref",  # the provider still has what it knows by the ref, until a chore has it deleted there
        none="id leg interview question created_at",
    ),
)

_PASSING: Final = (
    # found by looking for the address in them: few rows, or rows that are kept for a day
    _holds(t.import_faults, address="value sentence", none="id import_id row field"),
    _holds(t.idempotent, goes=True, address="token body", none="key request status created_at"),
)

_REMEMBERED: Final = (
    _holds(t.suppressions, none="digest kind channel asked created_at until"),
    _holds(t.erasures, staff="actor name", none="id at digests receipt"),
    # kept until the texts of others have been read for her, and no longer
    _holds(t.searches, address="addresses", none="erasure place after read hidden created_at"),
    _holds(t.sweeps, none="name until swept_at"),
)

_STAFF: Final = (
    _holds(t.agents, staff="id name unit", none="demo"),
    _holds(
        t.users,
        staff="id name email password role unit agent totp totp_step language",
        none="created_at ended_at",
    ),
    _holds(t.identities, staff="issuer subject user", none="created_at seen_at"),
    _holds(t.sign_ins, staff="user device", none="digest created_at seen_at ended_at"),
    _holds(t.admissions, staff="user purpose", none="id digest created_at expires_at used_at"),
    _holds(t.recovery_codes, staff="user", none="digest used_at"),
    _holds(t.tries, none="key times until"),
    _holds(t.api_keys, staff="name", none="digest prefix scopes unit created_at used_at expires_at"),
    _holds(t.audit, staff="actor name detail", none="id at action kind ref seal"),
    _holds(t.audit_head, none="one id seal"),
    _holds(t.outbox, staff="payload", none="id kind ref state due_at attempt attempts claimed_at detail"),
    _holds(t.alerts, none="id rule interview question value created_at"),
)

_CENTRE: Final = (
    _holds(t.configs, staff="document", none="id loaded_at"),
    _holds(t.configured, staff="body author", none="path changed_at"),
    _holds(t.secrets, staff="author", none="name sealed changed_at"),
    _holds(t.keyring, none="id salt wrapped created_at wrapped_at"),
    _holds(t.units, none="path name"),
    _holds(t.surveys, staff="author", none="id draft revision version archived_at created_at changed_at"),
    _holds(t.survey_versions, staff="author", none="survey version digest form origin created_at document"),
    _holds(t.assignments, staff="author", none="queue template survey changed_at"),
    _holds(t.pictures, none="digest type body created_at"),
    _holds(t.revisions, none="name n"),
    _holds(
        t.prompts,
        staff="author source",
        none="survey slot language version audio kind words created_at warnings",
    ),
    _holds(
        t.dictations,
        staff="user",
        none="id digest survey slot language state speech fault version created_at expires_at",
    ),
    _holds(t.recordings, none="digest wav wide seconds peak_db noise_db loudness"),
    _holds(
        t.imports,
        staff="author",
        none="id source kind name digest columns settings list state rows progress outcomes detail created_at "
        "touched_at ended_at",
    ),
    _holds(t.sources, none="name kind columns settings changed_at"),
    _holds(t.contact_lists, none="name created_at"),
    _holds(t.waves, none="program period list cursor outcomes started_at ended_at"),
    _holds(t.quotas, staff="agent", none="queue day n"),
    _holds(t.call_back_slots, none="queue opens_at taken"),
    _holds(t.senders, none="sender free_at paused_until throttled"),
    _holds(t.spending, none="day segments amount"),
    _holds(t.listening, none="provider number heard_until asked_at quiet_until"),
    _holds(
        t.tally,
        staff="agent",
        none="queue unit survey question scale channel language day score n",
    ),
    _holds(
        t.tally_deltas,
        staff="agent",
        none="id queue unit survey question scale channel language day score n",
    ),
)

HOLDINGS: Final[tuple[Holding, ...]] = (
    *_TALKS,
    *_CALLS,
    *_CUSTOMERS,
    *_PASSING,
    *_REMEMBERED,
    *_STAFF,
    *_CENTRE,
)
"""Every table, those first whose rows refer to others: so they can be emptied in this order."""
