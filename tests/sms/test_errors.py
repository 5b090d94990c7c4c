import pytest

from tonval.fieldwork.delivery import State
from tonval.sms.errors import Fault, SendError
from tonval.sms.twilio import words

REFUSALS = [
    (400, 21211, Fault.BAD_NUMBER),
    (400, 21408, Fault.REGION_OFF),
    (400, 21610, Fault.OPTED_OUT),
    (400, 21614, Fault.NOT_MOBILE),
    (401, 20003, Fault.BAD_CREDENTIALS),
    (401, None, Fault.BAD_CREDENTIALS),
    (429, 20429, Fault.THROTTLED),
    (429, None, Fault.THROTTLED),
    (429, 63038, Fault.LIMIT_REACHED),
    (400, 99999, Fault.OTHER),
    (500, None, Fault.NO_ANSWER),
    (500, 20500, Fault.NO_ANSWER),
    (503, 20503, Fault.NO_ANSWER),
]


@pytest.mark.parametrize(("status", "code", "fault"), REFUSALS)
def test_a_refusal_has_one_meaning(status: int, code: int | None, fault: Fault) -> None:
    assert words.fault(status, code) is fault


def test_every_fault_has_a_sentence_of_its_own() -> None:
    assert len({fault.sentence for fault in Fault}) == len(Fault)
    assert all(fault.sentence.endswith(".") for fault in Fault)


def test_what_may_have_been_accepted_is_never_called_safe_to_repeat() -> None:
    assert not [fault for fault in Fault if fault.retryable and (fault.doubtful or fault.opted_out)]


def test_a_status_report_explains_itself() -> None:
    assert words.sentence("30003") == "The phone is switched off or out of reach. (Twilio 30003)"
    assert words.sentence("31999") == f"{Fault.NETWORK.sentence} (Twilio 31999)"
    assert words.sentence(None) is words.sentence("") is words.sentence("0") is None


def test_the_detail_is_shown_with_the_sentence() -> None:
    assert SendError(Fault.NOT_MOBILE, "Twilio 21614").sentence == f"{Fault.NOT_MOBILE.sentence} (Twilio 21614)"
    assert SendError(Fault.NOT_MOBILE).sentence == Fault.NOT_MOBILE.sentence


def test_only_words_about_messages_of_ours_are_states() -> None:
    assert words.state("queued") is State.ACCEPTED
    assert words.state("received") is None
