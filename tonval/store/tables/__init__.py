"""Every table. Times are aware UTC datetimes; ids with a prefix (``inv_``, ``itv_``) are made by the caller."""

from __future__ import annotations

from tonval.store.tables.admitted import admissions, recovery_codes, sign_ins, tries
from tonval.store.tables.asked import blocklist, caps, contacts, interactions, invitations, opt_outs, quotas
from tonval.store.tables.audited import audit, audit_head, reasons
from tonval.store.tables.carried import listening, message_parts, pieces, reports, senders, spending
from tonval.store.tables.centre import agents, api_keys, configs, prompts, recordings, survey_versions, units, users
from tonval.store.tables.columns import Moment, metadata
from tonval.store.tables.configured import configured, secrets
from tonval.store.tables.counted import TALLY_KEY, tally, tally_deltas
from tonval.store.tables.designed import assignments, call_back_slots, call_backs, pictures, revisions, surveys
from tonval.store.tables.dialled import dials
from tonval.store.tables.dictated import dictations
from tonval.store.tables.erased import erasures, searches, suppressions, sweeps
from tonval.store.tables.heard import events, interviews, legs, links, messages, turns
from tonval.store.tables.identified import identities
from tonval.store.tables.intake import (
    contact_lists,
    idempotent,
    import_faults,
    imports,
    list_members,
    sources,
    waves,
)
from tonval.store.tables.sealed import keyring
from tonval.store.tables.spoken import speeches
from tonval.store.tables.taken import taken_calls
from tonval.store.tables.work import alerts, outbox

__all__ = [
    "TALLY_KEY",
    "Moment",
    "admissions",
    "agents",
    "alerts",
    "api_keys",
    "assignments",
    "audit",
    "audit_head",
    "blocklist",
    "call_back_slots",
    "call_backs",
    "caps",
    "configs",
    "configured",
    "contact_lists",
    "contacts",
    "dials",
    "dictations",
    "erasures",
    "events",
    "idempotent",
    "identities",
    "import_faults",
    "imports",
    "interactions",
    "interviews",
    "invitations",
    "keyring",
    "legs",
    "links",
    "list_members",
    "listening",
    "message_parts",
    "messages",
    "metadata",
    "opt_outs",
    "outbox",
    "pictures",
    "pieces",
    "prompts",
    "quotas",
    "reasons",
    "recordings",
    "recovery_codes",
    "reports",
    "revisions",
    "searches",
    "secrets",
    "senders",
    "sign_ins",
    "sources",
    "speeches",
    "spending",
    "suppressions",
    "survey_versions",
    "surveys",
    "sweeps",
    "taken_calls",
    "tally",
    "tally_deltas",
    "tries",
    "turns",
    "units",
    "users",
    "waves",
]
