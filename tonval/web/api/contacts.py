"""Contacts and the lists they are on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import read_customer
from tonval.fieldwork.periodic import lists
from tonval.fieldwork.periodic.lists import Card, Listed, UnknownContact
from tonval.fieldwork.reading import Faulty, Reading, read_json, read_object
from tonval.fieldwork.respondents import Customer
from tonval.web.api.keys import requires
from tonval.web.api.problems import faulty
from tonval.web.api.statistics import moment_json

LONGEST_NAME: Final = 100
MOST_LISTS: Final = 100


def blueprint(field: Field) -> Blueprint:
    """``GET`` (scope read) and ``PUT /contacts`` (scope report), and ``GET /lists``, below ``/api/v1``."""
    routes = Blueprint("contacts", __name__)

    @routes.get("/contacts")
    @requires(field, "read", everywhere=True)
    def show() -> ResponseReturnValue:
        wanted = _read_address(request.args, field.centre)
        try:
            return jsonify(_card_json(lists.find_contact(field, wanted.phone, wanted.email)))
        except UnknownContact as unknown:
            raise Faulty(str(unknown), "phone" if wanted.phone else "email", 404) from None

    @routes.put("/contacts")
    @requires(field, "report", everywhere=True)
    def put() -> ResponseReturnValue:
        document = read_json(request.get_data())
        customer = read_customer(document, field.centre)
        if not (customer.phone or customer.email):
            raise document.fault("phone", "is missing, and there is no email either")
        return jsonify(_card_json(lists.put_contact(field, customer, _read_lists(document))))

    @routes.get("/lists")
    @requires(field, "read", everywhere=True)
    def all_lists() -> ResponseReturnValue:
        return jsonify(rows=[_list_json(each) for each in lists.all_lists(field)])

    routes.register_error_handler(Faulty, faulty)
    return routes


def _read_address(args: Mapping[str, str], centre: Centre) -> Customer:
    """The one address asked for; checked like any other. Raises ``Faulty``."""
    given = {name: args[name] for name in ("phone", "email") if args.get(name)}
    if len(given) != 1:
        raise Faulty("name the contact by phone or by email", "phone")
    wanted = read_customer(read_object(given), centre)
    if not (wanted.phone or wanted.email):
        raise Faulty("phone cannot be used: it is a number inside the centre", "phone")
    return wanted


def _read_lists(document: Reading) -> list[str] | None:
    names = document.data.get("lists")
    if names is None:
        return None
    if not isinstance(names, list) or len(names) > MOST_LISTS or not all(map(_is_name, names)):
        raise document.fault("lists", f"must be up to {MOST_LISTS} names of 1 to {LONGEST_NAME} characters")
    return names


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()


def _card_json(card: Card) -> dict[str, Any]:
    customer = card.customer
    return {
        "id": card.contact,
        "phone": customer.phone,
        "email": customer.email,
        "name": customer.name,
        "language": customer.language,
        "tier": customer.tier,
        "unit": customer.unit,
        "zone": customer.zone,
        "attributes": dict(customer.attributes),
        "lists": list(card.lists),
        "created_at": moment_json(card.created_at),
        "seen_at": moment_json(card.seen_at),
    }


def _list_json(listed: Listed) -> dict[str, Any]:
    return {"name": listed.name, "members": listed.members, "created_at": moment_json(listed.created_at)}
