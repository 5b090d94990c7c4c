import logging
import random

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from tests.ivr.twilio.stage import OUTSIDE, TOKEN, WAV, Stage
from tonval.surveys.turns import Digits, TimedOut

FORM = {"CallSid": "CA1", "From": "+46701740606", "To": "+46701740605", "CallStatus": "in-progress"}


def signed(url: str, form: object = FORM, token: str = TOKEN) -> dict[str, str]:
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)}


def test_a_call_is_asked_until_it_has_answered() -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    call.press("4")
    call.press("10")
    assert call.over
    assert stage.carrier.replies == [("leg_1", 1, Digits("4")), ("leg_1", 2, Digits("10"))]
    assert len(call.heard) == 3


def test_the_dial_tells_queue_agent_interaction_and_language() -> None:
    stage = Stage()
    stage.call().ring(
        "?queue=support&agent=anna&interaction=call-8812&language=en", DialCallStatus="completed", DialCallDuration="30"
    )
    (call,) = stage.carrier.calls
    assert (call.queue, call.agent, call.interaction, call.language) == ("support", "anna", "call-8812", "en")
    assert (call.provider, call.ref, call.caller, call.dialled) == ("twilio", "CA1", "+46701740606", "+46701740605")


def test_a_call_that_says_nothing_of_itself_is_still_asked() -> None:
    stage = Stage()
    stage.call().ring("?queue=&agent=")
    (call,) = stage.carrier.calls
    assert (call.queue, call.agent, call.interaction, call.language) == (None, None, None, None)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_dial_that_reached_nobody_is_not_rated(status: str) -> None:
    stage = Stage()
    assert stage.call().ring("?queue=support", DialCallStatus=status).hangs_up
    assert not stage.carrier.calls


def test_a_customer_who_hung_up_on_the_agent_is_not_asked() -> None:
    stage = Stage()
    assert stage.call().ring(DialCallStatus="completed", CallStatus="completed").hangs_up
    assert not stage.carrier.calls


@pytest.mark.parametrize(
    ("caller", "known"),
    [
        ("+46701740606", "+46701740606"),
        ("+266696687", None),  # ANONYMOUS
        ("anonymous", None),
        ("sip:anna@example.com", None),
        ("client:anna", None),
        ("0701740606", None),
        ("", None),
    ],
)
def test_a_caller_is_known_by_a_real_number_only(caller: str, known: str | None) -> None:
    stage = Stage()
    stage.call(caller=caller).ring()
    assert stage.carrier.calls[0].caller == known


def test_on_a_call_that_was_placed_the_customer_is_the_one_called() -> None:
    stage = Stage()
    stage.call(caller="+46701740605", dialled="+46701740606").ring(Direction="outbound-api")
    assert stage.carrier.calls[0].caller == "+46701740606"
    assert stage.carrier.calls[0].dialled == "+46701740605"


def test_a_sip_address_is_dialled_by_its_user_part() -> None:
    stage = Stage()
    stage.call(dialled="sip:support@example.com").ring()
    assert stage.carrier.calls[0].dialled == "support"


def test_silence_is_told_from_keys() -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    call.wait()
    call.press("#")
    assert [reply for _, _, reply in stage.carrier.replies] == [TimedOut(), TimedOut()]


def test_the_star_key_comes_through() -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    call.press("*")
    call.press("*#")
    assert [reply for _, _, reply in stage.carrier.replies] == [Digits("*"), Digits("*")]


def test_keys_sent_by_a_caller_who_has_gone_still_count() -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    call.send(f"{OUTSIDE}/twilio/voice/leg_1/1", {"Digits": "5", "CallStatus": "completed"})
    assert stage.carrier.replies == [("leg_1", 1, Digits("5"))]


def test_a_gather_that_ends_because_the_caller_has_gone_ends_the_leg() -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    call.send(f"{OUTSIDE}/twilio/voice/leg_1/1", {"CallStatus": "completed"})
    assert stage.carrier.ended == [("leg_1", "hangup")]
    assert not stage.carrier.replies


def test_every_retried_webhook_gets_the_same_bytes_in_any_order() -> None:
    stage = Stage()
    call = stage.call()
    steps = [
        (f"{OUTSIDE}/twilio/voice?queue=support", {}),
        (f"{OUTSIDE}/twilio/voice/leg_1/1", {"Digits": "4"}),
        (f"{OUTSIDE}/twilio/voice/leg_1/2", {"Digits": "9"}),
    ]
    first = [call.send(*step) for step in steps]
    again = [number for number in range(3) for _ in range(4)]
    random.Random(1).shuffle(again)
    for number in again:
        assert call.send(*steps[number]) == first[number]
    late = call.send(steps[1][0], {"Digits": "1"})  # the same turn with another key: the stored turn stands
    assert late == first[1]
    assert len(stage.carrier.calls) == 1
    assert [reply for _, _, reply in stage.carrier.replies] == [Digits("4"), Digits("9")]


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("completed", "hangup"),
        ("busy", "busy"),
        ("failed", "failed"),
        ("no-answer", "no-answer"),
        ("canceled", "canceled"),
    ],
)
def test_the_end_of_a_call_ends_its_leg(status: str, cause: str) -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    assert call.send(f"{OUTSIDE}/twilio/voice/status", {"CallStatus": status})[0] == 204
    assert stage.carrier.ended == [("leg_1", cause)]


@pytest.mark.parametrize("status", ["ringing", "in-progress", "initiated", "", "nonsense"])
def test_a_call_that_goes_on_is_left_alone(status: str) -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    assert call.send(f"{OUTSIDE}/twilio/voice/status", {"CallStatus": status})[0] == 204
    assert not stage.carrier.ended


def test_the_end_of_a_call_without_a_survey_is_nothing_to_us() -> None:
    stage = Stage()
    assert stage.call("CA9").hang_up() == 204
    assert not stage.carrier.ended


def test_an_unknown_leg_is_hung_up_politely() -> None:
    stage = Stage()
    status, twiml = stage.call().send(f"{OUTSIDE}/twilio/voice/leg_77/1", {"Digits": "4"})
    assert status == 200
    assert b"Hangup" in twiml


def test_when_something_breaks_twilio_is_told_to_come_again(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    call = stage.call()
    call.ring()
    stage.carrier.broken = True
    with caplog.at_level(logging.ERROR):
        assert call.send(f"{OUTSIDE}/twilio/voice/leg_1/1", {"Digits": "4"}) == (503, b"")
    assert "+46701740606" not in caplog.text
    stage.carrier.broken = False
    call.press("4")
    assert stage.carrier.replies == [("leg_1", 1, Digits("4"))]


def test_every_action_asks_for_retries() -> None:
    document = Stage().call().ring()
    assert document.gather is not None
    assert document.gather.action == f"{OUTSIDE}/twilio/voice/leg_1/1#rc=2&rp=5xx,ct,rt"


PATHS = [
    "/twilio/voice/leg_1/1/sound",
    "/twilio/voice/leg_1/1/answered?agent=anna",
    "/twilio/voice/take/support",
    "/twilio/voice/taken?agent=anna",
    "/twilio/voice/waiting?queue=support",
    "/twilio/voice",
    "/twilio/voice?queue=support",
    "/twilio/voice/leg_1/1",
    "/twilio/voice/status",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_unsigned_or_altered_webhook_is_refused_and_leaves_nothing(path: str) -> None:
    stage = Stage()
    stage.call().ring()
    stage.carrier.calls.clear()
    good = signed(OUTSIDE + path)
    forgeries = [
        (path, FORM, {}),
        (path, FORM, {"X-Twilio-Signature": ""}),
        (path, FORM, {"X-Twilio-Signature": "ü"}),
        (path, FORM, signed(OUTSIDE + path, token="another")),
        (path, FORM, signed("http://survey.example.com" + path)),
        (path, FORM, signed("https://other.example.com" + path)),
        (path, {**FORM, "From": "+46701740699"}, good),
        (path, {**FORM, "Digits": "5"}, good),
        (path, {name: value for name, value in FORM.items() if name != "From"}, good),
        (path, MultiDict([*FORM.items(), ("From", "+46701740699")]), good),
        (path + ("&" if "?" in path else "?") + "agent=bo", FORM, good),
        (path, {}, good),
    ]
    for forged_path, form, headers in forgeries:
        answer = stage.client.post(forged_path, data=form, headers=headers)
        assert (answer.status_code, answer.data) == (403, b""), (forged_path, form, headers)
    assert [stage.carrier.calls, stage.carrier.replies, stage.carrier.ended] == [[], [], []]


@pytest.mark.parametrize("path", PATHS)
def test_without_an_auth_token_nothing_is_believed(path: str) -> None:
    stage = Stage(token=None)
    for headers in ({}, signed(OUTSIDE + path, token=""), signed(OUTSIDE + path)):
        assert stage.client.post(path, data=FORM, headers=headers).status_code == 403
    assert not stage.carrier.calls


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_post_does_anything(path: str, method: str) -> None:
    stage = Stage()
    assert stage.client.open(path, method=method.upper(), headers=signed(OUTSIDE + path, {})).status_code == 405
    assert not stage.carrier.calls


@pytest.mark.parametrize(
    ("public_url", "url_signed"),
    [
        ("https://survey.example.com", "https://survey.example.com/twilio/voice"),
        ("https://survey.example.com/", "https://survey.example.com/twilio/voice"),
        ("https://survey.example.com", "https://survey.example.com:443/twilio/voice"),
        ("https://survey.example.com:443", "https://survey.example.com/twilio/voice"),
        ("https://survey.example.com:8443", "https://survey.example.com:8443/twilio/voice"),
        ("http://survey.example.com", "http://survey.example.com:80/twilio/voice"),
        ("https://example.com/tonval", "https://example.com/tonval/twilio/voice"),
        ("https://[2001:db8::7]", "https://[2001:db8::7]:443/twilio/voice"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]/twilio/voice"),
        ("https://Survey.Example.com", "https://survey.example.com/twilio/voice"),
        ("https://Survey.Example.com:8443", "https://Survey.Example.com:8443/twilio/voice"),
        ("https://survey.example.com", "https://survey.example.com/twilio/voice#rc=2&rp=5xx,ct,rt"),
    ],
)
def test_only_the_public_address_counts_whatever_the_proxy_says(public_url: str, url_signed: str) -> None:
    stage = Stage(public_url=public_url)
    proxy = {"Host": "10.0.0.7:8000", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example.com"}
    answer = stage.client.post("/twilio/voice", data=FORM, headers={**signed(url_signed), **proxy})
    assert answer.status_code == 200
    assert public_url.rstrip("/").encode() in answer.data
    assert b"evil" not in answer.data


@pytest.mark.parametrize(
    "query", ["b=2&a=1", "agent=anna+b&queue=x", "agent=%C3%A5sa", "agent=%c3%a5sa", "agent=o'hara", "x"]
)
def test_the_query_is_taken_as_it_was_sent(query: str) -> None:
    stage = Stage()
    path = f"/twilio/voice?{query}"
    assert stage.client.post(path, data=FORM, headers=signed(OUTSIDE + path)).status_code == 200


def test_empty_fields_and_those_in_any_script_are_part_of_the_signature() -> None:
    stage = Stage()
    form = {**FORM, "Empty": "", "Ord": "hej å ✓"}
    headers = signed(OUTSIDE + "/twilio/voice", form)
    assert stage.client.post("/twilio/voice", data=form, headers=headers).status_code == 200


def test_a_signed_form_without_a_call_is_refused() -> None:
    stage = Stage()
    form = {"From": "+46701740606"}
    answer = stage.client.post("/twilio/voice", data=form, headers=signed(OUTSIDE + "/twilio/voice", form))
    assert answer.status_code == 400


def test_audio_is_public_and_never_changes() -> None:
    stage = Stage()
    address = stage.call().ring().plays[0].removeprefix(OUTSIDE)
    answer = stage.client.get(address)
    assert (answer.status_code, answer.data, answer.mimetype) == (200, WAV, "audio/wav")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = stage.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("digest", ["0" * 64, "abc", "..%2f..%2fetc%2fpasswd", "0" * 63 + "g", "A" * 64])
def test_audio_without_its_digest_is_not_found(digest: str) -> None:
    assert Stage().client.get(f"/twilio/audio/{digest}.wav").status_code == 404
