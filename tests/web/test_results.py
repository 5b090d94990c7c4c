"""What came of a survey: its page and the API tell the same, each reader sees her own part, versions are told apart."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.invariants import faults_of
from tests.web.house import Clock, open_house, rate_call
from tests.web.test_openapi import _fits
from tonval.fieldwork.field import Field
from tonval.fieldwork.ledger import Opening, advance, load, open_interview
from tonval.fieldwork.links import make_links
from tonval.fieldwork.respondents import Agent
from tonval.stats.rebuild import check
from tonval.store.unit import open_unit
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import Choice, Entry, Go
from tonval.web.desk.shown import signed

QUEUES = """
country: SE
numbers: {"+46701740605": {}}
queues:
  care: {survey: care, channel: link, from: "+46701740605"}
  support: {survey: care, channel: keypad}
units: {se/sthlm: {name: Stockholm}, fi: {name: Finland}}
surveys:
  care:
    languages: [sv, en]
    title: {sv: Omsorg, en: Care}
    page: {layout: all}
    questions:
      - {id: helped, scale: nki, text: {sv: "Fick du hjälp?", en: "Were you <helped>?"}, low: {sv: Nej, en: Not at all}}
      - {id: recommend, scale: nps, text: {sv: "Rekommenderar du oss?", en: "Would you recommend us?"}}
      - {id: effort, scale: ces, text: {sv: "Var det lätt?", en: "Was it easy?"}}
      - {id: again, scale: yes_no, text: {sv: "Igen?", en: "Again?"}}
      - {id: about, scale: choices, text: {sv: "Vad gällde det?", en: "What was it about?"},
         options: [{id: price, text: {sv: Priset, en: The price}}, {id: wait, text: {sv: Väntan, en: The wait}}]}
      - {id: how, scale: choice, text: {sv: "Hur?", en: "How?"},
         options: [{id: phone, text: {sv: Telefon, en: Telephone}}, {id: chat, text: {sv: Chatt, en: Chat}}]}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}}
"""
SignedIn = Callable[[str], FlaskClient]
PATH = "/api/v1/stats/surveys/care"


@pytest.fixture
def office(peopled: Path, tmp_path: Path, clock: Clock) -> Iterator[Field]:
    shutil.copy(peopled, tmp_path / "tonval.db")
    unit = open_unit(f"sqlite:///{tmp_path / 'tonval.db'}")
    yield open_house(unit, clock, QUEUES)
    faults = faults_of(unit)
    unit.engine.dispose()
    assert faults == []


def answer(
    office: Field, pages: list[dict[str, Any]], *, agent: str = "anna", unit: str = "se/sthlm", language: str = "en"
) -> str:
    """A customer sends her page in, each time with these fields; the last time she finishes."""
    form = office.centre.forms["care"]
    who = Agent(agent, agent.title(), unit)
    with office.unit.begin() as tx:
        interview, _ = open_interview(tx, office, Opening(form, Channel.LINK, "care", who, language, None, None, None))
        make_links(tx, office, interview, form.page.open_for)
    for number, page in enumerate(pages, 1):
        entries = [Entry(name, text=value) if name == "why" else Entry(name, value) for name, value in page.items()]
        go = Go.NEXT if number == len(pages) else Go.KEEP
        with office.unit.begin() as tx:
            advance(tx, office, load(tx, interview), Choice("helped", tuple(entries), go))
    return interview


GOOD = {"helped": (5,), "recommend": (10,), "effort": (6,), "again": (1,), "about": (1, 2), "how": (1,)}


def plenty(office: Field) -> None:
    for number in range(12):
        more = {"helped": (1 + number % 5,), "recommend": (number % 11,), "about": (1,) if number % 3 else (1, 2)}
        answer(office, [GOOD | more])
    answer(office, [])


def _section(page: str, words: str) -> str:
    found = re.search(rf"<h2 [^>]*>{re.escape(html.escape(words))}</h2>.*?</section>", page, re.S)
    assert found is not None
    return found[0]


def test_page_and_api_show_the_same_numbers(signed_in: SignedIn, api: FlaskClient, office: Field) -> None:
    plenty(office)
    found = api.get(PATH).get_json()
    page = signed_in("admin").get("/desk/surveys/care/answers", headers={"Accept-Language": "en"}).text
    assert (found["asked"], found["started"], found["completed"]) == (13, 12, 12)
    assert re.findall(r'<span class="score">([^<]*)</span><small>(?:customers|[\d.]+ % of those)', page) == [
        "13",
        "12",
        "12",
    ]
    printed = {"nki": "{:.1f}", "mean": "{:.1f}", "nps": "", "csat": "{:.1f} %", "easy": "{:.1f} %", "yes": "{:.1f} %"}
    assert [asked["question"] for asked in found["questions"]] == [*GOOD, "why"]
    for asked in found["questions"]:
        section = _section(page, asked["text"]["en"])
        for score in asked["scores"]:
            text = (
                signed(score["value"], 1)
                if score["method"] == "nps"
                else printed[score["method"]].format(score["value"])
            )
            assert text in section
        rows = re.findall(r'<td class="right">([\d,]+)</td><td class="right">([\d.]+) %', section)
        assert rows == [(str(part["n"]), f"{part['share']:.1f}") for part in asked["distribution"]]


def test_several_options_are_shares_of_those_who_answered(api: FlaskClient, office: Field) -> None:
    plenty(office)
    (about,) = [asked for asked in api.get(PATH).get_json()["questions"] if asked["question"] == "about"]
    assert [(part["option"], part["n"], part["share"]) for part in about["distribution"]] == [
        ("price", 12, 100.0),
        ("wait", 4, 33.3),
    ]
    assert (about["n"], about["distribution"][0]["label"]["sv"]) == (12, "Priset")


def test_a_corrected_answer_is_told_as_it_stands(api: FlaskClient, office: Field, clock: Clock) -> None:
    answer(office, [GOOD, {"helped": (2,), "about": (2,), "again": ()}, {"why": "Slow"}, {"why": "Slow, but kind"}])
    (row,) = api.get("/api/v1/responses").get_json()["rows"]
    _fits("/api/v1/responses", "get", 200, api.get("/api/v1/responses").get_json())
    answers = {had["question"]: had for had in row["answers"]}
    assert "again" not in answers
    assert answers["helped"] == {"question": "helped", "scale": "nki", "value": 2}
    assert answers["about"] == {
        "question": "about", "scale": "choices", "value": None, "options": [{"option": "wait", "label": "The wait"}],
    }  # fmt: skip
    assert answers["how"]["options"] == [{"option": "phone", "label": "Telephone"}]
    assert (row["version"], row["call_back"]) == (1, None)
    assert [left["text"] for left in row["comments"]] == ["Slow, but kind"]
    helped = api.get(PATH).get_json()["questions"][0]
    assert [(part["value"], part["n"]) for part in helped["distribution"] if part["n"]] == [(2, 1)]
    assert check(office.unit) == []


def test_what_the_api_says_of_a_survey_fits_its_description(api: FlaskClient, office: Field) -> None:
    plenty(office)
    _fits("/api/v1/stats/surveys/{survey}", "get", 200, api.get(PATH).get_json())
    for path, status in (("/api/v1/stats/surveys/nothing", 404), (f"{PATH}?from=x", 400)):
        answered = api.get(path)
        assert answered.status_code == status
        _fits("/api/v1/stats/surveys/{survey}", "get", status, answered.get_json(force=True))


@pytest.mark.parametrize(("reader", "n"), [("admin", 3), ("sam", 2), ("anna", 1)])
def test_each_reader_sees_her_own_part(signed_in: SignedIn, office: Field, reader: str, n: int) -> None:
    for agent, unit in (("anna", "se/sthlm"), ("bo", "se/sthlm"), ("cia", "fi")):
        answer(office, [GOOD | {"why": f"said to {agent}"}], agent=agent, unit=unit)
    page = signed_in(reader).get("/desk/surveys/care/answers").text
    assert f"too few answers ({n} of 10)" in page
    assert page.count("said to") == n * (page.count("said to") // n)
    assert ("said to cia" in page) is (reader == "admin")
    listed = signed_in(reader).get("/desk/answers").text
    assert re.search(rf'data-label="Asked">{n}<', listed)


def test_a_survey_that_nobody_knows_is_not_there(signed_in: SignedIn, office: Field) -> None:
    assert signed_in("admin").get("/desk/surveys/nothing/answers").status_code == 404
    assert signed_in("admin").get("/desk/surveys/%00/answers").status_code == 404
    assert office.centre.forms


def test_the_readers_language_is_used_and_no_words_are_markup(signed_in: SignedIn, office: Field) -> None:
    answer(office, [GOOD | {"why": "<script>x</script>"}])
    client = signed_in("admin")
    swedish = client.get("/desk/surveys/care/answers", headers={"Accept-Language": "sv-SE,sv;q=0.9"}).text
    assert "Fick du hjälp?" in swedish
    english = client.get("/desk/surveys/care/answers", headers={"Accept-Language": "en"}).text
    assert "Were you &lt;helped&gt;?" in english
    assert "<script>x" not in english


def test_the_filter_by_language_keeps_to_it(signed_in: SignedIn, api: FlaskClient, office: Field) -> None:
    answer(office, [GOOD | {"why": "in Swedish"}], language="sv")
    answer(office, [GOOD | {"why": "in English"}])
    assert api.get(f"{PATH}?language=sv").get_json()["asked"] == 1
    page = signed_in("admin").get("/desk/surveys/care/answers?language=sv").text
    assert "in Swedish" in page
    assert "in English" not in page
    assert '<option value="sv" selected>Svenska</option>' in page


def test_answers_to_other_words_are_counted_together_and_it_is_said(
    signed_in: SignedIn, api: FlaskClient, office: Field, clock: Clock
) -> None:
    answer(office, [GOOD])
    changed = QUEUES.replace("Was it easy?", "How easy was it?").replace("scale: yes_no", "scale: nki")
    later = open_house(
        office.unit, clock, changed.replace("      - {id: recommend, scale: nps", "      - {id: advise, scale: nps")
    )
    found = {(asked["question"], asked["scale"]): asked for asked in api.get(PATH).get_json()["questions"]}
    assert found["effort", "ces"]["versions"] == [1, 2]
    assert (found["effort", "ces"]["reworded"], found["effort", "ces"]["n"]) == ([2], 1)
    assert (found["again", "nki"]["n"], found["again", "yes_no"]["n"]) == (0, 1)
    assert (found["again", "nki"]["current"], found["again", "yes_no"]["current"]) == (True, False)
    assert (found["recommend", "nps"]["current"], found["advise", "nps"]["n"]) == (False, 0)
    page = signed_in("admin").get("/desk/surveys/care/answers", headers={"Accept-Language": "en"}).text
    assert "counted together with answers to other words: changed in version 2" in _section(page, "How easy was it?")
    assert page.count("asked until version 1") == 2
    assert later.centre.forms["care"].version == 2


def test_who_was_asked_is_told_by_channel(signed_in: SignedIn, office: Field) -> None:
    plenty(office)
    answer(office, [{"helped": (5,)}], agent="cia", unit="fi")
    rate_call(office, "anna", [], "call-1")
    for reader, told in (
        ("admin", ["Calls 1 0 0", "SMS links 14 13 13"]),
        ("sam", ["Calls 1 0 0", "SMS links 13 12 12"]),
    ):
        page = signed_in(reader).get("/desk/asked").text
        rows = re.search(r'aria-label="Who was asked by channel">.*?</table>', page, re.S)
        cells = re.findall(r"<tr><td>(.*?)</td></tr>", rows[0]) if rows else []
        assert [re.sub(r"(</?td[^>]*>)+", " ", cell) for cell in cells] == told
