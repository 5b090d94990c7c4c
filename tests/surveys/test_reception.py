"""Receptions on the bare machine: the language, the wish to take part, the agent; and the guard of our own calls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.surveys.reception import TRANSITIONS, Outcome, Received, Step, Terms, go_on, receive, spoken_slots
from tonval.surveys.record import plain, reception_from
from tonval.surveys.state import ReplyRejected
from tonval.surveys.turns import AskDigits, Dial, DialEnded, Digits, HungUp, Line, Reply, TimedOut

ANNA = (Line("+46701740606", "anna"),)
WHOLE = Terms((Step.LANGUAGE, Step.OPT_IN), ("sv", "en"), ANNA)
GUARD = Terms((Step.GUARD,), greets=False)
TALKED, NOBODY, LEFT = (
    DialEnded(timedelta(minutes=3), "anna"),
    DialEnded(timedelta(0)),
    DialEnded(timedelta(minutes=3), "anna", left=True),
)


def come(terms: Terms, *replies: Reply, known: bool = False, language: str = "sv") -> Received:
    turn = receive(terms, language=language, known=known, fills={"brand": "Nordlys"})
    for reply in replies:
        turn = go_on(turn.reception, reply)
    return turn


def slots(turn: Received) -> list[str]:
    return [each.slot.removeprefix("reception.") for each in turn.says]


def test_a_caller_is_greeted_and_offered_each_language_in_itself() -> None:
    turn = come(WHOLE)
    assert [(each.slot, each.language, each.text) for each in turn.says] == [
        ("reception.greeting", "sv", "Hej och välkommen till Nordlys."),
        ("reception.language", "sv", "För svenska, tryck 1."),
        ("reception.language", "en", "For English, press 2."),
    ]


def test_a_caller_whose_language_is_known_does_not_choose() -> None:
    assert slots(come(WHOLE, known=True, language="en")) == ["greeting", "opt_in"]


TALKS = {
    "she takes part": ((Digits("2"), Digits("1"), TALKED), Outcome.SURVEY, []),
    "she presses nothing": ((Digits("1"), TimedOut(), TALKED), Outcome.DECLINED, ["goodbye"]),
    "she presses another key": ((Digits("1"), Digits("5"), TALKED), Outcome.DECLINED, ["goodbye"]),
    "nobody answers": ((Digits("1"), Digits("1"), NOBODY), Outcome.UNCONNECTED, ["unavailable"]),
    "she hangs up first": ((Digits("1"), Digits("1"), LEFT), Outcome.LEFT, []),
    "she hangs up in the menu": ((HungUp(),), Outcome.LEFT, []),
    "no key of the menu": ((Digits("7"), Digits("8"), Digits("1"), TALKED), Outcome.SURVEY, []),
}


@pytest.mark.parametrize(("replies", "outcome", "said"), TALKS.values(), ids=TALKS)
def test_a_whole_reception(replies: tuple[Reply, ...], outcome: Outcome, said: list[str]) -> None:
    turn = come(WHOLE, *replies)
    assert (turn.outcome, slots(turn), turn.wait) == (outcome, said, None)


def test_the_chosen_language_and_the_agent_go_with_her_into_the_survey() -> None:
    after = come(WHOLE, Digits("2"), Digits("1"), TALKED).reception
    assert (after.language, after.agent, after.talk) == ("en", "anna", timedelta(minutes=3))


def test_without_anybody_to_connect_with_the_survey_begins_at_once() -> None:
    assert come(Terms((Step.LANGUAGE,), ("sv", "en")), Digits("2")).outcome is Outcome.SURVEY
    assert come(Terms()).outcome is Outcome.SURVEY


def test_the_caller_is_connected_in_the_queues_terms() -> None:
    assert come(Terms((), (), ANNA)).wait == Dial(ANNA, "", timedelta(seconds=30))
    assert come(Terms(queue="support")).wait == Dial((), "support", timedelta(seconds=30))


GUARDS = {
    "a person who presses one is asked": ((Digits("1"),), Outcome.SURVEY, []),
    "nine is never again": ((Digits("9"),), Outcome.NEVER, ["never"]),
    "a machine presses nothing": ((TimedOut(), TimedOut()), Outcome.NOBODY, ["unheard"]),
    "another key is asked again": ((Digits("4"), Digits("1")), Outcome.SURVEY, []),
    "it hangs up": ((HungUp(),), Outcome.LEFT, []),
}


@pytest.mark.parametrize(("replies", "outcome", "said"), GUARDS.values(), ids=GUARDS)
def test_our_own_call_is_guarded_by_a_key(replies: tuple[Reply, ...], outcome: Outcome, said: list[str]) -> None:
    turn = come(GUARD, *replies)
    assert (turn.outcome, slots(turn)) == (outcome, said)


def test_our_own_call_says_who_calls_and_why_at_once() -> None:
    assert slots(come(GUARD)) == ["guard"]


def test_the_queues_own_words_are_said_instead_of_ours() -> None:
    own = Terms(lines=ANNA, words={"greeting": {"sv": "Hej, Nordlys växel."}})
    assert come(own).says[0].text == "Hej, Nordlys växel."
    assert spoken_slots(own)["reception.greeting"]["en"] == "Hello and welcome to {brand}."


REPLIES = st.one_of(
    st.sampled_from([Digits(key) for key in "12579"]),
    st.sampled_from([TimedOut(), HungUp(), TALKED, NOBODY, LEFT]),
)
TERMS = st.builds(
    Terms,
    st.lists(st.sampled_from([Step.LANGUAGE, Step.OPT_IN, Step.GUARD]), unique=True).map(tuple),
    st.just(("sv", "en")),
    st.sampled_from([(), ANNA]),
)


@given(TERMS, st.booleans(), st.lists(REPLIES, max_size=10))
def test_a_reception_always_ends_once_and_a_wrong_reply_changes_nothing(
    terms: Terms, known: bool, replies: list[Reply]
) -> None:
    turn = receive(terms, language="sv", known=known, fills={"brand": "Nordlys"})
    for reply in replies:
        assert (turn.outcome is None) == (turn.wait is not None)
        assert reception_from(plain(turn.reception)) == turn.reception
        if (turn.reception.step, type(reply)) not in TRANSITIONS:
            with pytest.raises(ReplyRejected):
                go_on(turn.reception, reply)
            continue
        turn = go_on(turn.reception, reply)
    assert isinstance(turn.wait, AskDigits | Dial) or turn.reception.step is Step.OVER
