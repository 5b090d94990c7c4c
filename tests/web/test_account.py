"""One's own account: password, second factor, sign-ins; and signing in with a code."""

from __future__ import annotations

import html
import re
from base64 import b32decode
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.house import PASSWORD, Clock, open_site
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.colleagues import admissions, admitting, second_factor, staff, totp
from tonval.fieldwork.colleagues.admitting import Invitation
from tonval.fieldwork.field import Field
from tonval.opening import fresh_id
from tonval.store.tables import outbox
from tonval.web.devices import device

SignedIn = Callable[[str], FlaskClient]


@pytest.fixture
def office(office: Field) -> Field:
    """The small centre, whose people of the start have ids of another count."""
    return replace(office, fresh_id=fresh_id)


def _code(secret: bytes, clock: Clock) -> str:
    return totp.code_at(secret, int(clock().timestamp()) // totp.STEP)


def _set_up(client: FlaskClient, clock: Clock) -> tuple[bytes, list[str]]:
    """As somebody does it with a telephone: the key from the link, a code, and the recovery codes of the page."""
    client.post("/account/second-factor")
    found = re.search(r'href="(otpauth:[^"]+)"', client.get("/account").text)
    assert found is not None
    secret = b32decode(parse_qs(urlsplit(html.unescape(found[1])).query)["secret"][0])
    data = {"code": _code(secret, clock), "factor_password": PASSWORD}
    page = client.post("/account/second-factor/confirm", data=data).text
    clock.forward(minutes=5)
    return secret, re.findall(r"<li><code>([a-z0-9-]+)</code>", page)


def _password(client: FlaskClient, name: str = "sam", password: str = PASSWORD) -> str:
    return str(client.post("/login?next=/desk/agents", data={"name": name, "password": password}).location)


def test_after_setting_up_the_password_alone_opens_nothing(site: Flask, signed_in: SignedIn, clock: Clock) -> None:
    secret, codes = _set_up(signed_in("sam"), clock)
    assert len(codes) == 8
    client = site.test_client()
    assert _password(client) == "/login/code?next=/desk/agents"
    assert client.get("/desk").location.startswith("/login")
    assert client.post("/login/code", data={"code": "000000"}).status_code == 401
    landed = client.post("/login/code?next=/desk/agents", data={"code": _code(secret, clock)})
    assert landed.location == "/desk/agents"
    assert client.get("/desk").status_code == 200


def test_a_code_is_good_once_and_so_is_a_recovery_code(site: Flask, signed_in: SignedIn, clock: Clock) -> None:
    secret, codes = _set_up(signed_in("sam"), clock)
    for code in (_code(secret, clock), codes[0]):
        first, second = site.test_client(), site.test_client()
        for client in (first, second):
            _password(client)
        statuses = [client.post("/login/code", data={"code": code}).status_code for client in (first, second)]
        assert statuses == [302, 401]


@pytest.mark.parametrize("code", ["", "é12345", "١٢٣٤٥٦", "1" * 256, "<b>"])
def test_whatever_is_typed_as_a_code_is_refused_in_words(
    site: Flask, signed_in: SignedIn, clock: Clock, code: str
) -> None:
    _set_up(signed_in("sam"), clock)
    client = site.test_client()
    _password(client)
    answer = client.post("/login/code", data={"code": code})
    assert (answer.status_code, "not good" in answer.text) == (401, True)


def test_a_right_password_is_good_for_five_codes(site: Flask, signed_in: SignedIn, clock: Clock) -> None:
    secret, _ = _set_up(signed_in("sam"), clock)
    client = site.test_client()
    _password(client)
    statuses = [client.post("/login/code", data={"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    late = client.post("/login/code", data={"code": _code(secret, clock)})
    assert (late.status_code, late.headers["Retry-After"]) == (429, "3600")
    assert "Sign in with your password again in 60 minutes." in late.text


def test_codes_are_counted_over_many_right_passwords_and_the_owner_still_gets_in(
    site: Flask, signed_in: SignedIn, clock: Clock
) -> None:
    owner = signed_in("sam")
    secret, _ = _set_up(owner, clock)
    owner.post("/logout")
    statuses = []
    for _ in range(5):
        thief = site.test_client()
        _password(thief)
        statuses += [thief.post("/login/code", data={"code": "000000"}).status_code for _ in range(5)]
    assert statuses == [401] * 20 + [429] * 5
    _password(owner)
    assert owner.post("/login/code", data={"code": _code(secret, clock)}).status_code == 302


def test_the_step_between_password_and_code_lasts_ten_minutes(site: Flask, signed_in: SignedIn, clock: Clock) -> None:
    secret, _ = _set_up(signed_in("sam"), clock)
    client = site.test_client()
    _password(client)
    clock.forward(minutes=10)
    assert client.get("/login/code").location == "/login"
    assert client.post("/login/code", data={"code": _code(secret, clock)}).location == "/login"
    assert client.get("/desk").status_code == 302


@pytest.mark.parametrize("way", ["confirm", "codes", "off"])
def test_the_second_factor_is_changed_with_the_password_alone(
    office: Field, signed_in: SignedIn, clock: Clock, way: str
) -> None:
    client = signed_in("sam")
    if way != "confirm":
        _set_up(client, clock)
    else:
        client.post("/account/second-factor")
    field = {"confirm": "factor_password", "codes": "codes_password", "off": "off_password"}[way]
    answer = client.post(f"/account/second-factor/{way}", data={field: "wrong", "code": "000000"})
    assert (answer.status_code, "not your password" in answer.text) == (400, True)
    assert second_factor.is_set(office, staff.named(office, "sam").id) is (way != "confirm")


def test_it_is_turned_off_by_its_owner(site: Flask, signed_in: SignedIn, clock: Clock) -> None:
    client = signed_in("sam")
    _set_up(client, clock)
    client.post("/account/second-factor/off", data={"off_password": PASSWORD})
    assert _password(site.test_client()) == "/desk/agents"


def test_a_changed_password_signs_out_everywhere_else(site: Flask, signed_in: SignedIn) -> None:
    here, there = signed_in("sam"), signed_in("sam")
    new = {"old": PASSWORD, "new": "a new horse", "again": "a new horse"}
    for wrong, why in (
        ({"old": "wrong"}, "not your password"),
        ({"again": "other"}, "not the same"),
        ({"new": "short", "again": "short"}, "at least 8"),
    ):
        refused = here.post("/account/password", data=new | wrong)
        assert (refused.status_code, why in refused.text) == (400, True)
    assert there.get("/desk").status_code == 200
    assert here.post("/account/password", data=new).location == "/account"
    assert (here.get("/desk").status_code, there.get("/desk").status_code) == (200, 302)
    assert _password(site.test_client(), password="a new horse") == "/desk/agents"


def test_all_other_sign_ins_are_ended_by_one_button(signed_in: SignedIn) -> None:
    here, *others = (signed_in("sam") for _ in range(3))
    page = here.post("/account/sign-ins", follow_redirects=True).text
    assert "2 other sign-ins ended" in page
    assert [client.get("/desk").status_code for client in (here, *others)] == [200, 302, 302]


def test_a_cookie_from_before_signing_out_is_good_for_nothing(signed_in: SignedIn) -> None:
    client = signed_in("sam")
    kept = client.get_cookie("tonval")
    assert kept is not None
    client.post("/logout")
    client.set_cookie("tonval", kept.value)
    assert client.get("/desk").location.startswith("/login")


def test_a_cookie_somebody_else_has_planted_is_not_the_one_she_is_signed_in_by(site: Flask) -> None:
    thief, victim = site.test_client(), site.test_client()
    thief.post("/login", data={"name": "anna", "password": PASSWORD})
    planted = thief.get_cookie("tonval")
    assert planted is not None
    victim.set_cookie("tonval", planted.value)
    victim.post("/login", data={"name": "admin", "password": PASSWORD})
    worn = victim.get_cookie("tonval")
    assert worn is not None and worn.value != planted.value
    assert "Anna" in thief.get("/account").text or "anna" in thief.get("/account").text
    assert thief.get("/admin").status_code == 403


def _letters(office: Field) -> list[Invitation]:
    sent: list[Invitation] = []
    admitting.grant_wishes(office, 100)
    admitting.send_due(office, lambda letter: sent.append(letter), 100)
    return sent


@pytest.fixture
def mailing(office: Field) -> tuple[Field, Flask]:
    """The site where mail can be sent, with a user who has an address."""
    posting = replace(office, mail_from="care@example.com")
    token = staff.invite(posting, "karin", "karin@example.com", staff.Post("admin"), by=CONSOLE)
    found = admissions.find(posting, token, admissions.Purpose.INVITE)
    assert found is not None
    admissions.set_password(posting, found, PASSWORD)
    _letters(posting)
    app = open_site(posting)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return posting, app


def test_a_forgotten_password_is_answered_alike_for_everybody(mailing: tuple[Field, Flask]) -> None:
    office, app = mailing
    pages = []
    for who in ("karin", "karin@example.com", "nobody", "nobody@example.com", "sam"):
        answer = app.test_client().post("/forgotten", data={"who": who})
        pages.append((answer.status_code, answer.text))
    assert len(set(pages)) == 1
    with office.unit.read() as tx:
        assert len(tx.execute(select(outbox).where(outbox.c.kind == admitting.WISH)).all()) == 5
    assert {each.to for each in _letters(office)} == {"karin@example.com"}


def test_the_link_of_the_letter_leads_to_a_new_password(mailing: tuple[Field, Flask]) -> None:
    office, app = mailing
    client = app.test_client()
    client.post("/forgotten", data={"who": "karin"})
    (letter,) = _letters(office)
    path = urlsplit(letter.link).path
    assert client.post(path, data={"password": "a new horse", "again": "a new horse"}).location == "/desk"
    assert _password(app.test_client(), "karin", "a new horse") == "/desk/agents"


def test_a_new_password_by_mail_does_not_go_round_the_second_factor(mailing: tuple[Field, Flask], clock: Clock) -> None:
    office, app = mailing
    client = app.test_client()
    _password(client, "karin")
    _set_up(client, clock)
    client.post("/logout")
    client.post("/forgotten", data={"who": "karin"})
    (letter,) = _letters(office)
    answer = client.post(urlsplit(letter.link).path, data={"password": "a new horse", "again": "a new horse"})
    assert answer.location == "/login/code"
    assert client.get("/desk").status_code == 302


def test_letters_for_a_new_password_are_few(mailing: tuple[Field, Flask]) -> None:
    office, app = mailing
    answers = [app.test_client().post("/forgotten", data={"who": "karin"}) for _ in range(7)]
    assert [each.status_code for each in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "3600"
    assert len(_letters(office)) <= 5


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML) Chrome/131.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_told_in_words(agent: str, words: str) -> None:
    assert device(agent) == words
