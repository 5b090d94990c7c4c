import itertools
from typing import Any

import pytest

from tests.drivers.smsc import Behaviour, Smsc, refuse
from tests.sms.smpp.conftest import Connect
from tests.sms.stage import CUSTOMER, OURS, Stage
from tests.waiting import wait_until
from tonval.fieldwork.messaging import messages
from tonval.sms import sender
from tonval.sms.smpp.provider import SmppMessages

LONG = "Hur troligt är det att du rekommenderar oss? " * 8


def send(stage: Stage, line: SmppMessages) -> None:
    """One round of the worker."""
    sender.send_batch(stage.office, {"smpp": line}, 100)


def state_is(stage: Stage, *states: str) -> None:
    wait_until(lambda: stage.states() == list(states))


def test_a_message_goes_out_once_and_its_receipt_says_that_it_arrived(
    stage_on_both: Stage, smsc: Smsc, connect: Connect
) -> None:
    stage, line = stage_on_both, connect()
    stage.queue("Hur troligt? 0-10")
    send(stage, line)
    (taken,) = smsc.ledger
    assert (taken.sender, taken.recipient, taken.octets) == (OURS[1:], CUSTOMER[1:], b"Hur troligt? 0-10")
    assert (taken.ton, taken.coding, taken.esm_class) == ((1, 1), 0, 0)
    assert (stage.states(), stage.rows()[0].ref) == (["accepted"], "1")
    assert smsc.receipt(taken, "ENROUTE") == 0
    assert stage.states() == ["sent"]
    assert smsc.receipt(taken, "DELIVRD") == 0
    assert smsc.receipt(taken, "ENROUTE") == 0  # late, and twice
    assert smsc.receipt(taken, "DELIVRD") == 0
    assert stage.states() == ["delivered"]


def test_what_did_not_arrive_says_why(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect()
    stage.queue("Hej")
    send(stage, line)
    smsc.receipt(smsc.ledger[0], "UNDELIV", "001")
    (row,) = stage.rows()
    assert (row.state, row.error) == ("undelivered", "The number is not in use. (SMPP UNDELIV 001)")


def test_a_receipt_may_be_faster_than_the_answer(stage_on_both: Stage, smsc: Smsc, connect: Connect) -> None:
    stage, line = stage_on_both, connect()
    smsc.behave(Behaviour(early=("ENROUTE", "DELIVRD")))
    stage.queue("Hej")
    send(stage, line)
    assert stage.states() == ["delivered"]


def test_a_long_message_is_delivered_when_its_last_part_is(stage_on_both: Stage, smsc: Smsc, connect: Connect) -> None:
    stage, line = stage_on_both, connect()
    smsc.behave(Behaviour(early=("DELIVRD",)))
    stage.queue(LONG)
    send(stage, line)
    first, second, third = smsc.ledger
    assert b"".join(taken.octets[6:] for taken in smsc.ledger).count(b"Hur troligt") == 8
    assert {taken.octets[3] for taken in smsc.ledger} == {first.octets[3]}
    assert [taken.octets[4:6] for taken in smsc.ledger] == [b"\3\1", b"\3\2", b"\3\3"]
    assert [taken.esm_class for taken in smsc.ledger] == [0x40] * 3
    assert stage.states() == ["accepted"]
    smsc.receipt(third, "DELIVRD")
    smsc.receipt(third, "DELIVRD")
    assert stage.states() == ["accepted"]
    smsc.receipt(second, "DELIVRD")
    assert stage.states() == ["delivered"]


@pytest.mark.parametrize("order", list(itertools.permutations((("DELIVRD", 0), ("UNDELIV", 1), ("DELIVRD", 2)))))
def test_a_long_message_without_one_part_has_not_arrived(
    stage: Stage, smsc: Smsc, connect: Connect, order: Any
) -> None:
    line = connect()
    stage.queue(LONG)
    send(stage, line)
    for stat, part in order:
        smsc.receipt(smsc.ledger[part], stat, "027" if stat == "UNDELIV" else "000")
    (row,) = stage.rows()
    assert (row.state, row.error) == ("undelivered", "The phone is switched off or out of reach. (SMPP UNDELIV 027)")


def test_a_part_that_is_throttled_is_offered_again_and_the_others_are_not(
    stage: Stage, smsc: Smsc, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonval.sms.smpp.provider.PAUSE", 0.01)
    line = connect()
    smsc.behave(Behaviour(), refuse(0x58), refuse(0x14))
    stage.queue(LONG)
    send(stage, line)
    assert [taken.octets[5] for taken in smsc.ledger] == [1, 2, 3]
    assert stage.states() == ["accepted"]


def test_half_a_message_is_not_sent_again(
    stage: Stage, smsc: Smsc, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonval.sms.smpp.provider.PAUSE", 0.01)
    line = connect()
    smsc.behave(Behaviour(), *[refuse(0x58)] * 5)
    stage.queue(LONG)
    send(stage, line)
    (row,) = stage.rows()
    assert (row.state, row.error) == ("failed", "The provider refused the message. (part 2 of 3: SMPP 0x00000058)")
    smsc.receipt(smsc.ledger[0], "DELIVRD")
    assert stage.states() == ["failed"]
    assert len(smsc.ledger) == 1


def test_a_long_message_whose_line_is_cut_between_parts_is_doubtful(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect()
    smsc.behave(Behaviour(), Behaviour(then="drop"))
    stage.queue(LONG)
    send(stage, line)
    assert stage.states() == ["unknown"]
    wait_until(lambda: smsc.lines)
    smsc.receipt(smsc.ledger[0], "DELIVRD")
    assert stage.states() == ["unknown"]


@pytest.mark.parametrize("status", [0x58, 0x14, 0x64, 0x08])
def test_what_was_surely_not_taken_waits_for_another_try(
    stage: Stage, smsc: Smsc, connect: Connect, status: int
) -> None:
    line = connect()
    smsc.behave(refuse(status))
    stage.queue("Hej")
    send(stage, line)
    assert stage.states() == ["queued"]
    stage.pass_time(minutes=30)
    send(stage, line)
    assert (stage.states(), len(smsc.ledger)) == (["accepted"], 1)


REFUSED = [
    (0x0B, "failed", "The number is not a valid phone number. (SMPP 0x0000000B)"),
    (0x0A, "failed", "The sender number may not be used for this message. (SMPP 0x0000000A)"),
    (0x45, "failed", "The provider refused the message. (SMPP 0x00000045)"),
]


@pytest.mark.parametrize(("status", "state", "says"), REFUSED)
def test_a_refusal_is_told_in_words(
    stage: Stage, smsc: Smsc, connect: Connect, status: int, state: str, says: str
) -> None:
    line = connect()
    smsc.behave(refuse(status))
    stage.queue("Hej")
    send(stage, line)
    (row,) = stage.rows()
    assert (row.state, row.error) == (state, says)


def test_a_code_of_the_operator_may_mean_that_the_customer_wants_no_messages(
    stage: Stage, smsc: Smsc, connect: Connect
) -> None:
    line = connect("opted_out=0x45")
    smsc.behave(refuse(0x45))
    stage.queue("Hej")
    send(stage, line)
    stage.queue("Hej igen")
    send(stage, line)
    assert stage.states() == ["failed", "failed"]
    assert smsc.ledger == []
    assert len(smsc.to_us.of(4)) == 1, "the second one must not have been offered"


def test_accepted_and_dropped_a_hundred_times_doubles_nothing(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect()
    for number in range(100):
        smsc.behave(Behaviour(then="drop"))
        stage.queue(f"nr {number}")
        stage.pass_time(minutes=11)  # a number whose provider keeps silent rests
        send(stage, line)
    stage.pass_time(hours=2)
    send(stage, line)
    sender.resolve(stage.office, {"smpp": line})
    assert sorted(taken.octets for taken in smsc.ledger) == sorted(b"nr %d" % number for number in range(100))
    assert stage.states() == ["unknown"] * 100


def test_silence_is_doubtful_and_a_late_answer_settles_it(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect("answer=1s")
    smsc.behave(Behaviour(delay=1.5), Behaviour(accept=False, status=0x0B, delay=1.5), Behaviour(then="hang"))
    stage.queue("one")
    stage.queue("two", to="+46701740607")
    stage.queue("three", to="+46701740608")
    send(stage, line)
    assert sorted(stage.states()) == ["unknown"] * 3
    wait_until(lambda: sorted(stage.states()) == ["accepted", "failed", "unknown"])


def test_never_more_than_a_window_is_unanswered(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect("window=4")
    smsc.behave(*[Behaviour(delay=0.01)] * 90)
    for number in range(90):
        stage.queue("Hej", to=f"+467017406{number:02d}")
    send(stage, line)
    assert stage.states() == ["accepted"] * 90
    assert smsc.most_unanswered == 4


def test_a_window_full_of_silence_is_left_by_a_new_line(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect("window=2&answer=1s")
    smsc.behave(*[Behaviour(then="hang")] * 2)
    for number in range(3):
        stage.queue("Hej", to=f"+467017406{number:02d}")
    send(stage, line)
    assert sorted(stage.states()) == ["queued", "unknown", "unknown"]
    stage.pass_time(minutes=1)
    send(stage, line)
    assert sorted(stage.states()) == ["accepted", "unknown", "unknown"]


def test_without_a_line_nothing_is_lost_and_it_goes_on_when_the_centre_is_back(
    stage: Stage, smsc: Smsc, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonval.sms.smpp.line.HOPE", 0.2)
    line = connect()
    smsc.refuse_binds = 0x0D
    stage.queue("Hej")
    send(stage, line)
    assert stage.states() == ["queued"]
    smsc.refuse_binds = 0
    wait_until(lambda: smsc.lines)
    smsc.restart()
    wait_until(lambda: smsc.lines)
    stage.pass_time(minutes=1)
    send(stage, line)
    assert (stage.states(), len(smsc.ledger)) == (["accepted"], 1)


def test_the_line_is_ended_after_its_last_answer(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect()
    smsc.behave(Behaviour(delay=0.3))
    stage.queue("Hej")
    send(stage, line)
    line.close()
    assert len(smsc.to_us.of(0x06)) == 1
    wait_until(lambda: not smsc.lines)


def test_messages_to_one_customer_keep_their_order(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect()
    line.listen()
    wait_until(lambda: smsc.lines)
    smsc.behave(Behaviour(delay=0.2))
    stage.queue("Tack!")
    stage.queue("Varför?")
    send(stage, line)
    assert [taken.octets for taken in smsc.ledger] == [b"Tack!", b"Varf\x7cr?"]


def test_a_doubtful_message_waits_for_its_receipt_for_days_and_is_given_up_then(
    stage: Stage, smsc: Smsc, connect: Connect
) -> None:
    line = connect()
    smsc.behave(Behaviour(then="drop"))
    stage.queue("Hej")
    send(stage, line)
    stage.pass_time(days=2)
    sender.resolve(stage.office, {"smpp": line})
    assert stage.states() == ["unknown"]
    wait_until(lambda: smsc.lines)
    smsc.receipt(smsc.ledger[0], "DELIVRD")
    assert stage.states() == ["delivered"]
    assert messages.doubtful(stage.office, stage.time) == ()


@pytest.mark.parametrize("way", ["payload", "sar", "udh16"])
def test_a_long_message_may_go_another_way(stage: Stage, smsc: Smsc, connect: Connect, way: str) -> None:
    line = connect(f"long={way}")
    stage.queue(LONG)
    send(stage, line)
    tags = [sorted(taken.tlvs) for taken in smsc.ledger]
    assert tags == {"payload": [[0x424]], "sar": [[0x20C, 0x20E, 0x20F]] * 3, "udh16": [[]] * 3}[way]
    assert stage.states() == ["accepted"]


def test_the_message_is_kept_for_as_long_as_the_setting_says(stage: Stage, smsc: Smsc, connect: Connect) -> None:
    line = connect("validity=26h&service_type=SURV")
    stage.queue("Hej")
    send(stage, line)
    (octets,) = smsc.to_us.of(4)
    assert b"000001020000000R\0" in octets
    assert octets[16:21] == b"SURV\0"
