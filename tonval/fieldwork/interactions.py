"""Interactions as systems report them, and the one reader for every door: API, bulk, file and wave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
from tonval.fieldwork.centre import Centre
from tonval.fieldwork.deciding.refusals import matches
from tonval.fieldwork.deciding.zones import is_zone
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.respondents import Customer
from tonval.surveys.sentences import sentence

LONGEST_TALK: Final = timedelta(days=30).total_seconds()
TICKET: Final = "ticket"
WAVE: Final = "wave"
"""The kind of what is reported for the members of a contact list, who had no contact."""

HIDDEN: Final = frozenset(
    (
        "anonymous",
        "private",
        "unknown",
        "restricted",
        "unavailable",
        "withheld",
        "hemligt",
        "okänt",
        "oculto",
        "varjatud",
    )
)
"""What telephone systems write for a caller who hides her number; her contact counts all the same."""

_KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_EXTENSION: Final = re.compile(r"[0-9*#]{1,8}")


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a help desk says of its ticket. ``id`` is the interaction's own where the interaction is the ticket."""

    id: str
    template: str | None = None
    reply_sent: bool | None = None
    auto_closed: bool = False


@dataclass(frozen=True, slots=True)
class Interaction:
    """A contact that a customer had, as a system reports it. Times are aware; ``talk`` is how long they spoke.

    ``extension`` is the caller where it is a short number of the centre's own. ``survey`` is named only where a
    survey was asked for directly; then the rules about the contact itself do not apply. Nobody is asked before
    ``not_before``.
    """

    ref: str
    kind: str
    queue: str
    agent: str | None
    customer: Customer
    ended_at: datetime | None
    talk: timedelta | None
    report: Mapping[str, Any]
    ticket: Ticket | None = None
    extension: str | None = None
    survey: str | None = None
    not_before: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same interaction when it is reported again."""
        return (self.kind, self.ref)

    @property
    def under_quota(self) -> bool:
        """Whether the agent's quota holds: what was asked for directly, or in a wave, is about no agent's work."""
        return self.survey is None and self.kind != WAVE


def read_interaction(document: Reading, centre: Centre) -> Interaction:
    """The interaction a document describes; national phone numbers are read with the centre's country.

    Raises ``Faulty``.
    """
    kind = document.needed("kind", 40)
    if not _KIND.fullmatch(kind):
        raise document.fault("kind", sentence("must be a short word in small letters, like call or ticket"))
    talk = document.number("talk_seconds", LONGEST_TALK)
    for name in ("direction", "ended_by"):
        document.text(name)
    ref, customer = document.needed("id"), document.part("customer")
    return Interaction(
        ref=ref,
        kind=kind,
        queue=document.needed("queue"),
        agent=_read_agent(document),
        customer=read_customer(customer, centre),
        ended_at=_read_times(document),
        talk=None if talk is None else timedelta(seconds=talk),
        report=document.data,
        ticket=_read_ticket(document, kind, ref),
        extension=_read_extension(customer, centre),
        not_before=document.moment("not_before"),
    )


def read_customer(customer: Reading, centre: Centre) -> Customer:
    """The customer a part of a document describes. Raises ``Faulty``."""
    language = customer.text("language", 20)
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise customer.fault("language", sentence("must be a language code, like sv or en"))
    zone = customer.text("zone", 60)
    if zone is not None and not is_zone(zone):
        raise customer.fault("zone", sentence("must be a time zone, like Europe/Stockholm"))
    return Customer(
        phone=_read_phone(customer, centre),
        email=_read_email(customer),
        name=customer.text("name"),
        language=language.replace("_", "-").split("-")[0].lower() if language else None,
        tier=customer.text("tier"),
        attributes=customer.part("attributes").data,
        unit=customer.text("unit"),
        zone=zone,
    )


def _read_agent(document: Reading) -> str | None:
    """``agent``, or the last of ``agents``: whoever finished the contact is the one who is rated."""
    named = document.data.get("agents")
    if named is None or document.data.get("agent") is not None:
        return document.text("agent")
    if not isinstance(named, list) or not all(isinstance(name, str) and 0 < len(name) <= 200 for name in named):
        raise document.fault("agents", "must be a list of agents' ids")
    return named[-1].strip() or None if named else None


def _read_ticket(document: Reading, kind: str, ref: str) -> Ticket | None:
    named = document.text("ticket")
    if named is None and kind != TICKET:
        return None
    return Ticket(
        id=named or ref,
        template=document.text("template"),
        reply_sent=document.flag("reply_sent"),
        auto_closed=document.flag("auto_closed") or False,
    )


def _read_times(document: Reading) -> datetime | None:
    started, ended = document.moment("started_at"), document.moment("ended_at")
    if started and ended and ended < started:
        raise document.fault("ended_at", sentence("is before started_at"))
    return ended


def _read_extension(customer: Reading, centre: Centre) -> str | None:
    """A number that is no telephone number but one of the centre's own, such as ``2041``."""
    written = customer.text("phone", 64)
    return written if written and _is_extension(written, centre) else None


def _is_extension(written: str, centre: Centre) -> bool:
    """Whether it is meant by a pattern of ``internal``; any other short number is a typing error."""
    if not _EXTENSION.fullmatch(written):
        return False
    return any(matches(pattern, written) for queue in centre.queues.values() for pattern in queue.internal)


def _read_phone(customer: Reading, centre: Centre) -> str | None:
    written = customer.text("phone", 64)
    if written is None or written.casefold() in HIDDEN or _is_extension(written, centre):
        return None
    try:
        return phone_number(written, centre.country)
    except BadAddress as bad:
        raise customer.fault("phone", sentence("cannot be used: %(why)s", why=str(bad))) from None


def _read_email(customer: Reading) -> str | None:
    written = customer.text("email", 254)
    try:
        return email_address(written) if written else None
    except BadAddress as bad:
        raise customer.fault("email", sentence("cannot be used: %(why)s", why=str(bad))) from None
