"""Idempotency-Key: the same request again gives the same bytes, at once, later, and after a crash."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.web.house import CUSTOMER, Clock, open_house, open_site
from tests.web.test_interactions import GOOD
from tonval.fieldwork import idempotency
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.store.tables import idempotent, interactions
from tonval.store.unit import Unit

REQUESTS: dict[str, dict[str, Any]] = {
    "/api/v1/interactions": GOOD,
    "/api/v1/interactions/bulk": {"interactions": [GOOD, {}] * 20},
    "/api/v1/invitations": {"survey": "sales-nps", "customer": {"phone": CUSTOMER}},
}
KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


@pytest.fixture
def office(unit: Unit, clock: Clock) -> Field:
    """A small centre on either kind of database."""
    return open_house(unit, clock)


@pytest.fixture
def site(office: Field) -> Flask:
    """Its application."""
    return open_site(office)


@pytest.fixture
def client(site: Flask, office: Field) -> Iterator[Callable[[], FlaskClient]]:
    """A new client with the same key each time."""
    raw = keys.make_key(office, "pbx", ["report"])

    def fresh() -> FlaskClient:
        made = site.test_client()
        made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
        return made

    return fresh


def _count(office: Field, table: Any = interactions) -> int:
    with office.unit.read() as tx:
        return tx.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("path", REQUESTS)
def test_the_same_request_again_gives_the_same_bytes(
    client: Callable[[], FlaskClient], office: Field, clock: Clock, path: str
) -> None:
    first = client().post(path, json=REQUESTS[path], headers=KEY)
    clock.forward(hours=23)
    again = client().post(path, json=REQUESTS[path], headers=KEY)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert (again.headers["Idempotent-Replayed"], again.content_type) == ("true", "application/json")
    assert _count(office) == 1


def test_another_request_with_the_same_key_is_refused(client: Callable[[], FlaskClient], office: Field) -> None:
    for path in REQUESTS:
        client().post(path, json=REQUESTS[path], headers=KEY | {"Idempotency-Key": path})
        other = client().post(path, json=REQUESTS[path] | {"more": 1}, headers={"Idempotency-Key": path})
        assert (other.status_code, other.get_json(force=True)["field"]) == (422, "Idempotency-Key")


def test_keys_of_different_systems_do_not_meet(client: Callable[[], FlaskClient], site: Flask, office: Field) -> None:
    other = {"Authorization": f"Bearer {keys.make_key(office, 'crm', ['report'])}"}
    client().post("/api/v1/interactions", json=GOOD, headers=KEY)
    answer = site.test_client().post("/api/v1/interactions", json=GOOD | {"id": "call-2"}, headers=KEY | other)
    assert answer.status_code == 201


def test_quotes_around_the_key_do_not_matter(client: Callable[[], FlaskClient]) -> None:
    client().post("/api/v1/interactions", json=GOOD, headers={"Idempotency-Key": '"abc"'})
    assert client().post("/api/v1/interactions", json=GOOD, headers={"Idempotency-Key": "abc"}).status_code == 201


@pytest.mark.parametrize("token", ["", '""', "x" * 256, 'a"b', "a\tb", "å"])
def test_a_key_that_cannot_be_kept_is_refused(client: Callable[[], FlaskClient], token: str) -> None:
    answer = client().post("/api/v1/interactions", json=GOOD, headers={"Idempotency-Key": token})
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (400, "Idempotency-Key")


def test_what_was_refused_may_be_sent_again_corrected(client: Callable[[], FlaskClient], office: Field) -> None:
    assert client().post("/api/v1/interactions", json={}, headers=KEY).status_code == 400
    assert _count(office, idempotent) == 0
    assert client().post("/api/v1/interactions", json=GOOD, headers=KEY).status_code == 201


def test_a_request_in_progress_is_waited_for_and_taken_over_when_it_has_died(
    client: Callable[[], FlaskClient], office: Field, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", lambda *_: None)  # the process dies before it can note its answer
        died = client().post("/api/v1/invitations", json=REQUESTS["/api/v1/invitations"], headers=KEY)
    busy = client().post("/api/v1/invitations", json=REQUESTS["/api/v1/invitations"], headers=KEY)
    assert (busy.status_code, int(busy.headers["Retry-After"]) > 0) == (409, True)
    clock.forward(seconds=61)
    taken_over = client().post("/api/v1/invitations", json=REQUESTS["/api/v1/invitations"], headers=KEY)
    assert (taken_over.status_code, taken_over.data) == (200, died.data)
    assert _count(office) == 1


def test_two_identical_requests_at_once_are_done_once(client: Callable[[], FlaskClient], office: Field) -> None:
    for number in range(10):
        answers = _twice_at_once(client, GOOD | {"id": f"call-{number}"}, f"twice {number}")
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses in ([201, 201], [201, 409])
        assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert _count(office) == 10


def _twice_at_once(client: Callable[[], FlaskClient], body: dict[str, Any], token: str) -> list[TestResponse]:
    answers: list[TestResponse] = []
    start = threading.Barrier(2)

    def send() -> None:
        mine = client()
        start.wait()
        answers.append(mine.post("/api/v1/interactions", json=body, headers={"Idempotency-Key": token}))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_answers_are_forgotten_after_a_day(client: Callable[[], FlaskClient], office: Field, clock: Clock) -> None:
    client().post("/api/v1/interactions", json=GOOD, headers=KEY)
    clock.forward(hours=23)
    assert idempotency.purge(office) == 0
    clock.forward(hours=2)
    assert idempotency.purge(office) == 1
    assert client().post("/api/v1/interactions", json=GOOD, headers=KEY).status_code == 200
