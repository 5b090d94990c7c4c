"""Too many requests: 429 with the time to wait, counted for all web workers, and never because Redis is away."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.waiting import wait_until
from tests.web.house import Clock, open_site
from tests.web.test_interactions import GOOD
from tonval.config import BadSetting, load_config
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.field import Field
from tonval.web import counts
from tonval.web.api import limits
from tonval.web.counts import Counts, Rate
from tonval.workers.valkey import answers, find_server

URL = "/api/v1/interactions"


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A Redis of our own, as the ``limits`` package names it."""
    with tempfile.TemporaryDirectory(prefix="tv-") as home:
        server = find_server(Path(home), None)
        with subprocess.Popen(server.command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as process:
            wait_until(lambda: answers(server.url))
            yield server.url.replace("unix://", "redis+unix://")
            process.kill()


@pytest.fixture(params=["memory", "redis", "away"])
def limits_url(request: pytest.FixtureRequest) -> str:
    """Every place where requests may be counted."""
    if request.param == "redis":
        url: str = request.getfixturevalue("redis_url")
        return url
    return {"memory": "memory://", "away": "redis+unix:///nowhere/redis/socket"}[request.param]


def _client(site: Flask, office: Field, name: str) -> FlaskClient:
    client = site.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, name, ['read', 'report'])}"
    return client


def test_a_key_that_asks_too_often_is_told_when_to_come_back(office: Field, clock: Clock, limits_url: str) -> None:
    clock.forward(seconds=18)
    site = open_site(office, limits_url=limits_url, api_limit=Rate(3, 60))
    client, other = _client(site, office, "pbx"), _client(site, office, "crm")
    left = [client.post(URL, json=GOOD).headers["RateLimit"] for _ in range(3)]
    assert left == [f'"requests";r={n};t=42' for n in (2, 1, 0)]
    refused = client.post(URL, json=GOOD)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "42")
    assert (refused.content_type, refused.headers["RateLimit"]) == ("application/problem+json", '"requests";r=0;t=42')
    assert "pbx" in refused.get_json(force=True)["detail"]
    assert client.get("/api/v1/responses").status_code == 429
    assert other.post(URL, json=GOOD).status_code == 200
    clock.forward(seconds=42)
    assert client.post(URL, json=GOOD).status_code == 200


def test_two_web_workers_count_together(office: Field, redis_url: str) -> None:
    raw = keys.make_key(office, "both", ["report"])
    statuses = []
    for _ in range(2):
        site = open_site(office, limits_url=redis_url, api_limit=Rate(3, 60))
        for _ in range(2):
            answer = site.test_client().post(URL, json=GOOD, headers={"Authorization": f"Bearer {raw}"})
            statuses.append(answer.status_code)
    assert statuses == [201, 200, 200, 429]


def test_workers_that_count_by_themselves_for_a_while_exceed_the_limit_by_little(redis_url: str) -> None:
    now, key = datetime(2026, 11, 20, 12, 0, tzinfo=UTC), keys.Key("pbx", ("report",), "d" * 64)
    workers = [limits.Limits(Counts(redis_url), Rate(5000, 60)) for _ in range(3)]
    allowed = sum(not workers[number % 3].count_request(key, now).exceeded for number in range(5200))
    assert 5000 <= allowed <= 5000 + 3 * 5


def test_rows_of_bulk_requests_have_a_limit_of_their_own(
    office: Field, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.Limits.__init__, "__defaults__", (Rate(10, 3600),))
    client = _client(open_site(office), office, "pbx")

    def send(rows: int) -> Any:
        return client.post(f"{URL}/bulk", json={"interactions": [GOOD] * rows})

    assert send(8).status_code == 200
    refused = send(3)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert send(2).status_code == 200, "what was refused is not counted"
    clock.forward(hours=1)
    assert send(10).status_code == 200


def test_a_store_that_failed_is_left_alone_for_a_while(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counts("redis+unix:///nowhere/redis/socket")
    assert [counter.add("here", 60) for _ in range(3)] == [1, 2, 3]
    monkeypatch.setattr(counter, "_shared", Counts(redis_url)._shared)
    assert counter.add("here", 60) == 4, "it is not asked again at once"
    monkeypatch.setattr(counts.time, "monotonic", lambda: float("inf"))
    assert counter.add("here", 60) == 1


@pytest.mark.parametrize("written", ["0/minute", "many", "60000", "10/fortnight", "-5/minute", "/minute"])
def test_a_limit_that_is_none_is_refused_at_the_start(tmp_path: Path, written: str) -> None:
    with pytest.raises(BadSetting, match="TONVAL_API_LIMIT"):
        load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_API_LIMIT": written})


def test_a_limit_is_read_from_the_environment(tmp_path: Path) -> None:
    config = load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_API_LIMIT": "600 per 5 minutes"})
    assert (config.api_limit.amount, config.api_limit.get_expiry()) == (600, 300)


def test_a_key_that_was_taken_away_lives_ten_seconds_at_most(office: Field, clock: Clock, site: Flask) -> None:
    client = _client(site, office, "pbx")
    assert client.get("/api/v1/responses").status_code == 200
    with office.unit.begin() as tx:
        tx.exec_driver_sql("DELETE FROM api_keys")
    clock.forward(seconds=9)
    assert client.get("/api/v1/responses").status_code == 200
    clock.forward(seconds=2)
    assert client.get("/api/v1/responses").status_code == 401
    clock.time = datetime(2026, 11, 20, tzinfo=UTC)
    assert client.get("/api/v1/responses").status_code == 401
