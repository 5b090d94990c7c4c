import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.sms.segments import ALONE, ALPHABET, BASIC, EXTENSION, PART, Encoding, measure, split

CASES = [
    ("", Encoding.GSM7, 0, 1),
    ("a" * 160, Encoding.GSM7, 160, 1),
    ("a" * 161, Encoding.GSM7, 161, 2),
    ("a" * 306, Encoding.GSM7, 306, 2),
    ("a" * 307, Encoding.GSM7, 307, 3),
    ("€" * 80, Encoding.GSM7, 160, 1),
    ("€" * 81, Encoding.GSM7, 162, 2),
    ("a" * 152 + "€" * 77, Encoding.GSM7, 306, 3),  # the escaped character moves whole to the second part
    ("ç" * 70, Encoding.UCS2, 70, 1),
    ("ç" * 71, Encoding.UCS2, 71, 2),
    ("ç" * 134, Encoding.UCS2, 134, 2),
    ("ç" * 135, Encoding.UCS2, 135, 3),
    ("👍" * 35, Encoding.UCS2, 70, 1),
    ("👍" * 36, Encoding.UCS2, 72, 2),
    ("👍" * 67, Encoding.UCS2, 134, 3),  # 33 pairs to a part: 67 units do not divide
    ("Hur troligt är det? Svara 0–10", Encoding.UCS2, 30, 1),
    ("Hur troligt är det? Svara 0-10", Encoding.GSM7, 30, 1),
]


@pytest.mark.parametrize(("text", "encoding", "units", "segments"), CASES)
def test_a_text_is_measured_as_the_networks_do(text: str, encoding: Encoding, units: int, segments: int) -> None:
    size = measure(text)
    assert (size.encoding, size.units, size.segments) == (encoding, units, segments)


def test_the_characters_that_force_the_wide_encoding_are_named_once_each() -> None:
    assert measure("0–10 – ok õ €").forcing == ("–", "õ")
    assert measure("0-10 ok €").forcing == ()


def test_the_alphabet_has_the_size_of_the_standard() -> None:
    assert len(BASIC) == 127  # 128 places, one of them the escape
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@given(st.text(max_size=400), st.text(max_size=20))
def test_more_text_never_takes_fewer_segments(text: str, more: str) -> None:
    assert measure(text).segments <= measure(text + more).segments


@given(st.text(st.sampled_from("ab€{ç👍 "), max_size=500))
def test_the_parts_are_the_text_and_each_has_room(text: str) -> None:
    size = measure(text)
    parts = split(text, size.encoding)
    assert "".join(parts) == text
    assert len(parts) == size.segments
    room = ALONE if len(parts) == 1 else PART
    assert all(measure_as(part, size.encoding) <= room[size.encoding] for part in parts)


def measure_as(part: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return len(part.encode("utf-16-be")) // 2
    return sum(2 if letter in EXTENSION else 1 for letter in part)


def test_letters_stand_at_the_places_of_the_standard() -> None:
    assert [ALPHABET.index(letter) for letter in "@\n\x1b 0A§aäà"] == [
        0,
        0x0A,
        0x1B,
        0x20,
        0x30,
        0x41,
        0x5F,
        0x61,
        0x7B,
        0x7F,
    ]
