"""No word of a page escapes translation: every page is read in a language in which each translated word is marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Domain

from tests.web.house import CUSTOMER, PASSWORD, QUEUES, Clock, open_house, rate_call, rate_message
from tonval import app
from tonval.config import load_config
from tonval.fieldwork.colleagues import people, sign_ins
from tonval.fieldwork.field import Field
from tonval.store.unit import open_unit
from tonval.web.doors import DOORS, Open

BEGIN, END = "⟦", "⟧"
NONSENSE = "§ -1"
OF_ONE_ROUTE = 3
"""Addresses of one route that are looked at."""

SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")
DATA = {"code", "kbd", "pre", "textarea", "script", "style", "time"}
"""Elements whose text is no sentence of ours: what a person or a machine wrote, keys and times."""
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "circle", "use", "rect"}
LAST = {"signin.sign_out", "account.end_others", "people.end", "account.choose_language"}
"""What would end the look round."""
NOT_OURS = {"survey", "unsubscribe"}
"""The respondents' pages: their words are in surveys/page_words."""

NAMES = (
    r"\b(?:"
    "NKI|NPS|CES|CSAT|SMS|UTC|CSV|YAML|HTML|CSS|XLSX|JSON|LUFS|SIP|SMPP|PIN|API|URL|PBX|HTTP|SRTP|TLS|UDP|TCP|RTP"
    "|STARTTLS|ABC|DEF|GHI|JKL|MNO|PQRS|TUV|WXYZ|nki|nps|sv|en"
    "|Tonval|Twilio|Asterisk|FreeSWITCH|English|Svenska|Español|Eesti|Esc|STOP|START|HELP|Ctrl|dB|kB|min"
    r")\b"
)
"""What is called the same in every language."""


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


class Marked(NullTranslations):
    """Every word that goes through the catalogs comes out between marks."""

    def gettext(self, message: str) -> str:
        return f"{BEGIN}{message}{END}"

    ugettext = gettext

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return f"{BEGIN}{msgid1 if num == 1 else msgid2}{END}"

    ungettext = ngettext


class MarkedDomain(Domain):
    def get_translations(self) -> NullTranslations:
        return Marked()


@dataclass
class Page(HTMLParser):
    """What a page says outside of the marks, and where its links lead."""

    data: re.Pattern[str]
    bare: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    depth: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in VOID:
            self.inside.append("code" if self._is_data(tag, said) else tag)
            self.tags.append(tag)
        self._note_form(tag, said)
        if tag == "a" and said.get("href"):
            self.links.append(said["href"] or "")
        if tag != "time":
            self.bare += [f'{name}="{said[name]}"' for name in SPOKEN if self._has_bare(said.get(name) or "")]

    def _note_form(self, tag: str, said: dict[str, str | None]) -> None:
        """What is sent by each form, with nonsense in every field that can be typed into."""
        if tag == "form" and (said.get("method") or "").lower() == "post":
            self.forms.append((said.get("action") or "", {}))
        name, kept = said.get("name"), said.get("type") in ("hidden", "radio", "checkbox", "file")
        if self.forms and name and tag in ("input", "textarea", "select"):
            self.forms[-1][1][name] = (said.get("value") or "") if kept or tag == "select" else NONSENSE

    def _is_data(self, tag: str, said: dict[str, str | None]) -> bool:
        """What is said to be in a language of its own was written by the centre."""
        return tag != "html" and ("lang" in said or "data-words" in said)

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.inside.pop() is not None and self.tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        outside = ""
        for letter in data:
            self.depth += (letter == BEGIN) - (letter == END)
            outside += letter if not self.depth and letter != END else " " if letter in (BEGIN, END) else ""
        if not DATA.intersection(self.inside) and self._has_bare(outside):
            self.bare.append(" ".join(outside.split()))

    def _has_bare(self, text: str) -> bool:
        while text != (text := re.sub(f"{BEGIN}[^{BEGIN}{END}]*{END}", " ", text)):
            pass
        return bool(re.search(r"[^\W\d_]{2,}", self.data.sub(" ", text)))


@dataclass(frozen=True)
class House:
    site: Flask
    office: Field
    client: FlaskClient
    data: re.Pattern[str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("languages")
    (home / "queues.yaml").write_text(QUEUES)
    config = load_config({"TONVAL_HOME": str(home), "TONVAL_QUEUES": str(home / "queues.yaml")})
    unit, clock = open_unit(config.database_url), Clock()
    app.migrate(unit)
    office = open_house(unit, clock)
    admin = people.add_user(office, "admin", PASSWORD, role="admin", email="admin@example.com")
    for number, keys in enumerate((["2", "5"], ["1"], [], ["5", "5"])):
        rate_call(office, "anna", keys, f"call-{number}")
    rate_message(office, clock, "anna", "4 ord om anna", "sms-1")
    rate_message(office, clock, "bo", "vet inte", "sms-2", phone="+46701740607")
    site = app.create_app(config, office)
    site.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    site.extensions["babel"].instance.domain_instance = MarkedDomain()
    client = site.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sign_ins.begin(office, admin, "Tests").token
    yield House(site, office, client, _data(office))
    unit.engine.dispose()


def _data(office: Field) -> re.Pattern[str]:
    """What the centre and its customers wrote themselves, the longest first."""
    centre = office.centre
    texts = {centre.brand, *centre.queues, *centre.forms, CUSTOMER, "admin", "4 ord om anna", "vet inte"}
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
    return re.compile("|".join([*patterns, *machine, NAMES]))


def _pages(house: House) -> Iterator[tuple[str, str]]:
    """Every page that can be reached by links or has no part to fill in: its address and its text."""
    rules = [rule for rule in house.site.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    waiting = [str(rule) for rule in rules if _is_ours(rule.endpoint)]
    seen, of_route = set(waiting), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        endpoint = _endpoint(house.site, address)
        of_route[endpoint] += 1
        if not _is_ours(endpoint) or of_route[endpoint] > OF_ONE_ROUTE:
            continue
        answer = house.client.get(address)
        assert answer.status_code < 500, address
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        yield address, answer.text
        page = _read(house, answer.text)
        fresh = [
            link.partition("#")[0]
            for link in page.links
            if link.startswith("/") and "lang=" not in link and link not in seen
        ]
        seen.update(fresh)
        waiting += fresh


def _endpoint(site: Flask, address: str, method: str = "GET") -> str:
    with site.test_request_context(address, method=method) as context:
        return context.request.endpoint or ""


def _is_ours(endpoint: str) -> bool:
    return DOORS.get(endpoint) not in (None, Open.KEY, Open.SIGNATURE) and endpoint.partition(".")[0] not in NOT_OURS


def _read(house: House, text: str) -> Page:
    page = Page(house.data)
    page.feed(text)
    return page


def test_no_word_of_a_page_escapes_translation(house: House) -> None:
    escaped: dict[str, str] = {}
    pages = 0
    for address, text in _pages(house):
        pages += 1
        for bare in _read(house, text).bare:
            escaped.setdefault(bare, address)
    assert pages > 60
    assert not escaped, "\n".join(f"{address}: {bare}" for bare, address in escaped.items())


def test_no_fault_of_a_form_escapes_translation(house: House) -> None:
    """Every form is sent with nonsense once; what the next page says is looked at."""
    escaped: dict[str, str] = {}
    sent = set[str]()
    for address, text in list(_pages(house)):
        for action, fields in _read(house, text).forms:
            path = (action or address).partition("?")[0]
            endpoint = _endpoint(house.site, path, "POST")
            if endpoint in sent or not _is_ours(endpoint) or endpoint in LAST:
                continue
            sent.add(endpoint)
            answer = house.client.post(action or address, data=fields, follow_redirects=True)
            assert answer.status_code < 500 and answer.request.path != "/login", path
            if answer.mimetype == "text/html":
                escaped.update(dict.fromkeys(_read(house, answer.text).bare, path))
    assert len(sent) > 20
    assert not escaped, "\n".join(f"{path}: {bare}" for bare, path in escaped.items())


def test_a_word_outside_the_catalogs_is_found(house: House) -> None:
    said: Any = _read(house, f'<p title="{BEGIN}a title{END}">{BEGIN}A <b>word</b>{END} anna, but this escapes</p>')
    assert said.bare == [", but this escapes"] or said.bare == ["anna, but this escapes"]
