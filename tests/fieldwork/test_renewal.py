"""A centre that is renewed while it runs, and decisions that say what was in force when they were made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.acting import acting
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tonval.fieldwork import conduct, profiles
from tonval.fieldwork.addition import MARK, parted
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.misfits import NO_QUEUE, NO_SURVEY
from tonval.fieldwork.renewal import LOOK_EVERY, Renewal, joined, with_surveys
from tonval.fieldwork.replaying.replay import replay
from tonval.fieldwork.routing import read_centre
from tonval.stats.configuration import configuration
from tonval.stats.decisions import explain
from tonval.stats.scope import EVERYTHING
from tonval.store.tables import configs, interviews
from tonval.store.unit import Unit
from tonval.surveys.turns import Digits

FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {}}
defaults: {languages: [sv, en], cap: 0}
queues:
  sales: {channel: sms, from: "+46701740605"}
  care: {channel: sms, from: "+46701740605"}
  line: {channel: keypad, survey: nki}
surveys:
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}]}
"""


def survey(name: str, text: str = "How was it? STOP ends", more: str = "") -> str:
    return f"surveys: {{{name}: {{{more}questions: [{{id: q, scale: nki, text: {{sv: '{text}', en: '{text}'}}}}]}}}}\n"


def publish(office: Field, name: str, document: str) -> int:
    """Start or change the survey, and publish it."""
    known = {each.id: each.revision for each in profiles.profiles(office)}
    if name in known:
        return profiles.publish(
            office, name, profiles.save(office, name, document, known[name], "eva").revision, acting("eva")
        )
    return profiles.publish(office, name, profiles.start(office, name, document, "eva").revision, acting("eva"))


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre whose file leaves two queues without a survey."""
    return Office(unit, read_centre(FILE))


def process(office: Office) -> Field:
    """Another process on the same database, with a clock in the office's seconds."""
    field = office.field
    renewal = Renewal(field.unit, field.file, field.now, lambda: office.time.timestamp())
    return replace(field, centre=field.file, renewal=renewal)


def test_another_process_takes_up_what_was_published_and_assigned_within_two_seconds(office: Office) -> None:
    other = process(office)
    assert not other.renew()
    publish(office.field, "welcome", survey("welcome"))
    profiles.assign(office.field, "sales", "", "welcome", acting("eva"))
    assert not other.renew(), "it has just looked"
    office.pass_time(seconds=LOOK_EVERY)
    assert other.renew() and not other.renew()
    assert (other.centre.queues["sales"].survey, other.centre.forms["welcome"].version) == ("welcome", 1)
    assert other.centre == office.field.centre


def test_a_copy_made_for_a_piece_of_work_keeps_its_centre(office: Office) -> None:
    working = replace(office.field)
    publish(office.field, "welcome", survey("welcome"))
    assert "welcome" in office.field.centre.forms and "welcome" not in working.centre.forms


def test_an_office_without_renewal_stays_as_it_was_handed_in(office: Office) -> None:
    still = replace(office.field, renewal=None)
    publish(office.field, "welcome", survey("welcome"))
    assert not still.renew(at_once=True) and "welcome" not in still.centre.forms


def test_a_database_that_is_away_leaves_the_centre_as_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish(office.field, "welcome", survey("welcome"))
    before, other = office.field.centre, process(office)

    def away() -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    with monkeypatch.context() as broken:
        broken.setattr(other.unit, "read", away)
        assert not other.renew(at_once=True)
    assert "cannot be looked at" in caplog.text and "welcome" not in other.centre.forms
    assert other.renew(at_once=True) and other.centre.forms == before.forms


def test_a_configuration_names_what_decides_and_not_the_words_of_surveys(office: Office) -> None:
    of_file = office.field.centre.config
    publish(office.field, "welcome", survey("welcome"))
    made = office.field.centre.config
    profiles.assign(office.field, "sales", "", "welcome", acting("eva"))
    assigned = office.field.centre.config
    publish(office.field, "welcome", survey("welcome", "Other words. STOP ends"))
    assert office.field.centre.config == assigned, "whom to ask does not depend on the words"
    publish(office.field, "welcome", survey("welcome", more="off: true, "))
    off = office.field.centre.config
    assert len({of_file, made, assigned, off}) == 4
    with office.field.unit.read() as tx:
        kept = dict(tx.execute(select(configs.c.id, configs.c.document)).all())
    assert {of_file, made, assigned, off} <= kept.keys()
    for config, document in kept.items():
        assert read_centre(document).config == config
    again = read_centre(kept[off])
    assert (again.queues, again.off, again.surveys) == (
        office.field.centre.queues,
        frozenset({"welcome"}),
        office.field.centre.surveys,
    )


def test_the_explanation_of_a_decision_knows_what_was_assigned_then(office: Office) -> None:
    publish(office.field, "welcome", survey("welcome"))
    assert decide(office, "call-0", queue="sales")["detail"] == "no survey has been chosen for the queue sales yet"
    profiles.assign(office.field, "sales", "", "welcome", acting("eva"))
    told = decide(office, "call-1", queue="sales")
    assert (told["survey"], told["config"]) == ("welcome", office.field.centre.config)
    profiles.unassign(office.field, "sales", "", acting("eva"))
    explained = explain(office.field.unit, EVERYTHING, "call", "call-1")
    assert explained is not None
    assert "the survey welcome is on" in [step.sentence for step in explained.steps]
    shown = configuration(office.field.unit, told["config"], "sales")
    assert shown is not None
    assert [line.text.strip() for line in shown.lines if line.marked][1:] == [
        'sales: {channel: sms, from: "+46701740605"}',
        "sales:",
        "survey: welcome",
    ]


def test_the_past_under_its_own_configuration_is_decided_the_same(office: Office) -> None:
    publish(office.field, "welcome", survey("welcome"))
    profiles.assign(office.field, "", "", "welcome", acting("eva"))
    begun = office.time
    for number in range(5):
        office.pass_time(seconds=2)
        decide(office, f"call-{number}", queue=("sales", "care")[number % 2])
    office.pass_time(seconds=2)
    same = replay(office.field, office.field.centre, begun)
    assert (same.all.total, same.all.changed) == (5, 0)
    by_text = replay(office.field, read_centre(office.field.centre.document), begun)
    assert by_text.config == same.config and by_text.all == same.all
    file = with_surveys(office.field.unit, read_centre(FILE))
    assert file.config == same.config and with_surveys(office.field.unit, file) is file


def test_what_was_added_is_read_back_and_leaves_the_files_lines(office: Office) -> None:
    publish(office.field, "welcome", survey("welcome"))
    profiles.assign(office.field, "care", 'rude: "x"', "welcome", acting("eva"))
    document = office.field.centre.document
    file, more = parted(document)
    assert document.startswith(FILE) and document.count(MARK) == 1
    assert read_centre(file).config == office.field.file.config
    assert more.queues == {"care": {'rude: "x"': "welcome"}}


def test_interviews_finish_on_the_version_they_began_with(office: Office) -> None:
    file = read_centre(FILE.replace(", survey: nki", ""))
    field = office.with_centre(file)
    publish(field, "phone", survey("phone", "One"))
    profiles.assign(field, "line", "", "phone", acting("eva"))
    first = conduct.begin_call(field, Call("sip", "a@pbx", "line"))
    two = "surveys: {phone: {questions: [{id: other, scale: nki, text: Two}, {id: last, scale: nps, text: Three}]}}"
    assert publish(field, "phone", two) == 2
    second = conduct.begin_call(field, Call("sip", "b@pbx", "line"))
    assert [says.text for says in (*first.says, *second.says) if says.slot.startswith("question")] == ["One", "Two"]
    assert conduct.resume(field, first.leg, Digits("4"), 1).wait is None
    assert conduct.resume(field, second.leg, Digits("4"), 1).wait is not None
    with field.unit.read() as tx:
        told = tx.execute(select(interviews.c.version, interviews.c.disposition).order_by(interviews.c.version)).all()
    assert told == [(1, "complete"), (2, None)]
    assert [(each.number, each.interviews) for each in profiles.versions(field, "phone")] == [(2, 1), (1, 1)]


def test_joining_changes_nothing_while_nothing_was_made(office: Office) -> None:
    with office.field.unit.read() as tx:
        assert joined(tx, office.field.file).config == office.field.file.config


def test_what_the_browser_settles_is_not_warned_of_any_more(office: Office) -> None:
    field = office.with_centre(read_centre(FILE.replace(", survey: nki", "")))

    def told() -> set[str]:
        return {fault.sentence for fault in field.centre.warnings}

    assert told() == {
        *(f"queues.{name}: {NO_SURVEY}" for name in ("sales", "care", "line")),
        f"surveys.nki: {NO_QUEUE}",
    }
    profiles.assign(field, "line", "", "nki", acting("eva"))
    assert told() == {f"queues.{name}: {NO_SURVEY}" for name in ("sales", "care")}
