"""Conditions: what is read, what is refused and why, what holds, and what a check says of them."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.surveys.conditions import (
    BadCondition,
    Condition,
    Facts,
    Kind,
    Moment,
    OneOf,
    Problem,
    Range,
    SomeOf,
    Words,
    YesNo,
    check,
    holds,
    names,
    parse,
    written,
)
from tonval.surveys.conditions.facts import mentions
from tonval.surveys.conditions.parsing import MAX_LENGTH, MAX_NESTING
from tonval.surveys.conditions.syntax import (
    Among,
    And,
    Answered,
    Has,
    Is,
    IsNot,
    Measures,
    Mentions,
    Not,
    Or,
    Sign,
    Within,
)

PAGE = Path(__file__).parents[2].joinpath("docs/conditions.md").read_text(encoding="utf-8")

QUESTIONS: dict[str, Kind] = {
    "recommend": Range(0, 10),
    "helped": Range(1, 5),
    "agree": YesNo(),
    "reason": OneOf(("price", "waiting")),
    "reasons": SomeOf(("price", "waiting")),
    "why": Words(),
    "staff": Words(),
    "call": Moment(),
}
FACTS = Facts(
    numbers={"recommend": 4, "agree": 1},
    picks={"reason": frozenset({"price"}), "reasons": frozenset({"price", "waiting"})},
    words={"why": "I want my money back, please. Refunds take AGES."},
    attributes={"site": "Las Palmas", "tier": "Gold", "orders": "12"},
)


# What is read


READ: list[tuple[str, Condition]] = [
    ("recommend <= 6", Measures("recommend", Sign.AT_MOST, Decimal(6))),
    ("recommend≥6.50", Measures("recommend", Sign.AT_LEAST, Decimal("6.5"))),
    ("recommend = -3", Is("recommend", Decimal(-3))),
    ("recommend == 3", Is("recommend", Decimal(3))),
    ("site is Madrid", Is("site", "Madrid")),
    ("site != Göteborg", IsNot("site", "Göteborg")),
    ("site IS NOT 'Las Palmas'", IsNot("site", "Las Palmas")),
    ('code is "007"', Is("code", "007")),
    ("code is 12a", Is("code", "12a")),
    ("1 is 1", Is("1", Decimal(1))),
    ("helped in 1..3", Within("helped", Decimal(1), Decimal(3))),
    ("helped in (1, two)", Among("helped", (Decimal(1), "two"))),
    ("reasons has 01", Has("reasons", "01")),
    ("why is answered", Answered("why")),
    ("why is not answered", Not(Answered("why"))),
    ("not why is answered", Not(Answered("why"))),
    ('why is "answered"', Is("why", "answered")),
    ("why mentions “money back”", Mentions("why", "money back")),
    ('why mentions "say ""hi"""', Mentions("why", 'say "hi"')),
    ('"order number" < 3', Measures("order number", Sign.LESS, Decimal(3))),
    ('"not" is answered', Answered("not")),
    ("a is 1 or b is 2 and c is 3", Or((Is("a", Decimal(1)), And((Is("b", Decimal(2)), Is("c", Decimal(3))))))),
    ("not a is b and c is d", And((Not(Is("a", "b")), Is("c", "d")))),
    ("not (a is b and c is d)", Not(And((Is("a", "b"), Is("c", "d"))))),
    ("a is b and (c is d and e is f)", And((Is("a", "b"), And((Is("c", "d"), Is("e", "f")))))),
]


@pytest.mark.parametrize(("text", "condition"), READ, ids=[text for text, _ in READ])
def test_each_form_is_read(text: str, condition: Condition) -> None:
    assert parse(text) == condition
    assert parse(written(condition)) == condition


def test_a_condition_is_written_in_one_way() -> None:
    assert written(parse("((a=1.50))AND  not(b!='x')or c in(1,\"y z\")")) == (
        'a is 1.5 and not b is not x or c in (1, "y z")'
    )


def test_names_are_those_of_questions_and_attributes_alone() -> None:
    assert names(parse("a is b or not (c has d and a in 1..2)")) == {"a", "c"}


REFUSED = [
    ("", 1, "the condition is empty"),
    ("  ", 1, "the condition is empty"),
    ("and", 1, "the name of a question"),
    ("-3 < a", 1, "the name of a question"),
    ('"" is 3', 1, "the name of a question"),
    ("a", 2, "after “a” one of"),
    ("a is", 5, "a number or a text is needed where the condition ends"),
    ("a is or", 6, "“or” is a word of the language"),
    ("a = not b", 5, "“not” is a word of the language"),
    ('a is " "', 6, "a number or a text is needed"),
    ("a in 3", 7, "“..” and a second number"),
    ("a in x..y", 6, "after “in” a number"),
    ("a in (1", 8, "a comma or a closing bracket"),
    ("a in ()", 7, "a number or a text is needed where “)” stands"),
    ("a is b)", 7, "never opened"),
    ("(a is b c is d)", 9, "“and”, “or” or a closing bracket is needed where “c” stands"),
    ("a has", 6, "the id of an option"),
    ("a mentions", 11, "the text to look for"),
    ("customer.tier is gold", 9, "“.” means nothing here"),
    ("a is 1.5.2", 9, "“.” means nothing here"),
    ("a < 1234567890123456", 5, "a number is needed"),
    ("a is 'b", 6, "never closed"),
    ("a is b" + " " * MAX_LENGTH, MAX_LENGTH + 1, "at most 500 characters"),
    (" or ".join(["a=1"] * 70), 1, "written out"),
    ("(" * 250 + "a is b" + ")" * 243, MAX_NESTING + 1, "inside each other"),
    ("not " * 120 + "a is b", 4 * MAX_NESTING + 1, "inside each other"),
]


@pytest.mark.parametrize(("text", "column", "sentence"), REFUSED, ids=[text[:30] for text, *_ in REFUSED])
def test_a_fault_names_its_column_and_what_was_expected(text: str, column: int, sentence: str) -> None:
    with pytest.raises(BadCondition) as bad:
        parse(text)
    assert sentence in bad.value.sentence and str(bad.value) == bad.value.sentence
    assert bad.value.column == column


def test_brackets_beside_each_other_do_not_nest() -> None:
    assert len(names(parse(" or ".join(f"not (q{place} is 1)" for place in range(MAX_NESTING + 1))))) == MAX_NESTING + 1


def test_as_much_nesting_as_is_allowed_is_read() -> None:
    assert parse("(" * MAX_NESTING + "a is b" + ")" * MAX_NESTING) == Is("a", "b")


PIECES = st.sampled_from(
    ["a", "b", "1", "-2.5", "and", "or", "not", "is", "in", "has", "mentions", "answered", "(", ")", ",", "..", "<=",
     "=", "≥", '"x y"', "'", "“", "é", "\n", "\0"]
)  # fmt: skip
SCRAWL = st.one_of(st.text(), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join))


@given(SCRAWL)
def test_any_text_is_read_or_refused_with_a_column_inside_it(text: str) -> None:
    read = _read(text)
    if isinstance(read, BadCondition):
        assert read.sentence and 1 <= read.column <= len(text) + 1
    else:
        assert parse(written(read)) == read and written(parse(written(read))) == written(read)


def _read(text: str) -> Condition | BadCondition:
    try:
        return parse(text)
    except BadCondition as bad:
        return bad


# What holds


@pytest.mark.parametrize(
    "form", ["< 3", "<= 3", "> 3", ">= 3", "is 3", "is x", "= 3", "!= 3", "is not x", "in 1..3", "in (1, x)", "has x",
             "mentions x", "is answered"]
)  # fmt: skip
def test_what_is_not_known_makes_every_comparison_false(form: str) -> None:
    condition = parse(f"nobody {form}")
    for facts in (Facts(), Facts(attributes={"nobody": "  "}), Facts(words={"nobody": ""})):
        assert not holds(condition, facts)
        assert holds(Not(condition), facts)


BOUNDS = [
    ("< 4", (True, False, False)),
    ("<= 4", (True, True, False)),
    ("> 4", (False, False, True)),
    (">= 4", (False, True, True)),
    ("is 4", (False, True, False)),
    ("!= 4", (True, False, True)),
    ("in 4..5", (False, True, True)),
    ("in 3..4", (True, True, False)),
    ("in (3, 5)", (True, False, True)),
]


@pytest.mark.parametrize(("form", "expected"), BOUNDS, ids=[form for form, _ in BOUNDS])
def test_numbers_beside_the_bound_are_told_apart(form: str, expected: tuple[bool, ...]) -> None:
    condition = parse(f"recommend {form}")
    assert tuple(holds(condition, Facts(numbers={"recommend": number})) for number in (3, 4, 5)) == expected


MORE = [
    ("code is 7", {"code": "007"}, True),
    ('code is "7"', {"code": "007"}, False),
    ("code < 7.5", {"code": "7.25"}, True),
    ("code < 7", {"code": "six"}, False),
    ("code < 7", {"code": "1,5"}, False),
    ("code is not 7", {"code": "six"}, True),
    ("site is MALMÖ", {"site": " malmö "}, True),
    ("site is malmo", {"site": "malmö"}, False),
    ("site mentions malmo", {"site": "Kundtjänst MALMÖ"}, True),
]


@pytest.mark.parametrize(("text", "attributes", "expected"), MORE)
def test_attributes_are_compared_as_text_or_as_numbers(text: str, attributes: dict[str, str], expected: bool) -> None:
    assert holds(parse(text), Facts(attributes=attributes)) is expected


def test_a_multiple_choice_with_nothing_chosen_is_answered() -> None:
    facts = Facts(picks={"reasons": frozenset()})
    assert holds(parse("reasons is answered"), facts) and not holds(parse("reasons has price"), facts)


def test_the_ids_of_options_are_exact() -> None:
    facts = Facts(picks={"reason": frozenset({"Price"})})
    assert holds(parse("reason is Price"), facts) and not holds(parse("reason is price"), facts)


FOUND = [
    ("refund", "No REFUNDS!", True),
    ("rea", "This was great", False),
    ("återbetalning", "Aterbetalningen kom aldrig", True),
    ("cafe", "Le Cafe\u0301", True),
    ("money  back", "My money, back", True),
    ("money back", "money is not back", False),
    ("👎", "well 👎🏽", True),
    ("👎", "well", False),
    ("\u0301", "anything", False),
    ("strasse", "STRAßE", True),
]


@pytest.mark.parametrize(("sought", "text", "expected"), FOUND)
def test_words_are_found_from_their_beginning(sought: str, text: str, expected: bool) -> None:
    assert mentions(text, sought) is expected


NUMBERS = st.one_of(st.integers(-1, 11).map(Decimal), st.decimals(-20, 20, places=2))
NAMES = st.sampled_from(["recommend", "agree", "reason", "reasons", "why", "site", "tier", "not", "order no"])
TEXTS = st.one_of(
    st.sampled_from(["yes", "no", "NO", "price", "Madrid", "las palmas", "12", "answered", 'say "x"', "it's"]),
    st.text(min_size=1, max_size=12).filter(str.strip),
)
VALUES = st.one_of(NUMBERS, TEXTS)
COMPARISONS = st.one_of(
    st.builds(Measures, NAMES, st.sampled_from(Sign), NUMBERS),
    st.builds(Is, NAMES, VALUES),
    st.builds(IsNot, NAMES, VALUES),
    st.builds(lambda name, ends: Within(name, min(ends), max(ends)), NAMES, st.tuples(NUMBERS, NUMBERS)),
    st.builds(Among, NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Has, NAMES, TEXTS),
    st.builds(Mentions, NAMES, TEXTS),
    st.builds(Answered, NAMES),
)


def _joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(And, parts), st.builds(Or, parts))


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(COMPARISONS, _joined, max_leaves=8)

SOME_FACTS = st.builds(
    Facts,
    numbers=st.dictionaries(st.sampled_from(["recommend", "agree"]), st.integers(0, 10)),
    picks=st.fixed_dictionaries(
        {},
        optional={
            "reason": st.sampled_from(["price", "12", "no"]).map(lambda option: frozenset({option})),
            "reasons": st.frozensets(st.sampled_from(["price", "12", "no"])),
        },
    ),
    words=st.dictionaries(st.just("why"), st.sampled_from(["", "Price and no answer", "it's 12", "12"])),
    attributes=st.dictionaries(st.sampled_from(["site", "tier", "not", "order no"]), TEXTS),
)


@given(CONDITIONS.filter(lambda condition: len(written(condition)) <= MAX_LENGTH))
def test_what_is_written_is_read_back(condition: Condition) -> None:
    assert parse(written(condition)) == condition


def _naive(condition: Condition, facts: Facts) -> bool:
    """The language once more, slowly: every name has one plain value or none."""
    match condition:
        case Not(inner):
            return not _naive(inner, facts)
        case And(parts):
            return False not in [_naive(part, facts) for part in parts]
        case Or(parts):
            return True in [_naive(part, facts) for part in parts]
    values: dict[str, Any] = {**facts.attributes, **facts.words, **facts.picks, **facts.numbers}
    value = values.get(condition.name)
    unknown = value is None or (isinstance(value, str) and not value.strip())
    return not unknown and (_by_number(condition, _number(value)) or _by_value(condition, value))


def _by_number(condition: Condition, number: Decimal | None) -> bool:
    signs = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
    match condition:
        case Measures(_, sign, than):
            return number is not None and getattr(number, signs[sign])(than)
        case Within(_, lowest, highest):
            return number is not None and not (number < lowest or highest < number)
    return False


def _by_value(condition: Condition, value: Any) -> bool:
    match condition:
        case Is(_, wanted):
            return _same(value, wanted)
        case IsNot(_, wanted):
            return not _same(value, wanted)
        case Among(_, several):
            return True in [_same(value, wanted) for wanted in several]
        case Has(_, option):
            return isinstance(value, frozenset) and option in value
        case Mentions(_, words):
            return isinstance(value, str) and mentions(value, words)
    return isinstance(condition, Answered)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, int):
        return Decimal(value)
    plain = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", value.strip())
    return Decimal(value.strip()) if plain else None


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, frozenset):
        return len(value) == 1 and _same_option(next(iter(value)), wanted)
    if isinstance(wanted, Decimal):
        return _number(value) == wanted
    if isinstance(value, int):
        return (value, wanted.lower()) in ((1, "yes"), (0, "no"))
    return bool(value.strip().casefold() == wanted.strip().casefold())


def _same_option(option: str, wanted: Any) -> bool:
    return _number(option) == wanted if isinstance(wanted, Decimal) else option == wanted


@given(CONDITIONS, SOME_FACTS)
def test_what_holds_is_what_the_words_say(condition: Condition, facts: Facts) -> None:
    assert holds(condition, facts) == _naive(condition, facts)


@given(st.lists(CONDITIONS, min_size=2, max_size=3), SOME_FACTS)
def test_not_and_or_are_those_of_de_morgan(parts: list[Condition], facts: Facts) -> None:
    turned = tuple(Not(part) for part in parts)
    assert holds(Not(And(tuple(parts))), facts) == holds(Or(turned), facts)
    assert holds(Not(Or(tuple(parts))), facts) == holds(And(turned), facts)


# What a check says


CHECKED = [
    ("recommend <= 6 and agree is yes and reason is price and reasons has waiting and why mentions x", []),
    ("call is answered and site is Madrid and queue is support", []),
    ("helped in (1, 6)", ["helped is 1–5 and is never 6"]),
    ("helped in 0..3", ["helped is 1–5 and is never 0"]),
    ("helped is 2.5", ["helped is 1–5 and is never 2.5"]),
    ("helped < 2.5", []),
    ("helped has price", ["helped is a number, 1–5: write “helped is 5” or “helped <= 5”"]),
    ("agree < 1", ["agree is yes or no: write “agree is yes”"]),
    ("agree is maybe", ["agree is yes or no: write “agree is yes”"]),
    ("agree in (0, YES)", []),
    ("reason < 3", [
        "reason has one answer: write “reason is price”", "reason has no option “3”; it has price, waiting"
    ]),
    ("reasons has prise", ["reasons has no option “prise”; it has price, waiting"]),
    ("reasons mentions price", ["reasons may have several answers: write “reasons has price”"]),
    ("why is bad", ["why is answered in words: write “why mentions …”"]),
    ("call is 3", ["call is a call-back: only “call is answered” makes sense"]),
    ("site has Madrid", ["site is an attribute: write “site is Madrid”"]),
    ("helped is 9 and helped is 9", ["helped is 1–5 and is never 9"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentences"), CHECKED, ids=[text for text, _ in CHECKED])
def test_a_check_says_what_does_not_fit_the_question(text: str, sentences: list[str]) -> None:
    assert check(parse(text), QUESTIONS) == tuple(Problem(sentence) for sentence in sentences)


@pytest.mark.parametrize("name", ["recomend", "Recommend", "reasson"])
def test_a_name_near_that_of_a_question_is_warned_of(name: str) -> None:
    (problem,) = check(parse(f"{name} is x"), QUESTIONS)
    assert problem.warning and f"no question is called “{name}”" in problem.sentence


def test_an_attribute_every_interview_has_is_no_misspelt_question() -> None:
    assert check(parse("tier is gold"), {"tiers": Words()}) == ()


CONSTANT = [
    ("recommend < 3 and recommend > 6", "never"),
    ("recommend is 3 and recommend is not answered", "never"),
    ("reason is price and reason is waiting", "never"),
    ("reasons has price and reasons has waiting", ""),
    ("agree is not answered or agree is yes or agree is no", "always"),
    ("agree is yes or agree is no", ""),
    ("site is Madrid and site is not answered", "never"),
    ("why mentions a and not why is answered", "never"),
    ("why mentions a and not why mentions b", ""),
    ("call is answered or not call is answered", "always"),
    ("recommend < 3 and helped < 3 and (agree is yes or reason is price) and recommend > 3", "never"),
]


@pytest.mark.parametrize(("text", "expected"), CONSTANT, ids=[text for text, _ in CONSTANT])
def test_a_condition_that_cannot_come_out_otherwise_is_told_of(text: str, expected: str) -> None:
    said = {"": (), "never": (Problem("this can never hold"),), "always": (Problem("this always holds", warning=True),)}
    assert check(parse(text), QUESTIONS) == said[expected]


def test_what_would_take_too_long_to_think_through_is_not_said() -> None:
    many = {f"q{place}": Range(0, 10) for place in range(16)}
    plain = " and ".join(f"(q{place} < 5 or q{place} < 7)" for place in range(10))
    assert check(parse(plain + " and q0 > 8"), many) == ()
    texts = " or ".join(f"site is {place}" for place in range(20))
    assert check(parse(f"({texts}) and site is not answered"), many) == ()


FITTING = st.one_of(
    st.builds(Measures, st.just("helped"), st.sampled_from(Sign), st.integers(1, 5).map(Decimal)),
    st.builds(Is, st.just("agree"), st.sampled_from(["yes", "no"])),
    st.builds(IsNot, st.just("reason"), st.sampled_from(["price", "waiting"])),
    st.builds(Has, st.just("reasons"), st.sampled_from(["price", "waiting"])),
    st.builds(Answered, st.sampled_from(["helped", "agree", "reason", "reasons"])),
)
SETS = [None, *map(frozenset, ((), ("price",), ("waiting",), ("price", "waiting")))]
ALL_FACTS = [
    Facts(
        numbers={name: n for name, n in (("helped", helped), ("agree", agree)) if n is not None},
        picks={name: s for name, s in (("reason", reason), ("reasons", reasons)) if s is not None},
    )
    for helped, agree, reason, reasons in product((None, *range(1, 6)), (None, 0, 1), (None, *SETS[2:4]), SETS)
]


@given(st.recursive(FITTING, _joined, max_leaves=5))
def test_never_and_always_are_said_exactly_where_all_answers_agree(condition: Condition) -> None:
    outcomes = {holds(condition, facts) for facts in ALL_FACTS}
    said = {problem.sentence for problem in check(condition, QUESTIONS)}
    assert ("this can never hold" in said) == (outcomes == {False})
    assert ("this always holds" in said) == (outcomes == {True})


# What the page says


def _rows(columns: int) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:1] == "|"]
    return [row for row in rows if len(row) == columns and "`" in row[-2]]


OUTCOMES = [(row[-2].strip("`"), row[-1]) for columns in (2, 4) for row in _rows(columns) if row[-1] in ("yes", "no")]
SAID = [(row[-2].strip("`"), row[-1]) for row in _rows(2) if row[-1] not in ("yes", "no")]
BAD = re.findall(r"^\| `([^`]+)` \| (\d+) \| (.+) \|$", PAGE, re.MULTILINE)


def test_the_page_has_its_examples() -> None:
    assert (len(OUTCOMES), len(BAD), len(SAID)) == (24, 6, 8)


@pytest.mark.parametrize(("text", "outcome"), OUTCOMES)
def test_every_example_of_the_page_comes_out_as_it_says(text: str, outcome: str) -> None:
    assert holds(parse(text), FACTS) is (outcome == "yes")


@pytest.mark.parametrize(("text", "column", "sentence"), BAD)
def test_every_fault_of_the_page_is_told_so(text: str, column: str, sentence: str) -> None:
    with pytest.raises(BadCondition) as bad:
        parse(text)
    assert (bad.value.column, bad.value.sentence) == (int(column), sentence)


@pytest.mark.parametrize(("text", "sentence"), SAID)
def test_every_check_of_the_page_says_so(text: str, sentence: str) -> None:
    assert [problem.sentence for problem in check(parse(text), QUESTIONS)] == [sentence]


@pytest.mark.parametrize("text", re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)[0].splitlines())
def test_the_first_examples_of_the_page_fit_its_questions(text: str) -> None:
    assert check(parse(text), QUESTIONS) == ()
