"""One survey as YAML, and back: nothing is lost, and the same survey is always the same text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.routing import read_centre
from tonval.surveys import page_reader, reader
from tonval.surveys.document import BrokenDocument, read_document
from tonval.surveys.page_words import OWN
from tonval.surveys.phrases import PHRASES, SCALE_PHRASES, SMS_PHRASES
from tonval.surveys.questionnaire import Form
from tonval.surveys.reader import read_forms
from tonval.surveys.writer import LINE, ORDER, read_survey, write_survey

CENTRE = Path(__file__).parents[2].joinpath("queues.yaml").read_text(encoding="utf-8")

GIVEN: dict[str, Any] = {
    "zeal": 3,
    "page": {"open_for": "14d", "layout": "one"},
    "thanks": {"detractor": {"sv": "Tråkigt.", "en": "Sorry."}, "promoter": {"sv": "Kul!", "en": "Nice!"}},
    "off": False,
    "questions": [
        {"text": {"no": "Hvor bra?", "sv": "Hur bra?"}, "when": 'why mentions "x: y" or tier is gold', "id": "12:30"},
        {
            "scale": "choice",
            "options": [{"text": {"sv": "Priset, förstås", "en": "It's the price"}, "id": "off"}, {"id": "other"}],
            "text": {"sv": "Varför?\n  Skriv gärna.\n", "en": "Why? " + "Please tell us all of it. " * 3 + "Thanks"},
            "id": "why",
        },
    ],
    "mail": {"subject": {"sv": "Hej "}, "text": "Bye.  \n\nX\n\n"},
    "languages": ["no", "sv"],
    "title": "1e3",
}

WRITTEN = """\
surveys:
  helpdesk:
    title: '1e3'
    languages: ['no', sv]
    'off': false
    questions:
      - id: '12:30'
        when: 'why mentions "x: y" or tier is gold'
        text: {'no': 'Hvor bra?', sv: 'Hur bra?'}
      - id: why
        scale: choice
        text:
          sv: |
            Varför?
              Skriv gärna.
          en: Why? Please tell us all of it. Please tell us all of it. Please tell us all of it. Thanks
        options:
          - id: 'off'
            text: {sv: 'Priset, förstås', en: It's the price}
          - id: other
    thanks:
      promoter: {sv: Kul!, en: Nice!}
      detractor: {sv: Tråkigt., en: Sorry.}
    page:
      layout: one
      open_for: 14d
    mail:
      subject: {sv: 'Hej '}
      text: "Bye.  \\n\\nX\\n\\n"
    zeal: 3
"""


def test_a_survey_is_written_in_its_one_order_and_style() -> None:
    assert write_survey("helpdesk", GIVEN) == WRITTEN
    assert read_survey(WRITTEN) == ("helpdesk", GIVEN)


TEXTS_TO_QUOTE = [
    "yes", "No", "ON", "off", "true", "y", "N", "null", "~", "", "12:30", "1:2:3", "1e3", "1.5", ".5", ".5e3", "0x1f",
    "017", "0o17", "1_000", "+46701740605", "-1", "2026-11-22", ".inf", ".nan", "=", "<<", "- a", "a: b", "a #b",
    "#ff0000", "*", "&a",
    "!a", "%a", "@a", "`a", "{a}", "[a]", "? a", "| a", "> a", "'a'", '"a"', " a", "a ", "---", "...",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS_TO_QUOTE)
def test_a_text_that_yaml_reads_as_something_else_is_quoted(text: str) -> None:
    line = write_survey("s", {"title": text}).splitlines()[-1]
    assert line.removeprefix("    title: ")[0] in "'\""
    assert yaml.safe_load(line.strip()) == {"title": text}


@pytest.mark.parametrize(
    "text", ["a", "It's me", "Café – 10–20 €", "recommend <= 6", "a,b", "14d", "e3", "yesterday", "ن"]
)
def test_a_text_that_needs_no_quotes_has_none(text: str) -> None:
    assert write_survey("s", {"title": text}).endswith(f"    title: {text}\n")


@pytest.mark.parametrize(
    "text", ["a\nb", "a\nb\n", "\na\n\n\nb", "  a\nb", "a\n  b\n c", "å 👍\n# b: c", "a\n---\nb\n"]
)
def test_a_text_of_several_lines_is_a_block(text: str) -> None:
    written = write_survey("s", {"title": text, "off": False})
    assert "    title: |" in written and '"' not in written
    assert read_survey(written)[1]["title"] == text


@pytest.mark.parametrize(
    "text", ["a \nb", "a\nb ", "a\n\n", "\n\n", "a\r\nb", "a\x85b", "a\u2028b\nc", "a\tb", "\x07", "a\n\tb"]
)
def test_what_an_editor_would_change_unseen_is_escaped(text: str) -> None:
    written = write_survey("s", {"title": text})
    assert len(written.split("\n")) == 4
    assert read_survey(written)[1]["title"] == text


@pytest.mark.parametrize("wide", [True, False])
def test_languages_stand_on_one_line_as_long_as_it_fits(wide: bool) -> None:
    begun = "        text: {sv: a, en: }"
    texts = {"sv": "a", "en": "b" * (LINE - len(begun) + wide)}
    written = write_survey("s", {"questions": [{"id": "q", "text": texts}]})
    assert ("text: {" in written) is not wide
    assert wide or max(map(len, written.splitlines())) == LINE


def test_a_long_text_is_not_folded() -> None:
    text = "word, " * 100 + "end"
    assert write_survey("s", {"title": text}).splitlines()[2:] == [f"    title: {text}"]


def test_what_stands_twice_in_the_data_is_written_twice() -> None:
    same = {"sv": "a\nb"}
    written = write_survey("s", {"questions": [{"text": same, "hint": same}]})
    assert "&" not in written and written.count("a\n") == 2


def test_every_key_the_readers_know_has_its_place() -> None:
    known = {
        (): reader.SURVEY_KEYS,
        ("questions",): reader.QUESTION_KEYS,
        ("questions", "options"): reader.OPTION_KEYS,
        ("reactions",): reader.REACTION_KEYS,
        ("prompts",): (*PHRASES, *SCALE_PHRASES, *SMS_PHRASES),
        ("page",): page_reader.PAGE_KEYS,
        ("page", "colours"): page_reader.COLOURS,
        **{
            (part,): [slot.partition(".")[2] for slot in OWN if slot.startswith(f"{part}.")]
            for part in ("mail", "remind")
        },
    }
    assert {place: sorted(keys) for place, keys in known.items()} == {
        place: sorted(keys) for place, keys in ORDER.items() if place != ("thanks",)
    }


REFUSED = [
    ("surveys: [", 1, "expected the node content"),
    ("- a", 1, "must be a mapping"),
    ("brand: x\nsurveys:\n  a: {}\n", 1, "nothing is called “brand” here; known: surveys"),
    ("{}", 1, "there is no survey here"),
    ("# nothing\nsurveys: {}\n", 2, "there is no survey here"),
    ("surveys: [a]\n", 1, "must be a mapping of names to values"),
    ("surveys:\n  a: 3\n", 2, "surveys.a: must be a mapping"),
    ("surveys:\n  a: {}\n  b: {}\n", 3, "surveys.b: only one survey can be taken in at a time"),
    ("surveys:\n  a: {}\n  a: {}\n", 3, "“a” stands here twice"),
    ("surveys:\n  a:\n    title: !!int x\n", 3, "cannot be read"),
    ("surveys:\n  a:\n    off: true\n    off: false\n", 4, "“off” stands here twice"),
]


@pytest.mark.parametrize(("text", "line", "sentence"), REFUSED, ids=[sentence for *_, sentence in REFUSED])
def test_what_is_not_exactly_one_survey_is_refused_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(BrokenDocument) as broken:
        read_survey(text, "mine.yaml")
    (fault,) = broken.value.faults
    assert fault.line == line and sentence in fault.sentence
    assert str(broken.value).startswith(f"mine.yaml:{line}: ")


LETTERS = st.text("ab 'é👍\n\t:#-{}[],\"\\\x85\u2028\r\x00\ufeff|>", max_size=12)
TEXTS = st.one_of(LETTERS, st.text(max_size=8), st.sampled_from(TEXTS_TO_QUOTE))
SCALARS = st.one_of(
    TEXTS, st.booleans(), st.none(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False), st.dates()
)
KEYS = st.one_of(TEXTS, st.sampled_from(["sv", "en", "no", "pt-BR", *(key for keys in ORDER.values() for key in keys)]))


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4))


ANYTHING = _deeper(_deeper(_deeper(_deeper(SCALARS) | SCALARS) | SCALARS) | SCALARS) | SCALARS


@given(KEYS, st.dictionaries(KEYS, ANYTHING, max_size=4))
def test_any_data_comes_back_and_is_written_the_same_again(name: str, data: dict[str, Any]) -> None:
    text = write_survey(name, data)
    assert read_survey(text) == (name, data)
    assert write_survey(*read_survey(text)) == text


@given(st.one_of(st.text(), st.text().map(lambda text: f"surveys:\n  a: {text}")))
def test_any_text_is_taken_in_or_refused_with_a_line(text: str) -> None:
    try:
        name, data = read_survey(text)
    except BrokenDocument as broken:
        assert all(fault.line >= 1 for fault in broken.faults)  # noqa: PT017
    else:
        assert read_survey(write_survey(name, data)) == (name, data)


# As forms


WORDING = st.dictionaries(
    st.sampled_from(["sv", "en", "no"]), st.one_of(LETTERS, TEXTS).filter(str.strip), min_size=1, max_size=3
)
WHEN = st.sampled_from(["q0 is answered", 'not (q0 <= 3) or tier is "y"', "tier is gold"])
OPTION = st.fixed_dictionaries({"id": st.sampled_from(["on", "off", "12", "y"]), "text": WORDING})
QUESTION = st.fixed_dictionaries(
    {"scale": st.sampled_from(["nki", "nps", "text", "choice", "labelled"]), "text": WORDING},
    optional={
        "type_ahead": st.booleans(),
        "required": st.booleans(),
        "when": WHEN,
        "low": WORDING,
        "hint": WORDING,
        "options": st.lists(OPTION, max_size=3),
    },
)
SURVEYS = st.fixed_dictionaries(
    {"questions": st.lists(QUESTION, min_size=1, max_size=3)},
    optional={
        "off": st.booleans(),
        "title": WORDING,
        "languages": st.lists(st.sampled_from(["sv", "en", "no"]), min_size=1, max_size=3, unique=True),
        "thanks": st.dictionaries(st.sampled_from(["promoter", "passive", "detractor"]), WORDING, max_size=2),
        "prompts": st.dictionaries(st.sampled_from(sorted(PHRASES)), WORDING, max_size=3),
        "reactions": st.lists(st.fixed_dictionaries({"when": WHEN, "say": WORDING}), max_size=2),
        "page": st.fixed_dictionaries({}, optional={"open_for": st.just("7d"), "colours": st.just({"ink": "#000000"})}),
        "mail": st.dictionaries(st.sampled_from(["subject", "text"]), WORDING),
    },
)


def _forms(text: str) -> tuple[dict[str, Form], list[str]]:
    """The forms, and what the reader says of them without its lines."""
    root = read_document(text)
    return read_forms(root, (), "Nordlys"), sorted(fault.sentence for fault in root.faults)


@given(SURVEYS)
def test_the_reader_makes_the_same_form_of_what_is_written(data: dict[str, Any]) -> None:
    for place, question in enumerate(data["questions"]):
        question["id"] = f"q{place}"
    plain = yaml.safe_dump({"surveys": {"s": data}}, sort_keys=False)
    assert _forms(write_survey("s", data)) == _forms(plain)


@pytest.mark.parametrize("name", list(read_document(CENTRE).data["surveys"]))
def test_the_surveys_of_the_file_come_back_when_pasted_into_it(name: str) -> None:
    written = write_survey(name, read_document(CENTRE).data["surveys"][name])
    others = {other: data for other, data in yaml.safe_load(CENTRE)["surveys"].items() if other != name}
    rest = yaml.safe_dump({"surveys": others}, allow_unicode=True).removeprefix("surveys:\n")
    head = CENTRE.partition("surveys:\n")[0]
    assert read_centre(head + written + rest).forms == read_centre(CENTRE).forms
    assert _forms(written)[0][name].questions[0].id


def test_a_date_stays_one() -> None:
    assert read_survey(write_survey("s", {"from": date(2026, 11, 22)})) == ("s", {"from": date(2026, 11, 22)})
