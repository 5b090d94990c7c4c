"""Noting who looks at a customer: her number is personal data."""

from __future__ import annotations

from flask import request

from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.looks import note_hourly
from tonval.web.desk.look import Look
from tonval.web.desk.why import may_see_addresses
from tonval.web.signin import reader


def actor() -> Actor:
    """Whoever is signed in, as the audit log names her. Only for routes behind sign-in."""
    return Actor(reader().id, reader().name)


def note_look(seen: Look, kind: str, ref: str) -> None:
    """Note that the reader opens what shows a customer's address; a page that follows by itself is no new look.

    Agents see no address, so nothing is noted of them.
    """
    if "X-Tonval-Live" not in request.headers and may_see_addresses(seen):
        note_hourly(seen.field, actor(), Deed("customer.seen", kind, ref, {}))
