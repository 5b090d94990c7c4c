"""No word of a page escapes translation: every page is read in a language in which each translated word is marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import default_exceptions
from werkzeug.test import TestResponse

import tonval.web
from tests.web.house import CUSTOMER, PASSWORD, QUEUES, Clock, open_house, rate_call, rate_message
from tests.web.marking import BEGIN, END, NAMES, MarkedDomain, bare_in_template, read_page
from tonval import app
from tonval.config import load_config
from tonval.fieldwork.audit import CONSOLE
from tonval.fieldwork.colleagues import admissions, people, second_factor, sign_ins, staff, totp
from tonval.fieldwork.colleagues.admissions import Purpose
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.roles import ADMIN, AGENT, ROLES, Role
from tonval.fieldwork.colleagues.staff import Post
from tonval.fieldwork.field import Field
from tonval.store.migrate import migrate
from tonval.store.unit import open_unit
from tonval.web.doors import DOORS, Open
from tonval.web.errors import SORRY
from tonval.web.throttle import Throttle

TEMPLATES = Path(tonval.web.__file__).parent / "templates"
OF_ONE_ROUTE = 2
"""Addresses of one route that are looked at."""
LAST = {"signin.sign_out", "account.end_others", "people.end", "account.choose_language"}
"""What would end the look round."""
NOT_OURS = {"survey", "unsubscribe"}
"""The respondents' pages: their words are in surveys/page_words."""

CALL_TEXTS = (
    "Tryck ett till fem. Fem är bäst.",
    "Tack för ditt svar! Hej då.",
    "We did not quite understand. Please answer with a number 0-10.",
    "Tack för att du ringde.",
    "Hej från Nordlys! Hur gick det? Svara här:",
    "STOPP om du inte vill ha fler frågor.",
    "Hur gick det? En påminnelse",
    "Hur gick det?",
)
"""What customers are told where the survey gives no words of its own."""

Pages = Mapping[str, str]
"""The address of each page and its text."""


@dataclass(frozen=True)
class House:
    """The site; ``kim`` is the colleague who is everything but admin, one after the other."""

    site: Flask
    office: Field
    admin: Person
    kim: Person
    data: str

    def client(self, person: Person) -> FlaskClient:
        """Her browser, as after signing in."""
        client = self.site.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = sign_ins.begin(self.office, person, "Tests").token
        return client


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("languages")
    (home / "queues.yaml").write_text(QUEUES)
    config = load_config({"TONVAL_HOME": str(home), "TONVAL_QUEUES": str(home / "queues.yaml")})
    unit, clock = open_unit(config.database_url), Clock()
    migrate(unit)
    office = open_house(unit, clock)
    admin = people.add_user(office, "admin", PASSWORD, role=ADMIN, email="admin@example.com")
    kim = people.add_user(office, "kim", PASSWORD, role="adviser", unit="se/sthlm", email="kim@example.com")
    for number, keys in enumerate((["2", "5"], ["1"], [], ["5", "5"])):
        rate_call(office, "anna", keys, f"call-{number}")
    rate_message(office, clock, "anna", "4 ord om anna", "sms-1")
    rate_message(office, clock, "bo", "vet inte", "sms-2", phone="+46701740607")
    site = app.create_app(config, office)
    site.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    site.extensions["babel"].instance.domain_instance = MarkedDomain()
    yield House(site, office, admin, kim, _data(office))
    unit.engine.dispose()


def _data(office: Field) -> str:
    """What the centre and its customers wrote themselves, the longest first."""
    centre = office.centre
    texts = {centre.brand, *centre.queues, *centre.forms, CUSTOMER, "admin", "kim", "4 ord om anna", "vet inte"}
    texts |= {text for form in centre.forms.values() for question in form.questions for text in question.text.values()}
    texts |= {question.id for form in centre.forms.values() for question in form.questions}
    texts |= {text for form in centre.forms.values() for by in form.phrases.values() for text in by.values()}
    texts |= set(CALL_TEXTS) | {"Tests", "Europe/Stockholm"}
    texts |= {"Anna Lind", "anna", "Bo Ek", "bo", "Sweden", "Stockholm", "Gothenburg", "relations", "customers"}
    patterns = [re.escape(text) for text in sorted(texts, key=len, reverse=True)]
    slot = r"(?:welcome|closing|goodbye|invalid|no_input|stay|scale\.\w+|question\.\w+), \w\w\b"
    machine = [
        slot,
        r"https?://\S+",
        r"[\w.+-]+@[\w.-]+",
        r"\bse(/\w+)*\b",
        r"\b\w*[0-9_]\w*\b",
        r"\b[a-z]+(?:[-_./:][a-z0-9]+)+\b",
    ]
    return "|".join([*patterns, *machine, NAMES])


@pytest.fixture(scope="module")
def of_admin(house: House) -> Pages:
    """What she can see who sees everything."""
    return dict(_pages(house, house.client(house.admin), OF_ONE_ROUTE))


def _pages(house: House, client: FlaskClient, of_one_route: int) -> Iterator[tuple[str, str]]:
    """Every page that can be reached by links or has no part to fill in."""
    rules = [rule for rule in house.site.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    waiting = [str(rule) for rule in rules if _is_ours(rule.endpoint)]
    seen, of_route = set(waiting), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        endpoint = _endpoint(house.site, address)
        if not _is_ours(endpoint) or of_route[endpoint] >= of_one_route:
            continue
        answer = client.get(address)
        assert answer.status_code < 500, address
        of_route[endpoint] += 1
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        yield address, answer.text
        links = (link.partition("#")[0] for link in read_page(answer.text, house.data).links if link.startswith("/"))
        fresh = [link for link in dict.fromkeys(links) if "lang=" not in link and link not in seen]
        seen.update(fresh)
        waiting += fresh


def _endpoint(site: Flask, address: str, method: str = "GET") -> str:
    with site.test_request_context(address, method=method) as context:
        return context.request.endpoint or ""


def _is_ours(endpoint: str) -> bool:
    return DOORS.get(endpoint) not in (None, Open.KEY, Open.SIGNATURE) and endpoint.partition(".")[0] not in NOT_OURS


def _escaped(house: House, pages: Mapping[str, str]) -> str:
    """What escaped, once each, a line."""
    found = {bare: address for address, text in pages.items() for bare in read_page(text, house.data).bare}
    return "\n".join(f"{address}: {bare}" for bare, address in found.items())


def test_no_word_of_a_page_escapes_translation(house: House, of_admin: Pages) -> None:
    assert len(of_admin) > 60
    assert not _escaped(house, of_admin)


def test_no_word_of_a_template_escapes_whichever_way_its_conditions_go() -> None:
    templates = [path for path in TEMPLATES.rglob("*.html") if path.parent.name != "survey"]
    bare = {str(path.relative_to(TEMPLATES)): bare_in_template(path.read_text()) for path in templates}
    assert len(templates) > 60
    assert {path: words for path, words in bare.items() if words} == {}


UNLIKE = {(role.permissions, role.reach): role for role in ROLES.values() if role.name != ADMIN}
"""One of each set of roles that may do the same as far; the admin's pages are read already."""


@pytest.mark.parametrize("role", list(UNLIKE.values()), ids=lambda role: role.name)
def test_no_word_escapes_whoever_reads(house: House, of_admin: Pages, role: Role) -> None:
    agent = "anna" if role.name == AGENT else None
    staff.change_post(house.office, house.kim.id, Post(role.name, "se/sthlm", agent), by=CONSOLE)
    pages = dict(_pages(house, house.client(house.kim), 1))
    assert len(pages) > 8
    assert not _escaped(house, {address: text for address, text in pages.items() if of_admin.get(address) != text})


def test_no_fault_of_a_form_escapes_translation(house: House, of_admin: Pages) -> None:
    """Every form is sent with nonsense once; what the next page says is looked at."""
    client, sent = house.client(house.admin), dict[str, str]()
    for address, text in of_admin.items():
        for action, fields in read_page(text, house.data).forms:
            path = (action or address).partition("?")[0]
            endpoint = _endpoint(house.site, path, "POST")
            if endpoint in sent or not _is_ours(endpoint) or endpoint in LAST:
                continue
            answer = client.post(action or address, data=fields, follow_redirects=True)
            assert answer.status_code < 500 and answer.request.path != "/login", path
            sent[endpoint] = answer.text if answer.mimetype == "text/html" else ""
    assert len(sent) > 20
    assert not _escaped(house, sent)


@pytest.mark.parametrize("status", SORRY)
def test_no_word_of_an_error_escapes(house: House, status: int) -> None:
    with house.site.test_request_context("/desk"):
        answer = house.site.make_response(house.site.handle_user_exception(default_exceptions[status]()))
    text = answer.get_data(as_text=True)
    assert answer.status_code == status and SORRY[status].what in text
    assert not _escaped(house, {str(status): text})


def test_no_word_escapes_on_the_way_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invited, with the link used up, refused, asked for a code, and told to wait."""
    office, stranger, pages = house.office, house.site.test_client(), dict[str, str]()

    def look(said: str, answer: TestResponse, status: int = 200) -> None:
        assert answer.status_code == status, said
        pages[said] = answer.text

    with office.unit.begin() as tx:
        link = f"/welcome/{admissions.make(tx, office, house.kim.id, Purpose.INVITE)}"
    different = {"password": PASSWORD, "again": "another"}
    look("invited", stranger.get(link))
    look("different", stranger.post(link, data=different), 400)
    look("too short", stranger.post(link, data={"password": "short", "again": "short"}), 400)
    look("nothing there", stranger.get("/welcome/nobody"), 404)
    look("refused", stranger.post("/login", data={"name": "kim", "password": "wrong"}), 401)
    look("wished", stranger.post("/forgotten", data={"who": "nobody"}))

    salt = second_factor.fresh_salt()
    code = totp.code_at(second_factor.secret_of(office, salt), int(office.now().timestamp()) // totp.STEP)
    second_factor.confirm(office, house.kim, salt, code)
    look("code", stranger.post("/login", data={"name": "kim", "password": PASSWORD}, follow_redirects=True))
    look("wrong code", stranger.post("/login/code", data={"code": "0"}), 401)
    monkeypatch.setattr(Throttle, "_take", lambda *_asked: 60)
    look("too many codes", stranger.post("/login/code", data={"code": "0"}), 429)
    for path, name in (("/login", "name"), ("/forgotten", "who")):
        look(f"{path} too often", stranger.post(path, data={name: "kim"}), 429)
    look("with a second factor", house.client(house.kim).get("/account"))
    assert not _escaped(house, pages)


def test_a_word_outside_the_catalogs_is_found(house: House) -> None:
    text = f'<p title="{BEGIN}a title{END}">{BEGIN}A <b>word</b>{END} anna, but this escapes</p>'
    assert read_page(text, house.data).bare == ["anna, but this escapes"]
    assert bare_in_template("{% if x %}<b>{{ _('A') }} word</b>{% else %}<i title='a title'>{% endif %}") == [
        "word",
        'title="a title"',
    ]
