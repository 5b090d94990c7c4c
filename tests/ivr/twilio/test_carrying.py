"""The addresses of a reception: what goes in comes out, and what a stranger writes into one is nothing."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.ivr.twilio.carrying import Carried, Owed, carried, read
from tonval.surveys.reception import Reception, Step, Terms, go_on, receive
from tonval.surveys.turns import AskDigits, Digits, Reply, TimedOut

OWED = st.builds(Owed, st.integers(1, 999), st.sampled_from(["", *"0123456789*#"]))
ADDRESSES = st.builds(
    Carried, st.text(), st.text(), st.sampled_from([None, Step.LANGUAGE, Step.OPT_IN]), st.lists(OWED).map(tuple)
)
REPLIES = st.sampled_from([TimedOut(), *(Digits(key) for key in "0123456789*#")])
TERMS = Terms((Step.LANGUAGE, Step.OPT_IN), ("sv", "en"), queue="Waiting")


def query(address: Carried) -> dict[str, str]:
    return dict(parse_qsl(address.query, keep_blank_values=True))


@given(ADDRESSES)
def test_what_an_address_carries_is_read_again(address: Carried) -> None:
    assert read(query(address)) == address


@pytest.mark.parametrize("owed", ["", "1", "0.1", ".1", "1.12", "1.a", "1000.1", "one.1", "1.١", "-1.1"])
def test_what_is_no_key_of_a_turn_is_passed_over(owed: str) -> None:
    assert read({"owed": owed}).owed == ()


@given(st.booleans(), st.lists(REPLIES, max_size=6), st.integers(0, 5))
def test_what_is_carried_through_an_outage_comes_to_where_the_stored_reception_comes(
    known: bool, replies: list[Reply], before: int
) -> None:
    turn = receive(TERMS, language="sv", known=known, fills={})
    stored, number, replies = turn, 1, list(replies)
    for reply in replies[:before]:
        if isinstance(stored.wait, AskDigits):
            stored, number = go_on(stored.reception, reply), number + 1
    alone, seen = carried("support", stored.says), stored
    for reply in replies[before:]:
        at = alone.standing(number)
        if at is None:
            break
        seen = go_on(Reception(TERMS, at.language, at.step, at.misses), reply)
        alone, number = alone.after(number, reply, seen), number + 1
    for owed in alone.owed:
        stored = go_on(stored.reception, owed.reply)
    assert (stored.says, stored.wait, stored.outcome) == (seen.says, seen.wait, seen.outcome)
