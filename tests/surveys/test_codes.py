"""An option keeps its code through all versions, and no code ever means two options."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tonval.surveys.codes import by_place, with_codes
from tonval.surveys.questionnaire import Form, Option, Question

QUESTIONS = st.sampled_from(["topic", "reason"])
OPTIONS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)
VERSION = st.dictionaries(QUESTIONS, st.tuples(st.sampled_from(["choice", "choices"]), OPTIONS), min_size=1)


def form(questions: dict[str, tuple[str, list[str]]]) -> Form:
    """A survey with these questions, scale and options of each, coded by their places as the reader does."""
    asked = (
        Question(name, scale, {"en": name}, options=tuple(Option(each, {"en": each}) for each in options))
        for name, (scale, options) in questions.items()
    )
    return by_place(Form("care", 0, ("en",), tuple(asked), {}))


def codes(version: Form) -> set[tuple[str, str, int]]:
    return {(question.id, option.id, option.code) for question in version.questions for option in question.options}


def test_the_first_version_counts_from_one() -> None:
    first = with_codes(form({"topic": ("choice", ["b", "a"])}), [])
    assert codes(first) == {("topic", "b", 1), ("topic", "a", 2)}


def test_an_option_that_is_moved_keeps_its_code_and_a_new_one_gets_none_that_was_used() -> None:
    first = with_codes(form({"topic": ("choice", ["a", "b", "c"])}), [])
    second = with_codes(form({"topic": ("choice", ["c", "a"])}), [first])
    third = with_codes(form({"topic": ("choices", ["d", "b", "c"])}), [first, second])
    assert codes(second) == {("topic", "c", 3), ("topic", "a", 1)}
    assert codes(third) == {("topic", "d", 4), ("topic", "b", 2), ("topic", "c", 3)}


@given(st.lists(VERSION, min_size=1, max_size=12))
def test_no_code_ever_means_two_options_and_no_option_ever_has_two_codes(history: list[dict]) -> None:  # type: ignore[type-arg]
    published: list[Form] = []
    for version in history:
        published.append(with_codes(form(version), published))
    given_out = set().union(*(codes(version) for version in published))
    assert len({(question, code) for question, _, code in given_out}) == len(given_out)
    assert len({(question, option) for question, option, _ in given_out}) == len(given_out)
    assert all(code >= 1 for _, _, code in given_out)


@given(VERSION)
def test_a_form_without_codes_is_the_same_whichever_codes_it_has_had(version: dict) -> None:  # type: ignore[type-arg]
    bare = form(version)
    other = with_codes(bare, [with_codes(form({"topic": ("choice", list("hgfedcba"))}), [])])
    assert by_place(other) == bare
