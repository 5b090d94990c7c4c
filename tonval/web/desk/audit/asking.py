"""What the address of the page asks of the audit log, and what in it cannot be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import request

from tonval.stats.deeds import Wanted, days
from tonval.surveys.sentences import sentence
from tonval.web.desk.audit.terms import terms_of
from tonval.web.desk.moments import here
from tonval.web.language import told

LONGEST: Final = 200
NAMES: Final = ("search", "person", "deed", "object", "from", "to")
NO_DAY: Final = {
    "from": sentence("The first day is no day. Write it as 2026-11-22."),
    "to": sentence("The last day is no day. Write it as 2026-11-22."),
}
BEFORE: Final = sentence("The last day is before the first. Choose a later one.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was ``typed``, by the names in the address, what it means, and the ``faults`` by name."""

    typed: Mapping[str, str]
    wanted: Wanted
    faults: Mapping[str, str]


def asked() -> Asked:
    """What this request asks for. Where there are faults, ``wanted`` is not to be used."""
    typed = _typed()
    first, last = (_day(typed.get(name, "")) for name in ("from", "to"))
    faults = {name: NO_DAY[name] for name, day in (("from", first), ("to", last)) if name in typed and day is None}
    if first and last and last < first:
        faults["to"] = BEFORE
    wanted = Wanted(
        actor=typed.get("person"),
        action=typed.get("deed"),
        ref=typed.get("object"),
        terms=terms_of(typed.get("search", ""), told),
        **days(first, last, here()),
    )
    return Asked(typed, wanted, faults)


def _typed() -> dict[str, str]:
    given = {name: request.args.get(name, "").strip()[:LONGEST] for name in NAMES}
    return {name: value for name, value in given.items() if value and value.isprintable()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
