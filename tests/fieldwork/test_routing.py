"""queues.yaml as the rules of asking see it: what is read, what stands for what is left out, what does not fit."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tonval.fieldwork.centre import Caps, Centre, Program, Queue, Quiet
from tonval.fieldwork.routing import read_centre
from tonval.surveys.document import BrokenDocument, Fault

FILE = """
numbers: {"+46701740605": {}}
defaults: {DEFAULTS}
queues:
  sales: {survey: nps, channel: sms, from: "+46701740605", QUEUE}
  quick: {survey: nps, channel: sms, from: "+46701740605"}
  call: {survey: nki, KEYPAD}
periodic: {PERIODIC}
surveys:
  nps: {questions: [{id: q, scale: nps, text: Hur}]}
  nki: {questions: [{id: q, scale: nki, text: Hur}], SURVEY}
"""
LINES = {"DEFAULTS": 3, "QUEUE": 5, "KEYPAD": 7, "PERIODIC": 8, "SURVEY": 11}
DAY = timedelta(days=1)
NIGHT = Quiet(time(21), time(8))


def file(**given: str) -> str:
    """The file with ``given`` written at its places."""
    return re.sub(r"\b(DEFAULTS|QUEUE|KEYPAD|PERIODIC|SURVEY)\b", lambda found: given.get(found[1], ""), FILE)


def centre(**given: str) -> Centre:
    return read_centre(file(**given))


def sales(**given: str) -> Queue:
    return centre(**given).queues["sales"]


def faults(text: str) -> list[Fault]:
    with pytest.raises(BrokenDocument) as broken:
        read_centre(text)
    return broken.value.faults


READ = [
    ("delay", "delay: 2m", timedelta(minutes=2), timedelta(0)),
    ("min_talk", "min_talk: 0", timedelta(0), timedelta(seconds=15)),
    ("sample", "sample: 4", 4, 1),
    ("agent_quota", "agent_quota: 5", 5, None),
    ("caps", "cap: 14d", Caps(14 * DAY), Caps(30 * DAY)),
    ("caps", "cap: 0", Caps(timedelta(0)), Caps(30 * DAY)),
    ("caps", "cap: {survey: 90d}", Caps(30 * DAY, survey=90 * DAY), Caps(30 * DAY)),
    (
        "caps",
        "cap: {person: 1d, channel: 2d, survey: 3d, queue: 4d}",
        Caps(DAY, 2 * DAY, 3 * DAY, 4 * DAY),
        Caps(30 * DAY),
    ),
    ("quiet", 'quiet_hours: "21:00-08:00"', NIGHT, Quiet()),
    ("quiet", "quiet_hours: 21:00-08:00", NIGHT, Quiet()),
    ("quiet", 'quiet_hours: "9:30 – 24:00"', Quiet(time(9, 30), time(0)), Quiet()),
    ("quiet", "quiet_days: [saturday, holidays]", Quiet(days=frozenset({"saturday", "holidays"})), Quiet()),
    ("quiet", "quiet_days: sunday", Quiet(days=frozenset({"sunday"})), Quiet()),
    ("internal", 'internal: ["2*", "0701-740606"]', ("2*", "+46701740606"), ()),
]


@pytest.mark.parametrize(("name", "written", "value", "without"), READ, ids=[written for _, written, *_ in READ])
def test_a_term_holds_for_its_queue_or_from_the_defaults_for_every_queue(
    name: str, written: str, value: object, without: object
) -> None:
    one, every = centre(QUEUE=written).queues, centre(DEFAULTS=written).queues
    assert (getattr(one["sales"], name), getattr(one["quick"], name)) == (value, without)
    assert (getattr(every["sales"], name), getattr(every["quick"], name)) == (value, value)


OVER = [
    ("delay", "delay: 1h", "delay: 2m", timedelta(minutes=2)),
    ("delay", "delay: 1h", "delay: 0", timedelta(0)),
    ("agent_quota", "agent_quota: 5", "agent_quota: off", None),
    ("agent_quota", "agent_quota: 5", "agent_quota: false", None),
    ("caps", "cap: {survey: 90d}", "cap: 7d", Caps(7 * DAY)),
    ("caps", "cap: {survey: 90d}", "cap: {queue: 60d}", Caps(30 * DAY, survey=90 * DAY, queue=60 * DAY)),
    ("caps", "cap: {survey: 90d}", "cap: {survey: 0}", Caps(30 * DAY)),
    ("quiet", 'quiet_hours: "21:00-08:00"', "quiet_hours: off", Quiet()),
    ("quiet", 'quiet_hours: "21:00-08:00"', 'quiet_hours: "off"', Quiet()),
    ("quiet", 'quiet_hours: "21:00-08:00", quiet_days: [sunday]', "quiet_days: off", NIGHT),
    ("quiet", 'quiet_hours: "21:00-08:00", quiet_days: [sunday]', "quiet_days: []", NIGHT),
    ("quiet", "quiet_days: [sunday]", "quiet_days: [monday]", Quiet(days=frozenset({"monday"}))),
    ("internal", 'internal: ["2*", "31"]', 'internal: ["2*", "*@example.com"]', ("2*", "31", "*@example.com")),
]


@pytest.mark.parametrize(
    ("name", "default", "own", "value"), OVER, ids=[f"{own} over {one}" for _, one, own, _ in OVER]
)
def test_a_queue_wins_over_the_defaults_and_can_lift_them(name: str, default: str, own: str, value: object) -> None:
    assert getattr(sales(DEFAULTS=default, QUEUE=own), name) == value


def test_a_queue_may_belong_to_a_unit() -> None:
    assert (sales(QUEUE="unit: se/sthlm").unit, sales().unit) == ("se/sthlm", "")


def test_a_queue_has_its_ways_templates_and_switches() -> None:
    queue = sales(QUEUE="fallback: [email], prefer_email: true, off: true, reply_needed: false, templates: {rude: nki}")
    assert (queue.fallback, queue.prefer_email, queue.off, queue.reply_needed) == (("email",), True, True, False)
    assert dict(queue.templates) == {"rude": "nki"}


def test_a_survey_that_is_off_asks_nobody() -> None:
    assert (centre().off, centre(SURVEY="off: true").off) == (frozenset(), {"nki"})


def test_a_periodic_survey_is_read_with_its_list_and_period() -> None:
    read = centre(PERIODIC="r: {queue: sales, list: customers, every: quarter, spread: 89d}").programs
    assert dict(read) == {"r": Program("r", "sales", "customers", "quarter", 89 * DAY)}


def test_the_centres_zone_is_its_countrys_unless_it_is_named() -> None:
    assert centre().zone == "Europe/Stockholm"
    assert read_centre(file() + "country: EE\n").zone == "Europe/Tallinn"
    assert read_centre(file() + "country: US\ntimezone: America/Chicago\n").zone == "America/Chicago"


BROKEN = [
    ("DEFAULTS", "quiet_hours: 21:00", "defaults.quiet_hours: must be two times of day in quotes"),
    ("QUEUE", 'quiet_hours: "21-8"', "queues.sales.quiet_hours: must be two times of day"),
    ("QUEUE", 'quiet_hours: "24:30-08:00"', "queues.sales.quiet_hours: must be two times of day"),
    ("QUEUE", 'quiet_hours: "25:00-08:00"', "queues.sales.quiet_hours: must be two times of day"),
    ("QUEUE", "quiet_hours: on", "queues.sales.quiet_hours: must be two times of day"),
    ("QUEUE", "quiet_hours: {from: 21}", "queues.sales.quiet_hours: must be two times of day"),
    ("QUEUE", 'quiet_hours: "08:00-08:00"', "queues.sales.quiet_hours: begins and ends at the same time"),
    ("QUEUE", 'quiet_hours: "00:00-24:00"', "queues.sales.quiet_hours: begins and ends at the same time"),
    ("DEFAULTS", "quiet_days: [söndag]", "defaults.quiet_days: “söndag” is not one of monday, tuesday"),
    ("DEFAULTS", "quiet_days: on", "defaults.quiet_days: must be a list"),
    (
        "QUEUE",
        "quiet_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]",
        "queues.sales.quiet_days: leaves no day",
    ),
    ("QUEUE", "cap: often", "queues.sales.cap: “often” is not a length of time"),
    ("QUEUE", "cap: {person: often}", "queues.sales.cap.person: “often” is not a length of time"),
    ("QUEUE", "cap: {agent: 1d}", "queues.sales.cap.agent: nothing is called “agent” here"),
    ("QUEUE", "agent_quota: 0", "queues.sales.agent_quota: must be a whole number from 1"),
    ("QUEUE", "agent_quota: on", "queues.sales.agent_quota: must be a whole number from 1"),
    ("QUEUE", "sample: 0", "queues.sales.sample: must be a whole number from 1"),
    ("QUEUE", "sample: 10%", "queues.sales.sample: must be a whole number from 1"),
    ("DEFAULTS", "internal: [2041]", "defaults.internal: must be a list of texts; a number needs quotes"),
    ("QUEUE", 'internal: ["a@"]', "queues.sales.internal: "),
    ("QUEUE", "fallback: [fax]", "queues.sales.fallback: “fax” is not one of keypad, sms, link, email"),
    ("QUEUE", "fallback: [keypad]", "queues.sales.fallback: nobody can be called back"),
    (
        "QUEUE",
        "templates: {rude: nkj}",
        "queues.sales.templates.rude: there is no survey called “nkj”; known: nps, nki",
    ),
    ("QUEUE", "templates: {rude: }", "queues.sales.templates.rude: say which survey"),
    ("QUEUE", "templates: [nki]", "queues.sales.templates: must be a mapping"),
    ("QUEUE", "reply_needed: perhaps", "queues.sales.reply_needed: must be true or false"),
    ("QUEUE", "unit: se/Sthlm", "queues.sales.unit: “Sthlm” is no name for a unit"),
    ("QUEUE", "unit: se/", "queues.sales.unit: “” is no name for a unit"),
    ("DEFAULTS", "unit: se", "defaults.unit: nothing is called “unit” here"),
    ("QUEUE", "enough: 3", "queues.sales.enough: nothing is called “enough” here"),
    ("QUEUE", 'from: "+46701740606"', "queues.sales.from: +46701740606 is not among the numbers"),
    ("DEFAULTS", "channel: sms", "defaults.channel: nothing is called “channel” here"),
    ("KEYPAD", "channel: link", "queues.call: a link goes out by SMS and needs the number"),
    ("KEYPAD", "fallback: [link]", "queues.call: a link goes out by SMS and needs the number"),
    ("KEYPAD", "channel: email, fallback: [sms]", "queues.call: a queue that asks by SMS needs the number"),
    ("PERIODIC", "r: {list: c, every: month}", "periodic.r: say which queue"),
    ("PERIODIC", "r: {queue: sales, every: month}", "periodic.r: say which list"),
    ("PERIODIC", "r: {queue: sales, list: c}", "periodic.r: say how often"),
    (
        "PERIODIC",
        "r: {queue: sales, list: c, every: week}",
        "periodic.r.every: “week” is not one of day, month, quarter",
    ),
    ("PERIODIC", "r: {queue: sales, list: c, every: day, spread: 1d}", "periodic.r.spread: must be shorter than a day"),
    ("PERIODIC", "r: {queue: sales, list: c, every: month, spread: 28d}", "periodic.r.spread: must be shorter"),
    ("PERIODIC", "r: {queue: slaes, list: c, every: day}", "periodic.r.queue: there is no queue called “slaes”"),
    ("PERIODIC", "r: {queue: call, list: c, every: day}", "periodic.r.queue: call asks by keypad"),
    ("PERIODIC", "r: 3", "periodic.r: must be a mapping"),
    ("SURVEY", "off: 3", "surveys.nki.off: must be true or false"),
]


@pytest.mark.parametrize(("place", "written", "sentence"), BROKEN, ids=[f"{place} {text}" for place, text, _ in BROKEN])
def test_a_fault_says_line_path_and_reason(place: str, written: str, sentence: str) -> None:
    text = file(**{place: written})
    if written.startswith("from:"):
        text = text.replace(', from: "+46701740605", from:', ", from:", 1).replace(
            'from: "+46701740605", from:', "from:"
        )
    found = [fault for fault in faults(text) if fault.sentence.startswith(sentence)]
    assert [(fault.line, fault.warning) for fault in found] == [(LINES[place], False)]


@pytest.mark.parametrize("line", ["timezone: Stockholm", "timezone: ../etc/passwd", "country: XX", "timezone: [x]"])
def test_a_place_that_does_not_exist_is_a_fault(line: str) -> None:
    assert [fault.line for fault in faults(file() + line + "\n")] == [12]


def test_faults_all_over_the_file_are_told_together() -> None:
    broken = faults(
        file(
            DEFAULTS="delay: soon, quiet_hours: 21:00",
            QUEUE="fallback: [fax, keypad], cap: {person: x, agent: 1d}",
            PERIODIC="r: {queue: slaes, every: week}",
            SURVEY="off: 3",
        )
    )
    assert [fault.line for fault in broken] == [3, 3, 5, 5, 5, 5, 8, 8, 8, 11]


STRANGE = [
    ("QUEUE", "delay: 31d", "queues.sales.delay: the delay is longer than the cap on a person"),
    ("QUEUE", "fallback: [sms]", "queues.sales.fallback: sms has been tried by then"),
    ("QUEUE", "fallback: [email, email]", "queues.sales.fallback: email has been tried by then"),
    ("QUEUE", 'quiet_hours: "08:00-06:30"', "queues.sales.quiet_hours: leaves less than two hours a day"),
    ("QUEUE", "sample: 2, agent_quota: 5", "queues.sales.sample: agent_quota counts among one in 2 only"),
    ("QUEUE", "cap: {channel: 14d}", "queues.sales.cap.channel: is never felt"),
    ("DEFAULTS", "cap: {queue: 30d}", "defaults.cap.queue: is never felt"),
    ("KEYPAD", "delay: 2m", "queues.call.delay: does nothing here"),
    ("KEYPAD", "quiet_days: [sunday]", "queues.call.quiet_days: does nothing here"),
    ("KEYPAD", "channel: email, prefer_email: true", "queues.call.prefer_email: does nothing"),
    ("KEYPAD", "channel: link, prefer_email: true", "queues.call: without from, only customers with an e-mail address"),
    ("PERIODIC", "r: {queue: sales, list: c, every: day}", "periodic.r.queue: the agent_quota of sales does not hold"),
]


@pytest.mark.parametrize(
    ("place", "written", "sentence"), STRANGE, ids=[f"{place} {text}" for place, text, _ in STRANGE]
)
def test_what_is_strange_is_a_warning(place: str, written: str, sentence: str) -> None:
    quota = {"QUEUE": "agent_quota: 5"} if place == "PERIODIC" else {}
    found = [fault for fault in centre(**{place: written}, **quota).warnings if fault.sentence.startswith(sentence)]
    assert [(fault.line, fault.warning) for fault in found] == [(LINES[place], True)]


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("QUEUE", "delay: 29d"),
        ("QUEUE", "delay: 31d, cap: 0"),
        ("QUEUE", 'quiet_hours: "08:00-06:00"'),
        ("QUEUE", 'quiet_hours: "20:00-22:00", quiet_days: [saturday, sunday]'),
        ("QUEUE", "agent_quota: 5, cap: {survey: 90d}"),
        ("DEFAULTS", 'delay: 1h, quiet_hours: "21:00-08:00"'),
        ("PERIODIC", "r: {queue: sales, list: c, every: month, spread: 27d}"),
    ],
)
def test_what_is_in_order_is_not_warned_of(place: str, written: str) -> None:
    assert centre(**{place: written}).warnings == ()


def test_a_survey_that_nothing_uses_is_a_warning_and_a_templates_survey_is_used() -> None:
    more = file() + "  more: {questions: [{id: q, scale: nki, text: Hur}]}\n"
    assert [(fault.line, fault.sentence) for fault in read_centre(more).warnings] == [
        (12, "surveys.more: no queue uses this survey")
    ]
    assert read_centre(more.replace("survey: nki", "survey: nki, templates: {x: more}")).warnings == ()


NO_CARE = "there is no survey called “care”"


@pytest.mark.parametrize("channel", ["keypad", "email", "link"])
def test_a_queue_may_name_a_survey_made_in_the_browser(channel: str) -> None:
    text = file(KEYPAD=f"channel: {channel}, prefer_email: true").replace("survey: nki", "survey: care")
    centre = read_centre(text, made_here=["care"])
    assert "care" in centre.surveys and "care" not in centre.forms
    assert not any(NO_CARE in fault.sentence for fault in centre.warnings)


def test_a_caller_must_not_find_the_survey_missing_and_a_page_may_still_be_made() -> None:
    text = file(KEYPAD="channel: CHANNEL, prefer_email: true").replace("survey: nki", "survey: care")
    assert any(NO_CARE in fault.sentence for fault in faults(text.replace("CHANNEL", "keypad")))
    for channel in ("link", "email"):
        warnings = read_centre(text.replace("CHANNEL", channel)).warnings
        assert any(NO_CARE in fault.sentence for fault in warnings)


def test_a_queue_that_names_no_survey_waits_for_one() -> None:
    (warning,) = read_centre(file().replace("survey: nki, ", "")).warnings[:1]
    assert "asks nobody until one is chosen" in warning.sentence


def test_a_fallback_is_kept_in_order_without_what_repeats() -> None:
    assert sales(QUEUE="fallback: [email, sms, link, email]").fallback == ("email", "link")


def whole() -> str:
    """The example of docs/queues.md, where every setting stands."""
    page = Path(__file__).parents[2].joinpath("docs/queues.md").read_text(encoding="utf-8")
    return page.partition("```yaml\n")[2].partition("```")[0]


def is_read_or_explained(text: str) -> bool:
    """Whether the reader takes the text, or names a fault in it."""
    try:
        read_centre(text)
    except BrokenDocument as broken:
        return bool(broken.faults) and not any(fault.warning for fault in broken.faults)
    return True


WHOLE = whole()
CUTS = st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 12), st.text("{}[]:,-*&!\"'#? \n\t0aé", max_size=4))


@settings(max_examples=200, deadline=None)
@given(st.lists(CUTS, min_size=1, max_size=4))
def test_no_slip_of_the_pen_breaks_the_reader_itself(cuts: list[tuple[int, int, str]]) -> None:
    text = WHOLE
    for start, length, instead in cuts:
        text = text[:start] + instead + text[start + length :]
    assert is_read_or_explained(text)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a document with each of its keys."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield value, key
        yield from places(item)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 10**12)
    | st.floats()
    | st.dates()
    | st.sampled_from(
        ["", "off", "30d", "21:00-08:00", "sms", "link", "keypad", "sales", "*", "?", "+46", "@", "a@b.c"]
    )
    | st.text(max_size=5)
)
SHAPES = VALUES | st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=3), VALUES, max_size=2)
PLACES = len(list(places(yaml.safe_load(WHOLE))))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, PLACES - 1), SHAPES), min_size=1, max_size=4))
def test_no_value_in_any_place_breaks_the_reader_itself(changes: list[tuple[int, Any]]) -> None:
    document = yaml.safe_load(WHOLE)
    found = list(places(document))
    for place, value in changes:
        container, key = found[place]
        container[key] = copy.deepcopy(value)
    assert is_read_or_explained(yaml.safe_dump(document, allow_unicode=True))
