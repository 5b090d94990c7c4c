"""Text as octets and back, by the ``data_coding`` of SMPP. Pure.

Source: SMPP 3.4 section 5.2.19; 3GPP TS 23.038 sections 4 (coding groups from 0x10 up) and 6.2.1 (the alphabet).
"""

from __future__ import annotations

from typing import Final

from tonval.sms.segments import ALPHABET, ESCAPED, Encoding
from tonval.sms.smpp.account import Alphabet

DEFAULT: Final = 0
UCS2: Final = 8
ESCAPE: Final = 0x1B

_CODECS: Final = {1: "ascii", 3: "latin-1", 5: "shift_jis", 6: "iso8859_5", 7: "iso8859_8", 8: "utf-16-be"} | {
    13: "euc_jp",
    14: "euc_kr",
}
_SEPTETS: Final = {letter: bytes((place,)) for place, letter in enumerate(ALPHABET) if place != ESCAPE} | {
    letter: bytes((ESCAPE, place)) for place, letter in ESCAPED.items()
}


def encode(text: str, encoding: Encoding, alphabet: Alphabet) -> tuple[int, bytes]:
    """``data_coding`` and octets. GSM-7 has one septet to an octet: the message centre packs them.

    In Latin-1 what that lacks, as the Greek capitals and €, goes in UCS-2.
    """
    if encoding is Encoding.UCS2:
        return UCS2, text.encode("utf-16-be", "replace")
    if alphabet is Alphabet.GSM:
        return DEFAULT, b"".join(_SEPTETS[letter] for letter in text)
    return DEFAULT, text.encode("latin-1")


def fits_latin1(text: str) -> bool:
    """Whether Latin-1 has every character."""
    return all(ord(letter) < 0x100 for letter in text)


def decode(coding: int, octets: bytes, alphabet: Alphabet) -> str:
    """The text. Never raises: what cannot be read stands as a replacement character, and no character is NUL."""
    return _read(_folded(coding), octets, alphabet).replace("\0", "").removeprefix("\ufeff")


def _read(coding: int, octets: bytes, alphabet: Alphabet) -> str:
    if coding == DEFAULT:
        return _gsm(octets) if alphabet is Alphabet.GSM else octets.decode("latin-1")
    codec = _CODECS.get(coding)
    return octets.decode(codec, "replace") if codec else _unlabelled(octets)


def _folded(coding: int) -> int:
    """The coding groups of the networks as the codings of SMPP: 0 the alphabet, 4 octets, 8 UCS-2."""
    if coding < 0x10:
        return coding
    if coding >= 0xF0:
        return 4 if coding & 0x04 else DEFAULT
    if coding >= 0xC0:
        return UCS2 if coding & 0xF0 == 0xE0 else DEFAULT
    return (DEFAULT, 4, UCS2, DEFAULT)[coding >> 2 & 3]


def _gsm(octets: bytes) -> str:
    """An octet beyond the alphabet shows that this is another one, whatever the label says."""
    if any(octet > 0x7F for octet in octets):
        return _unlabelled(octets)
    letters, escaped = [], False
    for octet in octets:
        if octet == ESCAPE and not escaped:
            escaped = True
            continue
        letters.append(ESCAPED.get(octet, _shown(octet)) if escaped else ALPHABET[octet])
        escaped = False
    return "".join(letters)


def _shown(octet: int) -> str:
    """What stands behind an escape without a meaning is shown as in the basic table, as the standard says."""
    return " " if octet == ESCAPE else ALPHABET[octet]


def _unlabelled(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
