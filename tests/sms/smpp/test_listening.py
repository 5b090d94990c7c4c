from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drivers.smsc import Smsc
from tests.sms.smpp.conftest import Connect
from tests.sms.stage import CUSTOMER, OURS, Stage
from tests.waiting import wait_until
from tonval.fieldwork.messaging import pieces
from tonval.sms.smpp.account import Alphabet, Long
from tonval.sms.smpp.listening import take_overdue
from tonval.sms.smpp.long import HEADED, parts_of, read_place
from tonval.sms.smpp.pdus import Tag
from tonval.store.unit import open_unit

TRY_AGAIN = 0x64


def bodies(stage: Stage) -> list[str]:
    return [row.body for row in stage.rows("in")]


def bound(smsc: Smsc, *lines: Any) -> None:
    for number, line in enumerate(lines, 1):
        line.listen()
        wait_until(lambda n=number: smsc.lines == n)  # type: ignore[misc]


WRITTEN = [
    (b"9", {}, "9"),
    (b"", {}, ""),
    (b"n\x7cjd \x1b\x65", {}, "nöjd €"),
    (b"n\xf6jd", {"data_coding": 3}, "nöjd"),
    (b"9 ok", {"data_coding": 1}, "9 ok"),
    ("10 👍🏽".encode("utf-16-be"), {"data_coding": 8}, "10 👍🏽"),
    (b"", {"tlvs": {Tag.MESSAGE_PAYLOAD: b"x" * 900}}, "x" * 900),
    (b"\x03\x24\x01\x018", {"esm_class": HEADED}, "8"),  # a header that is not about long messages
    (b"\x05\x00\x03\x07\x01\x018", {"esm_class": HEADED}, "8"),  # the only part
    (b"\x05\x00\x03\x07\x02\x038", {"esm_class": HEADED}, "8"),  # the third of two
    (b"\x40", {"esm_class": HEADED}, "¡"),  # a header longer than the text is none
]


@pytest.mark.parametrize(("octets", "fields", "text"), WRITTEN)
def test_what_a_customer_writes_is_stored_in_her_own_words(
    stage: Stage, smsc: Smsc, connect: Connect, octets: bytes, fields: dict[str, Any], text: str
) -> None:
    bound(smsc, connect())
    assert smsc.bring(CUSTOMER, OURS, octets, **fields) == 0
    (row,) = stage.rows("in")
    assert (row.body, row.sender, row.recipient, row.provider) == (text, CUSTOMER, OURS, "smpp")


def test_a_message_is_answered_only_once_it_is_stored(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    away = replace(stage.office, unit=open_unit("sqlite:////nowhere/at/all.db"))
    broken = connect(office=away)
    bound(smsc, broken)
    assert smsc.bring(CUSTOMER, OURS, b"9") == TRY_AGAIN
    broken.close()
    bound(smsc, connect())
    assert bodies(stage) == []
    assert smsc.bring(CUSTOMER, OURS, b"9") == 0
    assert bodies(stage) == ["9"]


def test_more_than_can_be_stored_at_once_is_brought_again(
    stage: Stage, smsc: Smsc, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound(smsc, connect())
    monkeypatch.setattr("tonval.sms.smpp.line.MOST_AT_ONCE", 0)
    assert smsc.bring(CUSTOMER, OURS, b"9") == TRY_AGAIN
    assert bodies(stage) == []


def test_a_message_brought_again_after_its_answer_was_lost_counts_once(
    stage_on_both: Stage, smsc: Smsc, connect: Connect
) -> None:
    bound(smsc, connect())
    smsc.lose_answers = 1
    assert smsc.bring(CUSTOMER, OURS, b"8") == -1
    wait_until(lambda: smsc.lines)
    assert smsc.bring(CUSTOMER, OURS, b"8") == 0
    assert bodies(stage_on_both) == ["8"]


def test_two_equal_answers_on_a_sound_line_both_count(stage_on_both: Stage, smsc: Smsc, connect: Connect) -> None:
    bound(smsc, connect())
    assert smsc.bring(CUSTOMER, OURS, b"8") == 0
    assert smsc.bring(CUSTOMER, OURS, b"8") == 0
    assert bodies(stage_on_both) == ["8", "8"]


def test_two_equal_answers_by_two_lines_both_count_when_minutes_lie_between(
    stage: Stage, smsc: Smsc, connect: Connect
) -> None:
    bound(smsc, connect(), connect())
    smsc.bring(CUSTOMER, OURS, b"8", line=0)
    smsc.bring(CUSTOMER, OURS, b"8", line=1)
    assert bodies(stage) == ["8"]
    stage.pass_time(minutes=2)
    smsc.bring(CUSTOMER, OURS, b"8", line=1)
    assert bodies(stage) == ["8", "8"]


def test_an_equal_message_after_a_late_answer_is_the_same_one(
    stage: Stage, smsc: Smsc, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonval.sms.smpp.listening.LATE", 0.0)
    bound(smsc, connect())
    smsc.bring(CUSTOMER, OURS, b"8")
    smsc.bring(CUSTOMER, OURS, b"8")
    assert bodies(stage) == ["8"]


def test_equal_words_of_others_are_others(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    bound(smsc, connect(), connect())
    smsc.bring(CUSTOMER, OURS, b"8", line=0)
    smsc.bring("+46701740607", OURS, b"8", line=1)
    assert bodies(stage) == ["8", "8"]


LONG = "Det tog lång tid innan någon svarade, men sedan gick allt väldigt bra {9} 👍 " * 4


def bring_part(smsc: Smsc, part: Any, **fields: Any) -> int:
    tlvs = {int(tag): value for tag, value in part.fields}
    return smsc.bring(
        CUSTOMER, OURS, part.octets, data_coding=part.coding, esm_class=part.esm_class, tlvs=tlvs, **fields
    )


@pytest.mark.parametrize("way", [Long.UDH, Long.UDH16, Long.SAR])
def test_parts_in_any_order_by_two_lines_and_repeated_are_one_message(
    stage_on_both: Stage, smsc: Smsc, connect: Connect, way: Long
) -> None:
    stage = stage_on_both
    bound(smsc, connect(), connect())
    sent = parts_of(LONG, Alphabet.GSM, way, 0x1234)
    assert len(sent) == 5
    for number, place in enumerate((4, 0, 2, 2, 1, 3, 3, 0)):
        assert bring_part(smsc, sent[place], line=number % 2) == 0
    assert bodies(stage) == [LONG]


def test_a_character_cut_in_two_by_the_phone_is_whole_again(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    bound(smsc, connect())
    octets = "9 👍".encode("utf-16-be")
    for place, half in ((1, octets[:6]), (2, octets[6:])):
        header = bytes((5, 0, 3, 7, 2, place))
        smsc.bring(CUSTOMER, OURS, header + half, data_coding=8, esm_class=HEADED)
    assert bodies(stage) == ["9 👍"]


def test_what_lacks_a_part_is_taken_in_after_an_hour_and_a_late_part_after_that(
    stage_on_both: Stage, smsc: Smsc, connect: Connect
) -> None:
    stage = stage_on_both
    bound(smsc, connect())
    first, second = parts_of("a" * 153 + "b" * 10, Alphabet.GSM, Long.UDH, 9)
    bring_part(smsc, first)
    stage.pass_time(minutes=50)
    assert take_overdue(stage.office, Alphabet.GSM) == 0
    stage.pass_time(minutes=11)
    assert take_overdue(stage.office, Alphabet.GSM) == 1
    assert take_overdue(stage.office, Alphabet.GSM) == 0
    bring_part(smsc, second)
    stage.pass_time(hours=2)
    take_overdue(stage.office, Alphabet.GSM)
    assert bodies(stage) == ["a" * 153, "b" * 10]


def test_parts_of_a_whole_message_are_known_for_a_day_and_forgotten_then(
    stage: Stage, smsc: Smsc, connect: Connect
) -> None:
    bound(smsc, connect())
    sent = parts_of(LONG, Alphabet.GSM, Long.UDH, 9)
    for part in sent:
        bring_part(smsc, part)
    stage.pass_time(hours=2)
    bring_part(smsc, sent[3])
    take_overdue(stage.office, Alphabet.GSM)
    assert bodies(stage) == [LONG]
    stage.pass_time(hours=25)
    assert take_overdue(stage.office, Alphabet.GSM) == 1
    assert pieces.overdue(replace(stage.office, now=lambda: stage.time + timedelta(days=9))) == ()
    assert bodies(stage) == [LONG]


def test_a_reference_used_anew_is_another_message_and_the_older_half_is_kept(
    stage: Stage, smsc: Smsc, connect: Connect
) -> None:
    bound(smsc, connect())
    old, new = (parts_of(letter * 200, Alphabet.GSM, Long.UDH, 9) for letter in "ab")
    bring_part(smsc, old[0])
    bring_part(smsc, new[0])
    assert bodies(stage) == ["a" * 153]
    bring_part(smsc, new[1])
    assert bodies(stage) == ["a" * 153, "b" * 200]


def test_a_packet_that_cannot_be_read_is_refused_and_the_line_goes_on(
    stage: Stage, smsc: Smsc, connect: Connect
) -> None:
    bound(smsc, connect())
    assert smsc.bring("+46701740606", OURS, b"9", esm_class=4) == 0  # a receipt that says nothing
    assert bodies(stage) == []
    assert smsc.bring(CUSTOMER, OURS, b"9") == 0
    assert bodies(stage) == ["9"]


def test_numbers_are_kept_in_one_form_whatever_the_operator_writes(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    bound(smsc, connect())
    smsc.bring("0701740606", "0701740605", b"9", source_addr_ton=2, dest_addr_ton=2)
    (row,) = stage.rows("in")
    assert (row.sender, row.recipient) == (CUSTOMER, OURS)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=700),
    st.sampled_from(Alphabet),
    st.sampled_from(Long),
    st.integers(0, 0xFFFF),
)
def test_the_parts_of_a_text_carry_all_of_it_and_fit_a_packet(
    text: str, alphabet: Alphabet, way: Long, reference: int
) -> None:
    parts = parts_of(text, alphabet, way, reference)
    found = [read_place(part.esm_class, part.octets, dict(part.fields)) for part in parts]
    assert all(len(part.octets) <= 254 for part in parts)
    if len(parts) == 1:
        assert found[0][0] is None
        return
    places = [place for place, _ in found if place]
    assert [place.place for place in places] == list(range(1, len(parts) + 1))
    assert {(place.reference, place.parts) for place in places} == {
        (reference & 0xFF if way is Long.UDH else reference, len(parts))
    }
    whole = parts_of(text, alphabet, Long.PAYLOAD, 0)[0].fields[0][1]
    assert b"".join(octets for _, octets in found) == whole


@given(st.integers(0, 255), st.binary(max_size=160), st.dictionaries(st.sampled_from(Tag), st.binary(max_size=3)))
def test_no_header_is_too_strange_to_be_read(esm_class: int, octets: bytes, fields: dict[int, bytes]) -> None:
    place, rest = read_place(esm_class, octets, fields)
    assert octets.endswith(rest)
    assert place is None or 1 <= place.place <= place.parts
