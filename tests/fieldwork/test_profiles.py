"""Surveys made in the browser: what is being changed, what customers are asked, and which queue asks with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.acting import acting
from tests.fieldwork.office import Office
from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.renewal import Renewal
from tonval.fieldwork.routing import read_centre
from tonval.store.tables import survey_versions, surveys
from tonval.store.unit import Unit

FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {}}
defaults: {languages: [sv, en]}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605", templates: {rude: nps}}
  care: {channel: link, from: "+46701740605"}
  line: {channel: keypad}
surveys:
  nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP slutar.", en: "How likely? STOP"}}]}
"""


def survey(name: str = "welcome", text: str = "How was it? STOP ends", more: str = "") -> str:
    """The document of a survey with one question."""
    return f"""surveys:
  {name}:
    languages: [en]
    questions:
      - {{id: solved, scale: nki, text: {{en: "{text}"}}}}
{more}"""


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with one survey of the file, and two queues that name none."""
    return Office(unit, read_centre(FILE))


@pytest.fixture
def made(office: Office) -> Field:
    """The same with a survey published in the browser."""
    profiles.start(office.field, "welcome", survey(), "eva")
    profiles.publish(office.field, "welcome", 1, acting("eva"))
    return office.field


def refusal(work: Callable[..., Any], *given: Any) -> str:
    with pytest.raises(profiles.ProfileError) as refused:
        work(*given)
    return str(refused.value)


def test_a_survey_begins_as_a_draft_that_nobody_is_asked(office: Office) -> None:
    begun = profiles.start(office.field, "welcome", survey(), "eva")
    assert (begun.draft, begun.version, begun.revision, begun.author) == (survey(), None, 1, "eva")
    assert (begun.origin, begun.managed, begun.archived) == ("page", False, False)
    assert "welcome" not in office.field.centre.forms


@pytest.mark.parametrize("name", ["nps", "welcome", "", "åäö", "a b", "-x", "x" * 65])
def test_a_name_that_is_taken_or_none_is_refused(made: Field, name: str) -> None:
    assert re.search("already|no name", refusal(profiles.start, made, name, survey(), "bo"))


def test_the_surveys_of_the_file_are_shown_and_changed_nowhere_else(made: Field) -> None:
    assert [(found.id, found.managed, found.version) for found in profiles.profiles(made)] == [
        ("nps", True, 1),
        ("welcome", False, 1),
    ]
    for work in (
        lambda: profiles.save(made, "nps", survey("nps"), 0, "eva"),
        lambda: profiles.publish(made, "nps", 0, acting("eva")),
        lambda: profiles.archive(made, "nps", acting("eva")),
        lambda: profiles.use_version(made, "nps", 1, acting("eva")),
        lambda: profiles.discard_draft(made, "nps", 0, "eva"),
    ):
        assert "managed by the file" in refusal(work)


def test_what_is_saved_is_kept_byte_for_byte_right_or_wrong(made: Field) -> None:
    for revision, document in enumerate(("# hej\r\nsurveys: {", survey() + "# åäö\t \n\n", ""), 2):
        assert profiles.save(made, "welcome", document, revision, "bo").draft == document


@pytest.mark.parametrize("document", ["\0", "x" * 400_001, "\ud800"])
def test_what_no_database_keeps_is_refused(made: Field, document: str) -> None:
    assert refusal(profiles.save, made, "welcome", document, 2, "bo")
    assert profiles.profile(made, "welcome").draft is None


def test_who_has_not_seen_the_last_change_is_shown_it(made: Field) -> None:
    profiles.save(made, "welcome", survey(text="Eva's"), 2, "eva")
    with pytest.raises(profiles.Outdated) as late:
        profiles.save(made, "welcome", survey(text="Bo's"), 2, "bo")
    assert late.value.current.draft == survey(text="Eva's") and late.value.current.revision == 3
    assert "eva has changed" in str(late.value)
    with pytest.raises(profiles.Outdated):
        profiles.publish(made, "welcome", 2, acting("bo"))


def test_a_draft_is_published_once_and_then_asked(made: Field) -> None:
    assert made.centre.forms["welcome"].version == 1
    saved = profiles.save(made, "welcome", survey(text="And now? STOP ends"), 2, "eva")
    assert made.centre.forms["welcome"].questions[0].text == {"en": "How was it? STOP ends"}
    assert profiles.publish(made, "welcome", saved.revision, acting("eva")) == 2
    assert made.centre.forms["welcome"].questions[0].text == {"en": "And now? STOP ends"}
    now = profiles.profile(made, "welcome")
    assert (now.draft, now.version) == (None, 2)
    assert profiles.publish(made, "welcome", now.revision, acting("eva")) == 2


def test_the_same_questions_spelled_anew_are_the_same_version_in_the_new_spelling(made: Field) -> None:
    spelled = "# with a comment\n" + survey()
    profiles.save(made, "welcome", spelled, 2, "eva")
    assert profiles.publish(made, "welcome", 3, acting("eva")) == 1
    document, form = profiles.version(made, "welcome", 1)
    assert document == spelled and form.version == 1


def test_a_draft_with_a_fault_is_not_published_and_says_where(made: Field) -> None:
    profiles.save(made, "welcome", survey().replace("nki", "stars"), 2, "eva")
    with pytest.raises(profiles.HasFaults) as faulty:
        profiles.publish(made, "welcome", 3, acting("eva"))
    (fault,) = faulty.value.faults
    assert fault.path == ("surveys", "welcome", "questions", 0, "scale") and fault.line == 5
    assert profiles.profile(made, "welcome").version == 1


def test_an_older_version_can_be_in_force_again(made: Field) -> None:
    profiles.save(made, "welcome", survey(text="And now? STOP ends"), 2, "bo")
    profiles.publish(made, "welcome", 3, acting("bo"))
    profiles.use_version(made, "welcome", 1, acting("eva"))
    assert made.centre.forms["welcome"].version == 1
    assert [(each.number, each.author, each.in_force) for each in profiles.versions(made, "welcome")] == [
        (2, "bo", False),
        (1, "eva", True),
    ]
    assert "no version 7" in refusal(profiles.use_version, made, "welcome", 7, acting("eva"))
    assert "no version 7" in refusal(profiles.version, made, "welcome", 7)


def test_a_draft_thrown_away_leaves_the_version_and_a_survey_without_one_is_gone(made: Field) -> None:
    profiles.save(made, "welcome", "nonsense", 2, "eva")
    assert profiles.discard_draft(made, "welcome", 3, "eva").draft is None
    profiles.start(made, "other", survey("other"), "eva")
    profiles.discard_draft(made, "other", 1, "eva")
    assert "no survey called “other”" in refusal(profiles.profile, made, "other")


def test_a_copy_begins_as_the_draft_else_as_what_is_in_force(made: Field) -> None:
    assert "  second:\n" in (profiles.copy(made, "welcome", "second", "eva").draft or "")
    profiles.save(made, "welcome", survey(text="Newer"), 2, "eva")
    assert "Newer" in (profiles.copy(made, "welcome", "third", "eva").draft or "")
    of_file = profiles.copy(made, "nps", "fourth", "eva")
    assert "Hur troligt?" in (of_file.draft or "") and not of_file.managed
    assert profiles.publish(made, "fourth", 1, acting("eva")) == 1


def test_a_survey_that_a_queue_uses_is_not_put_away(made: Field) -> None:
    profiles.assign(made, "care", "", "welcome", acting("eva"))
    profiles.assign(made, "", "complaint", "welcome", acting("eva"))
    told = refusal(profiles.archive, made, "welcome", acting("eva"))
    assert "used by tickets with the template complaint and care" in told
    profiles.unassign(made, "care", "", acting("eva"))
    profiles.unassign(made, "", "complaint", acting("eva"))
    assert profiles.archive(made, "welcome", acting("eva")).archived
    assert "welcome" not in made.centre.surveys
    for work in (
        lambda: profiles.assign(made, "care", "", "welcome", acting("eva")),
        lambda: profiles.publish(made, "welcome", profiles.profile(made, "welcome").revision, acting("eva")),
    ):
        assert "put away" in refusal(work)
    assert not profiles.restore(made, "welcome", acting("eva")).archived
    assert made.centre.forms["welcome"].version == 1


def test_what_is_assigned_is_asked_and_the_file_wins(made: Field) -> None:
    profiles.assign(made, "", "", "welcome", acting("eva"))
    profiles.assign(made, "", "complaint", "welcome", acting("eva"))
    queues = made.centre.queues
    assert {name: (queue.survey, dict(queue.templates)) for name, queue in queues.items()} == {
        "sales": ("nps", {"rude": "nps", "complaint": "welcome"}),
        "care": ("welcome", {"complaint": "welcome"}),
        "line": ("welcome", {"complaint": "welcome"}),
    }
    profiles.assign(made, "care", "", "nps", acting("bo"))
    assert made.centre.queues["care"].survey == "nps"
    assert [(each.queue, each.template, each.survey, each.managed) for each in profiles.assignments(made)] == [
        ("", "", "welcome", False),
        ("", "complaint", "welcome", False),
        ("care", "", "nps", False),
        ("sales", "", "nps", True),
        ("sales", "rude", "nps", True),
    ]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("sales", "", "welcome"), "managed by the file"),
        (("sales", "rude", "welcome"), "managed by the file"),
        (("nowhere", "", "welcome"), "no queue called"),
        (("care", "", "nothing"), "no survey called"),
        (("care", "", "draft"), "not been published"),
        (("care", " x", "welcome"), "no space"),
        (("line", "", "words"), "no question of “words” can be asked by keypad"),
    ],
)
def test_what_cannot_be_assigned_is_refused(made: Field, place: tuple[str, str, str], said: str) -> None:
    profiles.start(made, "draft", survey("draft"), "eva")
    profiles.start(made, "words", survey("words").replace("scale: nki", "scale: text"), "eva")
    profiles.publish(made, "words", 1, acting("eva"))
    assert said in refusal(profiles.assign, made, *place, acting("eva"))


def test_what_nothing_can_be_called_is_neither_assigned_nor_taken_back(made: Field) -> None:
    assert "a template's name" in refusal(profiles.assign, made, "", "a\x00b", "welcome", acting("eva"))
    profiles.unassign(made, "a\x00b", "\x00", acting("eva"))
    assert not [each for each in profiles.assignments(made) if not each.managed]


def test_a_survey_of_the_file_hides_the_one_of_its_name_and_gives_it_back(office: Office, made: Field) -> None:
    file = read_centre(FILE.replace("  nps:", "  welcome: {questions: [{id: q, scale: nki, text: Hur}]}\n  nps:"))
    hiding = office.with_centre(file)
    assert profiles.profile(hiding, "welcome").managed
    assert hiding.centre.forms["welcome"].questions[0].id == "q"
    assert any("the file wins" in warning.sentence for warning in hiding.centre.warnings)
    assert not profiles.profile(office.with_centre(read_centre(FILE)), "welcome").managed


def test_a_survey_that_is_taken_out_of_the_file_goes_on_in_the_browser_with_its_versions(office: Office) -> None:
    without = FILE.replace("survey: nps, ", "").replace("{rude: nps}", "{}").partition("surveys:")[0]
    field = office.with_centre(read_centre(without))
    profiles.start(field, "nps", survey("nps"), "eva")
    assert profiles.publish(field, "nps", 1, acting("eva")) == 2


def choice(*options: str) -> str:
    listed = ", ".join(f"{{id: {each}, text: {{sv: {each}, en: {each}}}}}" for each in options)
    return f"{{questions: [{{id: topic, scale: choice, text: {{sv: Vad, en: What}}, options: [{listed}]}}]}}"


def codes(field: Field, name: str) -> dict[str, int]:
    return {option.id: option.code for option in field.centre.forms[name].questions[0].options}


def test_an_option_keeps_its_code_from_the_file_into_the_browser_and_back(office: Office) -> None:
    def filed(*options: str) -> Field:
        return office.with_centre(read_centre(f"{FILE}  topics: {choice(*options)}\n"))

    assert codes(filed("bill", "line"), "topics") == {"bill": 1, "line": 2}
    assert codes(filed("line", "other"), "topics") == {"line": 2, "other": 3}
    assert codes(filed("bill", "line"), "topics") == {"bill": 1, "line": 2}
    made = office.with_centre(read_centre(FILE))
    profiles.start(made, "topics", f"surveys: {{topics: {choice('new', 'other', 'bill')}}}", "eva")
    assert profiles.publish(made, "topics", 1, acting("eva")) == 3
    assert codes(made, "topics") == {"new": 4, "other": 3, "bill": 1}
    assert filed("bill", "line").centre.forms["topics"].version == 1


def test_two_who_publish_other_options_at_once_give_no_code_twice(office: Office) -> None:
    def publish(option: str) -> int:
        file = read_centre(f"{FILE}  topics: {choice('bill', option)}\n")
        return office.with_centre(file).centre.forms["topics"].version

    with ThreadPoolExecutor(4) as processes:
        assert sorted(processes.map(publish, "abcd")) == [1, 2, 3, 4]
    with office.field.unit.read() as tx:
        forms = tx.execute(select(survey_versions.c.form).where(survey_versions.c.survey == "topics")).scalars().all()
    given = {(each["id"], each["code"]) for form in forms for each in form["questions"][0]["options"]}
    assert len(given) == len({code for _, code in given}) == 5


def test_two_who_save_at_once_lose_nothing(made: Field) -> None:
    def write(who: str) -> str:
        try:
            return profiles.save(made, "welcome", survey(text=who), 2, who).draft or ""
        except profiles.Outdated as late:
            return late.current.draft or ""

    with ThreadPoolExecutor(4) as people:
        seen = set(people.map(write, ["ada", "bo", "cia", "dan"]))
    assert seen == {profiles.profile(made, "welcome").draft}


def test_of_two_who_publish_at_once_one_is_told(made: Field) -> None:
    profiles.save(made, "welcome", survey(text="New? STOP ends"), 2, "eva")

    def publish(who: str) -> int:
        try:
            return profiles.publish(made, "welcome", 3, acting(who))
        except profiles.Outdated:
            return 0

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(publish, ["ada", "bo", "cia", "dan"])) == [0, 0, 0, 2]
    assert [each.number for each in profiles.versions(made, "welcome")] == [2, 1]


class Cut(Exception):
    """The process ended here."""


def test_a_process_that_ends_while_it_publishes_has_published_all_or_nothing(
    made: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles.save(made, "welcome", survey(text="New? STOP ends"), 2, "eva")

    def cut(tx: object) -> None:
        raise Cut

    with monkeypatch.context() as broken:
        broken.setattr("tonval.fieldwork.profiles.publishing.count_up", cut)
        with pytest.raises(Cut):
            profiles.publish(made, "welcome", 3, acting("eva"))
    with made.unit.read() as tx:
        assert tx.execute(select(survey_versions.c.version).where(survey_versions.c.survey == "welcome")).all() == [
            (1,)
        ]
        assert tx.execute(select(surveys.c.version, surveys.c.revision)).all() == [(1, 3)]
    assert profiles.publish(made, "welcome", 3, acting("eva")) == 2


def test_a_process_that_ends_after_it_published_leaves_it_to_the_others(office: Office, made: Field) -> None:
    other = replace(made, renewal=Renewal(made.unit, made.file, made.now, lambda: office.time.timestamp()))
    dying = replace(made, renewal=None)
    profiles.assign(replace(dying, renewal=None), "care", "", "nps", acting("eva"))
    assert not other.centre.queues["care"].survey
    assert other.renew() and other.centre.queues["care"].survey == "nps"
