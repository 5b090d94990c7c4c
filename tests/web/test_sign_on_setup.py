"""Single sign-on connected from the page: tried by what signs people in, and in force at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import Client

from tests.acting import acting
from tests.drivers.oidc_provider import CLIENT, SECRET, Provider, provider
from tests.web.test_setup import signed_in
from tonval import app, opening
from tonval.config import BadSetting, Config, load_config
from tonval.connecting import Renewed, Watch, connected
from tonval.fieldwork import settings
from tonval.fieldwork.colleagues import staff
from tonval.fieldwork.field import Field
from tonval.fieldwork.settings.providers import connect

EVA = {"sub": "e-1", "name": "Eva Lind", "email": "eva.lind@example.com", "email_verified": True, "groups": ["leads"]}
PAGE = "/admin/providers/sign-on"


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Provider, RSAKey]]:
    """One provider for all of them, and its key, which takes a while to make."""
    with provider() as found:
        yield found, found.keys[0]


@pytest.fixture
def there(running: tuple[Provider, RSAKey]) -> Provider:
    """The provider, doing nothing wrong yet; Eva signs in at it."""
    found, key = running
    fresh = Provider(issuer=found.issuer, keys=[key], person=dict(EVA))
    for name in Provider.__dataclass_fields__:
        setattr(found, name, getattr(fresh, name))
    return found


@dataclass
class House:
    """The whole application as gunicorn serves it, an admin's browser in it, and what the environment says."""

    config: Config
    office: Field
    admin: FlaskClient
    site: Renewed

    def save(self, issuer: str, **typed: str) -> int:
        given = {"issuer": issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "Nordlys", **typed}
        return self.admin.post(PAGE, data=given).status_code

    def tried(self) -> str:
        return unescape(self.admin.post(f"{PAGE}/try").text)

    def browser(self) -> Client:
        """Somebody who comes to the site as it is served now."""
        self.site._watch._next = 0
        return Client(self.site)  # type: ignore[arg-type]


@pytest.fixture
def environment(sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    """An installation that says nothing of providers."""
    return {
        "TONVAL_HOME": str(tmp_path),
        "TONVAL_DATABASE_URL": sqlite_url,
        "TONVAL_QUEUES": "none",
        "TONVAL_PUBLIC_URL": "http://localhost",
    }


@pytest.fixture
def opened(environment: dict[str, str]) -> Iterator[Callable[..., House]]:
    """Opens the house with more of the environment."""
    houses: list[House] = []

    def open_it(**more: str) -> House:
        config = load_config({**environment, **more})
        office = opening.open_field(config)
        whole = connected(config)
        admin = signed_in(app.create_app(whole, office, config), office)
        houses.append(House(config, office, admin, Renewed(partial(_site, config), partial(Watch, config))))
        return houses[-1]

    yield open_it
    for house in houses:
        house.office.unit.engine.dispose()


def _site(config: Config) -> Any:
    whole = connected(config)
    return app.create_app(whole, opening.open_field(whole), config)


@pytest.fixture
def house(opened: Callable[..., House]) -> House:
    """An environment that says nothing of single sign-on."""
    return opened()


def _typed(*rows: tuple[str, str, str]) -> dict[str, list[str]]:
    """The rows of the form, with those that stay empty."""
    parts = ("group", "role", "unit")
    return {f"sign_in/groups {part}": [*(row[n] for row in rows), "", ""] for n, part in enumerate(parts)}


def test_an_admin_connects_it_and_a_colleague_signs_in_without_a_restart(house: House, there: Provider) -> None:
    assert "Sign in with" not in house.browser().get("/login").text
    page = house.admin.get(PAGE).text
    assert "http://localhost/login/oidc/back" in page and "/admin/settings/sign-in" in page
    assert house.save(there.issuer) == 303
    tried = house.tried()
    assert f"It signs people in at {there.issuer}/authorize." in tried and "It does not refuse them." in tried
    assert house.admin.post("/admin/settings/sign-in", data=_typed(("leads", "supervisor", ""))).status_code == 303
    somebody = house.browser()
    assert "Sign in with Nordlys" in somebody.get("/login").text
    away = somebody.get("/login/oidc")
    back = requests.get(away.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert somebody.get(back).status_code == 302 and somebody.get("/account").status_code == 200
    roles = {each.person.name: each.person.role for each in staff.members(house.office)}
    assert roles["Eva Lind"] == "supervisor"
    assert house.admin.post(f"{PAGE}/forget").status_code == 303
    assert "Sign in with" not in house.browser().get("/login").text


def test_what_opens_it_is_sealed_and_never_shown(house: House, there: Provider) -> None:
    house.save(there.issuer)
    with house.office.unit.engine.connect() as raw:
        kept = raw.exec_driver_sql("SELECT sealed FROM secrets").scalar_one()
        told = raw.exec_driver_sql("SELECT detail FROM audit WHERE action = 'provider.connected'").scalar_one()
    assert SECRET not in kept and CLIENT not in kept and SECRET not in told
    page = unescape(house.admin.get(PAGE).text)
    assert SECRET not in page and there.issuer in page
    assert house.save(there.issuer, client_secret="") == 303
    now = connected(house.config).provider
    assert now is not None and now.client_secret == SECRET, "an empty field keeps the secret"


def test_a_kept_secret_goes_nowhere_but_where_it_was_typed_for(house: House, there: Provider) -> None:
    house.save(there.issuer)
    answer = house.admin.post(PAGE, data={"issuer": "https://other.example.com", "client_id": CLIENT})
    assert answer.status_code == 400 and "Type it again" in answer.text
    assert 'id="way-client_secret-fault"' in answer.text
    now = connected(house.config).provider
    assert now is not None and now.issuer == there.issuer
    assert house.save("https://other.example.com") == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"issuer": "login.example.com", "client_id": "x"}, "issuer"),
        ({"issuer": "http://login.example.com", "client_id": "x"}, "issuer"),
        ({"issuer": "https://login.example.com/?x", "client_id": "x"}, "issuer"),
        ({"issuer": "https://login.example.com/#x", "client_id": "x"}, "issuer"),
        ({"issuer": "https://[login", "client_id": "x"}, "issuer"),
        ({"issuer": "https://login.example.com", "client_id": ""}, "client_id"),
    ],
)
def test_what_cannot_be_a_provider_is_said_beside_its_field(house: House, typed: dict[str, str], field: str) -> None:
    answer = house.admin.post(PAGE, data=typed)
    assert answer.status_code == 400 and f'id="way-{field}-fault"' in answer.text
    assert connected(house.config).provider is None


DISCOVERY = "/.well-known/openid-configuration"
FAULTS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("away", {"away": {DISCOVERY}}, "answers 503"),
    ("keys away", {"away": {"/keys"}}, "/keys answers 503"),
    ("no issuer", {"lacks": {"issuer"}}, "It calls itself “None”"),
    ("no place to sign in", {"lacks": {"authorization_endpoint"}}, "lacks the field “authorization_endpoint”"),
    ("no place for tokens", {"lacks": {"token_endpoint"}}, "lacks the field “token_endpoint”"),
    ("no place of keys", {"lacks": {"jwks_uri"}}, "lacks the field “jwks_uri”"),
    ("no keys", {"keys": []}, "no keys"),
    ("no way to sign that is believed", {"algorithms": ("none", "HS256")}, "in no way that Tonval believes"),
)


@pytest.mark.parametrize(("what", "wrong", "said"), FAULTS, ids=[what for what, _, _ in FAULTS])
def test_the_trial_says_what_is_wrong(
    house: House, there: Provider, what: str, wrong: dict[str, Any], said: str
) -> None:
    for name, value in wrong.items():
        setattr(there, name, value)
    house.save(there.issuer)
    tried = house.tried()
    assert said in tried and "to be mended" in tried


def test_the_trial_says_whom_it_cannot_reach_who_is_another_and_who_does_not_know_us(
    house: House, there: Provider
) -> None:
    assert "It is not connected yet" in house.tried()
    house.save("http://127.0.0.1:9")
    assert f"http://127.0.0.1:9{DISCOVERY} cannot be reached" in house.tried()
    house.save(f"{there.issuer}/")
    assert f"It calls itself “{there.issuer}”" in house.tried()
    house.save(there.issuer, client_secret="another")
    assert "It does not know them (invalid_client)." in house.tried()


def test_the_environment_wins_and_the_page_says_so(opened: Callable[..., House], there: Provider) -> None:
    house = opened(TONVAL_OIDC_ISSUER=there.issuer, TONVAL_OIDC_CLIENT_ID=CLIENT, TONVAL_OIDC_CLIENT_SECRET=SECRET)
    page = house.admin.get(PAGE).text
    assert "TONVAL_OIDC_ISSUER" in page and 'name="issuer"' not in page and SECRET not in page
    assert house.save("https://other.example.com") == 409
    assert "It does not refuse them." in house.tried()
    now = connected(house.config).provider
    assert now is not None and now.issuer == there.issuer


def test_the_second_admin_sees_what_the_first_did(house: House, there: Provider) -> None:
    house.save(there.issuer)
    seen = house.admin.get(PAGE).text.partition('name="seen" value="')[2].partition('"')[0]
    house.save(there.issuer, name="First")
    typed = {"issuer": there.issuer, "client_id": CLIENT, "name": "Second", "seen": seen}
    late = house.admin.post(PAGE, data=typed)
    page = unescape(late.text)
    assert late.status_code == 409 and "admin has changed this since you began" in page
    assert "<dt>Name on the button</dt><dd>First</dd>" in page and 'value="Second"' in page
    assert house.admin.post(f"{PAGE}/forget", data={"seen": seen}).status_code == 409
    fresh = page.partition('name="seen" value="')[2].partition('"')[0]
    assert house.admin.post(PAGE, data={**typed, "seen": fresh}).status_code == 303
    now = connected(house.config).provider
    assert now is not None and now.name == "Second"


def test_groups_are_given_in_order_and_what_is_wrong_names_its_group(house: House) -> None:
    page = "/admin/settings/sign-in"
    rows = (("Team: leads", "supervisor", ""), ("cc-admins", "admin", ""))
    assert house.admin.post(page, data=_typed(*rows)).status_code == 303
    assert list(house.office.centre.sign_on.groups) == ["Team: leads", "cc-admins"]
    seen = settings.kept(house.office, "sign_in/groups").seen
    turned = {**_typed(*reversed(rows)), "seen sign_in/groups": seen}
    assert house.admin.post(page, data=turned).status_code == 303
    assert list(house.office.centre.sign_on.groups) == ["cc-admins", "Team: leads"]
    for wrong, said in (
        (("leads", "", ""), "leads: say which role the group has"),
        (("leads", "site-manager", ""), "leads: who is site-manager needs the unit"),
        (("leads", "agent", ""), "leads: say under sign_in which agents_claim"),
        (("", "admin", ""), "Say which group it is."),
    ):
        answer = house.admin.post(page, data={**_typed(wrong), "seen sign_in/groups": _seen(house)})
        assert answer.status_code == 400 and said in unescape(answer.text)
    twice = house.admin.post(page, data={**_typed(rows[0], rows[0]), "seen sign_in/groups": _seen(house)})
    assert twice.status_code == 400 and "“Team: leads” stands here twice." in unescape(twice.text)
    assert house.admin.post(page, data={"seen sign_in/groups": _seen(house)}).status_code == 303
    assert not house.office.centre.sign_on.groups


def _seen(house: House) -> str:
    return settings.kept(house.office, "sign_in/groups").seen


def test_nobody_is_locked_out_by_disconnecting(environment: dict[str, str], house: House, there: Provider) -> None:
    file = Path(environment["TONVAL_HOME"]) / "queues.yaml"
    file.write_text("sign_in: {passwords: false}\nqueues: {line: {channel: keypad}}\n")
    named = load_config({**environment, "TONVAL_QUEUES": str(file)})
    with pytest.raises(BadSetting, match="TONVAL_OIDC_ISSUER must be set"):
        opening.open_field(named)
    house.save(there.issuer)
    office = opening.open_field(named)
    site = app.create_app(connected(named), office, named)
    site.config.update(WTF_CSRF_ENABLED=False)
    browser = site.test_client()
    cookie = house.admin.get_cookie("tonval")
    assert cookie is not None
    browser.set_cookie("tonval", cookie.value)
    refused = browser.post(f"{PAGE}/forget")
    assert refused.status_code == 409 and "Without single sign-on nobody could come in." in refused.text
    assert connected(named).provider is not None
    office.unit.engine.dispose()


def test_what_must_not_be_used_is_not_though_it_is_kept(house: House, there: Provider) -> None:
    open_to_all = {"issuer": "http://login.example.com", "client_id": CLIENT}
    connect(house.office, "sign-on", open_to_all, acting("eva"))
    assert connected(house.config).provider is None
    assert "Sign in with" not in house.browser().get("/login").text
