"""Signing in: who gets in, how often one may try, where one lands, and what a page refuses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.house import PASSWORD, Clock, open_site
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.field import Field
from tonval.web.signin import safe_next

SignedIn = Callable[[str], FlaskClient]


def _try(client: FlaskClient, name: str, password: str, address: str = "127.0.0.1") -> int:
    data = {"name": name, "password": password}
    return client.post("/login", data=data, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("", ""), ("admin", "")])
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(site: Flask, name: str, password: str) -> None:
    answer = site.test_client().post("/login", data={"name": name, "password": password})
    assert answer.status_code == 401
    assert b"do not go together" in answer.data


def test_strangers_are_sent_to_sign_in_and_back(site: Flask) -> None:
    client = site.test_client()
    answer = client.get("/desk/agents?queue=sales")
    assert answer.status_code == 302
    landed = client.post(answer.location, data={"name": "admin", "password": PASSWORD})
    assert landed.location == "/desk/agents?queue=sales"


@pytest.mark.parametrize(
    "wanted", ["https://example.com", "//example.com", "/\\example.com", "desk", "", None, "/desk\r\nSet-Cookie: a"]
)
def test_no_link_leads_to_strangers_after_signing_in(wanted: str | None) -> None:
    assert safe_next(wanted) == "/desk"


def test_the_front_door_leads_to_the_desk_or_to_sign_in(site: Flask, signed_in: SignedIn) -> None:
    assert site.test_client().get("/").location == "/login"
    assert signed_in("admin").get("/").location == "/desk"


def test_after_signing_out_the_pages_are_closed(signed_in: SignedIn) -> None:
    client = signed_in("admin")
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").location == "/login"
    assert client.get("/desk").status_code == 302


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are compared, not hashed: the tries are what is counted."""
    real = people.check_password

    def check(office: Field, name: str, password: str) -> people.Person | None:
        return real(office, name, password) if password == PASSWORD else None

    monkeypatch.setattr(people, "check_password", check)


@pytest.mark.usefixtures("quick")
def test_a_guesser_gets_twenty_tries_an_hour_for_an_account(site: Flask) -> None:
    client = site.test_client()
    answers = [_try(client, "admin", f"guess {number}", f"192.0.2.{number}") for number in range(25)]
    assert answers == [401] * 20 + [429] * 5


@pytest.mark.usefixtures("quick")
def test_who_has_tried_too_often_is_told_when_to_try_again(site: Flask, clock: Clock) -> None:
    client = site.test_client()
    for number in range(20):
        _try(client, "admin", f"guess {number}")
    clock.forward(minutes=20, seconds=30)
    answer = client.post("/login", data={"name": "admin", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2370")
    assert "Try again in 40 minutes, or sign in from a device you have used before." in answer.text
    clock.forward(seconds=2370)
    assert _try(client, "admin", PASSWORD) == 302


@pytest.mark.usefixtures("quick")
def test_the_owner_still_gets_in_at_a_known_device_while_strangers_guess(site: Flask) -> None:
    owner, stranger = site.test_client(), site.test_client()
    assert _try(owner, "admin", PASSWORD) == 302
    owner.post("/logout")
    for number in range(25):
        _try(stranger, "admin", f"guess {number}", f"192.0.2.{number}")
    assert _try(stranger, "admin", PASSWORD) == 429
    assert _try(owner, "admin", PASSWORD) == 302


@pytest.mark.usefixtures("quick")
def test_one_address_gets_a_hundred_tries_an_hour_over_all_accounts(site: Flask) -> None:
    client = site.test_client()
    answers = [_try(client, f"name {number}", "guess", "192.0.2.9") for number in range(102)]
    assert answers == [401] * 100 + [429] * 2


@pytest.mark.usefixtures("quick")
def test_a_forged_device_cookie_gives_no_more_tries(site: Flask) -> None:
    client = site.test_client()
    client.set_cookie("tonval_device", "WyJhZG1pbiIsImFhIl0.forged")
    answers = [_try(client, "admin", f"guess {number}", f"192.0.2.{number}") for number in range(22)]
    assert answers.count(429) == 2


def test_a_form_without_its_token_changes_nothing(office: Field) -> None:
    client = open_site(office).test_client()
    answer = client.post("/login", data={"name": "admin", "password": PASSWORD})
    assert answer.status_code == 400
    assert b"open too long" in answer.data
    assert client.get("/desk").status_code == 302


def test_a_form_with_its_token_is_taken(office: Field) -> None:
    client = open_site(office).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token is not None
    data = {"name": "admin", "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/login", data=data).status_code == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites(office: Field) -> None:
    app = open_site(office, secure=True)
    app.config.update(WTF_CSRF_ENABLED=False)
    answer = app.test_client().post(
        "/login", data={"name": "admin", "password": PASSWORD}, base_url="https://tonval.example.com"
    )
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-tonval=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_every_answer_carries_the_headers(site: Flask) -> None:
    for path in ("/login", "/healthz", "/nowhere", "/api/v1/nothing"):
        headers = site.test_client().get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
