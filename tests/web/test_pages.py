"""The same numbers on the pages and in the API, pages that say when nothing is new, and what they weigh."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.house import Clock, open_site, rate_call, rate_message
from tonval.fieldwork.field import Field
from tonval.web.assets import read_assets
from tonval.web.desk import moments
from tonval.web.desk.shown import signed

SignedIn = Callable[[str], FlaskClient]


def _row(page: str, agent: str) -> str:
    found = re.search(rf'<tr data-key="{agent}".*?</tr>', page, re.S)
    assert found is not None
    return found[0]


def _scores(row: str) -> list[str]:
    return re.findall(r'<span class="score[^"]*">([^<]*)</span>', row)


def test_page_and_api_show_the_same_numbers(signed_in: SignedIn, api: FlaskClient, office: Field, clock: Clock) -> None:
    for number in range(12):
        rate_call(office, "anna", [str(1 + number % 5), str(5 - number % 2)], f"call-{number}")
    for number in range(11):
        rate_message(office, clock, "anna", str(number), f"m-{number}", f"+467017406{10 + number}")
    (anna,) = [row for row in api.get("/api/v1/stats/agents").get_json()["rows"] if row["agent"] == "anna"]
    row = _row(signed_in("admin").get("/desk/agents").text, "anna")
    assert _scores(row) == [f"{anna['nki']['index']:.1f}", signed(anna["nps"]["score"], 1)]
    assert f"n {anna['nki']['n']}" in row
    assert f"n {anna['nps']['n']}" in row


def test_too_few_answers_are_said_to_be_too_few(signed_in: SignedIn, office: Field) -> None:
    rate_call(office, "bo", ["5", "5"], "call-1")
    row = _row(signed_in("admin").get("/desk/agents").text, "bo")
    assert "too few answers (2 of 10)" in row
    assert 'class="range hollow"' in row


def test_those_with_too_few_answers_come_last_either_way(signed_in: SignedIn, office: Field) -> None:
    for number in range(6):
        rate_call(office, "anna", ["1", "2"], f"call-{number}")
    rate_call(office, "bo", ["5", "5"], "call-9")
    for sort in ("nki", "-nki"):
        page = signed_in("admin").get(f"/desk/agents?sort={sort}").text
        assert re.findall(r'<tr data-key="(\w+)"', page) == ["anna", "bo"]


def test_a_call_without_an_agent_is_rated_and_visible_as_such(signed_in: SignedIn, office: Field) -> None:
    rate_call(office, None, ["4"], "call-1")
    page = signed_in("admin").get("/desk/agents").text
    assert "Unknown agent" in _row(page, "unknown")


def test_an_open_page_is_told_when_nothing_is_new(signed_in: SignedIn, office: Field) -> None:
    client = signed_in("admin")
    for path in ("/desk", "/desk/agents", "/desk/conversations", "/desk/agents/anna"):
        version = re.search(r'data-version="([^"]+)"', client.get(path).text)
        assert version is not None
        headers = {"X-Tonval-Live": "1", "If-None-Match": version[1]}
        assert client.get(path, headers=headers).status_code == 204
        rate_call(office, "anna", ["5"], f"call{path}")
        fresh = client.get(path, headers=headers)
        assert fresh.status_code == 200
        assert "<html" not in fresh.text


def test_no_page_holds_inline_script_or_style(signed_in: SignedIn, office: Field, clock: Clock) -> None:
    rate_message(office, clock, "anna", "2 waited", "m-1")
    client = signed_in("admin")
    paths = ("/desk", "/desk/agents", "/desk/agents/anna", "/desk/comments", "/desk/conversations", "/admin", "/login")
    for path in paths:
        page = client.get(path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), path
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == [], path


def test_a_dashboard_with_all_its_parts_stays_under_two_hundred_kilobytes(signed_in: SignedIn, office: Field) -> None:
    for number in range(30):
        rate_call(office, f"agent{number}", ["4", "5"], f"call-{number}")
    client = signed_in("admin")
    page = client.get("/desk/agents", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    names = set(re.findall(r"/static/\w+/([\w./-]+)", gzip.decompress(page.data).decode()))
    assets = read_assets()
    weight = len(page.data) + sum(len(assets[name].packed) for name in {*names, "times.js"})
    assert weight < 200_000


def test_files_are_kept_for_a_year_under_a_digest_and_come_compressed(site: Flask) -> None:
    client = site.test_client()
    found = re.search(r"/static/(\w+)/tonval\.css", client.get("/login").text)
    assert found is not None
    answer = client.get(found[0], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data).startswith(b"/* Tonval")
    assert client.get("/static/000000000000/tonval.css").status_code == 404
    assert client.get(f"/static/{found[1]}/../settings.py").status_code == 404


def test_errors_are_plain_pages_for_people(site: Flask) -> None:
    answer = site.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


def test_health_and_readiness(office: Field) -> None:
    faults = {"database": "", "redis": ""}
    client = open_site(office, ready=lambda: faults).test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    faults["redis"] = "no answer"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["parts"]["redis"]) == (503, "no answer")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (59.6, "1 min"), (65, "1 min 5 s"), (120, "2 min"), (3600, "1 h"), (5430, "1 h 30 min")],
)
def test_a_length_of_time_is_told_in_two_units_at_most(site: Flask, seconds: float, told: str) -> None:
    with site.test_request_context("/desk"):
        assert moments.lasting(timedelta(seconds=seconds)) == told
