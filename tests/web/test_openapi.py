"""The API's description is true: every route is in it, and what the routes answer fits it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker

from tests.web.house import CUSTOMER, Clock, rate_call, rate_message
from tests.web.test_interactions import GOOD
from tonval.fieldwork.field import Field
from tonval.web.api.openapi import DOCUMENT

DESCRIPTION: dict[str, Any] = json.loads(DOCUMENT.read_text())


def _fits(path: str, method: str, status: int, body: Any) -> None:
    answer = DESCRIPTION["paths"][path][method]["responses"][str(status)]
    answer = DESCRIPTION["components"]["responses"]["Problem"] if "$ref" in answer else answer
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


@pytest.mark.parametrize("path", ["/api/v1/stats/agents", "/api/v1/stats/queues", "/api/v1/responses"])
def test_numbers_and_responses_fit(api: FlaskClient, office: Field, clock: Clock, path: str) -> None:
    rate_call(office, "anna", ["4", "5"], "call-1")
    rate_message(office, clock, "bo", "9 tack", "m-1", CUSTOMER)
    answer = api.get(path)
    assert answer.get_json()["rows"]
    _fits(path, "get", 200, answer.get_json())
