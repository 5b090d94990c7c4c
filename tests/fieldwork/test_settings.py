"""What is set up in the browser lies beneath the file: tried out on the whole, in force everywhere, recountable."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.acting import acting
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import decide
from tests.fieldwork.test_renewal import FILE, process, publish, survey
from tonval.fieldwork import audit, conduct, profiles, settings
from tonval.fieldwork.centre import Peer
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.dressing import dressed
from tonval.fieldwork.layers import beside, page_of, rows_of, steps_of
from tonval.fieldwork.renewal import LOOK_EVERY, with_surveys
from tonval.fieldwork.replaying.replay import replay
from tonval.fieldwork.routing import NO_FILE, lay, read_centre
from tonval.fieldwork.settings import Outdated, SettingsError, providers
from tonval.stats.configuration import configuration
from tonval.store.tables import audit as audit_log
from tonval.store.tables import configs, interactions
from tonval.store.unit import Unit
from tonval.surveys.document import BrokenDocument

EVA = acting("eva")
NUMBER = "+46701740605"
SMS = {"channel": "sms", "from": NUMBER}


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with a file."""
    return Office(unit, read_centre(FILE))


@pytest.fixture
def bare(unit: Unit) -> Office:
    """A centre without a file."""
    return Office(unit, read_centre(NO_FILE))


def put(office: Office, path: str, body: Any) -> None:
    settings.change(office.field, {path: body}, {path: settings.kept(office.field, path).seen}, EVA)


def faults_of(office: Office, path: str, body: Any) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        put(office, path, body)
    return [fault.sentence for fault in refused.value.faults]


def test_a_centre_is_set_up_from_nothing_and_every_process_knows_within_two_seconds(bare: Office) -> None:
    other = process(bare)
    assert not other.centre.queues and not other.renew()
    settings.change(
        bare.field,
        {"brand": "Nordlys", "country": "NO", "defaults/cap": "10d", f"numbers/{NUMBER}": {}, "queues/care": SMS},
        {},
        EVA,
    )
    bare.pass_time(seconds=LOOK_EVERY)
    assert other.renew()
    assert (other.centre.brand, other.centre.country) == ("Nordlys", "NO")
    assert other.centre.queues["care"].caps.person == timedelta(days=10)
    assert other.centre == bare.field.centre


def test_the_file_wins_and_the_page_fills_what_it_leaves_open(office: Office) -> None:
    for path in ("brand", "defaults/cap", "queues/sales"):
        assert faults_of(office, path, "x") == [f"{path.replace('/', '.')}: is managed by the file"]
    put(office, "defaults/min_talk", "1m")
    assert {queue.min_talk for queue in office.field.centre.queues.values()} == {timedelta(minutes=1)}
    assert {queue.caps.person for queue in office.field.centre.queues.values()} == {timedelta(0)}
    assert (settings.kept(office.field, "defaults/cap").origin, settings.kept(office.field, "defaults/cap").line) == (
        "file",
        5,
    )
    assert office.field.file.queues.keys() == {"sales", "care", "line"}
    put(office, "defaults/min_talk", None)
    assert {queue.min_talk for queue in office.field.centre.queues.values()} == {timedelta(seconds=15)}
    assert office.field.centre.document == FILE


def test_what_the_file_begins_to_say_hides_the_page_with_a_warning(office: Office) -> None:
    put(office, "queues/extra", SMS)
    field = office.with_centre(read_centre(FILE.replace("queues:", "queues:\n  extra: {channel: keypad}")))
    assert field.centre.queues["extra"].channel == "keypad"
    assert "queues.extra: the file wins over what was set up in the browser" in {
        fault.sentence for fault in field.centre.warnings
    }


def test_a_change_that_does_not_fit_the_whole_names_its_field_and_changes_nothing(office: Office) -> None:
    before = office.field.centre
    assert faults_of(office, "queues/extra", {**SMS, "cap": {"person": "long"}}) == [
        "queues.extra.cap.person: “long” is not a length of time such as 15s, 2m, 1h or 30d"
    ]
    assert faults_of(office, "queues/extra", {"channel": "sms", "from": "+46701740699"}) == [
        f"queues.extra.from: +46701740699 is not among the numbers; known: {NUMBER}"
    ]
    with pytest.raises(SettingsError):
        settings.change(office.field, {"timezone": "Mars/Olympus", "defaults/enough": 5}, {}, EVA)
    assert office.field.centre is before and not settings.kept(office.field, "defaults/enough").seen


def test_what_others_stand_on_cannot_be_taken_away(office: Office) -> None:
    put(office, "numbers/+46701740606", {})
    put(office, "queues/extra", {"channel": "sms", "from": "+46701740606"})
    assert faults_of(office, "numbers/+46701740606", None) == [
        f"queues.extra.from: +46701740606 is not among the numbers; known: {NUMBER}"
    ]
    settings.change(office.field, {"queues/extra": None, "numbers/+46701740606": None}, {}, EVA)
    assert not office.field.centre.beneath


def test_the_second_of_two_editors_is_shown_what_the_first_has_kept(office: Office) -> None:
    put(office, "queues/extra", SMS)
    seen = {"queues/extra": settings.kept(office.field, "queues/extra").seen}
    settings.change(office.field, {"queues/extra": {**SMS, "delay": "1h"}}, seen, EVA)
    with pytest.raises(Outdated) as late:
        settings.change(office.field, {"queues/extra": {**SMS, "delay": "2h"}}, seen, acting("bo"))
    assert late.value.now.body == {**SMS, "delay": "1h"} and late.value.now.author == "eva"
    with pytest.raises(Outdated):
        settings.change(office.field, {"queues/extra": SMS}, {"queues/extra": ""}, EVA)
    settings.change(office.field, {"queues/extra": SMS}, {"queues/extra": late.value.now.seen}, EVA)
    assert office.field.centre.queues["extra"].delay == timedelta(0)


def test_what_an_editor_left_alone_stays_as_another_has_changed_it(bare: Office) -> None:
    saw = {"brand": "", "timezone": "", "country": ""}
    settings.change(bare.field, {"brand": "Nordlys", "timezone": None, "country": "NO"}, saw, EVA)
    mine = {"brand": None, "timezone": "Europe/Oslo", "country": "NO"}
    stays = settings.change(bare.field, mine, saw, acting("bo"))
    assert [(each.path, each.author) for each in stays] == [("brand", "eva"), ("country", "eva")]
    centre = bare.field.centre
    assert (centre.brand, centre.country, centre.zone) == ("Nordlys", "NO", "Europe/Oslo")


def test_every_piece_that_both_have_changed_is_told(bare: Office) -> None:
    saw = {"brand": "", "timezone": ""}
    settings.change(bare.field, {"brand": "Nordlys", "timezone": "Europe/Oslo"}, saw, EVA)
    with pytest.raises(Outdated) as late:
        settings.change(bare.field, {"brand": "Sydlys", "timezone": "Europe/Rome"}, saw, acting("bo"))
    assert [each.body for each in late.value.all] == ["Nordlys", "Europe/Oslo"]
    assert bare.field.centre.brand == "Nordlys"


def test_the_second_admin_who_connects_a_provider_is_told_of_the_first(office: Office) -> None:
    field = office.field
    providers.connect(field, "twilio", {"account_sid": "1"}, EVA, "")
    for seen in ("", "another"):
        with pytest.raises(providers.Outdated) as late:
            providers.connect(field, "twilio", {"account_sid": "2"}, acting("bo"), seen)
        assert late.value.now is not None and late.value.now.author == "eva"
        with pytest.raises(providers.Outdated):
            providers.disconnect(field, "twilio", acting("bo"), seen)
    with field.unit.read() as tx:
        stands = providers.providers(tx)["twilio"]
    assert stands.values == {"account_sid": "1"}
    providers.connect(field, "twilio", {"account_sid": "2"}, acting("bo"), providers.seen_of(field, stands))
    providers.disconnect(field, "twilio", EVA)
    with pytest.raises(providers.Outdated):
        providers.connect(field, "twilio", {"account_sid": "3"}, EVA, providers.seen_of(field, stands))


BRANDED = "Will you recommend {brand}? STOP ends"


def test_another_name_of_the_company_is_spoken_by_surveys_of_the_page_in_a_new_version(bare: Office) -> None:
    put(bare, "brand", "Nordlys")
    publish(bare.field, "named", survey("named", BRANDED))
    publish(bare.field, "nameless", survey("nameless"))
    profiles.save(bare.field, "named", survey("named", "Another draft?"), 2, "eva")
    put(bare, "brand", "Sydlys")
    said = bare.field.centre.forms["named"].questions[0].text["en"]
    assert said == "Will you recommend Sydlys? STOP ends"
    assert {name: form.version for name, form in bare.field.centre.forms.items()} == {"named": 2, "nameless": 1}
    document, old = profiles.version(bare.field, "named", 1)
    assert old.questions[0].text["en"] == "Will you recommend Nordlys? STOP ends"
    assert document is not None and "{brand}" in document
    draft = profiles.profile(bare.field, "named").draft
    assert draft is not None and "Another draft?" in draft, "the draft stays"
    put(bare, "brand", "Nordlys")
    assert bare.field.centre.forms["named"].version == 1, "what asks the same is the same version"
    put(bare, "brand", None)
    assert "Tonval" in bare.field.centre.forms["named"].questions[0].text["en"]


def test_a_survey_that_was_published_with_other_languages_is_left_alone(bare: Office) -> None:
    put(bare, "defaults/languages", ["sv", "en"])
    publish(bare.field, "named", survey("named", BRANDED))
    put(bare, "defaults/languages", ["sv"])
    put(bare, "brand", "Nordlys")
    assert bare.field.centre.forms["named"].version == 1
    assert bare.field.centre.forms["named"].languages == ("sv", "en")


def test_of_many_who_make_the_same_at_once_one_has_made_it(bare: Office) -> None:
    start, ends = threading.Barrier(6), list[str]()

    def make(number: int) -> None:
        start.wait()
        try:
            settings.change(bare.field, {"brand": f"Number {number}"}, {"brand": ""}, acting(f"admin {number}"))
            ends.append("made")
        except Outdated:
            ends.append("late")

    makers = [threading.Thread(target=make, args=(number,)) for number in range(6)]
    for each in makers:
        each.start()
    for each in makers:
        each.join()
    assert sorted(ends) == [*["late"] * 5, "made"]


def test_a_queue_of_the_page_is_given_surveys_like_any_other(office: Office) -> None:
    put(office, "queues/extra", SMS)
    publish(office.field, "welcome", survey("welcome"))
    publish(office.field, "other", survey("other"))
    profiles.assign(office.field, "", "", "other", EVA)
    profiles.assign(office.field, "extra", "", "welcome", EVA)
    assert office.field.centre.queues["extra"].survey == "welcome"
    assert office.field.centre.queues["sales"].survey == "other"
    assert {(each.queue, each.survey) for each in profiles.assignments(office.field) if not each.managed} == {
        ("", "other"),
        ("extra", "welcome"),
    }


def test_a_decision_says_what_was_set_up_then_and_the_past_is_decided_the_same(office: Office) -> None:
    put(office, "queues/extra", SMS)
    publish(office.field, "welcome", survey("welcome"))
    profiles.assign(office.field, "extra", "", "welcome", EVA)
    begun = office.time
    for number in range(3):
        office.pass_time(seconds=2)
        told = decide(office, f"call-{number}", queue="extra")
    office.pass_time(seconds=2)
    assert told["survey"] == "welcome"
    same = replay(office.field, office.field.centre, begun)
    assert (same.all.total, same.all.changed) == (3, 0)
    with office.field.unit.read() as tx:
        text = tx.execute(select(configs.c.document).where(configs.c.id == told["config"])).scalar_one()
    again = read_centre(text)
    assert (again.config, again.queues) == (told["config"], office.field.centre.queues)
    assert with_surveys(office.field.unit, read_centre(FILE)).config == told["config"]
    shown = configuration(office.field.unit, told["config"], "extra")
    assert shown is not None and "channel: sms" in [line.text.strip() for line in shown.lines if line.marked]


def test_another_brand_is_spoken_at_once_by_the_surveys_of_the_file(bare: Office) -> None:
    text = "queues: {line: {survey: s}}\nsurveys: {s: {questions: [{id: q, scale: nki, text: 'How was {brand}?'}]}}\n"
    field = bare.with_centre(read_centre(text))
    settings.change(field, {"brand": "Nordlys"}, {}, EVA)
    form = field.centre.forms["s"]
    assert (form.version, form.questions[0].text) == (2, {"": "How was Nordlys?"}) or "Nordlys" in str(form)
    settings.change(field, {"brand": None}, {}, EVA)
    assert field.centre.forms["s"].version == 1


def test_a_piece_that_a_changed_file_has_no_room_for_is_set_aside_and_told(office: Office) -> None:
    put(office, "queues/extra", {**SMS, "survey": "nki"})
    file = FILE[: FILE.index("surveys:")].replace(", survey: nki", "")
    centre = lay(file, office.field.centre.beneath)
    assert "extra" not in centre.queues and "sales" in centre.queues
    (aside,) = [fault for fault in centre.warnings if "set aside" in fault.sentence]
    assert aside.located("queues.yaml").startswith("set up in the browser: warning: queues.extra.survey: there is no")
    with pytest.raises(BrokenDocument):
        lay(file.replace("SE", "XX"), office.field.centre.beneath)


def test_every_change_is_noted_with_what_was_before_and_after(office: Office) -> None:
    put(office, "queues/extra", SMS)
    put(office, "queues/extra", {**SMS, "delay": "1h"})
    put(office, "queues/extra", {**SMS, "delay": "1h"})
    put(office, "queues/extra", None)
    with office.field.unit.read() as tx:
        rows = tx.execute(select(audit_log.c.action, audit_log.c.detail).order_by(audit_log.c.id)).all()
    assert [row.action for row in rows] == ["settings.added", "settings.changed", "settings.removed"]
    assert rows[1].detail == {"before": SMS, "after": {**SMS, "delay": "1h"}}
    assert audit.verify(office.field).fault is None


def test_the_whole_is_exported_as_a_file_that_a_new_installation_starts_with(office: Office) -> None:
    put(office, "queues/extra", SMS)
    put(office, "sip/peers/hq", {"allow": ["192.0.2.0/24"]})
    publish(office.field, "welcome", survey("welcome"))
    profiles.assign(office.field, "extra", "", "welcome", EVA)
    text = settings.whole(office.field)
    fresh = read_centre(text)
    now = office.field.centre
    assert (fresh.queues, fresh.numbers, fresh.sip, fresh.brand) == (now.queues, now.numbers, now.sip, now.brand)
    bare_form = replace(now.forms["welcome"], version=0)
    assert fresh.forms["welcome"] == bare_form and not fresh.beneath


def test_peers_name_the_networks_they_call_from(bare: Office) -> None:
    put(bare, "sip/peers/hq", {"allow": ["192.0.2.7", "2001:db8::/32"]})
    assert bare.field.centre.peers == (Peer("hq", ("192.0.2.7/32", "2001:db8::/32")),)
    assert faults_of(bare, "sip/peers/hq", {"allow": ["the office"]}) == [
        "sip.peers.hq.allow: “the office” is not a network such as 192.0.2.0/24, nor an address"
    ]
    assert faults_of(bare, "sip/trunk", {"address": "pbx.example"}) == [
        "sip.trunk.address: say where calls go out, such as sip:pbx.example"
    ]


@pytest.mark.parametrize("user", ["a\r\nVia: b", "a b", "<a>", 'a"b', "a\x00"])
def test_the_user_of_a_trunk_adds_no_line_to_a_header(bare: Office, user: str) -> None:
    body = {"address": "sip:pbx.example", "user": user, "caller": "+46846500110"}
    assert faults_of(bare, "sip/trunk", body) == [
        "sip.trunk.user: a user is one word without blanks, quotes and angle brackets"
    ]


@pytest.mark.parametrize("path", ["", "queues", "queues/", "sip/peers", "nothing", "nothing/here", "brand/x"])
def test_a_path_that_leads_nowhere_is_an_error(path: str) -> None:
    with pytest.raises(KeyError):
        steps_of(path)


_names = st.text("ab/é ", min_size=1, max_size=4)
_paths = st.one_of(
    st.sampled_from(["brand", "country", "sip/trunk"]),
    st.builds("{}/{}".format, st.sampled_from(["queues", "numbers", "defaults", "sip/peers"]), _names),
)


@given(st.dictionaries(_paths, st.one_of(st.text(max_size=3), st.dictionaries(_names, st.integers(), max_size=2))))
def test_pieces_and_their_document_are_the_same_thing(rows: dict[str, Any]) -> None:
    assert rows_of(page_of(rows)) == rows
    assert beside({}, page_of(rows)) == page_of(rows)
    assert beside(page_of(rows), page_of(rows)) == {}


def test_a_survey_looks_as_the_company_does_where_it_says_nothing_itself(bare: Office) -> None:
    put(bare, "look/colours", {"accent": "#aa0000", "paper": "#fefefe"})
    put(bare, "look/logo", "https://www.example.com/logo.png")
    own = "surveys: {s: {page: {colours: {accent: '#00aa00'}}, questions: [{id: q, scale: nki, text: T}]}}"
    form = read_centre(f"queues: {{line: {{survey: s}}}}\n{own}\n").forms["s"]
    page = dressed(form, bare.field.centre.look).page
    assert (page.colours, page.logo) == (
        {"accent": "#00aa00", "paper": "#fefefe"},
        "https://www.example.com/logo.png",
    )
    assert faults_of(bare, "look/colours", {"accent": "red"}) == [
        "look.colours.accent: “red” is not a colour such as #0b5fff"
    ]
    assert dressed(form, read_centre(NO_FILE).look) is form


def test_a_call_before_anything_is_set_up_hears_goodbye_and_is_counted(bare: Office) -> None:
    call = Call("sip", "early", "support", "support", "anna", "+46701740606", "sv", None)
    turn = conduct.begin_call(bare.field, call)
    assert (turn.wait, turn.interview) == (None, None)
    assert [each.slot for each in turn.says] == ["goodbye"] and turn.says[0].text
    assert conduct.begin_call(bare.field, call).leg == turn.leg
    with bare.field.unit.begin() as tx:
        (row,) = tx.execute(select(interactions.c.queue, interactions.c.disposition)).all()
    assert tuple(row) == ("none", "suppressed")
