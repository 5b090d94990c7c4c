"""The catalogs of the pages' words: whole, fresh, and with the same places to fill; numbers and times by language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from scripts.catalogs import extracted
from tonval.surveys.sentences import Sentence, chain, counted, sentence
from tonval.translations import catalogs
from tonval.translations.catalogs import ENGLISH, LANGUAGES
from tonval.web import assets, language, numerals, script_words
from tonval.web.desk import moments
from tonval.web.language import told

TRANSLATED = [each for each in LANGUAGES if each != ENGLISH]
PLACE = re.compile(r"%\(\w+\)s|%%")
TAG = re.compile(r"</?\w+[^>]*>")


@pytest.fixture
def site() -> Iterator[Flask]:
    site = Flask("site")
    language.register(site)
    with site.test_request_context("/"):
        yield site


@pytest.fixture(scope="module")
def words() -> set[object]:
    """Every English word that is marked for translation."""
    return {each.id for each in extracted() if each.id}


@cache
def _catalog(wanted: str) -> Catalog:
    with catalogs.path_of(wanted).open("rb") as written:
        return read_po(written, locale=wanted)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each translation beside the English it stands for."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
    else:
        for place, text in enumerate(message.string):
            yield message.id[min(place, 1)], text


@pytest.mark.parametrize("wanted", TRANSLATED)
def test_every_word_of_the_pages_is_translated(wanted: str, words: set[object]) -> None:
    known = {each.id for each in _catalog(wanted) if each.id and all(text for _, text in _pairs(each))}
    assert words - known == set()


@pytest.mark.parametrize("wanted", TRANSLATED)
def test_a_catalog_has_nothing_fuzzy_and_nothing_of_old(wanted: str) -> None:
    catalog = _catalog(wanted)
    assert not catalog.obsolete
    assert [each.id for each in catalog if each.fuzzy and each.id] == []


@pytest.mark.parametrize("wanted", TRANSLATED)
def test_a_translation_has_the_same_places_to_fill_and_the_same_tags(wanted: str) -> None:
    pairs = [pair for each in _catalog(wanted) if each.id for pair in _pairs(each) if pair[1]]
    for english, text in pairs:
        if english.count("%(") == text.count("%("):  # the form for one may leave the number out
            assert Counter(PLACE.findall(english)) == Counter(PLACE.findall(text)), english
        assert set(PLACE.findall(text)) <= set(PLACE.findall(english)) | {"%(n)s", "%(num)s"}, english
        assert Counter(TAG.findall(english)) == Counter(TAG.findall(text)), english
        assert '"' not in text or '"' in english, english  # it may stand in an attribute


@pytest.mark.parametrize(("wanted", "foreign"), [("sv", "“„«»"), ("es", "“”„"), ("et", "”«»")])
def test_a_translation_has_the_quotation_marks_of_its_language_and_ends_as_the_english_does(
    wanted: str, foreign: str
) -> None:
    for english, text in [pair for each in _catalog(wanted) if each.id for pair in _pairs(each) if pair[1]]:
        assert not set(foreign) & set(text), text
        for edge in (0, -1):
            assert english[edge].isspace() is text[edge].isspace(), text


@pytest.mark.parametrize("wanted", TRANSLATED)
def test_a_catalog_has_a_form_for_each_kind_of_number(wanted: str) -> None:
    catalog = _catalog(wanted)
    forms = {len(each.string) for each in catalog if each.id and not isinstance(each.id, str)}
    assert forms == {catalog.num_plurals}


@pytest.mark.parametrize(
    ("wanted", "whole", "thousand", "broken", "minus"),
    [
        ("en", "12,345", "1,234", "0.5", "−3.0"),
        ("sv", "12\u00a0345", "1\u00a0234", "0,5", "−3,0"),
        ("es", "12.345", "1234", "0,5", "−3,0"),
        ("et", "12\u00a0345", "1234", "0,5", "−3,0"),
    ],
)
def test_numbers_are_written_by_language(
    site: Flask, wanted: str, whole: str, thousand: str, broken: str, minus: str
) -> None:
    with force_locale(wanted):
        assert (numerals.number(12345), numerals.number(1234)) == (whole, thousand)
        assert (numerals.decimal(0.5), numerals.signed(-3, 1)) == (broken, minus)


@pytest.mark.parametrize(
    ("wanted", "brief", "day"),
    [
        ("en", "5 Jan, 14:05", "5 Jan 2026"),
        ("sv", "5 jan. 14:05", "5 jan. 2026"),
        ("es", "5 ene, 14:05", "5 ene 2026"),
        ("et", "5. jaan 14:05", "5. jaan 2026"),
    ],
)
def test_times_are_written_by_language(site: Flask, wanted: str, brief: str, day: str) -> None:
    with force_locale(wanted):
        assert moments.brief(datetime(2026, 1, 5, 14, 5, tzinfo=UTC)) == brief
        assert moments.on_day(date(2026, 1, 5)) == day
        assert moments.lasting(timedelta(seconds=65)) == "1 min 5 s"


def test_a_sentence_is_plain_english_to_all_but_the_pages() -> None:
    told_of = counted("%(n)s row", "%(n)s rows", 3)
    assert told_of == "3 rows"
    assert str(ValueError(told_of)) is told_of
    assert isinstance(str(told_of), Sentence)
    assert sentence("100 % of it") == "100 % of it"


def test_what_fills_a_sentence_is_told_too(site: Flask) -> None:
    with force_locale("sv"):
        assert told(sentence("%(n)s %%", n=sentence("no answer"))) == "inget svar %"
        assert told(chain(sentence("today"), sentence("yesterday"), between=", ")) == "i dag, i går"
        assert told("today") == "today"  # a customer's own word


PUT_TOGETHER = {
    "“Sluttid” is no time of day.": "“Sluttid” är inget klockslag.",
    "Still on its way: The mailbox is full.": "Fortfarande på väg: Brevlådan är full.",
    "Rows 2 to 9 were taken, and none after them. The file is gone.": (
        "Raderna 2 till 9 togs emot, men inga efter dem. Filen är borta."
    ),
    "It could not be sent: the mail server refused: 550 no such user": (
        "Det gick inte att skicka: e-postservern nekade: 550 no such user"
    ),
}
"""What was written down of several sentences."""


def test_a_sentence_that_was_kept_is_recognised(site: Flask) -> None:
    with force_locale("sv"):
        assert language.known("there is no number in the message") == told(
            sentence("there is no number in the message")
        )
    found = catalogs.recognised("“8x” is not one of a, b")
    assert isinstance(found, Sentence) and found == "“8x” is not one of a, b"
    coded = catalogs.recognised("The number is not in use. (Twilio 30005)")
    assert isinstance(coded, Sentence) and coded == "The number is not in use. (Twilio 30005)"
    assert coded.fills["part0"] == sentence("The number is not in use.") and coded.fills["part1"] == " (Twilio 30005)"
    for put_together, swedish in PUT_TOGETHER.items():
        with force_locale("sv"):
            assert language.known(put_together) == swedish
    assert not isinstance(catalogs.recognised("hers of his"), Sentence)
    assert catalogs.recognised("nobody ever wrote this down") == "nobody ever wrote this down"


@pytest.mark.parametrize(
    ("asked", "accepted", "wanted"),
    [
        ("/", "sv-SE,sv;q=0.9", "sv"),
        ("/", "fr", "en"),
        ("/?lang=et", "sv", "et"),
        ("/?lang=xx", "es", "es"),
        ("/api/v1/x", "sv", "en"),
    ],
)
def test_the_language_is_as_asked_for(asked: str, accepted: str, wanted: str) -> None:
    site = Flask("site")
    language.register(site)
    with site.test_request_context(asked, headers={"Accept-Language": accepted}):
        assert language.language() == wanted


def test_a_colleagues_own_choice_goes_before_her_browsers() -> None:
    site = Flask("site")
    language.register(site)
    with site.test_request_context("/", headers={"Accept-Language": "sv"}):
        language.read_in("es")
        assert language.language() == "es"


def test_a_page_has_every_word_of_its_scripts() -> None:
    scripts = "".join(path.read_text() for path in assets.ROOT.glob("*.js"))
    said = set(re.findall(r"\bword\('([^']*)'", scripts))
    assert said == {each.template for each in script_words.WORDS}


HOUSE: dict[str, tuple[str, str, str]] = {
    "queues?": ("kö", "cola", "järjekor"),
    "surveys?": ("enkät", "encuesta", "küsitlus"),
    "questions?": ("fråg", "pregunta", "küsi"),
    "agents?": ("agent", "agente", "klienditeenindaja"),
    "supervisors?": ("gruppledar", "supervisor", "vahetuse juh"),
    "scores?": ("betyg", "puntuaci", "hin"),
    "comments?": ("komment", "comentari", "komment"),
    "recordings?": ("inspelning|spela", "graba", "salvest"),
    "drafts?": ("utkast", "borrador", "mustand"),
    "alerts?": ("larm", "alerta", "häire"),
    "blocklist": ("spärrlist", "lista de bloqueo", "blokeerimisloend"),
    "opt-outs?|opted out": ("avböj", "baja", "loobu"),
    "waves?": ("omgång", "oleada", "voor"),
    "units?": ("enhet", "unidad", "üksus"),
    "promoters?": ("ambassadör", "promotor", "soovitaja"),
    "detractors?": ("kritiker", "detractor", "kriitik"),
    "audit log": ("händelselogg", "registro de auditoría", "auditilog"),
    "invitations?": ("inbjud", "invit", "kuts"),
    "providers?": ("leverantör", "proveedor", "teenusepakkuja"),
    "e-mail address": ("e-postadress", "correo", "e-posti aadress"),
}
"""The words of the house (docs/translating.md): whichever sentence has the English one has one of these stems."""
NO_WORDS = re.compile(r"%\(\w+\)s|https?://\S+|\b\w+(?:[._]\w+)+|[{<].*?[}>]")
"""Keys and names of files, which stay as they are."""


@pytest.mark.parametrize("wanted", TRANSLATED)
def test_a_word_of_the_house_has_one_translation(wanted: str) -> None:
    place, astray = TRANSLATED.index(wanted), list[tuple[str, str]]()
    pairs = [pair for each in _catalog(wanted) if each.id for pair in _pairs(each) if pair[1]]
    for word, stems in HOUSE.items():
        said = re.compile(rf"(?<![-\w])(?:{word})(?![-\w])", re.IGNORECASE)
        house = re.compile(stems[place], re.IGNORECASE)
        for english, text in pairs:
            if said.search(NO_WORDS.sub(" ", english)) and not (house.search(text) or said.search(text)):
                astray.append((word, text))
    assert astray == []
