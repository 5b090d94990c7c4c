import re
from pathlib import Path
from types import ModuleType

import pytest

from scripts import list_sms_errors
from tonval.fieldwork.messaging.delivery import State
from tonval.sms.errors import Fault, SendError, read_reasons
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
    (403, 99999, Fault.BAD_CREDENTIALS),
    (404, None, Fault.BAD_CREDENTIALS),
    (408, None, Fault.NO_ANSWER),
    (418, None, Fault.OTHER),
    (500, 20500, Fault.NO_ANSWER),
    (503, 20503, Fault.NO_ANSWER),
    (502, 21211, Fault.NO_ANSWER),  # from whom, nobody knows
]


@pytest.mark.parametrize(("status", "code", "fault"), REFUSALS)
def test_a_refusal_has_one_meaning(status: int, code: int | None, fault: Fault) -> None:
    assert words.fault(status, code) is fault


def test_every_fault_has_a_sentence_of_its_own() -> None:
    assert len({fault.sentence for fault in Fault}) == len(Fault)
    assert all(fault.sentence.endswith(".") for fault in Fault)


def test_what_may_have_been_accepted_is_never_called_safe_to_repeat() -> None:
    assert not [fault for fault in Fault if fault.retryable and (fault.doubtful or fault.opted_out)]


def test_every_fault_that_people_can_mend_says_how() -> None:
    assert all(fault.advice.endswith(".") for fault in Fault if fault.advice)
    in_the_installation = (
        Fault.BAD_CREDENTIALS,
        Fault.BAD_SENDER,
        Fault.BAD_SERVICE,
        Fault.REGION_OFF,
        Fault.NO_CREDIT,
    )
    assert all(fault.advice for fault in in_the_installation)


def test_each_fault_has_one_outcome() -> None:
    outcomes = {fault.outcome for fault in Fault}
    assert outcomes == {"try again", "look up", "opt out", "give up"}
    assert [fault for fault in Fault if fault.outcome == "look up"] == [Fault.NO_ANSWER]
    assert [fault for fault in Fault if fault.outcome == "opt out"] == [Fault.OPTED_OUT]


def test_a_table_with_an_unknown_fault_or_a_code_twice_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "errors.csv"
    table.write_text("code,fault,means\n1,NO_SUCH_FAULT,x\n")
    with pytest.raises(KeyError):
        read_reasons(table)
    table.write_text("code,fault,means\n1,OTHER,x\n1,NETWORK,y\n")
    with pytest.raises(ValueError, match="twice"):
        read_reasons(table)


@pytest.mark.parametrize("provider", [*list_sms_errors.providers()], ids=lambda words: words.TITLE)
def test_every_code_of_a_table_says_what_it_means(provider: ModuleType) -> None:
    for code, reason in provider.ERRORS.items():
        assert code == reason.code
        assert re.fullmatch(r"\w.+\.", reason.means)


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
