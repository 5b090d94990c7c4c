"""The numbers as the API gives them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.stats.giving import NOON, Giver
from tonval.fieldwork.colleagues.keys import make_key
from tonval.fieldwork.field import Field
from tonval.fieldwork.routing import load_centre
from tonval.web.api import limits
from tonval.web.api.statistics import blueprint
from tonval.web.counts import Counts, Rate

QUEUES = Path(__file__).parents[2] / "queues.yaml"


@pytest.fixture
def field(giver: Giver) -> Field:
    return Field(
        unit=giver.unit,
        centre=load_centre(QUEUES),
        now=lambda: NOON,
        fresh_id=lambda prefix: f"{prefix}_1",
        handlers={},
        ring=lambda kind: None,
        segments=lambda text: 1,
    )


@pytest.fixture
def api(field: Field) -> FlaskClient:
    app = Flask("numbers")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    limits.register(app, limits.Limits(Counts("memory://"), Rate(1000, 60)))
    app.register_blueprint(blueprint(field), url_prefix="/api/v1")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {make_key(field, 'wallboard', ['read'])}"
    return client


def _get(api: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    answer = api.get(f"/api/v1/{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_agents_come_in_the_promised_shape(giver: Giver, api: FlaskClient) -> None:
    giver.agent("anna", "Anna", "se/sthlm")
    giver.answers(*[3] * 9, *[4] * 11, *[5] * 22)
    giver.answers(*[10] * 9, *[7] * 5, *[2] * 3, scale="nps")
    assert _get(api, "stats/agents", **{"from": "2026-11-01", "to": "2026-11-30"}) == {
        "from": "2026-11-01",
        "to": "2026-11-30",
        "rows": [
            {
                "agent": "anna",
                "name": "Anna",
                "unit": "se/sthlm",
                "nki": {"n": 42, "mean": 4.31, "index": 82.7, "low": 74.1, "high": 88.4, "enough": True},
                "nps": {
                    "n": 17,
                    "score": 35.3,
                    "low": -4.1,
                    "high": 61.6,
                    "enough": True,
                    "promoters": 9,
                    "passives": 5,
                    "detractors": 3,
                },
            }
        ],
    }


def test_without_dates_the_last_thirty_days_are_meant(giver: Giver, api: FlaskClient) -> None:
    giver.answers(5, at=NOON - timedelta(days=29))
    giver.answers(5, at=NOON - timedelta(days=30))
    found = _get(api, "stats/agents")
    assert (found["from"], found["to"], found["rows"][0]["nki"]["n"]) == ("2026-10-24", "2026-11-22", 1)


def test_agents_are_narrowed_by_queue_survey_unit_and_channel(giver: Giver, api: FlaskClient) -> None:
    giver.answers(5, queue="support", survey="care", unit="se/sthlm", channel="keypad")
    for name, value, other in (
        ("queue", "support", "sales"),
        ("survey", "care", "offer"),
        ("unit", "se", "fi"),
        ("channel", "keypad", "sms"),
    ):
        assert len(_get(api, "stats/agents", **{name: value})["rows"]) == 1
        assert _get(api, "stats/agents", **{name: other})["rows"] == []


def test_nothing_but_a_number_of_answers_without_answers(giver: Giver, api: FlaskClient) -> None:
    giver.agent("bo")
    (row,) = _get(api, "stats/agents")["rows"]
    assert row["nki"] == {"n": 0, "mean": None, "index": None, "low": None, "high": None, "enough": False}
    assert row["nps"]["score"] is None


def test_the_queues_come_with_the_same_numbers(giver: Giver, api: FlaskClient) -> None:
    giver.answers(5, 4, queue="support")
    giver.answers(9, queue="sales", scale="nps")
    rows = _get(api, "stats/queues")["rows"]
    assert [(row["queue"], row["nki"]["n"], row["nps"]["n"]) for row in rows] == [("sales", 0, 1), ("support", 2, 0)]


def test_a_response_comes_in_the_promised_shape(giver: Giver, api: FlaskClient) -> None:
    talk = giver.interview(channel="sms", survey="sales-nps", queue="sales", interaction=("call", "call-8812"), at=NOON)
    talk.answer(9, question="recommend", scale="nps")
    talk.comment("Quick and kind")
    talk.end(at=NOON + timedelta(seconds=90))
    assert _get(api, "responses", agent="anna") == {
        "rows": [
            {
                "id": "res_000001",
                "survey": "sales-nps",
                "version": 3,
                "channel": "sms",
                "queue": "sales",
                "agent": "anna",
                "interaction": {"kind": "call", "id": "call-8812"},
                "disposition": "complete",
                "language": "sv",
                "started_at": "2026-11-22T12:00:00.000Z",
                "ended_at": "2026-11-22T12:01:30.000Z",
                "answers": [{"question": "recommend", "scale": "nps", "value": 9}],
                "comments": [{"question": "why", "text": "Quick and kind"}],
                "call_back": None,
            }
        ],
        "next": None,
    }


def test_responses_go_on_where_the_page_before_ended(giver: Giver, api: FlaskClient) -> None:
    giver.answers(5, 4, 3)
    first = _get(api, "responses", limit="2")
    second = _get(api, "responses", limit="2", cursor=first["next"])
    assert [row["answers"][0]["value"] for row in first["rows"] + second["rows"]] == [3, 4, 5]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("stats/agents", {"from": "22/11/2026"}, "from"),
        ("stats/agents", {"to": "2026-02-30"}, "to"),
        ("stats/agents", {"to": "0001-01-01"}, "to"),
        ("stats/agents", {"from": "9999-12-31", "to": "9999-12-31"}, "to"),
        ("stats/queues", {"from": "2026-11-22", "to": "2026-11-21"}, "to"),
        ("stats/queues", {"queue": "a\x00b"}, "queue"),
        ("responses", {"cursor": "elsewhere"}, "cursor"),
        ("responses", {"limit": "0"}, "limit"),
        ("responses", {"limit": "201"}, "limit"),
        ("responses", {"limit": "9" * 5000}, "limit"),
        ("responses", {"agent": "\x00"}, "agent"),
        ("responses", {"from": "2026-11-22", "to": "2026-11-21"}, "to"),
    ],
)
def test_what_cannot_be_read_is_named(api: FlaskClient, path: str, query: dict[str, str], named: str) -> None:
    answer = api.get(f"/api/v1/{path}", query_string=query)
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    document = answer.get_json(force=True)
    assert (document["status"], document["field"]) == (400, named)


@pytest.mark.parametrize("path", ["stats/agents", "stats/queues", "responses"])
def test_nothing_is_shown_without_a_key_that_may_read(field: Field, api: FlaskClient, path: str) -> None:
    assert api.get(f"/api/v1/{path}", headers={"Authorization": ""}).status_code == 401
    report_only = make_key(field, "pbx", ["report"])
    refused = api.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {report_only}"})
    assert refused.status_code == 403
