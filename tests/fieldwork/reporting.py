"""Interactions as a PBX would report them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fieldwork.office import Office
from tonval.fieldwork import invitations
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer

CUSTOMER, OURS = "+46701740606", "+46701740605"


def interaction(office: Office, ref: str = "call-1", *, phone: str | None = CUSTOMER, **changes: Any) -> Interaction:
    """A call that has just ended after four minutes."""
    usual: dict[str, Any] = {
        "kind": "call",
        "queue": "sales",
        "agent": "anna",
        "customer": Customer(phone=phone, language="sv"),
        "ended_at": office.time,
        "talk": timedelta(minutes=4),
        "report": {},
    }
    return Interaction(ref=ref, **(usual | changes))


def decide(office: Office, ref: str = "call-1", **changes: Any) -> dict[str, Any]:
    """Report it, and give the decision."""
    decision: dict[str, Any] = invitations.report(office.field, interaction(office, ref, **changes)).body["decision"]
    return decision
