"""``/admin/privacy``: find a customer by her number or address, hand her what is kept, erase it, and keep the receipt.

Addresses travel in the body of a form and never in an address of a page, so that no log of a proxy has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from tonval.fieldwork.addresses import BadAddress
from tonval.fieldwork.audit import Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.looks import note_hourly
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.gather import TITLES, Held, gather, look, packed
from tonval.fieldwork.privacy.papers import NoPapers, Papers
from tonval.fieldwork.privacy.persons import read_address
from tonval.fieldwork.privacy.receipts import Receipt, newest, receipt_of
from tonval.fieldwork.privacy.terms import in_words
from tonval.intake.originals import papers_of
from tonval.store.keyring import lookup
from tonval.surveys.sentences import sentence
from tonval.web.desk.look import framed
from tonval.web.desk.looks import actor
from tonval.web.signin import typed

CLASSES: Final = {
    "words": sentence("What customers wrote"),
    "voice": sentence("What they spoke"),
    "addresses": sentence("Names, numbers and addresses, after the last contact"),
    "messages": sentence("Messages between us"),
    "call_records": sentence("Who called, and the steps of calls"),
    "receipts": sentence("Receipts of erasures"),
}
"""What each class of ``retention`` is, for people."""

KEPT: Final = {
    "opted_out": sentence("that she wants no more"),
    "blocked": sentence("that she is blocked"),
    "asked": sentence("when she was asked last"),
}
"""What is still known by a hash."""

NOBODY: Final = sentence("Nothing is kept of that number or address.")
NOT_CONFIRMED: Final = sentence("That is not what stands above. Nothing was erased.")


@dataclass(frozen=True, slots=True)
class State:
    """What the search was sent with, what came of it, and what is wrong with either form."""

    address: str = ""
    held: Held | None = None
    fault: str = ""
    unconfirmed: str = ""

    @property
    def confirmation(self) -> str:
        """What must be typed to erase her: her name, else her number or address."""
        person = self.held.person if self.held else None
        return (person.names or person.addresses)[0] if person else ""


def blueprint(field: Field, intake: Path | None) -> Blueprint:
    """The search, what it finds, and the receipts; ``intake`` is the drop folder, within the installation's home."""
    pages = Blueprint("privacy", __name__, url_prefix="/admin/privacy")
    papers = papers_of(intake.parent, field) if intake else NoPapers()

    @pages.get("")
    def search() -> ResponseReturnValue:
        return _page(field, State())

    @pages.post("")
    def find() -> ResponseReturnValue:
        return _find(field, papers)

    @pages.post("/export")
    def export() -> ResponseReturnValue:
        return _export(field, papers)

    @pages.post("/erase")
    def erase_person() -> ResponseReturnValue:
        return _erase(field, papers)

    @pages.get("/receipts/<receipt>")
    def receipt(receipt: str) -> ResponseReturnValue:
        return framed("desk/receipt.html", receipt=_found(field, receipt), titles=TITLES, reasons=KEPT)

    @pages.get("/receipts/<receipt>.json")
    def receipt_file(receipt: str) -> ResponseReturnValue:
        return jsonify(_found(field, receipt).plain())

    return pages


def _find(field: Field, papers: Papers) -> ResponseReturnValue:
    state = _sought(field, papers)
    if state.held and not state.held.is_empty:
        with field.unit.read() as tx:
            digest = lookup(tx, state.held.person.addresses[0])
        note_hourly(field, actor(), Deed("person.found", "person", digest, {}))
    return _page(field, state), 400 if state.fault else 200


def _export(field: Field, papers: Papers) -> ResponseReturnValue:
    state = _sought(field, papers)
    if state.held is None:
        return _page(field, state), 400
    file = packed(gather(field, state.held.person.addresses, actor(), papers))
    headers = {"Content-Disposition": 'attachment; filename="person.zip"', "Cache-Control": "no-store"}
    return Response(file, mimetype="application/zip", headers=headers)


def _erase(field: Field, papers: Papers) -> ResponseReturnValue:
    state = _sought(field, papers)
    if state.held is None:
        return _page(field, state), 400
    if typed("confirmation").strip().casefold() != state.confirmation.casefold():
        return _page(field, State(state.address, state.held, unconfirmed=NOT_CONFIRMED)), 400
    order = Order(state.held.person.addresses, actor(), for_ever=bool(typed("for_ever")))
    receipt = erase(field, order, papers)
    return redirect(url_for("privacy.receipt", receipt=receipt.id))


def _sought(field: Field, papers: Papers) -> State:
    written = typed("address").strip()
    try:
        address = read_address(written, field.centre.country)
    except BadAddress as bad:
        return State(written, fault=str(bad))
    return State(written, look(field, (address,), papers))


def _page(field: Field, state: State) -> str:
    terms = [(CLASSES[name], in_words(length)) for name, length in field.centre.retention.items()]
    places = list(_places(state.held)) if state.held else []
    return framed("desk/privacy.html", state=state, held_in=places, terms=terms, receipts=newest(field), nobody=NOBODY)


def _places(held: Held) -> Iterator[tuple[str, int]]:
    yield from ((TITLES.get(table, table), number) for table, number in held.rows.items())
    if held.files:
        yield sentence("Files"), len(held.files)


def _found(field: Field, receipt: str) -> Receipt:
    return receipt_of(field, receipt) or abort(404)
