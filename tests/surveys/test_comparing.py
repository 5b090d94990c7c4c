"""What is told of two versions of a survey, and whose answers are counted together."""

from __future__ import annotations

import pytest

from tonval.surveys.comparing import Kind, compare, pooled
from tonval.surveys.document import read_document
from tonval.surveys.questionnaire import Form
from tonval.surveys.reader import read_forms

SURVEY = """
surveys:
  care:
    languages: [sv, en]
    questions:
      - {id: helped, scale: nki, text: {sv: Hur, en: How}}
      - {id: topic, scale: choice, text: {sv: Vad, en: What}, options: [OPTIONS]}
      - {id: why, scale: text, text: {sv: Varför, en: Why}, when: helped <= 2}
    thanks: {}
""".replace("OPTIONS", "{id: bill, text: {sv: F, en: B}}, {id: line, text: {sv: L, en: L}}")


def form(*edits: tuple[str, str]) -> Form:
    """The survey after edits, each of which must find its place."""
    text = SURVEY
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    root = read_document(text)
    read = read_forms(root, (), "Nordlys")["care"]
    assert not [fault for fault in root.faults if not fault.warning]
    return read


CHANGES = [
    (("How}", "How was it}"), Kind.WORDS, "the words of helped have changed in en"),
    (("scale: nki", "scale: ces"), Kind.SCALE, "helped is on the scale ces, before on nki"),
    (("id: why", "id: reason"), Kind.ADDED, "reason is new"),
    (("id: why", "id: reason"), Kind.REMOVED, "why is not asked any more"),
    (("{id: line,", "{id: net,"), Kind.OPTIONS, "topic has the new option net"),
    (("{id: line,", "{id: net,"), Kind.OPTIONS, "topic has the option line no more"),
    (("sv: F", "sv: Faktura"), Kind.WORDS, "the words of the option bill of topic have changed in sv"),
    ((", when: helped <= 2", ""), Kind.CONDITION, "why is asked always, before when helped <= 2"),
    (("<= 2}", "<= 3}"), Kind.CONDITION, "why is asked when helped <= 3, before when helped <= 2"),
    (("scale: nki", "required: true, scale: nki"), Kind.MANNER, "helped must be answered"),
    (("thanks: {}", "page: {layout: all}"), Kind.PAGE, "page: layout has changed"),
    (("thanks: {}", "thanks: {promoter: {sv: Tack, en: Thanks}}"), Kind.WORDS, "the words of thanks.promoter"),
    (("thanks: {}", "reactions: [{when: helped <= 2, say: {sv: Oj, en: Oh}}]"), Kind.REACTIONS, "the reactions"),
    (("thanks: {}", "title: {sv: Om oss}"), Kind.WORDS, "the words of the title have changed in sv"),
    (("[sv, en]", "[en, sv]"), Kind.LANGUAGES, "asked in en, sv, before in sv, en"),
    (("scale: nki, ", "scale: nki, hint: {sv: Tips, en: Hint}, "), Kind.WORDS, "the words of the hint of helped"),
]


@pytest.mark.parametrize(("edit", "kind", "sentence"), CHANGES)
def test_every_change_is_told_in_a_sentence(edit: tuple[str, str], kind: Kind, sentence: str) -> None:
    assert any(each.kind is kind and each.sentence.startswith(sentence) for each in compare(form(), form(edit)))


def test_what_has_not_changed_is_not_told() -> None:
    assert compare(form(), form()) == ()


def test_another_order_is_told_once() -> None:
    lines = SURVEY.splitlines(keepends=True)
    first, second = lines[5], lines[6]
    (difference,) = compare(form(), form((first + second, second + first)))
    assert difference.kind is Kind.ORDER and difference.sentence.endswith("topic, helped, why")


@pytest.mark.parametrize(
    ("edit", "question", "together", "sentence"),
    [
        (("How}", "How was it}"), "helped", True, "helped is counted together: the same id and the same scale, nki"),
        (("scale: nki", "scale: ces"), "helped", False, "helped is counted apart: its scale was nki and is ces"),
        (("id: why", "id: reason"), "reason", False, "reason is new"),
        (("id: why", "id: reason"), "why", False, "why is not asked any more"),
        (
            ("{id: line,", "{id: net,"),
            "topic",
            True,
            "topic is counted together, option by option; net is new; line",
        ),
        (("scale: choice", "scale: choices"), "topic", False, "topic is counted apart"),
    ],
)
def test_answers_are_counted_together_by_id_and_scale(
    edit: tuple[str, str], question: str, together: bool, sentence: str
) -> None:
    found = {each.question: each for each in pooled(form(), form(edit))}
    assert found[question].together is together and found[question].sentence.startswith(sentence)
