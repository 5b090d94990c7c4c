"""From a row of a file to the report that the API would have been sent, read by the API's own reader. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.interactions import Interaction, read_customer, read_interaction
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.respondents import Customer
from tonval.intake.headings import CONTACTS
from tonval.intake.plan import MOMENTS, Plan
from tonval.intake.tables import Row
from tonval.intake.values import Unreadable, read_flag, read_length, read_moment
from tonval.surveys.sentences import sentence as phrase

USUAL_KIND: Final = "call"
ORIGIN: Final = "import"
"""Where a report says which row of which file it came from: ``imp_…/17``."""

_KIND_WORDS: Final = {
    **dict.fromkeys(("samtal", "telefonsamtal", "phone", "telefon", "llamada", "kõne"), "call"),
    **dict.fromkeys(("ärende", "case", "caso", "pilet", "incident"), "ticket"),
    **dict.fromkeys(("köp", "order", "compra", "ost"), "purchase"),
    **dict.fromkeys(("besök", "visita", "külastus"), "visit"),
    **dict.fromkeys(("chatt", "vestlus"), "chat"),
}


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a row is refused: in which column, for which field, what stood there. ``sentence`` names the column."""

    number: int
    sentence: str
    field: str | None = None
    value: str | None = None


class Reader:
    """Reads the rows of one file. Local times are the centre's."""

    def __init__(self, plan: Plan, centre: Centre) -> None:
        self._plan = plan
        self._centre = replace(centre, country=plan.settings.get("country") or centre.country)
        zone, order = ZoneInfo(centre.zone), plan.settings.get("dates")
        self._readers: dict[str, Callable[[str], Any]] = {
            **dict.fromkeys(MOMENTS, lambda text: read_moment(text, zone, order)),
            **dict.fromkeys(("reply_sent", "auto_closed"), read_flag),
            "talk_seconds": read_length,
            "kind": _kind_word,
        }
        self._columns = {name: plan.headings_of(name) for name in dict.fromkeys(plan.columns.values())}

    def interaction(self, row: Row, origin: str = "") -> Interaction | Misfit:
        """The interaction a row describes, or why it is none. One without an id is named after what it holds."""
        try:
            document = self._document(row)
            document.setdefault("id", _id_of(document))
            document |= {ORIGIN: f"{origin}/{row.number}"} if origin else {}
            return self._known(read_interaction(Reading(document, ""), self._centre))
        except (_Unfit, Faulty) as unfit:
            return self._misfit(row, unfit)

    def customer(self, row: Row) -> Customer | Misfit:
        """The same for a row of contacts."""
        try:
            customer = read_customer(Reading(self._document(row), "").part("customer"), self._centre)
        except (_Unfit, Faulty) as unfit:
            return self._misfit(row, unfit)
        if customer.phone or customer.email:
            return customer
        return Misfit(row.number, phrase("The row has neither a phone number nor an e-mail address."))

    def _known(self, interaction: Interaction) -> Interaction:
        if interaction.queue in self._centre.queues:
            return interaction
        raise _Unfit("queue", phrase("names “%(queue)s”, and there is no such queue", queue=interaction.queue))

    def _document(self, row: Row) -> dict[str, Any]:
        document: dict[str, Any] = {}
        if self._plan.kind != CONTACTS:
            document = {"kind": USUAL_KIND, **self._plan.settings}
            document.pop("country", None), document.pop("dates", None)
        for name, headings in self._columns.items():
            text = " ".join(text for heading in headings if (text := row.cells.get(heading)))
            if text:
                _put(document, name, self._read(name, text))
        return document

    def _read(self, name: str, text: str) -> Any:
        reader = self._readers.get(name)
        try:
            return reader(text) if reader else text
        except Unreadable as unreadable:
            raise _Unfit(name, str(unreadable)) from None

    def _misfit(self, row: Row, unfit: _Unfit | Faulty) -> Misfit:
        """The fault in the words of the file: the column's heading where a column was read."""
        name = unfit.field or ""
        headings = self._columns.get(name) or self._columns.get(f"customer.{name}") or []
        value = " ".join(text for heading in headings if (text := row.cells.get(heading))) or None
        said = unfit.detail.removeprefix(name).lstrip()
        subject = " and ".join(f"“{heading}”" for heading in headings) or f"The {name}" if name else ""
        sentence = f"{subject} {said}" if subject and said != unfit.detail else unfit.detail
        return Misfit(row.number, _sentence(sentence), name or None, value)


class _Unfit(Exception):
    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.detail = field, f"{field} {detail}"


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    """``customer.phone`` goes into ``customer``; ``attributes.site`` into the customer's attributes."""
    if name.startswith("attributes."):
        document.setdefault("customer", {}).setdefault("attributes", {})[name.removeprefix("attributes.")] = value
    elif name.startswith("customer."):
        document.setdefault("customer", {})[name.removeprefix("customer.")] = value
    else:
        document[name] = value


def _kind_word(text: str) -> str:
    word = text.strip().casefold()
    return _KIND_WORDS.get(word, word)


def _id_of(document: dict[str, Any]) -> str:
    """The same content has the same id, whatever file and format it comes in: nobody is asked twice about it."""
    content = json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    return f"row-{hashlib.sha256(content).hexdigest()[:32]}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
