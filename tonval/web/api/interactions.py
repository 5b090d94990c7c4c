"""Reporting an interaction, and asking what became of one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import invitations
from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
from tonval.fieldwork.field import Field
from tonval.fieldwork.invitations import Interaction, UnknownInteraction, UnknownQueue
from tonval.fieldwork.respondents import Customer
from tonval.web.api.keys import requires
from tonval.web.api.problems import Faulty
from tonval.web.api.reading import Reading, read_json

LONGEST_TALK: Final = timedelta(days=30).total_seconds()
_KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def blueprint(field: Field) -> Blueprint:
    """``POST /interactions`` (scope report) and ``GET /interactions/{kind}/{id}`` (scope read), below ``/api/v1``."""
    routes = Blueprint("interactions", __name__)

    @routes.post("/interactions")
    @requires(field, "report")
    def report() -> ResponseReturnValue:
        interaction = read_interaction(read_json(request.get_data()), field.centre.country)
        try:
            reported = invitations.report(field, interaction)
        except UnknownQueue as unknown:
            raise Faulty(str(unknown), "queue", 404) from None
        return jsonify(reported.body), 201 if reported.created else 200

    @routes.get("/interactions/<kind>/<path:ref>")
    @requires(field, "read")
    def show(kind: str, ref: str) -> ResponseReturnValue:
        try:
            return jsonify(invitations.reported(field, kind, ref))
        except UnknownInteraction as unknown:
            raise Faulty(str(unknown), "id", 404) from None

    routes.register_error_handler(Faulty, Faulty.document)
    return routes


def read_interaction(document: Reading, country: str) -> Interaction:
    """The interaction a document describes; national phone numbers are read with ``country``. Raises ``Faulty``."""
    kind = document.needed("kind", 40)
    if not _KIND.fullmatch(kind):
        raise document.fault("kind", "must be a short word in small letters, like call or ticket")
    talk = document.number("talk_seconds", LONGEST_TALK)
    for name in ("direction", "ended_by"):
        document.text(name)
    return Interaction(
        ref=document.needed("id"),
        kind=kind,
        queue=document.needed("queue"),
        agent=document.text("agent"),
        customer=_read_customer(document.part("customer"), country),
        ended_at=_read_times(document),
        talk=None if talk is None else timedelta(seconds=talk),
        report=document.data,
    )


def _read_times(document: Reading) -> datetime | None:
    started, ended = document.moment("started_at"), document.moment("ended_at")
    if started and ended and ended < started:
        raise document.fault("ended_at", "is before started_at")
    return ended


def _read_customer(customer: Reading, country: str) -> Customer:
    language = customer.text("language", 20)
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise customer.fault("language", "must be a language code, like sv or en")
    return Customer(
        phone=_read_phone(customer, country),
        email=_read_email(customer),
        name=customer.text("name"),
        language=language.replace("_", "-").split("-")[0].lower() if language else None,
        tier=customer.text("tier"),
        attributes=customer.part("attributes").data,
    )


def _read_phone(customer: Reading, country: str) -> str | None:
    written = customer.text("phone", 64)
    try:
        return phone_number(written, country) if written else None
    except BadAddress as bad:
        raise customer.fault("phone", f"cannot be used: {bad}") from None


def _read_email(customer: Reading) -> str | None:
    written = customer.text("email", 254)
    try:
        return email_address(written) if written else None
    except BadAddress as bad:
        raise customer.fault("email", f"cannot be used: {bad}") from None
