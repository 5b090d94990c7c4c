"""Single sign-on against a real provider on loopback: who comes in and as what, and every way to come in wrongly."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.drivers.oidc_provider import CLIENT, SECRET, Claims, Provider, new_key, provider
from tests.web.house import PASSWORD, QUEUES, open_site
from tonval.fieldwork.colleagues import identities, people, sign_ins, staff
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.field import Field
from tonval.fieldwork.routing import read_centre
from tonval.store import tables as t
from tonval.web.sign_on import provider as ours
from tonval.web.sign_on.settings import Provider as Settings
from tonval.workers import checks
from tonval.workers.doctor import State

GROUPS = """
sign_in:
  groups: {cc-admins: {role: admin}, se-leads: {role: supervisor, unit: se/sthlm}, se-agents: {role: agent}}
  agents_claim: pbx.agent
"""
EVA = {"sub": "e-1", "name": "Eva Lind", "email": "Eva@example.com", "email_verified": True, "groups": ["se-leads"]}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    """One provider for all of them: its keys take a while to make."""
    with provider() as found:
        yield found


@pytest.fixture
def there(running: Provider) -> Provider:
    """The provider, doing nothing wrong yet; Eva signs in at it."""
    fresh = Provider(issuer=running.issuer, keys=[running.keys[0]])
    for name in Provider.__dataclass_fields__:
        setattr(running, name, getattr(fresh, name))
    running.person = dict(EVA)
    return running


@dataclass
class House:
    """The site with single sign-on, and its provider."""

    office: Field
    there: Provider

    def client(self, sign_in: str = GROUPS) -> FlaskClient:
        """A browser at a site whose file says this of signing in."""
        centre = replace(self.office.centre, sign_on=read_centre(QUEUES + sign_in).sign_on)
        return self.browser(replace(self.office, centre=centre, renewal=None))

    def browser(self, office: Field) -> FlaskClient:
        settings = Settings(self.there.issuer, CLIENT, SECRET, "Nordlys")
        app = open_site(office, provider=settings)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return app.test_client()


@pytest.fixture
def house(office: Field, there: Provider) -> House:
    """A peopled centre."""
    return House(replace(office, fresh_id=lambda prefix: f"{prefix}_{uuid4().hex}"), there)


def _leave(client: FlaskClient, wanted: str = "") -> str:
    """Go to the provider and give the address it leads back to, as the browser would ask for it."""
    away = client.get("/login/oidc", query_string={"next": wanted} if wanted else {})
    assert away.status_code == 302
    back = requests.get(away.location, allow_redirects=False, timeout=10)
    assert back.status_code == 302
    return back.headers["Location"]


def _sign_in(client: FlaskClient, wanted: str = "") -> TestResponse:
    return client.get(_leave(client, wanted))


def _is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def _who(office: Field) -> dict[str, Person]:
    return {each.person.name: each.person for each in staff.members(office)}


def _deeds(office: Field) -> list[str]:
    with office.unit.read() as tx:
        return list(tx.execute(select(t.audit.c.action).order_by(t.audit.c.id)).scalars())


def test_a_group_makes_a_colleague_at_her_first_sign_in(house: House) -> None:
    client = house.client()
    answer = _sign_in(client, "/desk/agents?queue=sales")
    assert (answer.status_code, answer.location) == (302, "/desk/agents?queue=sales")
    assert _is_in(client)
    eva = _who(house.office)["Eva Lind"]
    assert (eva.role, eva.unit, eva.email) == ("supervisor", "se/sthlm", "eva@example.com")
    assert _deeds(house.office)[-2:] == ["user.added", "user.signed_in"]


def test_she_is_the_same_colleague_the_next_time_whatever_she_is_called_then(house: House) -> None:
    _sign_in(house.client())
    house.there.person |= {"name": "Eva Ek", "email": "eva.ek@example.com"}
    assert _is_in_after(house.client())
    assert "Eva Ek" not in _who(house.office)


def _is_in_after(client: FlaskClient) -> bool:
    _sign_in(client)
    return _is_in(client)


def test_a_name_that_somebody_has_is_told_apart(house: House) -> None:
    house.there.person |= {"name": "admin"}
    assert _is_in_after(house.client())
    assert _who(house.office)["admin (eva@example.com)"].role == "supervisor"


def test_a_known_colleague_is_found_by_her_verified_address(house: House) -> None:
    invited = people.add_user(house.office, "eva", PASSWORD, role="executive", email="eva@example.com")
    assert _is_in_after(house.client())
    eva = _who(house.office)["eva"]
    assert (eva.id, eva.role, eva.unit) == (invited.id, "supervisor", "se/sthlm")
    assert "user.linked" in _deeds(house.office)


def test_her_role_follows_her_groups_and_what_she_is_signed_in_by_ends(house: House) -> None:
    before = house.client()
    assert _is_in_after(before)
    house.there.person["groups"] = ["other", "cc-admins", "se-leads"]
    assert _is_in_after(house.client())
    assert _who(house.office)["Eva Lind"].role == "admin"
    assert not _is_in(before)


def test_who_has_lost_her_groups_is_out_everywhere(house: House) -> None:
    before = house.client()
    assert _is_in_after(before)
    house.there.person["groups"] = []
    answer = _sign_in(house.client())
    assert (answer.status_code, identities.NO_GROUP in answer.text) == (403, True)
    assert not _is_in(before)


def test_an_agent_is_the_agent_that_the_provider_names(house: House) -> None:
    house.there.person |= {"groups": "se-agents", "pbx": {"agent": "anna"}}
    assert _is_in_after(house.client())
    assert _who(house.office)["Eva Lind"].agent == "anna"


def test_what_the_provider_tells_only_when_asked_counts_too(house: House) -> None:
    house.there.told_apart = {"groups": house.there.person.pop("groups")}
    assert _is_in_after(house.client())


def test_without_groups_in_the_file_an_admin_gives_the_roles(house: House) -> None:
    answer = _sign_in(house.client(""))
    assert (answer.status_code, identities.UNKNOWN in answer.text) == (403, True)
    people.add_user(house.office, "eva", PASSWORD, role="executive", email="eva@example.com")
    assert _is_in_after(house.client(""))
    assert _who(house.office)["eva"].role == "executive"


def test_a_code_is_not_asked_of_whom_the_provider_has_signed_in(house: House) -> None:
    eva = people.add_user(house.office, "eva", PASSWORD, role="executive", email="eva@example.com")
    with house.office.unit.begin() as tx:
        tx.execute(t.users.update().where(t.users.c.id == eva.id).values(totp="c2FsdA"))
    assert _is_in_after(house.client(""))


def test_passwords_can_be_left_out_altogether(house: House) -> None:
    client = house.client(GROUPS + "  passwords: false\n")
    page = client.get("/login").text
    assert ("Sign in with Nordlys" in page, 'name="password"' in page) == (True, False)
    assert client.post("/login", data={"name": "admin", "password": PASSWORD}).status_code == 403
    assert client.get("/forgotten").location == "/login"
    assert _is_in_after(client)


def test_passwords_open_the_door_where_the_provider_is_away(house: House) -> None:
    house.there.away = {"/.well-known/openid-configuration"}
    client = house.client()
    answer = client.get("/login/oidc")
    assert (answer.status_code, "Nordlys does not answer right now" in answer.text) == (503, True)
    assert client.post("/login", data={"name": "admin", "password": PASSWORD}).status_code == 302


# What must not let anybody in ---------------------------------------------------------------------------------------


def _spoilt(**claims: object) -> Callable[[Provider], None]:
    def spoil(there: Provider) -> None:
        there.spoil = lambda good: {name: value for name, value in {**good, **claims}.items() if value is not None}

    return spoil


def _unsigned(there: Provider) -> None:
    there.sign = lambda claims: f"{_part({'alg': 'none'})}.{_part(claims)}."


def _by_what_everybody_knows(there: Provider) -> None:
    def sign(claims: Claims) -> str:
        said = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
        return f"{said}.{_text(hmac.digest(there.keys[0].as_pem(private=False), said.encode(), 'sha256'))}"

    there.sign = sign


def _by_another_key(there: Provider) -> None:
    other = new_key("first")
    there.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, other)


def _by_an_unknown_key(there: Provider) -> None:
    other = new_key("other")
    there.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "other"}, claims, other)


def _no_token(there: Provider) -> None:
    there.sign = lambda claims: ""


def _somebody_else_when_asked(there: Provider) -> None:
    there.told_apart = {"groups": there.person.pop("groups"), "sub": "somebody else"}


def _part(document: Claims) -> str:
    return _text(json.dumps(document).encode())


def _text(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


ATTACKS = [
    ("a nonce of another sign-in", _spoilt(nonce="another")),
    ("no nonce", _spoilt(nonce=None)),
    ("for another client", _spoilt(aud="another")),
    ("for others too, by another", _spoilt(aud=["another", CLIENT], azp="another")),
    ("for another client, by us", _spoilt(aud="another", azp=CLIENT)),
    ("of another issuer", _spoilt(iss="https://other.example.com")),
    ("expired", _spoilt(exp=int(time.time()) - 180)),
    ("never expiring", _spoilt(exp=None)),
    ("not good yet", _spoilt(nbf=int(time.time()) + 86_400)),
    ("of nobody", _spoilt(sub=None)),
    ("of an empty name", _spoilt(sub="")),
    ("unsigned", _unsigned),
    ("signed with what everybody knows", _by_what_everybody_knows),
    ("signed with another key", _by_another_key),
    ("signed with a key nobody knows", _by_an_unknown_key),
    ("no token at all", _no_token),
    ("two people in one", _somebody_else_when_asked),
]


@pytest.mark.parametrize(("what", "attack"), ATTACKS, ids=[what for what, _ in ATTACKS])
def test_a_token_that_is_not_good_lets_nobody_in(house: House, what: str, attack: Callable[[Provider], None]) -> None:
    attack(house.there)
    client = house.client()
    answer = _sign_in(client)
    assert (answer.status_code, "did not sign you in" in answer.text) == (401, True)
    assert not _is_in(client)
    assert "Eva Lind" not in _who(house.office)


def test_a_clock_that_is_a_minute_off_hinders_nobody(house: House) -> None:
    _spoilt(exp=int(time.time()) - 60)(house.there)
    assert _is_in_after(house.client())


def test_the_way_back_is_good_once_and_in_one_browser(house: House) -> None:
    client, other = house.client(), house.client()
    back = _leave(client)
    stolen = other.get(back)
    assert (stolen.status_code, "begun elsewhere" in stolen.text) == (401, True)
    changed = house.client()
    _leave(changed)
    assert changed.get(back).status_code == 401
    assert client.get(back).status_code == 302
    client.post("/logout")
    assert client.get(back).status_code == 401
    assert not _is_in(client)


def test_a_code_is_good_once_even_with_the_cookie_of_then(house: House) -> None:
    client = house.client()
    back = _leave(client)
    cookie = client.get_cookie("tonval")
    assert cookie is not None
    assert client.get(back).status_code == 302
    client.set_cookie("tonval", cookie.value)
    assert client.get(back).status_code == 401


@pytest.mark.parametrize("query", ["", "?code=1", "?state=1", "?error=access_denied", "?code=1&state=1&state=2"])
def test_a_way_back_that_nobody_took_leads_nowhere(house: House, query: str) -> None:
    assert house.client().get(f"/login/oidc/back{query}").status_code == 401


@pytest.mark.parametrize("wanted", ["https://example.com", "//example.com", "/\\example.com"])
def test_no_link_leads_to_strangers_afterwards(house: House, wanted: str) -> None:
    assert _sign_in(house.client(), wanted).location == "/desk"


def test_a_new_key_is_fetched_once_when_a_token_names_it(house: House) -> None:
    client = house.client()
    assert _is_in_after(client)
    client.post("/logout")
    house.there.keys.append(new_key("second"))
    assert _is_in_after(client)
    assert house.there.asked.count("/keys") == 2
    client.post("/logout")
    assert _is_in_after(client)
    assert house.there.asked.count("/keys") == 2
    assert house.there.asked.count("/.well-known/openid-configuration") == 1


def test_a_key_taken_back_is_known_for_an_hour_at_most(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.client()
    assert _is_in_after(client)
    client.post("/logout")
    stolen, house.there.keys[:] = house.there.keys[0], [new_key("second")]
    house.there.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": stolen.kid}, claims, stolen)
    monkeypatch.setattr(ours, "FRESH", -1.0)
    assert not _is_in_after(client)


def test_a_provider_that_calls_itself_something_else_is_not_believed(house: House) -> None:
    there, called = house.there, house.there.issuer
    client = house.client()
    there.issuer = "https://other.example.com"
    answer = client.get("/login/oidc")
    there.issuer = called
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_a_provider_that_goes_away_midway_gets_a_page_and_no_traceback(house: House, path: str) -> None:
    client = house.client()
    back = _leave(client)
    house.there.away = {path}
    answer = client.get(back)
    assert (answer.status_code, "does not answer right now" in answer.text) == (503, True)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_the_provider_does_not_vouch_for_leads_to_nobody(house: House, verified: object) -> None:
    people.add_user(house.office, "eva", PASSWORD, role="admin", email="eva@example.com")
    house.there.person |= {"email_verified": verified}
    answer = _sign_in(house.client())
    assert (answer.status_code, "does not say that it is yours" in answer.text) == (403, True)


def test_who_is_new_keeps_no_address_that_nobody_vouches_for(house: House) -> None:
    house.there.person |= {"email_verified": False}
    assert _is_in_after(house.client())
    assert _who(house.office)["Eva Lind"].email is None


@pytest.mark.parametrize("verified", [True, False])
def test_somebody_whose_access_has_ended_stays_out(house: House, verified: bool) -> None:
    eva = people.add_user(house.office, "eva", PASSWORD, role="executive", email="eva@example.com")
    staff.end(house.office, eva.id)
    house.there.person |= {"email_verified": verified}
    answer = _sign_in(house.client())
    assert (answer.status_code, identities.ENDED in answer.text) == (403, True)


def test_somebody_ended_after_her_first_sign_in_stays_out(house: House) -> None:
    assert _is_in_after(house.client())
    staff.end(house.office, _who(house.office)["Eva Lind"].id)
    client = house.client()
    assert _sign_in(client).status_code == 403
    assert not _is_in(client)


def test_an_address_given_to_somebody_new_does_not_open_the_old_account(house: House) -> None:
    assert _is_in_after(house.client())
    house.there.person |= {"sub": "e-2"}
    answer = _sign_in(house.client())
    assert (answer.status_code, identities.TAKEN in answer.text) == (403, True)
    eva = _who(house.office)["Eva Lind"]
    assert identities.unlink(house.office, eva.id, eva.name) == 1
    assert _is_in_after(house.client())


def test_an_address_that_two_have_opens_neither(house: House) -> None:
    for name in ("eva", "eva2"):
        people.add_user(house.office, name, PASSWORD, role="executive", email="eva@example.com")
    assert identities.SEVERAL in _sign_in(house.client()).text


@pytest.mark.parametrize("agent", [None, "nobody", ["anna"]])
def test_an_agent_nobody_knows_is_refused_in_words(house: House, agent: object) -> None:
    house.there.person |= {"groups": ["se-agents"], "pbx": {"agent": agent}}
    answer = _sign_in(house.client())
    assert (answer.status_code, "does not fit what is set up here" in answer.text) == (403, True)


def test_whoever_has_no_password_is_asked_for_none_on_her_page(house: House) -> None:
    client = house.client()
    _sign_in(client)
    page = client.get("/account").text
    assert ("You have none" in page, 'type="password"' in page) == (True, False)


def test_the_doctor_asks_the_provider_who_it_is(house: House) -> None:
    settings = Settings(house.there.issuer, CLIENT, SECRET)
    assert checks.check_sign_on(None).state is State.OK
    assert checks.check_sign_on(settings).sentence.endswith("signs people in at " + house.there.issuer + "/authorize")
    other = checks.check_sign_on(replace(settings, issuer=house.there.issuer + "/"))
    assert (other.state, "It calls itself" in other.sentence) == (State.FAIL, True)
    house.there.away = {"/.well-known/openid-configuration"}
    assert "answers 503" in checks.check_sign_on(settings).sentence


@pytest.mark.parametrize(
    ("url", "host", "proxies", "state"),
    [
        ("https://a.example.com", "127.0.0.1", 0, State.WARN),
        ("https://a.example.com", "127.0.0.1", 1, State.OK),
        ("https://a.example.com", "0.0.0.0", 0, State.OK),
        ("http://127.0.0.1:8000", "127.0.0.1", 0, State.OK),
    ],
)
def test_the_doctor_sees_that_all_share_one_address(url: str, host: str, proxies: int, state: State) -> None:
    assert checks.check_proxies(url, (host, 8000), proxies).state is state


def test_refusals_stand_in_the_audit_log_with_their_reason(house: House) -> None:
    house.there.person["groups"] = []
    for _ in range(3):
        _sign_in(house.client())
    assert _deeds(house.office).count("user.sign_on_refused") == 1


def test_her_sign_in_can_be_ended_like_any_other(house: House) -> None:
    client = house.client()
    assert _is_in_after(client)
    eva = _who(house.office)["Eva Lind"]
    assert len(sign_ins.of_person(house.office, eva.id)) == 1
    staff.end(house.office, eva.id)
    assert not _is_in(client)
