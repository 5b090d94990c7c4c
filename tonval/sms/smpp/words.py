"""What the answers and receipts of message centres say, in our words.

Source: SMPP 3.4, issue 1.2, section 5.1.3 (command_status); 3GPP TS 29.002 section 17.6 (the numbers of network
errors, which most operators pass on in receipts).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Final

from tonval.sms.errors import Fault, Reason, SendError, read_reasons
from tonval.surveys.sentences import Sentence, chain, sentence

TITLE: Final = "SMPP"
SOURCE: Final = "SMPP 3.4, issue 1.2, section 5.1.3, and 3GPP TS 29.002, section 17.6"

ERRORS: Final[Mapping[str, Reason]] = read_reasons(files(__package__) / "errors.csv")
"""Every command_status, as ``0x00000058``, and the common errors of networks, as ``network 27``."""

INVALID_LENGTH: Final = 0x02
INVALID_COMMAND: Final = 0x03
ALREADY_BOUND: Final = 0x05
TRY_AGAIN: Final = 0x64
"""ESME_RX_T_APPN, with which we ask the centre to bring a message again."""


def refusal(status: int, opted_out: Collection[int]) -> SendError:
    """Why a message was not taken; ``opted_out`` are the codes by which this operator says that it must not be."""
    reason = ERRORS.get(_code(status))
    fault = Fault.OPTED_OUT if status in opted_out else reason.fault if reason else Fault.OTHER
    return SendError(fault, f"SMPP {_code(status)}")


def told(status: int) -> Sentence:
    """A code and what it says, for the log and for people who set up the line."""
    reason = ERRORS.get(_code(status))
    if reason is None:
        return sentence("%(code)s, a code of the operator's own", code=_code(status))
    name, _, meaning = reason.means.partition(": ")
    return chain(f"{_code(status)} {name}: ", sentence(meaning))


def network_fault(code: str) -> Fault | None:
    """What a network's error code tells of a message that did not arrive, if it is one of the common ones."""
    reason = ERRORS.get(f"network {int(code)}") if code.isascii() and code.isdigit() else None
    return reason.fault if reason else None


def _code(status: int) -> str:
    return f"0x{status:08X}"
