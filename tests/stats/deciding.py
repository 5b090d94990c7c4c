"""A centre with a queue for every rule, and interactions reported to it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fieldwork.office import Office
from tonval.fieldwork import invitations
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.reading import Reading

EVA, MAIL, LAND, OURS = "+46701740606", "eva@example.com", "+46846500123", "+46701740605"

QUEUES = f"""
brand: Nordlys
country: SE
numbers: {{"{OURS}": {{provider: console, queue: sales}}}}
defaults: {{min_talk: 15s, cap: 30d, internal: ["2*"]}}
units: {{se: Sweden, se/sthlm: Stockholm, se/gbg: Gothenburg}}
agents: {{anna: {{name: Anna Lind, unit: se/sthlm}}, bo: {{name: Bo Ek, unit: se/gbg}}}}
queues:
  sales: {{survey: nps, channel: sms, from: "{OURS}", delay: 2m}}
  phone: {{survey: nki, channel: keypad}}
  closed: {{survey: nps, channel: sms, from: "{OURS}", off: true}}
  resting: {{survey: old, channel: sms, from: "{OURS}"}}
  night: {{survey: nps, channel: sms, from: "{OURS}", quiet_hours: "09:30-08:00"}}
  seldom: {{survey: nps, channel: sms, from: "{OURS}", sample: 4}}
  strict: {{survey: nps, channel: sms, from: "{OURS}", agent_quota: 1, cap: 0}}
  mail: {{survey: nps, channel: link, from: "{OURS}", prefer_email: true, fallback: [sms], cap: 0}}
  tickets: {{survey: nps, channel: sms, from: "{OURS}", cap: 0}}
surveys:
  nps:
    questions:
      - {{id: recommend, scale: nps, text: {{sv: "Hur troligt? 0–10. STOPP avslutar.", en: "How likely? 0-10"}}}}
  old:
    off: true
    questions:
      - {{id: recommend, scale: nps, text: {{sv: "Hur troligt? 0–10. STOPP avslutar.", en: "How likely? 0-10"}}}}
  nki:
    questions:
      - {{id: helped, scale: nki, text: {{sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}}}
"""


def document(office: Office, ref: str, queue: str, **changes: Any) -> dict[str, Any]:
    """A call that has just ended, as a PBX tells of it."""
    usual = {
        "kind": "call",
        "agent": "anna",
        "customer": {"phone": EVA, "name": "Eva", "language": "sv"},
        "talk_seconds": 184,
        "ended_at": office.time.isoformat(),
    }
    return {**usual, "id": ref, "queue": queue, **changes}


def report(office: Office, ref: str = "call-1", queue: str = "sales", **changes: Any) -> Mapping[str, Any]:
    """Report it, and give the decision."""
    told = document(office, ref, queue, **changes)
    read = read_interaction(Reading(told, ""), office.field.centre)
    decision: dict[str, Any] = invitations.report(office.field, read).body["decision"]
    return decision
