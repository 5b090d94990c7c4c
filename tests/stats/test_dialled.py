"""What the desk tells of calls to those who hung up first."""

from __future__ import annotations

import pytest

from tests.fieldwork.dialling.house import call_up, due, hang_up, pick_up
from tests.fieldwork.dialling.house import house as house
from tests.fieldwork.office import BEGINNING, Office
from tonval.fieldwork import conduct
from tonval.fieldwork.calls import dialling
from tonval.stats.decisions import Explanation, explain
from tonval.stats.dialled import Fate, calls_made, fates, latest
from tonval.stats.queries import Filter
from tonval.stats.scope import EVERYTHING, Scope
from tonval.surveys.turns import Digits
from tonval.web.desk.why import headline, outcome

DAY = Filter(BEGINNING.date(), BEGINNING.date())


def told(office: Office, ref: str = "a", *, addresses: bool = True) -> Explanation:
    """The explanation of an interaction."""
    found = explain(office.field.unit, EVERYTHING, "call", ref, addresses=addresses)
    assert found is not None
    return found


def test_who_hung_up_first_is_told_to_be_called_and_why_then(house: Office) -> None:
    hang_up(house)
    explained = told(house)
    assert headline(explained) == "The customer will be asked by a call"
    (timing,) = [each.timing for each in explained.rounds if each.timing]
    assert timing.why_channel == "the customer hung up before she could be asked, and the queue calls those"
    assert timing.why_then == "10 minutes after it was decided"
    assert "can be reached by a call at +46701740606" in [step.sentence for step in explained.steps]
    assert "an hour was found in which she may be called" in [step.sentence for step in explained.steps]
    assert outcome(explained.entry) == "To be called, not done yet"


def test_hours_in_which_nobody_is_called_are_told(house: Office) -> None:
    house.pass_time(hours=9, minutes=55)
    hang_up(house)
    (timing,) = [each.timing for each in told(house).rounds if each.timing]
    assert timing.why_then.endswith("20:05 in Europe/Stockholm: quiet time there (20:00-09:00)")


def test_each_call_is_told_in_words(house: Office) -> None:
    call = call_up(house)
    dialling.ended(house.field, call.id, "busy")
    house.pass_time(hours=2)
    (call,) = due(house)
    guard = pick_up(house, call)
    assert [each.sentence for each in told(house).events if each.name == "called"] == [
        "Call 1: the line was engaged",
        "Call 2: somebody has answered",
    ]
    house.pass_time(seconds=9)
    conduct.resume(house.field, guard.leg, Digits("9"), 1)
    assert told(house).events[-1].sentence == "Call 2: she wants no more calls"
    assert headline(told(house)) == "The customer was called and did not want to answer"


@pytest.mark.parametrize(
    ("cause", "words", "short"),
    [
        ("failed", "The customer was to be called, but no call could be made", "Could not be called"),
        ("unknown", "The customer will be asked by a call", "To be called, not done yet"),
    ],
)
def test_the_end_of_a_call_is_the_answer(house: Office, cause: str, words: str, short: str) -> None:
    call = call_up(house)
    dialling.ended(house.field, call.id, cause, "The trunk is away.")
    assert (headline(told(house)), outcome(told(house).entry)) == (words, short)
    assert told(house).events[-1].error == "The trunk is away."
    found = calls_made(house.field.unit, EVERYTHING, DAY, in_doubt=True)
    assert [each.ref for each in found.rows] == (["a"] if cause == "unknown" else [])


def test_the_newest_call_by_a_way_out_is_told(house: Office) -> None:
    assert latest(house.field.unit, "sip") is None
    call = call_up(house)
    dialling.ended(house.field, call.id, "failed", "The trunk is away.")
    newest = [latest(house.field.unit, provider) for provider in ("twilio", "sip")]
    (told_of,) = [each for each in newest if each]
    assert (told_of.state, told_of.why) == ("failed", "The trunk is away.")


def test_who_may_see_no_address_is_told_none(house: Office) -> None:
    hang_up(house)
    assert not any("+46" in step.sentence for step in told(house, addresses=False).steps)


def test_numbers_that_are_never_called_have_their_rule(house: Office) -> None:
    hang_up(house, phone="+46701740691")
    explained = told(house)
    assert headline(explained) == "The customer was not asked: the queue calls no number such as +4670174069*"
    assert [step.rule for step in explained.steps][-1] == "never_called"
    assert told(house, addresses=False).steps[-1].sentence == "the queue never calls such a number"


def test_each_customer_counts_once_by_her_last_call(house: Office) -> None:
    call = call_up(house)
    assert fates(house.field.unit, EVERYTHING, DAY) == {Fate.OPEN: 1}
    dialling.ended(house.field, call.id, "busy")
    assert fates(house.field.unit, EVERYTHING, DAY) == {Fate.OPEN: 1}
    conduct.begin_call(house.field, conduct.Call("sip", "1", "support", queue="support", caller=call.number))
    assert fates(house.field.unit, EVERYTHING, DAY) == {Fate.BY_HERSELF: 1}
    other = call_up(house, "b", phone="+46701740607")
    dialling.ended(house.field, other.id, "failed")
    assert fates(house.field.unit, EVERYTHING, DAY) == {Fate.BY_HERSELF: 1, Fate.NOT_CALLED: 1}
    assert fates(house.field.unit, Scope(units=("se",)), DAY) == {}
