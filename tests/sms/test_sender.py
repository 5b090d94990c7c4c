import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.drivers.twilio_api import THROTTLE, Behaviour, TwilioApi, refuse
from tests.sms.stage import CUSTOMER, Stage
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms.console.provider import Console
from tonval.sms.errors import Fault, SendError
from tonval.sms.providers import Accepted, Found, Heard, Outcome, one_by_one
from tonval.sms.sender import GIVE_UP_AFTER, MAX_ATTEMPTS, QUICK_TRIES, ROUND, pause, resolve, send_batch, wait_after
from tonval.sms.twilio.provider import TwilioMessages


def half() -> float:
    return 0.5


class Refusing:
    """A provider that fails each time in the same way."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked = 0

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        return one_by_one(self._hand_over, 1)(batch)

    def _hand_over(self, message: Outgoing) -> Accepted:
        self.asked += 1
        raise self.error

    def find(self, message: Outgoing, since: object) -> tuple[Found, ...]:
        raise self.error

    def heard(self, number: str, since: object) -> tuple[Heard, ...]:
        raise self.error


def test_due_messages_go_out_once_each(stage_on_both: Stage, api: TwilioApi, twilio: TwilioMessages) -> None:
    stage = stage_on_both
    stage.queue("ett", "två", "tre")
    assert send_batch(stage.office, {"twilio": twilio}) == 3
    assert send_batch(stage.office, {"twilio": twilio}) == 0
    assert api.bodies() == ["ett", "två", "tre"]
    assert stage.states() == ["accepted"] * 3
    assert [row.ref for row in stage.rows()] == [taken.sid for taken in api.ledger]
    assert [taken.callback for taken in api.ledger] == [
        f"https://survey.example.com/twilio/status?message={row.id}" for row in stage.rows()
    ]


def test_the_console_delivers_at_once(stage: Stage) -> None:
    stage.queue("hej", sender="+46701740604")
    send_batch(stage.office, {"console": Console()})
    assert stage.states() == ["delivered"]


@pytest.mark.parametrize("then", ["hang", "reset", "500"])
def test_accepted_without_an_answer_is_looked_up_and_never_sent_again(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages, then: str
) -> None:
    api.behave(Behaviour(then=then))
    stage.queue("hej")
    send_batch(stage.office, {"twilio": twilio})
    assert stage.states() == ["unknown"]
    stage.pass_time(seconds=60)
    assert send_batch(stage.office, {"twilio": twilio}) == 0
    assert resolve(stage.office, {"twilio": twilio}) == 1
    assert stage.states() == ["accepted"]
    assert stage.rows()[0].ref == api.ledger[0].sid
    assert len(api.ledger) == 1


@pytest.mark.parametrize("then", ["hang", "reset", "500"])
def test_accepted_without_an_answer_is_settled_by_a_report(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages, then: str
) -> None:
    api.behave(Behaviour(then=then))
    stage.queue("hej")
    send_batch(stage.office, {"twilio": twilio})
    message = stage.rows()[0].id
    messages.status_changed(stage.office, "twilio", api.ledger[0].sid, message, "delivered", None)
    assert stage.states() == ["delivered"]
    stage.pass_time(hours=1)
    assert (send_batch(stage.office, {"twilio": twilio}), resolve(stage.office, {"twilio": twilio})) == (0, 0)
    assert len(api.ledger) == 1


@pytest.mark.parametrize("then", ["hang", "reset", "500"])
def test_what_the_list_never_shows_has_failed_and_is_not_sent_again(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages, then: str
) -> None:
    api.behave(Behaviour(accept=False, then=then))
    stage.queue("hej")
    send_batch(stage.office, {"twilio": twilio})
    stage.pass_time(seconds=60)
    assert resolve(stage.office, {"twilio": twilio}) == 0
    assert stage.states() == ["unknown"]
    stage.pass_time(seconds=GIVE_UP_AFTER.total_seconds())
    assert resolve(stage.office, {"twilio": twilio}) == 1
    assert (stage.states(), stage.rows()[0].error) == (["failed"], Fault.NO_TRACE.sentence)
    stage.pass_time(days=1)
    assert send_batch(stage.office, {"twilio": twilio}) == 0
    assert not api.ledger


def test_a_worker_that_died_after_its_claim_sends_nothing_twice(
    stage_on_both: Stage, api: TwilioApi, twilio: TwilioMessages
) -> None:
    stage = stage_on_both
    stage.queue("before", "after")
    first, _second = messages.claim_due(stage.office, 20)
    twilio.send([first])  # and then the worker was killed: one was handed over, one was not
    assert send_batch(stage.office, {"twilio": twilio}) == 0
    stage.pass_time(minutes=2)
    resolve(stage.office, {"twilio": twilio})
    assert stage.states() == ["unknown", "unknown"]
    stage.pass_time(minutes=1)
    resolve(stage.office, {"twilio": twilio})
    assert stage.states() == ["accepted", "unknown"]
    stage.pass_time(minutes=11)
    resolve(stage.office, {"twilio": twilio})
    assert stage.states() == ["accepted", "failed"]
    assert api.bodies() == ["before"]


def test_two_lost_messages_with_the_same_words_are_told_apart(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages
) -> None:
    stage.queue("tack", "tack", "tack")
    api.behave(Behaviour(), Behaviour(then="500"), Behaviour(then="500"))
    send_batch(stage.office, {"twilio": twilio})
    assert stage.states() == ["accepted", "unknown", "unknown"]
    stage.pass_time(seconds=30)
    assert resolve(stage.office, {"twilio": twilio}) == 2
    assert {row.ref for row in stage.rows()} == {taken.sid for taken in api.ledger}
    assert stage.states() == ["accepted"] * 3


def test_a_lost_message_that_failed_says_why(stage: Stage, api: TwilioApi, twilio: TwilioMessages) -> None:
    stage.queue("hej")
    api.behave(Behaviour(then="500"))
    send_batch(stage.office, {"twilio": twilio})
    api.ledger[0].status, api.ledger[0].error_code = "undelivered", 30003
    stage.pass_time(seconds=30)
    resolve(stage.office, {"twilio": twilio})
    (row,) = stage.rows()
    assert (row.state, row.error) == ("undelivered", "The phone is switched off or out of reach. (Twilio 30003)")


def test_a_throttled_message_waits_a_moment_and_is_not_lost(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages
) -> None:
    stage.queue("hej")
    api.behave(THROTTLE, THROTTLE, THROTTLE)
    waited = []
    for _ in range(3):
        send_batch(stage.office, {"twilio": twilio}, jitter=half)
        (row,) = stage.rows()
        assert row.state == "queued"
        waits: list[timedelta] = []
        assert send_batch(stage.office, {"twilio": twilio}, later=waits.append) == 0
        waited += waits
        stage.time += waits[0]
    assert waited == [timedelta(seconds=0.375)] * 3
    send_batch(stage.office, {"twilio": twilio})
    assert (stage.states(), api.bodies()) == (["accepted"], ["hej"])


def test_a_third_of_throttled_requests_loses_and_doubles_nothing(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages
) -> None:
    bodies = [f"nummer {number}" for number in range(30)]
    stage.queue(*bodies)
    api.throttle(0.3)
    dice = random.Random(7)
    for _ in range(40):
        send_batch(stage.office, {"twilio": twilio}, jitter=dice.random)
        stage.pass_time(seconds=5)
    assert sorted(api.bodies()) == sorted(bodies)
    assert api.throttled
    assert set(stage.states()) == {"accepted"}


def test_a_provider_out_of_reach_is_tried_again(stage: Stage, api: TwilioApi) -> None:
    nobody = TwilioMessages("AC1", "secret", "https://survey.example.com", "http://127.0.0.1:9", patience=0.5)
    stage.queue("hej")
    send_batch(stage.office, {"twilio": nobody}, jitter=half)
    assert stage.states() == ["queued"]


def test_trying_ends_some_day(stage: Stage) -> None:
    busy = Refusing(SendError(Fault.THROTTLED))
    stage.queue("hej")
    for _ in range(MAX_ATTEMPTS + 3):
        send_batch(stage.office, {"twilio": busy})
        stage.pass_time(minutes=11)
    assert busy.asked == MAX_ATTEMPTS
    assert (stage.states(), stage.rows()[0].error) == (["failed"], f"{Fault.TOO_OFTEN.sentence} (THROTTLED)")


def test_pauses_double_up_to_a_bound_and_differ() -> None:
    assert [pause(times, half).total_seconds() for times in (1, 2, 3, 7, 99)] == [0.75, 1.5, 3, 45, 45]
    assert pause(1, lambda: 0.0) == timedelta(seconds=0.5)


def test_a_message_is_tried_quickly_some_times_and_then_less_and_less_often() -> None:
    waits = [wait_after(attempts, half).total_seconds() for attempts in range(1, MAX_ATTEMPTS)]
    assert waits[:QUICK_TRIES] == [0.375] * QUICK_TRIES
    assert waits[QUICK_TRIES : QUICK_TRIES + 3] == [0.75, 1.5, 3]
    assert 3600 < sum(waits) < 3 * 3600


@pytest.mark.parametrize(
    ("code", "fault"),
    [(21211, Fault.BAD_NUMBER), (21408, Fault.REGION_OFF), (21614, Fault.NOT_MOBILE), (63038, Fault.LIMIT_REACHED)],
)
def test_a_refusal_is_final_and_says_why(
    stage: Stage, api: TwilioApi, twilio: TwilioMessages, code: int, fault: Fault
) -> None:
    stage.queue("hej")
    api.behave(refuse(code))
    send_batch(stage.office, {"twilio": twilio})
    (row,) = stage.rows()
    assert (row.state, row.error) == ("failed", f"{fault.sentence} (Twilio {code})")
    assert CUSTOMER not in row.error
    stage.pass_time(days=1)
    assert send_batch(stage.office, {"twilio": twilio}) == 0


def test_an_opt_out_only_the_provider_knew_of_holds_from_now_on(
    stage_on_both: Stage, api: TwilioApi, twilio: TwilioMessages
) -> None:
    stage = stage_on_both
    stage.queue("ett", "två")
    api.behave(refuse(21610))
    send_batch(stage.office, {"twilio": twilio}, limit=1)
    send_batch(stage.office, {"twilio": twilio})
    assert stage.states() == ["failed", "failed"]
    assert not api.ledger


def test_a_provider_that_breaks_leaves_the_message_in_doubt(stage: Stage) -> None:
    stage.queue("hej", "då")
    send_batch(stage.office, {"twilio": Refusing(RuntimeError("a fault of ours"))})
    assert stage.states() == ["unknown", "unknown"]


def test_a_message_without_its_provider_fails_and_says_so(stage: Stage) -> None:
    stage.queue("hej")
    send_batch(stage.office, {})
    assert stage.rows()[0].error == f"{Fault.NO_PROVIDER.sentence} (twilio)"


def test_a_list_that_cannot_be_read_says_nothing_about_the_message(stage: Stage) -> None:
    stage.queue("hej")
    provider = Refusing(SendError(Fault.NO_ANSWER))
    send_batch(stage.office, {"twilio": provider})
    stage.pass_time(hours=2)
    assert resolve(stage.office, {"twilio": provider}) == 0
    assert stage.states() == ["unknown"]


def test_a_hanging_provider_gives_the_rest_of_the_batch_back(stage: Stage) -> None:
    class Slow(Refusing):
        def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
            stage.pass_time(seconds=40)
            return super().send(batch)

    stage.queue(*(str(number) for number in range(ROUND + 2)))
    slow = Slow(SendError(Fault.NO_ANSWER))
    send_batch(stage.office, {"twilio": slow}, limit=ROUND * 2)
    assert slow.asked == ROUND
    assert stage.states() == ["unknown"] * ROUND + ["queued"] * 2


def test_stop_is_confirmed_once_and_nothing_is_sent_afterwards(
    stage_on_both: Stage, api: TwilioApi, twilio: TwilioMessages
) -> None:
    stage = stage_on_both
    stage.queue("en fråga till")
    for ref in ("SM1", "SM1", "SM2"):
        stage.receive("STOPP!", ref)
    stage.queue("och en till")
    send_batch(stage.office, {"twilio": twilio})
    assert [row.state for row in stage.rows() if row.purpose == "question"] == ["failed", "failed"]
    assert [taken.to for taken in api.ledger] == [CUSTOMER]
    assert [row.state for row in stage.rows() if row.purpose == "confirmation"] == ["accepted"]
    stage.receive("START", "SM3")
    stage.queue("välkommen åter")
    send_batch(stage.office, {"twilio": twilio})
    assert "välkommen åter" in api.bodies()
