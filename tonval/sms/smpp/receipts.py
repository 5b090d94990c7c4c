"""Delivery receipts: which message they are about, how far it has come, and what went wrong. Pure.

Source: SMPP 3.4 sections 5.2.12 (esm_class), 5.2.28 (message_state), 5.3.2.12 (receipted_message_id), 5.3.2.31
(network_error_code) and appendix B, whose text form every operator writes a little differently.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tonval.fieldwork.messaging.delivery import State
from tonval.sms.errors import Fault, SendError
from tonval.sms.smpp.account import Ids
from tonval.sms.smpp.pdus import Tag
from tonval.sms.smpp.words import network_fault

KINDS: Final = 0x3C
RECEIPT: Final = 0x04
ON_THE_WAY: Final = 0x20
"""Values of the bits ``KINDS`` of esm_class: a receipt, and a notice between handing over and the end."""

_ID: Final = re.compile(r"\bid\s*[:=]\s*([^\s:;,]+)", re.IGNORECASE)
_STAT: Final = re.compile(r"\bstat(?:us)?\s*[:=]\s*([a-z]+)", re.IGNORECASE)
_ERR: Final = re.compile(r"\berr(?:or)?\s*[:=]\s*([0-9a-z]+)", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\btext\s*[:=]", re.IGNORECASE)

STATES: Final = {
    1: ("ENROUTE", State.SENT, None),
    2: ("DELIVRD", State.DELIVERED, None),
    3: ("EXPIRED", State.UNDELIVERED, Fault.EXPIRED),
    4: ("DELETED", State.UNDELIVERED, Fault.OTHER),
    5: ("UNDELIV", State.UNDELIVERED, Fault.NETWORK),
    6: ("ACCEPTD", State.ACCEPTED, None),
    7: ("UNKNOWN", State.SENT, None),
    8: ("REJECTD", State.FAILED, Fault.BLOCKED),
}
"""message_state, its word in appendix B, and what both mean. UNKNOWN is no end: nobody knows of one."""

_WORDS: Final = {word[:5]: number for number, (word, _, _) in STATES.items()} | {"BUFFE": 1, "FAILE": 5}


@dataclass(frozen=True, slots=True)
class Receipt:
    """``error`` is a sentence with the operator's code, where the message did not arrive."""

    ref: str
    state: State
    error: str | None


def is_receipt(esm_class: int, fields: Mapping[int, bytes]) -> bool:
    """Whether this is about a message of ours and not from a customer."""
    stated = Tag.RECEIPTED_MESSAGE_ID in fields and Tag.MESSAGE_STATE in fields
    return esm_class & KINDS in (RECEIPT, ON_THE_WAY) or stated


def read_receipt(text: str, fields: Mapping[int, bytes], ids: Ids) -> Receipt | None:
    """The receipt; its fields win over its text. ``None`` when it does not say about what, or not what."""
    told = _QUOTED.split(text)[0]
    ref = _field(fields, Tag.RECEIPTED_MESSAGE_ID) or _found(_ID, told)
    number = _number(fields.get(Tag.MESSAGE_STATE)) or _WORDS.get((_found(_STAT, told) or "").upper()[:5])
    if not ref or number not in STATES:
        return None
    word, state, usual = STATES[number]
    return Receipt(receipt_ref(ref, ids), state, usual and _sentence(usual, word, fields, _found(_ERR, told)))


def answer_ref(text: str, ids: Ids) -> str:
    """The id that an answer gives, as it is kept."""
    return _kept(text, 16 if ids is Ids.HEX else None)


def receipt_ref(text: str, ids: Ids) -> str:
    """The id that a receipt gives, made like the one of the answer."""
    return _kept(text, {Ids.HEX: 10, Ids.DECIMAL: 16, Ids.SAME: None}[ids])


def _kept(text: str, base: int | None) -> str:
    """Without case and leading zeros, in which answers and receipts differ; a number as a decimal one."""
    plain = text.strip().lower()
    if base is not None:
        try:
            return str(int(plain, base))
        except ValueError:
            return plain
    return plain.lstrip("0") or plain


def _sentence(usual: Fault, word: str, fields: Mapping[int, bytes], err: str | None) -> str:
    code = _network_code(fields) or err or ""
    fault = network_fault(code) or usual
    return SendError(fault, f"SMPP {word} {code}".strip() if code.strip("0") else f"SMPP {word}").sentence


def _network_code(fields: Mapping[int, bytes]) -> str | None:
    """One octet for the kind of network, two for its code."""
    value = fields.get(Tag.NETWORK_ERROR_CODE, b"")
    return str(int.from_bytes(value[1:3], "big")) if len(value) >= 3 else None


def _field(fields: Mapping[int, bytes], tag: int) -> str | None:
    value = fields.get(tag, b"").partition(b"\0")[0].decode("latin-1").strip()
    return value or None


def _number(value: bytes | None) -> int | None:
    return value[0] if value else None


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None
