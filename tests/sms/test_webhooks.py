import logging
import random
from collections.abc import Mapping
from itertools import permutations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator

from tests.drivers.twilio_api import Behaviour, TwilioApi
from tests.sms.conftest import OUTSIDE, TOKEN
from tests.sms.stage import CUSTOMER, OURS, Stage
from tonval.fieldwork.field import Field
from tonval.ivr.twilio.signature import Signature
from tonval.sms.console.provider import Console
from tonval.sms.office import OfficePost
from tonval.sms.sender import send_batch
from tonval.sms.twilio.provider import TwilioMessages
from tonval.sms.twilio.webhooks import messages_blueprint

MESSAGE = {"MessageSid": "SM1", "From": CUSTOMER, "To": OURS, "Body": "9 tack", "NumMedia": "0"}
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Twilio:
    """Posts forms to the webhooks, signed unless told otherwise."""

    def __init__(self, field: Field, token: str | None = TOKEN) -> None:
        self.calls: list[tuple[str, str]] = []
        app = Flask("stage")
        app.register_blueprint(
            messages_blueprint(
                Signature(token, OUTSIDE).genuine,
                OfficePost(field),
                lambda ref, status: self.calls.append((ref, status)),
            )
        )
        self.client: FlaskClient = app.test_client()

    def post(self, path: str, form: Mapping[str, str], signature: str | None = None) -> tuple[int, bytes]:
        """The status and body of the answer."""
        signed = RequestValidator(TOKEN).compute_signature(OUTSIDE + path, form) if signature is None else signature
        answer = self.client.post(path, data=form, headers={"X-Twilio-Signature": signed})
        return answer.status_code, answer.data

    def report(self, sid: str, status: str, message: str | None = None, code: str = "") -> int:
        """How far a message has come."""
        path = f"/twilio/status?message={message}" if message else "/twilio/status"
        return self.post(path, {"MessageSid": sid, "MessageStatus": status, "ErrorCode": code})[0]


def test_a_message_is_stored_once_however_often_it_comes(stage_on_both: Stage) -> None:
    twilio = Twilio(stage_on_both.office)
    answers = {twilio.post("/twilio/sms", MESSAGE) for _ in range(5)}
    assert answers == {(200, EMPTY)}
    (row,) = stage_on_both.rows("in")
    assert (row.provider, row.ref, row.sender, row.recipient, row.body) == ("twilio", "SM1", CUSTOMER, OURS, "9 tack")


def test_a_message_without_words_is_stored_too(stage: Stage) -> None:
    form = {name: value for name, value in MESSAGE.items() if name != "Body"}
    assert Twilio(stage.office).post("/twilio/sms", form) == (200, EMPTY)
    assert [row.body for row in stage.rows("in")] == [""]


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/status", "/twilio/status?message=msg_1"])
def test_an_unsigned_or_altered_webhook_is_refused_and_leaves_nothing(stage: Stage, path: str) -> None:
    twilio = Twilio(stage.office)
    good = RequestValidator(TOKEN).compute_signature(OUTSIDE + path, MESSAGE)
    for form, signature in [
        (MESSAGE, ""),
        (MESSAGE, "AAAA"),
        (MESSAGE, RequestValidator("another").compute_signature(OUTSIDE + path, MESSAGE)),
        ({**MESSAGE, "Body": "0"}, good),
        ({**MESSAGE, "Extra": "1"}, good),
        ({name: value for name, value in MESSAGE.items() if name != "NumMedia"}, good),
    ]:
        assert twilio.post(path, form, signature) == (403, b"")
    assert stage.rows("in") == []
    assert twilio.calls == []


def test_without_an_auth_token_nothing_is_believed(stage: Stage) -> None:
    twilio = Twilio(stage.office, token=None)
    assert twilio.post("/twilio/sms", MESSAGE)[0] == 403
    assert twilio.report("SM1", "delivered") == 403


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/status"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_only_post_does_anything(stage: Stage, path: str, method: str) -> None:
    assert Twilio(stage.office).client.open(path, method=method).status_code == 405


def test_a_signed_form_that_is_no_message_is_refused(stage: Stage) -> None:
    assert Twilio(stage.office).post("/twilio/sms", {"MessageSid": "SM1", "Body": "9"})[0] == 400
    assert stage.rows("in") == []


def test_the_status_of_a_call_goes_to_the_calls(stage: Stage) -> None:
    twilio = Twilio(stage.office)
    assert twilio.post("/twilio/status", {"CallSid": "CA1", "CallStatus": "completed"})[0] == 204
    assert twilio.calls == [("CA1", "completed")]


def test_reports_in_every_order_end_in_one_state(stage: Stage, api: TwilioApi, twilio: TwilioMessages) -> None:
    webhooks = Twilio(stage.office)
    orders = list(permutations(["queued", "sent", "delivered", "sent"]))
    stage.queue(*[f"nummer {number}" for number in range(len(orders))])
    send_batch(stage.office, {"twilio": twilio}, limit=100)
    for taken, order in zip(api.ledger, orders, strict=True):
        message = (taken.callback or "").rpartition("=")[2]
        for number, status in enumerate(order):
            assert webhooks.report(taken.sid, status, message if number % 2 else None) == 204
    assert set(stage.states()) == {"delivered"}


def test_a_report_may_come_before_the_answer(stage: Stage) -> None:
    """The stand-in reports to a real port before it answers; here the report is put in between by hand."""
    webhooks = Twilio(stage.office)

    class Early(TwilioApi):
        def report(self, taken: object, status: str, code: int | None = None) -> int:
            message = taken.callback.rpartition("=")[2]  # type: ignore[attr-defined]
            return webhooks.report(taken.sid, status, message)  # type: ignore[attr-defined]

    with Early(TOKEN) as api:
        api.behave(Behaviour(early=("sent", "delivered", "queued")))
        stage.queue("hej")
        send_batch(stage.office, {"twilio": TwilioMessages("AC1", TOKEN, OUTSIDE, api.url, patience=5)})
        (row,) = stage.rows()
        assert (row.state, row.ref) == ("delivered", api.ledger[0].sid)


def test_a_report_of_failure_says_why(stage: Stage, api: TwilioApi, twilio: TwilioMessages) -> None:
    stage.queue("hej")
    send_batch(stage.office, {"twilio": twilio})
    Twilio(stage.office).report(api.ledger[0].sid, "undelivered", code="30006")
    (row,) = stage.rows()
    assert (row.state, row.error) == ("undelivered", "The number cannot receive text messages. (Twilio 30006)")


def test_reports_about_strangers_and_new_words_are_let_be(stage: Stage) -> None:
    twilio = Twilio(stage.office)
    assert twilio.report("SM99", "delivered", "msg_99") == 204
    assert twilio.report("SM99", "teleported") == 204
    assert stage.rows() == []


def test_a_report_cannot_change_a_message_of_another_provider(stage: Stage) -> None:
    stage.queue("hej", sender="+46701740604")
    Twilio(stage.office).report("SM1", "delivered", stage.rows()[0].id)
    assert stage.states() == ["queued"]


def test_when_something_breaks_twilio_is_told_and_no_number_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    twilio = Twilio(stage.office)
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr("tonval.fieldwork.conduct.receive_message", away)
        assert twilio.post("/twilio/sms", MESSAGE) == (503, b"")
    assert CUSTOMER not in caplog.text
    assert twilio.post("/twilio/sms", MESSAGE) == (200, EMPTY)
    assert len(stage.rows("in")) == 1


def test_shuffled_and_repeated_webhooks_store_each_message_once(stage: Stage) -> None:
    twilio = Twilio(stage.office)
    forms = [{**MESSAGE, "MessageSid": f"SM{number}", "Body": str(number)} for number in range(20)]
    deliveries = [form for form in forms for _ in range(3)]
    random.Random(3).shuffle(deliveries)
    assert {twilio.post("/twilio/sms", form) for form in deliveries} == {(200, EMPTY)}
    assert sorted(row.ref for row in stage.rows("in")) == sorted(form["MessageSid"] for form in forms)


@pytest.mark.parametrize("body", ["STOP", "Avsluta prenumerationen"])
def test_a_stop_that_twilio_has_obeyed_is_obeyed_and_not_confirmed_again(stage_on_both: Stage, body: str) -> None:
    stage = stage_on_both
    stage.queue("en fråga")
    form = {**MESSAGE, "Body": body, "OptOutType": "STOP"}
    assert [Twilio(stage.office).post("/twilio/sms", form)[0] for _ in range(2)] == [200, 200]
    assert send_batch(stage.office, {}) == 0
    assert [(row.purpose, row.state) for row in stage.rows()] == [("question", "failed")]


def test_a_start_that_twilio_has_obeyed_lifts_the_stop_without_a_word(stage: Stage) -> None:
    twilio = Twilio(stage.office)
    for ref, body in (("SM1", "STOP"), ("SM2", "START")):
        twilio.post("/twilio/sms", {**MESSAGE, "MessageSid": ref, "Body": body, "OptOutType": body})
    stage.queue("en fråga", sender="+46701740604")
    send_batch(stage.office, {"console": Console()})
    assert [(row.purpose, row.state) for row in stage.rows()] == [("question", "delivered")]


def test_help_that_twilio_has_given_is_not_given_again(stage: Stage) -> None:
    Twilio(stage.office).post("/twilio/sms", {**MESSAGE, "Body": "HJÄLP", "OptOutType": "HELP"})
    assert stage.rows() == []


@pytest.mark.parametrize("code", ["21610", "30630"])
def test_a_report_that_the_customer_has_opted_out_is_kept(stage_on_both: Stage, code: str) -> None:
    stage = stage_on_both
    stage.queue("ett")
    twilio, (first,) = Twilio(stage.office), stage.rows()
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": code, "To": CUSTOMER}
    assert twilio.post(f"/twilio/status?message={first.id}", form)[0] == 204
    stage.queue("två")
    assert send_batch(stage.office, {}) == 0
    assert stage.states() == ["failed", "failed"]
