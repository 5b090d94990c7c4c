import pytest

from tonval.sms.errors import Fault
from tonval.sms.smpp import words
from tonval.translations.catalogs import recognised
from tonval.translations.telling import told_in

# Section 5.1.3 of SMPP 3.4: every status but success.
OF_THE_STANDARD = (
    "01 02 03 04 05 06 07 08 0A 0B 0C 0D 0E 0F 11 13 14 15 33 34 40 42 43 44 45 48 49 50 51 53 54 55 58 61 62 63 64 65 "
    "66 67 C0 C1 C2 C3 C4 FE FF"
)


def test_every_status_of_the_standard_has_its_row() -> None:
    statuses = {code for code in words.ERRORS if code.startswith("0x")}
    assert statuses == {f"0x000000{code}" for code in OF_THE_STANDARD.split()}


def test_only_a_full_or_busy_centre_is_tried_again_by_itself() -> None:
    again = {code for code, reason in words.ERRORS.items() if reason.fault.retryable and code.startswith("0x")}
    assert again == {f"0x000000{code}" for code in ["04", "05", "08", "0D", "0E", "0F", "14", "58", "64"]}


CODES = [
    (0x58, (), Fault.THROTTLED),
    (0x14, (), Fault.THROTTLED),
    (0x0B, (), Fault.BAD_NUMBER),
    (0x0B, (0x0B,), Fault.OPTED_OUT),
    (0x402, (0x402,), Fault.OPTED_OUT),
    (0x402, (), Fault.OTHER),
]


@pytest.mark.parametrize(("status", "opted_out", "fault"), CODES)
def test_a_status_is_a_fault(status: int, opted_out: tuple[int, ...], fault: Fault) -> None:
    assert words.refusal(status, opted_out).fault is fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [("001", Fault.UNKNOWN_NUMBER), ("27", Fault.UNREACHABLE), ("000", None), ("4d2", None), ("", None), ("٣", None)],
)
def test_the_common_errors_of_networks_are_known(code: str, fault: Fault | None) -> None:
    assert words.network_fault(code) is fault


TOLD = [
    ("en", 0x0B, "0x0000000B RINVDSTADR: the recipient's number is not accepted."),
    ("sv", 0x0B, "0x0000000B RINVDSTADR: mottagarens nummer godtas inte."),
    ("es", 0x0E, "0x0000000E RINVPASWD: la contraseña no es correcta."),
    ("et", 0x53, "0x00000053 RINVSYSTYP: süsteemi tüüp (system_type) on tundmatu."),
    ("sv", 0x1234, "0x00001234, en kod av operatörens egna"),
]


@pytest.mark.parametrize(("language", "status", "said"), TOLD)
def test_a_status_is_told_in_the_readers_language(language: str, status: int, said: str) -> None:
    assert told_in(language, words.told(status)) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0x0B, "Numret är inget giltigt telefonnummer. (SMPP 0x0000000B)"),
        (0x58, "Leverantören ber oss skicka långsammare. (SMPP 0x00000058)"),
        (0x1234, "Leverantören nekade meddelandet. (SMPP 0x00001234)"),
    ],
)
def test_why_a_message_failed_is_told_in_the_readers_language_when_it_was_stored(status: int, said: str) -> None:
    assert told_in("sv", recognised(words.refusal(status, ()).sentence)) == said
