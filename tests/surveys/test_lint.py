"""The lint of surveys: each thing that would fail a customer is found, at its place, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonval.fieldwork.profiles.linting import lint_file
from tonval.fieldwork.routing import load_centre
from tonval.opening import GAUGES
from tonval.surveys.document import Fault
from tonval.surveys.lint import Setting, lint_survey
from tonval.surveys.questionnaire import Channel

SURVEY = """surveys:
  care:
    languages: [sv, en]
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det? STOPP slutar", en: "How was it? STOP ends"}FIRST}
      - {id: topic, scale: choice, text: {sv: "Vad?", en: "What?"}, options: [OPTIONS]}
      - {id: why, scale: text, text: {sv: "Varför?", en: "Why?"}WHY}
    REST
""".replace("OPTIONS", "{id: a, text: {sv: A, en: A}}, {id: b, text: {sv: B, en: B}}")
HTML = '\'<a href="{link}">Svara</a> <a href="{stop_link}">Nej tack</a>\''
ALL = frozenset(Channel)
SMS, KEYPAD = frozenset({Channel.SMS}), frozenset({Channel.KEYPAD})
LONG = "x" * 150


def lint(text: str, channels: frozenset[Channel] = SMS, **more: object) -> tuple[Fault, ...]:
    return lint_survey(text, "care", Setting(channels=channels, gauges=GAUGES, **more))  # type: ignore[arg-type]


def document(FIRST: str = "", WHY: str = "", REST: str = "title: {sv: Om oss, en: About us}") -> str:  # noqa: N803
    """The survey with these written at their places."""
    return SURVEY.replace("FIRST", FIRST).replace("WHY", WHY).replace("REST", REST)


def test_a_good_survey_is_praised_by_silence() -> None:
    assert lint(document(), SMS | {Channel.LINK, Channel.EMAIL}) == ()


WARNINGS = [
    ({"REST": "title: {sv: Om oss}\n    reactions: [{when: helped < 2, say: {sv: Oj}}]"}, SMS, "has no words in en"),
    ({}, KEYPAD, "questions.1.scale: is skipped on a keypad: a question on the scale choice has no answer there"),
    ({"WHY": ", when: topic = a"}, KEYPAD, "questions.2.scale: is skipped on a keypad"),
    ({"WHY": ", when: topic = a", "FIRST": ""}, KEYPAD, "is skipped"),
    (
        {"REST": f'thanks: {{promoter: {{sv: "{LONG} {LONG}", en: Tack}}}}'},
        SMS,
        "promoter.sv: takes 2 SMS, 301 characters",
    ),
    (
        {"REST": f'reactions: [{{when: helped < 2, say: {{sv: "{LONG[:80]} –", en: Oh}}}}]'},
        SMS,
        "takes 2 SMS because of “–” (longer set: 70",
    ),
    ({"REST": f'reactions: [{{when: helped < 2, say: {{sv: "{LONG[:80]} –", en: Oh}}}}]'}, SMS, "write - for –"),
    ({"REST": f'reactions: [{{when: helped < 2, say: {{sv: "{LONG[:80]} 😀", en: Oh}}}}]'}, SMS, "leave 😀 out"),
    (
        {"REST": f'reactions: [{{when: helped < 2, say: {{sv: "{LONG} {{agent}}", en: Oh}}}}]'},
        SMS,
        "155 of 160 characters; 2 SMS at",
    ),
    ({"REST": f'prompts: {{closing: {{sv: "{LONG} {LONG}"}}}}'}, SMS, "prompts.closing.sv: takes 2 SMS"),
    ({"REST": f'link: {{sv: "{{link}} STOPP {LONG}", en: "{{link}} STOP"}}'}, SMS, "link.sv: takes 2 SMS"),
    ({"REST": 'link: {sv: "Svara: {link}", en: "{link} STOP"}'}, SMS, "link.sv: does not say how to get no more"),
    ({"REST": 'remind: {link: {sv: "Svara: {link}", en: "{link} STOP"}}'}, SMS, "remind.link.sv: does not say how"),
    ({"REST": 'page: {colours: {ink: "#888888"}}'}, SMS, "colours.ink: #888888 on #ffffff is hard to see: a contrast"),
    ({"REST": 'page: {colours: {paper: "#1d2430"}}'}, SMS, "colours.paper: #1d2430 on #1d2430 is hard to see"),
    ({"REST": 'page: {colours: {accent: "#f0f0f0"}}'}, SMS, "and 3 is needed"),
    ({"REST": "page: {open_for: 3d, reminder: 3d}"}, SMS, "page.reminder: comes when the survey is closed"),
]


@pytest.mark.parametrize(("given", "channels", "sentence"), WARNINGS)
def test_what_is_careless_is_warned_of_at_its_place(
    given: dict[str, str], channels: frozenset[Channel], sentence: str
) -> None:
    found = [fault for fault in lint(document(**given), channels) if fault.warning]
    assert any(sentence in fault.sentence for fault in found), [fault.sentence for fault in found]


FAULTS = [
    ({"WHY": ", when: helped > 5"}, SMS, "questions.2.when: this can never hold"),
    ({"REST": 'link: {sv: "STOPP", en: "{link} STOP"}'}, SMS, "link.sv: the link is missing: write {link} where it"),
    ({"REST": "mail: {html: {sv: '<script>1</script>{link}{stop_link}', en: '{link}{stop_link}'}}"}, SMS, "a <script>"),
    ({"REST": "mail: {html: {sv: '<p>Hej</p>', en: '{link}{stop_link}'}}"}, SMS, "mail.html.sv: The letter has no"),
    ({"REST": 'page: {address: "https://a.example/x"}'}, SMS, "page.address: is not among the frames"),
    ({"REST": 'page: {address: "https://a.example/x", frames: ["https://*.a.example"]}'}, SMS, "add a.example"),
    ({"REST": "stars: 5"}, SMS, "nothing is called “stars” here"),
    ({"FIRST": ", scale: 7"}, SMS, "stands here twice"),
]


@pytest.mark.parametrize(("given", "channels", "sentence"), FAULTS)
def test_what_would_fail_a_customer_is_a_fault_at_its_place(
    given: dict[str, str], channels: frozenset[Channel], sentence: str
) -> None:
    found = [fault for fault in lint(document(**given), channels) if not fault.warning]
    assert any(sentence in fault.sentence for fault in found), [fault.sentence for fault in found]


def test_each_finding_has_its_line_and_path() -> None:
    (fault,) = lint(document(REST='link: {sv: "STOPP", en: "{link} STOP"}'))
    assert (fault.line, fault.path) == (8, ("surveys", "care", "link", "sv"))
    (fault,) = lint(document().replace(" STOPP slutar", ""))
    assert (fault.line, fault.path) == (5, ("surveys", "care", "questions", 0, "text", "sv"))


@pytest.mark.parametrize("frame", ["https://*.a.example", "https://www.a.example"])
def test_an_address_whose_site_may_hold_the_page_is_taken(frame: str) -> None:
    assert lint(document(REST=f'page: {{address: "https://WWW.a.example/x?y", frames: ["{frame}"]}}')) == ()


def test_good_html_and_one_text_for_all_languages_are_taken() -> None:
    assert lint(document(REST=f"mail: {{html: {{sv: {HTML}, en: {HTML}}}}}")) == ()


def test_a_question_is_measured_with_the_options_that_are_listed_under_it() -> None:
    options = ", ".join(f"{{id: o{n}, text: {{sv: {'y' * 30}, en: A}}}}" for n in range(6))
    text = document().replace("{id: a, text: {sv: A, en: A}}, {id: b, text: {sv: B, en: B}}", options)
    (fault,) = lint(text)
    assert "questions.1.text.sv: takes 2 SMS" in fault.sentence


def test_a_survey_of_which_a_channel_leaves_nothing_is_at_fault() -> None:
    words = "surveys: {care: {questions: [{id: why, scale: text, text: Why}]}}"
    (fault,) = lint(words, KEYPAD)
    assert not fault.warning and "no question can be answered on a keypad" in fault.sentence
    assert lint(words, frozenset({Channel.LINK})) == ()


def test_a_condition_on_a_question_that_is_skipped_there_is_warned_of() -> None:
    text = """surveys:
  care:
    questions:
      - {id: topic, scale: choice, text: What, options: [{id: a, text: A}, {id: b, text: B}]}
      - {id: helped, scale: nki, text: How, when: topic = a}
"""
    assert "asks about topic, which is skipped on a keypad" in " ".join(each.sentence for each in lint(text, KEYPAD))


def test_prompts_that_nobody_recorded_are_named_by_language() -> None:
    text = document(
        REST="prompts: {closing: {sv: Tack, en: Thanks}}\n    reactions: [{when: helped < 2, say: {sv: O, en: O}}]"
    )
    asked = "Hur gick det? STOPP slutar"
    recorded = {("question.helped", "sv"): asked, ("closing", "sv"): "Tack", ("closing", "en"): "Thanks"}
    voices = [fault for fault in lint(text, KEYPAD, recorded=recorded) if "no recording" in fault.sentence]
    assert [(fault.path[2:], "in en" in fault.sentence) for fault in voices] == [
        (("questions", 0, "text"), True),
        (("reactions", 0, "say"), False),
    ]
    assert not [fault for fault in lint(text, KEYPAD) if "no recording" in fault.sentence], "nobody looked"


def test_a_recording_of_words_that_were_changed_since_is_named() -> None:
    """Reactions are recorded by their places: one that is put before another gets its voice."""
    text = document(REST='reactions: [{when: helped < 2, say: {sv: "Oj", en: "Oh"}}]')
    recorded = {("question.helped", "sv"): "Hur var det?", ("reaction.1", "sv"): "Bra!", ("reaction.1", "en"): "Oh"}
    other = [fault for fault in lint(text, KEYPAD, recorded=recorded) if "other words" in fault.sentence]
    assert [(fault.path[2:], "in sv:" in fault.sentence, fault.warning) for fault in other] == [
        (("questions", 0, "text"), True, True),
        (("reactions", 0, "say"), True, True),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("surveys: {other: {questions: [{id: q, scale: nki, text: Hur}]}}", "only “care” can stand here"),
        ("{}", "the survey “care” is not here"),
        ("surveys: [", "expected the node content"),
        ("queues: {}", "nothing is called “queues” here"),
        ("surveys: {care: 7}", "must be a mapping"),
        ("surveys: {care: {questions: [{id: q, scale: nki}, 7]}}", "each entry must be a mapping"),
    ],
)
def test_a_text_that_is_no_survey_of_this_name_is_told_so(text: str, sentence: str) -> None:
    assert any(sentence in fault.sentence and not fault.warning for fault in lint(text, ALL))


def test_the_surveys_we_ship_have_nothing_to_warn_of() -> None:
    assert lint_file(load_centre(Path("queues.yaml")), GAUGES) == ()


def test_a_file_s_surveys_are_looked_at_as_its_queues_ask(tmp_path: Path) -> None:
    path = tmp_path / "queues.yaml"
    path.write_text(
        'numbers: {"+46701740605": {}}\n'
        'queues: {sales: {survey: nps, channel: sms, from: "+46701740605"}}\n'
        'surveys:\n  nps:\n    questions:\n      - {id: q, scale: nps, text: "Hur troligt? Svara 0–10 i ett sms, '
        'så att vi får veta hur det gick, tack."}\n'
    )
    size, stop = lint_file(load_centre(path), GAUGES)
    assert {size.line, stop.line} == {6} and size.warning and stop.warning
    assert "because of “–”" in f"{size.sentence}{stop.sentence}"
