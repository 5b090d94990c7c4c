"""What column headings usually mean, in Swedish, English, Spanish and Estonian. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

INTERACTIONS: Final = "interactions"
CONTACTS: Final = "contacts"

ATTRIBUTE: Final = "attributes."
"""What a field's name begins with that holds a free attribute of the customer: ``attributes.site``."""

CUSTOMER_FIELDS: Final = (
    "customer.phone",
    "customer.email",
    "customer.name",
    "customer.language",
    "customer.tier",
    "customer.unit",
    "customer.zone",
)
FIELDS: Final = (
    *("id", "kind", "queue", "agent"),
    *CUSTOMER_FIELDS,
    *("started_at", "ended_at", "talk_seconds", "direction", "ended_by"),
    *("ticket", "template", "reply_sent", "auto_closed", "not_before"),
)
"""Every field that a column may fill, in the order a page offers them."""

_NAMES: Final[Mapping[str, str]] = {
    "id": """id, interaction id, call id, samtals id, samtalsid, ärende id, referens, reference, ref, referencia,
        id de llamada, kõne id, uniqueid, unique id, viide""",
    "kind": "kind, typ, type, slag, tipo, liik, kontakttyp, interaction type",
    "queue": "queue, kö, könamn, queue name, skill, cola, cola de llamadas, järjekord, grupp, tjänst, linje",
    "agent": """agent, agent id, agentid, agentnamn, agent name, handläggare, medarbetare, operator, operatör, agente,
        operador, töötaja, klienditeenindaja, rådgivare, user, användare, employee""",
    "customer.phone": """phone, phone number, telephone, telefon, telefonnummer, telefonnr, tel, tel nr, mobil,
        mobilnummer, mobiltelefon, mobile, mobile number, cell, a nummer, anr, caller, caller id, from,
        från, ani, teléfono, móvil, celular, número de teléfono, telefoninumber, mobiiltelefon, kundens telefon,
        customer phone, msisdn""",
    "customer.email": """email, e mail, mail, e post, epost, e postadress, epostadress, mejl, mejladress, email address,
        e mail address, correo, correo electrónico, e posti aadress, meil, customer email, kundens e post""",
    "customer.name": """name, namn, kundnamn, kundens namn, customer name, full name, nombre, nombre del cliente, nimi,
        kliendi nimi""",
    "customer.language": "language, lang, språk, idioma, lengua, keel, customer language, kundens språk",
    "customer.tier": "tier, nivå, kundnivå, segment, kundsegment, nivel, tase",
    "customer.unit": "unit, enhet, avdelning, department, unidad, departamento, üksus, osakond",
    "customer.zone": "zone, time zone, timezone, tidszon, zona horaria, ajavöönd",
    "started_at": """started at, start, start time, starttid, started, begin, påbörjad, början, inicio, hora de inicio,
        algus, algusaeg, inkommen, created, created at, skapad""",
    "ended_at": """ended at, end, end time, sluttid, slut, ended, avslutad, closed at, stängd, fin,
        hora de fin, lõpp, lõpuaeg, tidpunkt, timestamp, datum, date, date time, datetime, datum och tid, fecha,
        kuupäev, resolved at, completed""",
    "talk_seconds": """talk seconds, talk time, samtalstid, taltid, samtalslängd, duration, call duration, längd,
        varaktighet, duración, tiempo de conversación, kestus, kõne kestus, billsec, seconds, sekunder""",
    "direction": "direction, riktning, dirección, suund",
    "ended_by": "ended by, avslutad av, lagt på av, hung up by, terminado por, lõpetaja",
    "ticket": "ticket, ticket id, ärende, ärendenummer, ärendenr, case, case id, case number, caso, pilet, juhtum",
    "template": "template, mall, plantilla, mall namn, ärendetyp, ticket type, ticket template",
    "reply_sent": "reply sent, svar skickat, replied, respuesta enviada, vastus saadetud",
    "auto_closed": "auto closed, autoclosed, autostängd, automatiskt stängd, cerrado automáticamente, auto suletud",
    "not_before": "not before, tidigast, earliest, inte före, no antes de, mitte enne",
}


def normalised(heading: str) -> str:
    """A heading without case, accents and anything but letters and digits: ``E-post:`` is ``e post``."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", plain).strip()


_MEANING: Final[Mapping[str, str]] = {
    normalised(name): field for field, names in _NAMES.items() for name in (field, *names.split(","))
}


def is_field(name: str) -> bool:
    """Whether a column may be mapped to ``name``."""
    return name in FIELDS or (name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE))


def guess(headings: Iterable[str], kind: str) -> dict[str, str]:
    """Heading to field where the heading says it; the first column that means a field has it, others are left out."""
    found: dict[str, str] = {}
    for heading in headings:
        field = _meaning(heading)
        if field and field not in found.values() and _is_of(field, kind):
            found[heading] = field
    return found


def fields_of(kind: str) -> tuple[str, ...]:
    """The fields a file of this kind may fill."""
    return tuple(field for field in FIELDS if _is_of(field, kind))


def _is_of(field: str, kind: str) -> bool:
    return kind == INTERACTIONS or field.startswith(("customer.", ATTRIBUTE))


def _meaning(heading: str) -> str | None:
    name = heading.strip()
    if name.lower().startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return ATTRIBUTE + name[len(ATTRIBUTE) :]
    return _MEANING.get(normalised(heading))
