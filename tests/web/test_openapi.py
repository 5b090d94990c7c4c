"""The API's description is true: every route is in it, and what the routes answer fits it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker

from tests.web.house import CUSTOMER, Clock, open_site, rate_call, rate_message
from tests.web.test_interactions import GOOD
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.web.api.openapi import DOCUMENT
from tonval.web.counts import Rate

DESCRIPTION: dict[str, Any] = json.loads(DOCUMENT.read_text())


def _fits(path: str, method: str, status: int, body: Any) -> None:
    answer = DESCRIPTION["paths"][path][method]["responses"][str(status)]
    answer = DESCRIPTION["components"]["responses"][answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
    (content,) = answer["content"].values()
    schema = {**content["schema"], "components": DESCRIPTION["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)


def test_every_route_of_the_api_is_described_and_no_other(site: Flask) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)).replace("{ref}", "{id}"), method.lower())
        for rule in site.url_map.iter_rules()
        if str(rule).startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(path, method) for path, item in DESCRIPTION["paths"].items() for method in item}


def test_the_description_is_served(site: Flask) -> None:
    assert site.test_client().get("/api/openapi.json").get_json() == DESCRIPTION


def test_reports_and_their_refusals_fit(api: FlaskClient) -> None:
    path = "/api/v1/interactions"
    for body, status in ((GOOD, 201), (GOOD, 200), ({**GOOD, "id": "c-2", "talk_seconds": 1}, 201), ({}, 400)):
        answer = api.post(path, json=body)
        assert answer.status_code == status
        _fits(path, "post", status, answer.get_json(force=True))
    shown = api.get(f"{path}/call/call-8812")
    _fits(f"{path}/{{kind}}/{{id}}", "get", 200, shown.get_json())


def test_bulk_reports_fit(api: FlaskClient) -> None:
    path = "/api/v1/interactions/bulk"
    rows = [GOOD, GOOD, {**GOOD, "id": "c-2", "queue": "nowhere"}, {**GOOD, "id": "c-3", "talk_seconds": 1}, {}, 7]
    for body, status in (({"interactions": rows}, 200), ({}, 400)):
        answer = api.post(path, json=body)
        assert answer.status_code == status
        _fits(path, "post", status, answer.get_json(force=True))


def test_surveys_asked_for_directly_fit(api: FlaskClient) -> None:
    path, request = "/api/v1/invitations", {"survey": "sales-nps", "customer": {"phone": CUSTOMER}}
    for body, status in ((request | {"id": "r-1"}, 201), (request | {"id": "r-1"}, 200), (request, 201), ({}, 400)):
        answer = api.post(path, json=body)
        assert answer.status_code == status
        _fits(path, "post", status, answer.get_json(force=True))
    invitation = api.post(path, json=request | {"id": "r-1"}).get_json()["invitation"]
    _fits(f"{path}/{{invitation}}", "get", 200, api.get(f"{path}/{invitation}").get_json())


def test_contacts_and_lists_fit(api: FlaskClient) -> None:
    path = "/api/v1/contacts"
    put = api.put(path, json={"phone": CUSTOMER, "lists": ["customers"]})
    _fits(path, "put", 200, put.get_json())
    _fits(path, "get", 200, api.get(path, query_string={"phone": CUSTOMER}).get_json())
    _fits(path, "get", 404, api.get(path, query_string={"email": "eva@example.com"}).get_json(force=True))
    _fits("/api/v1/lists", "get", 200, api.get("/api/v1/lists").get_json())


def test_too_many_requests_fit_on_every_route(office: Field) -> None:
    client = open_site(office, api_limit=Rate(0, 60)).test_client()
    headers = {"Authorization": f"Bearer {keys.make_key(office, 'pbx', ['admin'])}"}
    for path, item in DESCRIPTION["paths"].items():
        for method in item:
            answer = client.open(path.replace("{", "").replace("}", ""), method=method.upper(), headers=headers)
            assert answer.status_code == 429, path
            _fits(path, method, 429, answer.get_json(force=True))


@pytest.mark.parametrize("path", ["/api/v1/stats/agents", "/api/v1/stats/queues", "/api/v1/responses"])
def test_numbers_and_responses_fit(api: FlaskClient, office: Field, clock: Clock, path: str) -> None:
    rate_call(office, "anna", ["4", "5"], "call-1")
    rate_message(office, clock, "bo", "9 tack", "m-1", CUSTOMER)
    answer = api.get(path)
    assert answer.get_json()["rows"]
    _fits(path, "get", 200, answer.get_json())
