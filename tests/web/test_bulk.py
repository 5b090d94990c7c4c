"""POST /api/v1/interactions/bulk: a result for each row in order, whatever the other rows are like."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.web.house import Clock, open_house, open_site
from tests.web.test_interactions import BAD, GOOD, _with
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.store.tables import interactions
from tonval.store.unit import Unit
from tonval.web.api import batches

URL = "/api/v1/interactions/bulk"


def _row(number: int, **changes: Any) -> dict[str, Any]:
    customer = {"phone": f"+4670174{number % 100:04d}", "email": f"eva{number}@example.com"}
    return GOOD | {"id": f"call-{number}", "customer": customer} | changes


def _report(api: FlaskClient, rows: list[Any]) -> dict[str, Any]:
    answer = api.post(URL, json={"interactions": rows})
    assert answer.status_code == 200, answer.get_json(force=True)
    body: dict[str, Any] = answer.get_json()
    return body


def _stored(office: Field) -> int:
    with office.unit.read() as tx:
        return tx.execute(select(func.count()).select_from(interactions)).scalar_one()


def test_each_row_gets_its_result_in_order(api: FlaskClient, office: Field) -> None:
    rows = [_row(1), _row(2, talk_seconds=9), _row(3, queue="nowhere"), _row(4, kind=4), "row", _row(1)]
    body = _report(api, rows)
    results = body.pop("results")
    assert body == {"created": 2, "repeated": 1, "refused": 3}
    assert [result["index"] for result in results] == list(range(6))
    assert [result["status"] for result in results] == [201, 201, 404, 400, 400, 200]
    assert [result.get("field") for result in results] == [None, None, "queue", "kind", None, None]
    assert results[1]["decision"]["rule"] == "min_talk"
    assert results[2]["title"] == "Not Found"
    assert {name: results[5][name] for name in ("interaction", "decision")} == {
        name: results[0][name] for name in ("interaction", "decision")
    }
    assert _stored(office) == 2


def test_a_row_is_decided_as_if_it_had_come_alone(api: FlaskClient) -> None:
    bulk = _report(api, [_row(1), _row(2)])["results"]
    for number, result in enumerate(bulk, start=1):
        alone = api.post("/api/v1/interactions", json=_row(number))
        assert alone.status_code == 200
        assert alone.get_json() == {name: result[name] for name in ("interaction", "decision")}


def test_lines_are_read_as_rows(api: FlaskClient) -> None:
    lines = "\n".join([json.dumps(_row(1)), "", "{broken", json.dumps(_row(2)), "[]", ""])
    answer = api.post(URL, data=lines, content_type="application/x-ndjson; charset=utf-8")
    assert answer.status_code == 200
    assert [result["status"] for result in answer.get_json()["results"]] == [201, 400, 201, 400]
    assert "JSON" in answer.get_json()["results"][1]["detail"]


@pytest.mark.parametrize(("path", "value", "field"), BAD)
def test_a_faulty_field_of_a_row_is_named_and_the_next_row_taken(
    api: FlaskClient, path: str, value: Any, field: str
) -> None:
    body = {"interactions": [_with(path, value), _row(2)]}
    answer = api.post(URL, data=json.dumps(body))
    bad, good = answer.get_json()["results"]
    assert (bad["status"], bad["field"], good["status"]) == (400, field, 201)
    assert bad["detail"].startswith(field)


def test_more_rows_than_fit_one_transaction_are_all_taken_once(api: FlaskClient, office: Field) -> None:
    rows = [_row(number, talk_seconds=1) for number in range(1201)]
    first, second = _report(api, rows), _report(api, rows)
    assert (first["created"], second["repeated"], _stored(office)) == (1201, 1201, 1201)
    assert [row["decision"] for row in first["results"]] == [row["decision"] for row in second["results"]]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "JSON"),
        (b"[]", 400, "interactions"),
        (b"{}", 400, "interactions"),
        (b'{"interactions": {}}', 400, "interactions"),
        (b'{"interactions": [' + b"{}," * 10_000 + b"{}]}", 400, "10,000"),
        (b'{"interactions": [' + b"0," * 1_000_000 + b"0]}", 400, "1,000,000"),
        (b" " * (20 * 1024 * 1024 + 1), 413, "20 MB"),
    ],
    ids=["empty", "a list", "nothing", "no list", "too many rows", "too many values", "too large"],
)
def test_a_request_over_the_limits_is_refused_whole(api: FlaskClient, body: bytes, status: int, says: str) -> None:
    answer = api.post(URL, data=body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert says in answer.get_json(force=True)["detail"]


def test_too_many_lines_are_refused_whole(api: FlaskClient, office: Field) -> None:
    lines = b"\n".join([json.dumps(_row(1)).encode()] + [b"{}"] * batches.MOST_ROWS)
    answer = api.post(URL, data=lines, content_type="application/x-ndjson")
    assert (answer.status_code, _stored(office)) == (400, 0)


def test_nothing_to_report_is_no_fault(api: FlaskClient) -> None:
    assert _report(api, []) == {"created": 0, "repeated": 0, "refused": 0, "results": []}


def test_other_routes_keep_their_smaller_limit(api: FlaskClient) -> None:
    assert api.post("/api/v1/invitations", data=b" " * (1024 * 1024 + 1)).status_code == 413


def test_every_row_ends_in_exactly_one_disposition(unit: Unit) -> None:
    office = open_house(unit, Clock())
    api = open_site(office).test_client()
    api.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'pbx', ['report'])}"
    body = _report(api, [_row(number, queue=("sales", "support")[number % 2]) for number in range(300)])
    assert body["created"] == 300
    outcomes = Counter(result["decision"]["outcome"] for result in body["results"])
    with unit.read() as tx:
        counted = select(interactions.c.disposition, func.count()).group_by(interactions.c.disposition)
        stored = {row[0]: row[1] for row in tx.execute(counted)}
    assert stored == {"pending": outcomes["invited"], "suppressed": outcomes["suppressed"]}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["sales", "call"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "phone", "email"]), inner),
    max_leaves=12,
)
_CHANGED = st.dictionaries(st.sampled_from([*GOOD, "agents", "ticket", "template", "not_before"]), _JSON, max_size=3)
_ROWS = st.lists(_CHANGED.map(lambda changes: GOOD | changes) | _JSON, max_size=6)
_quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_quick
@given(rows=_ROWS)
def test_any_rows_get_one_result_each(api: FlaskClient, rows: list[Any]) -> None:
    answer = api.post(URL, data=json.dumps({"interactions": rows}))
    if answer.status_code == 400:
        assert b"NaN" in answer.data or b"Infinity" in answer.data
        return
    results = answer.get_json()["results"]
    assert [result["index"] for result in results] == list(range(len(rows)))
    assert all((result["status"] < 300) == ("decision" in result) for result in results)


@_quick
@given(body=st.binary(max_size=60) | _JSON.map(lambda value: json.dumps(value).encode()), lines=st.booleans())
def test_any_body_is_taken_or_refused_in_words(api: FlaskClient, body: bytes, lines: bool) -> None:
    answer = api.post(URL, data=body, content_type="application/x-ndjson" if lines else "application/json")
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.get_json(force=True)["detail"]
