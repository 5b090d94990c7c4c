"""What a queue may say of its calls, and what is told of it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from tests.fieldwork.dialling.house import FILE
from tonval.fieldwork.calls.calling import Outlet, outlet_of
from tonval.fieldwork.centre import Calling, Centre, Quiet
from tonval.fieldwork.routing import read_centre
from tonval.surveys.document import BrokenDocument

USUAL = Quiet(time(20), time(9))


def with_call(call: str, more: str = "") -> Centre:
    """The centre whose first queue calls on these terms."""
    return read_centre(FILE.replace('call: {after: 10m, retry: [2h, 1d], never: ["+4670174069*"]}', f"{more}{call}"))


def faults(call: str, more: str = "", file: str = FILE) -> list[str]:
    """What is wrong with them."""
    text = file.replace('call: {after: 10m, retry: [2h, 1d], never: ["+4670174069*"]}', f"{more}{call}")
    try:
        return [fault.sentence for fault in read_centre(text).warnings]
    except BrokenDocument as broken:
        return [fault.sentence for fault in broken.faults if not fault.warning]


def test_a_queue_that_says_little_calls_on_the_usual_terms() -> None:
    (calling,) = (queue.calling for queue in with_call("call: {}").queues.values() if queue.name == "support")
    assert calling == Calling(USUAL, timedelta(minutes=10), (timedelta(hours=2), timedelta(days=1)), None, 5, 200)


@pytest.mark.parametrize(
    ("call", "more", "quiet"),
    [
        ("call: {}", "", USUAL),
        ("call: {}", 'quiet_hours: "21:00-08:00", ', Quiet(time(21), time(8))),
        ('call: {hours: "10:00-18:00"}', 'quiet_hours: "21:00-08:00", ', Quiet(time(18), time(10))),
        ("call: {}", "quiet_days: [sunday], ", Quiet(time(20), time(9), frozenset({"sunday"}))),
        ('call: {hours: "00:00-23:59"}', "", Quiet(time(23, 59), time(0))),
    ],
)
def test_hours_come_from_the_call_else_from_the_queue_else_they_are_the_usual(
    call: str, more: str, quiet: Quiet
) -> None:
    calling = with_call(call, more).queues["support"].calling
    assert calling is not None
    assert calling.quiet == quiet


@pytest.mark.parametrize("call", ["call: off", "call: null"])
def test_a_queue_may_leave_calling_off(call: str) -> None:
    assert with_call(call).queues["support"].calling is None


def test_the_number_that_is_named_decides_what_calls_go_out_by() -> None:
    centre = read_centre(FILE)
    assert outlet_of(centre, centre.queues["support"]) == Outlet("sip", "+46846500110")  # type: ignore[arg-type]
    assert outlet_of(centre, centre.queues["sales"]) == Outlet("twilio", "+46701740605")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ('call: {from: "+46701740612"}', "+46701740612 is none of our numbers"),
        ('call: {from: "4"}', "is not a telephone number"),
        ("call: {retry: [1m]}", "leaves less than 15m between two calls"),
        ("call: {retry: [1h, 1h, 1h, 1h, 1h, 1h]}", "nobody is called more than 6 times"),
        ("call: {retry: [soon]}", "is not a length of time"),
        ("call: {ring: 5m}", "must be from 10s to 2m"),
        ("call: {hours: off}", "customers are not called at night"),
        ("call: {when: always}", "“always” is not one of hung_up_first"),
        ("call: {per_minute: 0}", "must be a whole number from 1"),
        ('call: {never: ["4*6"]}', "has its star in the wrong place"),
        ("call: {whom: all}", "nothing is called “whom” here"),
        ('call: {hours: "09:00-09:30"}', "leaves less than an hour a day"),
    ],
)
def test_what_cannot_be_meant_is_told(call: str, fault: str) -> None:
    assert any(fault in sentence for sentence in faults(call)), faults(call)


def test_a_queue_without_anything_to_call_by_is_told() -> None:
    bare = FILE.replace('sip: {trunk: {address: "sip:pbx.example", caller: "+46846500110"}}\n', "")
    assert any("calls need sip.trunk with its caller" in sentence for sentence in faults("call: {}", file=bare))


def test_only_a_queue_that_asks_on_the_line_calls() -> None:
    sentences = faults(
        "call: {}", 'from: "+46701740605", ', FILE.replace("support: {channel: keypad", "support: {channel: sms")
    )
    assert any("set channel: keypad" in sentence for sentence in sentences)


def test_calls_to_anywhere_in_the_world_are_warned_of() -> None:
    open_ = FILE.replace("sms: {countries: [SE, NO]}\n", "")
    assert any("name yours under sms.countries" in sentence for sentence in faults("call: {}", file=open_))


def test_quiet_hours_of_a_queue_that_calls_do_something() -> None:
    assert not any("does nothing" in sentence for sentence in faults("call: {}", 'quiet_hours: "21:00-08:00", '))


def test_a_survey_that_cannot_be_asked_by_keypad_is_told() -> None:
    spoken = FILE.replace("scale: nki", "scale: text")
    assert any("can be answered on a keypad" in sentence for sentence in faults("call: {}", file=spoken))
