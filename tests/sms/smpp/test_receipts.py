import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.fieldwork.messaging.delivery import State
from tonval.sms.errors import Fault
from tonval.sms.smpp.account import Ids
from tonval.sms.smpp.pdus import Tag
from tonval.sms.smpp.receipts import Receipt, answer_ref, is_receipt, read_receipt

FULL = "id:{} sub:001 dlvrd:001 submit date:2611220900 done date:2611220901 stat:{} err:{} text:id:9 stat:EXPIRED"
NETWORK, EXPIRED = Fault.NETWORK.sentence, Fault.EXPIRED.sentence

TEXTS = [
    (FULL.format("7", "DELIVRD", "000"), Receipt("7", State.DELIVERED, None)),
    (FULL.format("0000000007", "DELIVRD", "000"), Receipt("7", State.DELIVERED, None)),
    (FULL.format("A0f", "ENROUTE", "000"), Receipt("a0f", State.SENT, None)),
    (FULL.format("7", "ACCEPTD", "000"), Receipt("7", State.ACCEPTED, None)),
    (FULL.format("7", "UNKNOWN", "000"), Receipt("7", State.SENT, None)),
    (FULL.format("7", "EXPIRED", "000"), Receipt("7", State.UNDELIVERED, f"{EXPIRED} (SMPP EXPIRED)")),
    (
        FULL.format("7", "UNDELIV", "001"),
        Receipt("7", State.UNDELIVERED, f"{Fault.UNKNOWN_NUMBER.sentence} (SMPP UNDELIV 001)"),
    ),
    (FULL.format("7", "UNDELIV", "4d2"), Receipt("7", State.UNDELIVERED, f"{NETWORK} (SMPP UNDELIV 4d2)")),
    (FULL.format("7", "DELETED", "000"), Receipt("7", State.UNDELIVERED, f"{Fault.OTHER.sentence} (SMPP DELETED)")),
    (FULL.format("7", "REJECTD", "013"), Receipt("7", State.FAILED, f"{Fault.BLOCKED.sentence} (SMPP REJECTD 013)")),
    ("ID:7 STAT:DELIVRD", Receipt("7", State.DELIVERED, None)),
    ("id: 7 stat: delivrd", Receipt("7", State.DELIVERED, None)),
    ("id=7;stat=Delivered", Receipt("7", State.DELIVERED, None)),
    ("stat:DELIVRD err:000 id:7", Receipt("7", State.DELIVERED, None)),
    (
        "id:7 status:UNDELIVERABLE error:27",
        Receipt("7", State.UNDELIVERED, f"{Fault.UNREACHABLE.sentence} (SMPP UNDELIV 27)"),
    ),
    ("id:c1b2-44f7-9 stat:DELIVRD", Receipt("c1b2-44f7-9", State.DELIVERED, None)),
    ("id:7 sub:001 stat:WHO_KNOWS", None),
    ("stat:DELIVRD err:000", None),
    ("message delivered", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "receipt"), TEXTS)
def test_a_receipt_is_read_in_every_usual_form(text: str, receipt: Receipt | None) -> None:
    assert read_receipt(text, {}, Ids.SAME) == receipt


FIELDS = [
    ({Tag.RECEIPTED_MESSAGE_ID: b"8\0", Tag.MESSAGE_STATE: b"\2"}, "", Receipt("8", State.DELIVERED, None)),
    ({Tag.RECEIPTED_MESSAGE_ID: b"8"}, "id:7 stat:DELIVRD", Receipt("8", State.DELIVERED, None)),
    ({Tag.MESSAGE_STATE: b"\2"}, "id:7 stat:ENROUTE", Receipt("7", State.DELIVERED, None)),
    (
        {Tag.RECEIPTED_MESSAGE_ID: b"8", Tag.MESSAGE_STATE: b"\5", Tag.NETWORK_ERROR_CODE: b"\3\0\x1b"},
        "err:001",
        Receipt("8", State.UNDELIVERED, f"{Fault.UNREACHABLE.sentence} (SMPP UNDELIV 27)"),
    ),
    ({Tag.RECEIPTED_MESSAGE_ID: b"8", Tag.MESSAGE_STATE: b"\x63"}, "", None),
]


@pytest.mark.parametrize(("fields", "text", "receipt"), FIELDS)
def test_the_fields_of_a_receipt_win_over_its_text(
    fields: dict[int, bytes], text: str, receipt: Receipt | None
) -> None:
    assert read_receipt(text, fields, Ids.SAME) == receipt


IDS = [
    (Ids.SAME, "0A1b", "a1B"),
    (Ids.SAME, "0000123", "123"),
    (Ids.HEX, "7B", "0000000123"),
    (Ids.DECIMAL, "123", "7b"),
    (Ids.HEX, "not-hex", "NOT-HEX"),
    (Ids.SAME, "0", "0"),
]


@pytest.mark.parametrize(("ids", "answered", "reported"), IDS)
def test_the_ids_of_answers_and_receipts_meet(ids: Ids, answered: str, reported: str) -> None:
    receipt = read_receipt(f"id:{reported} stat:DELIVRD", {}, ids)
    assert receipt is not None
    assert receipt.ref == answer_ref(answered, ids)


@pytest.mark.parametrize(
    ("esm_class", "fields", "so"),
    [
        (0x04, {}, True),
        (0x20, {}, True),
        (0x44, {}, True),
        (0x00, {}, False),
        (0x40, {}, False),
        (0x00, {Tag.RECEIPTED_MESSAGE_ID: b"7", Tag.MESSAGE_STATE: b"\2"}, True),
        (0x00, {Tag.RECEIPTED_MESSAGE_ID: b"7"}, False),
    ],
)
def test_receipts_are_told_from_messages(esm_class: int, fields: dict[int, bytes], so: bool) -> None:
    assert is_receipt(esm_class, fields) is so


@given(st.text(max_size=200), st.dictionaries(st.sampled_from(Tag), st.binary(max_size=12)), st.sampled_from(Ids))
def test_no_receipt_is_too_strange_to_be_read(text: str, fields: dict[int, bytes], ids: Ids) -> None:
    receipt = read_receipt(text, fields, ids)
    assert receipt is None or receipt.ref
