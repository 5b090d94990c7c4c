"""The form of the designer and its buttons: whatever a survey holds, it goes through the fields and back unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonval.surveys.conditions import parse
from tonval.surveys.document import read_document
from tonval.surveys.page_reader import COLOURS
from tonval.surveys.phrases import PHRASES
from tonval.surveys.reader import read_forms
from tonval.surveys.scales import KINDS
from tonval.surveys.writer import read_survey, write_survey
from tonval.web.desk.designer import kinds
from tonval.web.desk.designer.differing import differences, merged, noticed, of_units, units_of, wise_choice
from tonval.web.desk.designer.edits import apply, condition_of, path_of
from tonval.web.desk.designer.shapes import joined
from tonval.web.desk.designer.starts import STARTS
from tonval.web.desk.designer.typed import pairs_of, read_form, settled

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=20)
NAMES = st.text("abcdefgh-_0123456789. åé", min_size=1, max_size=8)
WORDS = st.dictionaries(st.sampled_from(["sv", "en", "ar", "sv-SE"]), TEXTS, max_size=3)
OPTIONS = st.lists(st.fixed_dictionaries({}, optional={"id": NAMES, "text": WORDS}), max_size=3)
QUESTION = st.fixed_dictionaries(
    {},
    optional={
        "id": NAMES,
        "scale": st.sampled_from([*KINDS, "odd"]),
        "text": WORDS | TEXTS,
        "hint": WORDS,
        "when": TEXTS,
        "required": st.booleans(),
        "type_ahead": st.booleans(),
        "low": WORDS,
        "options": OPTIONS,
        "odd": TEXTS,
    },
)
ODD = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS | st.lists(TEXTS, max_size=2)
SURVEY = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS | TEXTS,
        "languages": st.lists(st.sampled_from(["sv", "en", "ar"]), max_size=3) | ODD,
        "off": st.booleans(),
        "questions": st.lists(QUESTION, max_size=4) | ODD,
        "reactions": st.lists(st.fixed_dictionaries({}, optional={"when": TEXTS, "say": WORDS}), max_size=3),
        "prompts": st.dictionaries(st.sampled_from([*PHRASES, "odd.slot"]), WORDS | ODD, max_size=3),
        "thanks": st.dictionaries(st.sampled_from(["promoter", "detractor"]), WORDS, max_size=2),
        "link": WORDS | TEXTS,
        "mail": st.dictionaries(st.sampled_from(["subject", "text", "html", "odd"]), WORDS, max_size=3),
        "page": st.fixed_dictionaries(
            {},
            optional={
                "layout": TEXTS,
                "frames": st.lists(TEXTS, max_size=2) | TEXTS,
                "colours": st.dictionaries(st.sampled_from([*COLOURS, "odd"]), TEXTS, max_size=3),
                "variables": st.dictionaries(NAMES, TEXTS, max_size=2),
                "intro": WORDS | TEXTS,
            },
        )
        | ODD,
        "odd": ODD,
    },
)


@settings(max_examples=50, deadline=None)
@given(SURVEY)
def test_what_a_form_shows_is_what_it_posts(data: dict[str, Any]) -> None:
    there = settled(data, "sv")
    assert read_form(pairs_of(there)) == there
    assert settled(there, "sv") == there


@settings(max_examples=50, deadline=None)
@given(SURVEY)
def test_a_browsers_line_breaks_change_nothing(data: dict[str, Any]) -> None:
    there = settled(data, "sv")
    assert read_form([(name, text.replace("\n", "\r\n")) for name, text in pairs_of(there)]) == there


@settings(max_examples=50, deadline=None)
@given(SURVEY)
def test_what_is_typed_survives_its_way_through_the_document(data: dict[str, Any]) -> None:
    there = settled(data, "sv")
    assert settled(read_survey(write_survey("x", there))[1], "sv") == there


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text("questions.0tx~_:sv", max_size=14), TEXTS), max_size=8))
def test_any_fields_at_all_are_read(pairs: list[tuple[str, str]]) -> None:
    there = settled(read_form(pairs), "sv")
    assert read_form(pairs_of(there)) == there
    read_forms(read_document(write_survey("x", there)), ("sv",), "Nordlys")


@settings(max_examples=50, deadline=None)
@given(SURVEY, st.text("addremovupwntis.questionslg0123", max_size=24), st.text(max_size=10))
def test_any_button_leaves_a_document_that_can_be_kept(data: dict[str, Any], do: str, typed: str) -> None:
    there = settled(data, "sv")
    edited = apply(there, do, {"~kind": typed, "~removed": typed, "~language": typed}, ("sv", "en"))
    assert settled(read_survey(write_survey("x", settled(edited.data, "sv")))[1], "sv") == settled(edited.data, "sv")


def test_odd_json_in_the_rest_is_let_go() -> None:
    for rest in ("[1]", "{", '{"a": "\\ud800"}', "[" * 5000, '{"a": [[[[[[[[1]]]]]]]]}'):
        assert read_form([("_", rest), ("title.sv", "Hej")]) == {"title": {"sv": "Hej"}}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_every_start_can_be_used_as_it_is(start: Any) -> None:
    data = start.make()
    assert settled(data, "sv") == data
    root = read_document(write_survey(start.id, data))
    read_forms(root, ("sv", "en"), "Nordlys")
    assert [fault.sentence for fault in root.faults if "at least one question" not in fault.sentence] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_begins_without_faults(kind: str) -> None:
    assert set(kinds.KINDS) == set(KINDS)
    data = {"questions": [kinds.new_question(kind, (), ("sv", "en"))]}
    root = read_document(write_survey("x", data))
    read_forms(root, ("sv", "en"), "Nordlys")
    assert root.faults == []


def _survey() -> dict[str, Any]:
    return STARTS["web"].make()


def _ids(data: dict[str, Any]) -> list[str]:
    return [question["id"] for question in data["questions"]]


@pytest.mark.parametrize(
    ("do", "ids"),
    [
        ("up.questions.1", ["solved", "overall", "why"]),
        ("down.questions.1", ["overall", "why", "solved"]),
        ("up.questions.0", ["overall", "solved", "why"]),
        ("down.questions.2", ["overall", "solved", "why"]),
        ("remove.questions.0", ["solved", "why"]),
        ("twin.questions.0", ["overall", "overall-2", "solved", "why"]),
        ("add.questions", ["overall", "solved", "why", "helped"]),
        ("remove.questions.9", ["overall", "solved", "why"]),
        ("explode.questions.0", ["overall", "solved", "why"]),
    ],
)
def test_a_button_does_what_it_says(do: str, ids: list[str]) -> None:
    assert _ids(apply(_survey(), do, {"~kind": "nki"}, ("sv", "en")).data) == ids


def test_what_was_removed_can_be_put_back_where_it_was() -> None:
    before = _survey()
    gone = apply(before, "remove.questions.1", {}, ("sv", "en"))
    assert gone.removed is not None
    assert apply(gone.data, "restore", {"~removed": gone.removed.written()}, ("sv", "en")).data == before


def test_the_last_option_that_was_removed_can_be_put_back() -> None:
    before = {"questions": [{"id": "a", "scale": "choice", "options": [{"id": "x"}]}]}
    gone = apply(before, "remove.questions.0.options.0", {}, ("sv",))
    assert gone.removed is not None
    assert gone.data == {"questions": [{"id": "a", "scale": "choice"}]}
    assert apply(gone.data, "restore", {"~removed": gone.removed.written()}, ("sv",)).data == before


@pytest.mark.parametrize(
    ("name", "comparison", "value", "text"),
    [
        ("recommend", "<=", "6", "recommend <= 6"),
        ("site", "is", "Madrid Norte", 'site is "Madrid Norte"'),
        ("why", "mentions", 'the "refund"', 'why mentions "the ""refund"""'),
        ("why", "is not answered", "", "why is not answered"),
        ("tier", "is", "gold", "tier is gold"),
    ],
)
def test_the_builder_writes_conditions_that_can_be_read(name: str, comparison: str, value: str, text: str) -> None:
    assert condition_of(name, comparison, value) == text
    parse(text)


def test_the_builder_adds_to_what_stands_there() -> None:
    asked = {"~questions.2.name": "tier", "~questions.2.is": "is", "~questions.2.value": "gold"}
    edited = apply(_survey(), "when.questions.2", asked, ("sv", "en"))
    assert edited.data["questions"][2]["when"] == "(overall <= 6 or solved is no) and tier is gold"
    assert edited.focus == "questions.2.when"


@settings(max_examples=50, deadline=None)
@given(SURVEY)
def test_the_units_of_a_document_are_the_document(data: dict[str, Any]) -> None:
    there = settled(data, "sv")
    assert of_units(units_of(there)) == there
    assert differences(there, there) == []


@settings(max_examples=50, deadline=None)
@given(SURVEY, SURVEY)
def test_all_of_mine_is_mine_and_all_of_theirs_is_theirs(one: dict[str, Any], other: dict[str, Any]) -> None:
    theirs, mine = settled(one, "sv"), settled(other, "sv")
    units = [each.unit for each in differences(theirs, mine)]
    assert merged(theirs, mine, {}) == mine
    assert merged(theirs, mine, dict.fromkeys(units, "theirs")) == theirs


def test_each_keeps_what_only_she_has_changed() -> None:
    base, theirs, mine = _survey(), _survey(), _survey()
    theirs["questions"][1]["text"]["sv"] = "Blev det löst?"
    mine["questions"][0]["text"]["sv"] = "Hur nöjd är du?"
    del mine["reactions"]
    chosen = wise_choice(base, theirs, mine)
    assert chosen == {"questions.solved": "theirs", "questions.overall": "mine", "reactions": "mine"}
    both = merged(theirs, mine, chosen)
    assert [question["text"]["sv"] for question in both["questions"][:2]] == ["Hur nöjd är du?", "Blev det löst?"]
    assert "reactions" not in both


def test_a_question_that_goes_is_no_change_of_the_order() -> None:
    before, after = _survey(), _survey()
    after["questions"].pop(1)
    assert [each.unit for each in noticed(before, after)] == ["questions.solved"]
    after["questions"].reverse()
    assert [each.unit for each in noticed(before, after)] == ["questions", "questions.solved"]


def test_changed_words_are_marked_and_the_others_are_not() -> None:
    (found,) = differences({"link": {"sv": "Hur gick det?"}}, {"link": {"sv": "Hur gick samtalet?"}})
    assert [word.text.strip() for word in found.left if word.changed] == ["det?"]
    assert [word.text.strip() for word in found.right if word.changed] == ["samtalet?"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 99999) | st.text("abc.é-", min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_path_and_its_name_are_the_same(path: list[int | str]) -> None:
    assert path_of(joined(path)) == tuple(path)
