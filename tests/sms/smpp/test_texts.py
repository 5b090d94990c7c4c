import re

import pytest
import smpplib.consts
import smpplib.gsm
from hypothesis import given
from hypothesis import strategies as st

from tonval.sms.segments import BASIC, EXTENSION, Encoding
from tonval.sms.smpp.account import Alphabet
from tonval.sms.smpp.texts import decode, encode

GSM = "".join(sorted(BASIC | EXTENSION))

SENT = [
    ("Hej @ 9?", Encoding.GSM7, Alphabet.GSM, 0, b"Hej \x00 9?"),
    ("{€}", Encoding.GSM7, Alphabet.GSM, 0, b"\x1b\x28\x1b\x65\x1b\x29"),
    ("åäö", Encoding.GSM7, Alphabet.GSM, 0, b"\x0f\x7b\x7c"),
    ("åäö", Encoding.GSM7, Alphabet.LATIN1, 0, b"\xe5\xe4\xf6"),
    ("õ👍", Encoding.UCS2, Alphabet.GSM, 8, b"\x00\xf5\xd8\x3d\xdc\x4d"),
]


@pytest.mark.parametrize(("text", "encoding", "alphabet", "coding", "octets"), SENT)
def test_a_text_is_written_in_octets(
    text: str, encoding: Encoding, alphabet: Alphabet, coding: int, octets: bytes
) -> None:
    assert encode(text, encoding, alphabet) == (coding, octets)


CAME = [
    (0, b"9", "9"),
    (0, b"\x00\x1b\x65", "@€"),
    (0, b"\x1b\x41", "A"),  # an escape without a meaning shows the letter of the basic table
    (0, b"\x1b", ""),
    (0, "nöjd".encode(), "nöjd"),  # UTF-8 under a wrong label
    (0, "nöjd".encode("latin-1"), "nöjd"),
    (1, b"8", "8"),
    (3, b"n\xf6jd", "nöjd"),
    (8, "10 👍".encode("utf-16-be"), "10 👍"),
    (8, b"\xfe\xff\x00\x39", "9"),
    (8, b"\x00\x39\x00", "9\N{REPLACEMENT CHARACTER}"),
    (8, b"\xd8\x3d", "\N{REPLACEMENT CHARACTER}"),
    (4, b"tio", "tio"),
    (0x10, b"\x7b", "ä"),
    (0x18, b"\x00\x39", "9"),
    (0xF0, b"\x7b", "ä"),
    (0xF4, b"ok", "ok"),
    (0xE8, b"\x00\x39", "9"),
    (0xC8, b"\x7b", "ä"),
    (6, "да".encode("iso8859_5"), "да"),
    (3, b"a\x00b", "ab"),  # no database keeps a NUL
    (0x0F, b"9", "9"),
]


@pytest.mark.parametrize(("coding", "octets", "text"), CAME)
def test_a_text_that_came_in_is_read(coding: int, octets: bytes, text: str) -> None:
    assert decode(coding, octets, Alphabet.GSM) == text


@given(st.text(st.sampled_from(GSM), max_size=200))
def test_the_alphabet_is_read_as_it_was_written(text: str) -> None:
    coding, octets = encode(text, Encoding.GSM7, Alphabet.GSM)
    assert decode(coding, octets, Alphabet.GSM) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=200))
def test_every_character_goes_in_ucs2(text: str) -> None:
    coding, octets = encode(text, Encoding.UCS2, Alphabet.GSM)
    assert decode(coding, octets, Alphabet.GSM) == text


@given(st.integers(0, 255), st.binary(max_size=300), st.sampled_from(Alphabet))
def test_no_octets_are_too_strange_to_be_read(coding: int, octets: bytes, alphabet: Alphabet) -> None:
    assert "\0" not in decode(coding, octets, alphabet)


@given(st.text(st.sampled_from(re.sub("[\f§]", "", GSM)), min_size=1, max_size=150))  # it lacks those two
def test_another_library_writes_the_same_octets(text: str) -> None:
    assert encode(text, Encoding.GSM7, Alphabet.GSM)[1] == smpplib.gsm.gsm_encode(text)
