"""Whom a pattern means, which patterns are taken, and that the look-up in the database says the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert

from tonval.fieldwork.addresses import BadAddress
from tonval.fieldwork.deciding.refusals import matches, meanings, read_pattern, refused
from tonval.store.tables import blocklist, opt_outs
from tonval.store.unit import Unit, open_unit

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
EVA = "+46701740606"


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("070-174 06 06", EVA),
        ("+46 70 174 06 06", EVA),
        (" Eva@Example.COM ", "eva@example.com"),
        ("+4670*", "+4670*"),
        ("+46 (70) 174-*", "+4670174*"),
        ("070*", "+4670*"),
        ("0046 70*", "+4670*"),
        ("+461*", "+461*"),
        ("+12*", "+12*"),
        ("+3712*", "+3712*"),
        (f"{EVA}*", f"{EVA}*"),
        ("*@Example.com", "*@example.com"),
        ("@example.com", "*@example.com"),
        ("*@*.example.com", "*@*.example.com"),
        ("@*.example.com", "*@*.example.com"),
    ],
)
def test_a_pattern_is_kept_in_one_form(written: str, pattern: str) -> None:
    assert read_pattern(written, "SE") == pattern
    assert read_pattern(pattern, "SE") == pattern


@pytest.mark.parametrize("broad", ["*", "+*", "+4*", "+46*", "+371*", "+1*", "0*", "00*", "0046*", "+99912*", "2*"])
def test_a_beginning_needs_a_country_and_a_digit(broad: str) -> None:
    with pytest.raises(BadAddress, match="too broad; before the star stand a country code and at least one digit"):
        read_pattern(broad, "SE")


@pytest.mark.parametrize(
    "broad", ["*@*", "*@", "@", "*@com", "*@*.com", "*@*.*", "*@.com", "eva*@example.com", "*@a b.com"]
)
def test_a_domain_has_a_name_and_an_ending(broad: str) -> None:
    with pytest.raises(BadAddress, match="no domain we can block"):
        read_pattern(broad, "SE")


STRANGE = (
    "",
    "  ",
    "eva",
    "x001234",
    "call 0701740606",
    "+4670174*606",
    "20??",
    "2041",
    "eva@example.com\0",
    "\ud800@example.com",
    "+4670*\u200b",
)
LONG = (f"+{'4' * 300}*", "+46701740606701740*")


@pytest.mark.parametrize("strange", [*STRANGE, *LONG])
def test_anything_else_is_refused_in_a_sentence(strange: str) -> None:
    with pytest.raises(BadAddress, match=r"\w+ \w+ \w+"):
        read_pattern(strange, "SE")


def test_short_numbers_are_patterns_of_the_centres_own_extensions_alone() -> None:
    assert [read_pattern(text, "SE", internal=True) for text in ("2*", "20??", "2041")] == ["2*", "20??", "2041"]
    for text in ("*", "??", "?*", "0*"):
        with pytest.raises(BadAddress):
            read_pattern(text, "SE", internal=True)


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        (EVA, [EVA], ["+46701740607", "+467017406060"]),
        ("+4670*", [EVA, "+46709999999"], ["+46731234567", "+1467012", "+4670@example.com"]),
        (f"{EVA}*", [EVA], ["+46701740607"]),
        ("*@example.com", ["a@example.com", "+4670@example.com"], ["a@m.example.com", "a@example.org", "example.com"]),
        ("*@*.example.com", ["a@m.example.com", "a@x.m.example.com"], ["a@example.com", "a@badexample.com"]),
        ("a?b@example.com", ["a?b@example.com"], ["axb@example.com"]),
        ("2*", ["2", "2041"], ["3041", "+4620", "2@example.com"]),
        ("20??", ["2041"], ["204", "20411", "20ab"]),
    ],
)
def test_a_pattern_means(pattern: str, meant: list[str], not_meant: list[str]) -> None:
    assert [matches(pattern, address) for address in meant] == [True] * len(meant)
    assert [matches(pattern, address) for address in not_meant] == [False] * len(not_meant)


def _block(unit: Unit, *patterns: str, channel: str = "*", reason: str = "") -> None:
    rows = [{"pattern": text, "channel": channel, "reason": reason, "created_at": NOW} for text in patterns]
    with unit.begin() as tx:
        tx.execute(insert(blocklist), rows)


def _opt_out(unit: Unit, address: str, channel: str) -> None:
    with unit.begin() as tx:
        tx.execute(insert(opt_outs), {"address": address, "channel": channel, "created_at": NOW, "source": "message"})


def _rules(unit: Unit, *pairs: tuple[str, str]) -> list[str | None]:
    with unit.read() as tx:
        found = refused(tx, pairs)
    return [found[pair].rule if pair in found else None for pair in pairs]


def test_a_block_holds_for_its_channel_or_for_all(unit: Unit) -> None:
    _block(unit, EVA, channel="sms")
    _block(unit, "*@example.com")
    assert _rules(unit, (EVA, "sms"), (EVA, "keypad")) == ["blocked", None]
    assert _rules(unit, ("a@example.com", "email"), ("a@m.example.com", "email")) == ["blocked", None]


def test_who_opted_out_of_messages_gets_no_link_by_message_either(unit: Unit) -> None:
    _opt_out(unit, EVA, "sms")
    _opt_out(unit, "+46701740607", "link")
    _opt_out(unit, "+46701740608", "*")
    assert _rules(unit, (EVA, "sms"), (EVA, "link"), (EVA, "keypad")) == ["opted_out", "opted_out", None]
    assert _rules(unit, ("+46701740607", "link"), ("+46701740607", "sms")) == ["opted_out", None]
    assert _rules(unit, ("+46701740608", "keypad"), ("+46701740608", "email")) == ["opted_out", "opted_out"]


def test_a_refusal_says_what_it_rests_on_the_narrowest_first(unit: Unit) -> None:
    _block(unit, "+467*", "+46701*", reason="test numbers")
    _opt_out(unit, EVA, "sms")
    with unit.read() as tx:
        told = refused(tx, [(EVA, "sms")])[EVA, "sms"]
    assert (told.rule, told.detail) == ("blocked", "blocked as +46701*: test numbers")
    assert told.facts == {"pattern": "+46701*", "channel": "*", "reason": "test numbers", "since": NOW.isoformat()}


def test_an_opt_out_says_since_when(unit: Unit) -> None:
    _opt_out(unit, EVA, "*")
    with unit.read() as tx:
        told = refused(tx, [(EVA, "sms")])[EVA, "sms"]
    assert told.detail == "opted out of everything on 2026-11-22"
    assert told.facts == {"channel": "*", "source": "message", "since": NOW.isoformat()}


def test_any_number_of_people_is_looked_up_in_three_statements(unit: Unit) -> None:
    _block(unit, "+46701*")
    seen: list[str] = []
    event.listen(unit.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    counts = []
    for number in (1, 5000):
        seen.clear()
        pairs = {(f"+4670174{n:04}", "sms") for n in range(number)}
        with unit.read() as tx:
            assert len(refused(tx, pairs)) == number
        counts.append(sum(text.startswith("SELECT") for text in seen))
    assert counts == [3, 3]


def test_nobody_costs_nothing(unit: Unit) -> None:
    with unit.read() as tx:
        assert refused(tx, []) == {}


@pytest.mark.parametrize("table", ["blocklist", "opt_outs"])
def test_an_index_serves_the_look_up(sqlite_url: str, table: str) -> None:
    unit = open_unit(sqlite_url)
    seen: list[tuple[str, tuple[str, ...]]] = []
    event.listen(unit.engine, "before_cursor_execute", lambda *told: seen.append((told[2], told[3])))
    with unit.read() as tx:
        refused(tx, [(EVA, "sms")])
        (asked,) = [each for each in seen if f"FROM {table} " in each[0].replace("\n", " ")]
        plan = [row[-1] for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", asked[1])]
    unit.engine.dispose()
    assert plan[0].startswith(f"SEARCH {table} USING INDEX")


digits = st.text("07", min_size=1, max_size=3)
numbers = digits.map(lambda tail: f"+46{tail}")
domains = st.lists(st.sampled_from(["a", "b", "com"]), min_size=2, max_size=4).map(".".join)
mails = st.tuples(st.sampled_from(["a", "+467", "*"]), domains).map("@".join)
patterns = st.one_of(
    numbers, mails, numbers.map(lambda text: f"{text}*"), domains.map(lambda text: f"*@{text}"),
    domains.map(lambda text: f"*@*.{text}"),
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.sets(patterns, max_size=5), asked=st.sets(st.one_of(numbers, mails), min_size=1, max_size=8))
def test_the_look_up_agrees_with_the_patterns_meaning(unit: Unit, kept: set[str], asked: set[str]) -> None:
    with unit.begin() as tx:
        tx.execute(delete(blocklist))
    if kept:
        _block(unit, *kept)
    with unit.read() as tx:
        found = {address for address, _ in refused(tx, [(address, "sms") for address in asked])}
    assert found == {address for address in asked if any(matches(pattern, address) for pattern in kept)}


@given(address=st.one_of(numbers, mails))
def test_every_meaning_of_an_address_means_it(address: str) -> None:
    assert all(matches(meaning, address) for meaning in meanings(address))
