"""What is harmless on a laptop and is not where others reach the pages: Tonval refuses to start, and says why (S12)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask, request

from tonval import app, opening
from tonval.config import BadSetting, Config, load_config

KEY = "Vn3rX0aQ7mZk9pLw2sTf"
PUBLIC = {"TONVAL_PUBLIC_URL": "https://survey.example.com", "TONVAL_SECRET_KEY": KEY}
OIDC = {"TONVAL_OIDC_ISSUER": "https://login.example.com/", "TONVAL_OIDC_CLIENT_ID": "tonval"}

QUEUE = "queues: {call: {survey: nki}}\nsurveys: {nki: {questions: [{id: helped, scale: nki, text: Hur}]}}\n"

REFUSED = [
    # what is set, and what the refusal must say
    ({"TONVAL_SECRET_KEY": "short"}, "TONVAL_SECRET_KEY needs at least 16"),
    ({"TONVAL_SECRET_KEY": "please-change-me-now"}, "TONVAL_SECRET_KEY can be guessed"),
    ({"TONVAL_SECRET_KEY": "my secret key 48151623"}, "TONVAL_SECRET_KEY can be guessed"),
    ({"TONVAL_SECRET_KEY": "aaaaaaaaaaaaaaaaaaaaaaaa"}, "TONVAL_SECRET_KEY can be guessed"),
    ({"TONVAL_ADMIN_PASSWORD": "admin"}, "TONVAL_ADMIN_PASSWORD can be guessed"),
    ({"TONVAL_ADMIN_PASSWORD": "Password-2026!"}, "TONVAL_ADMIN_PASSWORD can be guessed"),
    ({"TONVAL_PUBLIC_URL": "http://survey.example.com"}, "TONVAL_PUBLIC_URL must begin with https://"),
    ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
    ({"FLASK_DEBUG": "true"}, "FLASK_DEBUG"),
    ({"TONVAL_TWILIO_ACCOUNT_SID": "AC" + "0" * 32}, "TONVAL_TWILIO_AUTH_TOKEN is needed"),
    ({"TONVAL_TWILIO_API_URL": "http://twilio.example.com"}, "TONVAL_TWILIO_API_URL must begin with https://"),
    ({"TONVAL_SMTP_URL": "smtp://mail.example.com"}, "TONVAL_MAIL_FROM is needed"),
    ({**OIDC, "TONVAL_OIDC_ISSUER": "http://login.example.com"}, "TONVAL_OIDC_ISSUER"),
    ({**OIDC, "TONVAL_OIDC_ISSUER": "login.example.com"}, "TONVAL_OIDC_ISSUER"),
    ({**OIDC, "TONVAL_OIDC_ISSUER": "https://login.example.com/?a=b"}, "TONVAL_OIDC_ISSUER"),
    ({"TONVAL_OIDC_ISSUER": "https://login.example.com"}, "TONVAL_OIDC_CLIENT_ID is needed"),
    ({"TONVAL_OIDC_CLIENT_ID": "tonval"}, "TONVAL_OIDC_ISSUER is needed"),
    ({"TONVAL_PROXIES": "some"}, "TONVAL_PROXIES"),
]

HARMLESS_HERE = [
    {"TONVAL_SECRET_KEY": "please-change-me-now"},
    {"TONVAL_ADMIN_PASSWORD": "admin"},
    {"FLASK_DEBUG": "1"},
    {**OIDC, "TONVAL_OIDC_ISSUER": "http://127.0.0.1:9000"},
]


def _load(home: Path, settings: Mapping[str, str]) -> Config:
    return load_config({"TONVAL_HOME": str(home), **settings})


@pytest.mark.parametrize(("settings", "said"), REFUSED, ids=[" ".join(found.values()) for found, _ in REFUSED])
def test_it_does_not_start_in_production_and_says_why(tmp_path: Path, settings: Mapping[str, str], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        _load(tmp_path, {**PUBLIC, **settings})
    assert said in str(refused.value)


def test_it_starts_in_production_where_all_is_well(tmp_path: Path) -> None:
    strong = {"TONVAL_ADMIN_PASSWORD": "correct horse battery", "FLASK_DEBUG": "0"}
    config = _load(tmp_path, {**PUBLIC, **OIDC, **strong})
    assert config.in_production
    assert config.provider is not None
    assert config.provider.issuer == "https://login.example.com/"  # to the letter: the provider compares it so


def test_a_key_that_tonval_makes_is_good_enough(tmp_path: Path) -> None:
    assert len(_load(tmp_path, {"TONVAL_PUBLIC_URL": PUBLIC["TONVAL_PUBLIC_URL"]}).secret_key) >= 48


@pytest.mark.parametrize("settings", HARMLESS_HERE)
def test_it_starts_with_the_same_for_trying_out(tmp_path: Path, settings: Mapping[str, str]) -> None:
    assert not _load(tmp_path, settings).in_production


def test_the_secret_of_single_sign_on_is_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "client").write_text("hush\n")
    config = _load(tmp_path, {**PUBLIC, **OIDC, "TONVAL_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "client")})
    assert config.provider is not None
    assert config.provider.client_secret == "hush"
    assert "hush" not in repr(config) + repr(config.provider)


def test_a_number_whose_webhooks_nobody_could_verify_hinders_the_start(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "queues.yaml").write_text('numbers: {"+46701740605": {provider: twilio}}\n' + QUEUE)
    place = {"TONVAL_QUEUES": str(tmp_path / "queues.yaml"), "TONVAL_DATABASE_URL": sqlite_url}
    with pytest.raises(BadSetting, match=r"queues\.yaml sends from \+46701740605 by Twilio"):
        opening.open_field(_load(tmp_path, {**PUBLIC, **place}))


def test_nobody_is_locked_out_by_a_file_alone(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "queues.yaml").write_text("sign_in: {passwords: false}\n" + QUEUE)
    place = {"TONVAL_QUEUES": str(tmp_path / "queues.yaml"), "TONVAL_DATABASE_URL": sqlite_url}
    with pytest.raises(BadSetting, match="TONVAL_OIDC_ISSUER must be set"):
        opening.open_field(_load(tmp_path, place))
    opening.open_field(_load(tmp_path, {**place, **OIDC})).unit.engine.dispose()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),  # the customer wrote the first herself
        (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),  # it came past one of them
        (1, "", "192.0.2.1"),
    ],
)
def test_an_address_is_believed_from_our_own_proxies_alone(proxies: int, forwarded: str, seen: str) -> None:
    site = Flask("site")
    site.add_url_rule("/", "who", lambda: str(request.remote_addr))
    app._believe_proxies(site, proxies)
    asked = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = site.test_client().get("/", headers=asked, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.text == seen
