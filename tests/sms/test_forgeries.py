"""What Twilio did not sign in this very form is refused and leaves nothing; what it signed comes through any proxy."""

import random
import string
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder

from tests.drivers.forgeries import FORGERIES, Fields, Signer, Webhook
from tests.ivr.twilio.stage import FakeCarrier, FakePrompts, voice_routes
from tests.sms.conftest import OUTSIDE, TOKEN
from tests.sms.stage import CUSTOMER, OURS, Stage
from tonval.app import create_app
from tonval.config import load_config
from tonval.ivr.twilio.signature import FORM, Signature
from tonval.ivr.twilio.webhooks import call_ended
from tonval.opening import open_field
from tonval.sms.office import OfficePost
from tonval.sms.twilio.webhooks import messages_blueprint
from tonval.store.tables import metadata

TWILIO = Signer(TOKEN, OUTSIDE)
MESSAGE = (
    ("MessageSid", f"SM{7:032x}"),
    ("MessagingServiceSid", f"MG{1:032x}"),
    ("AccountSid", f"AC{1:032x}"),
    ("From", CUSTOMER),
    ("To", OURS),
    ("Body", "10 Excellent på måndag"),
)
CALL = (("CallSid", f"CA{7:032x}"), ("CallStatus", "in-progress"), ("From", CUSTOMER), ("To", OURS), ("Digits", "45"))
SPOKEN = (*CALL[:4], ("RecordingSid", f"RE{7:032x}"), ("RecordingDuration", "9"))
ORIGINALS = (
    ("/twilio/sms", MESSAGE),
    ("/twilio/status?message=msg_0001", (("MessageSid", f"SM{8:032x}"), ("MessageStatus", "delivered"))),
    ("/twilio/voice?queue=support&agent=anna", CALL),
    ("/twilio/voice/leg_1/1", CALL),
    ("/twilio/voice/leg_1/1", SPOKEN),
    ("/twilio/voice/leg_1/1/sound", SPOKEN),
    ("/twilio/voice/leg_1/1?agent=anna", (*CALL[:4], ("DialCallStatus", "completed"), ("DialCallDuration", "30"))),
    ("/twilio/voice/leg_1/1/answered?agent=anna", CALL),
    ("/twilio/voice/taken?agent=anna", CALL),
    ("/twilio/voice/take/support", CALL),
    ("/twilio/voice/waiting?queue=support&language=sv", CALL),
    ("/twilio/voice/status?dial=dial_1", CALL),
)


class House:
    """Every webhook behind one client, and all that they may change."""

    def __init__(self, stage: Stage, public_url: str = OUTSIDE) -> None:
        self.stage, self.carrier = stage, FakeCarrier()
        genuine = Signature(TOKEN, public_url).genuine
        app = Flask("stage")
        app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
        voice_routes(app, genuine, public_url, self.carrier, FakePrompts())
        ended = lambda ref, status: call_ended(self.carrier, ref, status)  # noqa: E731
        app.register_blueprint(messages_blueprint(genuine, OfficePost(stage.office), ended))
        self.client: FlaskClient = app.test_client()

    def take(self, webhook: Webhook) -> tuple[int, bytes]:
        """The status and body of the answer."""
        path, _, query = webhook.target.partition("?")
        answer = self.client.open(
            path=path, query_string=query, method=webhook.method, headers=webhook.all_headers, data=webhook.body
        )
        return answer.status_code, answer.data

    def traces(self) -> tuple[object, ...]:
        """How many rows there are of each kind, and what calls have come to."""
        carrier = self.carrier
        with self.stage.office.unit.read() as tx:
            rows = [tx.execute(select(func.count()).select_from(table)).scalar() for table in metadata.sorted_tables]
        done = (carrier.calls, carrier.replies, carrier.ended, carrier.wanted, carrier.takers, carrier.dials)
        return tuple(rows), tuple(len(each) for each in done)


@pytest.mark.parametrize("kind", FORGERIES)
def test_no_forgery_is_accepted_and_none_leaves_a_trace(stage: Stage, kind: str) -> None:
    house, dice = House(stage), random.Random(kind)
    before = house.traces()
    for _ in range(8):
        for target, fields in ORIGINALS:
            forged = FORGERIES[kind](TWILIO, target, fields, dice)
            assert house.take(forged)[0] in (400, 403, 404, 405, 413), forged
    assert house.traces() == before


@pytest.mark.parametrize("original", ORIGINALS)
def test_what_is_played_again_changes_nothing_and_gets_the_same_bytes(
    stage: Stage, original: tuple[str, Fields]
) -> None:
    house, webhook = House(stage), TWILIO.webhook(*original)
    house.take(TWILIO.webhook("/twilio/voice", CALL[:-1]))
    first, after = house.take(webhook), house.traces()
    assert first[0] in (200, 204)
    assert [house.take(webhook) for _ in range(4)] == [first] * 4
    assert house.traces() == after


SHAPES: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "no proxy": (OUTSIDE, OUTSIDE, {"Host": "survey.example.com"}),
    "http inside, https outside": (OUTSIDE, OUTSIDE, {"Host": "10.0.0.7:8000", "X-Forwarded-Proto": "https"}),
    "nothing forwarded": (OUTSIDE, OUTSIDE, {"Host": "10.0.0.7:8000"}),
    "wrongly forwarded": (OUTSIDE, OUTSIDE, {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "inner:8000"}),
    "spoofed": (OUTSIDE, OUTSIDE, {"Host": "evil.example", "Forwarded": "host=evil.example;proto=http"}),
    "a balancer on another port": (OUTSIDE, OUTSIDE, {"X-Forwarded-Port": "8443"}),
    "the usual port signed": (OUTSIDE, f"{OUTSIDE}:443", {}),
    "the usual port set": (f"{OUTSIDE}:443", OUTSIDE, {}),
    "a port of its own": (f"{OUTSIDE}:8443", f"{OUTSIDE}:8443", {}),
    "a port of its own left out": (f"{OUTSIDE}:8443", OUTSIDE, {}),
    "a path cut off by the proxy": (f"{OUTSIDE}/tonval", f"{OUTSIDE}/tonval", {"X-Forwarded-Prefix": "/tonval"}),
    "a slash at the end of the setting": (f"{OUTSIDE}/", OUTSIDE, {}),
    "an IPv6 host": ("https://[2001:db8::7]", "https://[2001:db8::7]:443", {}),
    "an IPv6 host with a port": ("https://[2001:db8::7]:8443", "https://[2001:db8::7]", {}),
    "a host in capitals": ("https://SURVEY.Example.com", OUTSIDE, {}),
    "a host in capitals, signed so": ("https://SURVEY.Example.com", "https://SURVEY.Example.com:443", {}),
}
"""What TONVAL_PUBLIC_URL says, where Twilio sends it to, and what the proxy adds."""


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_genuine_comes_through_every_proxy(stage: Stage, shape: str) -> None:
    public_url, sent_to, added = SHAPES[shape]
    house = House(stage, public_url)
    for target, fields in ORIGINALS[:3]:
        webhook = Signer(TOKEN, sent_to).webhook(target, fields)
        assert house.take(replace(webhook, headers=(("Content-Type", FORM), *added.items())))[0] in (200, 204)
    assert [row.body for row in stage.rows("in")] == ["10 Excellent på måndag"]
    assert len(house.carrier.calls) == 1


WRITINGS = {
    "a plus for a space": lambda fields: urlencode(fields),
    "spaces in hex": lambda fields: urlencode(fields, quote_via=quote),
    "hex in small letters": lambda fields: "&".join(f"{name}={_small(value)}" for name, value in fields),
    "the fields in another order": lambda fields: urlencode(fields[::-1]),
}


def _small(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode())


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", FORM.upper()])
def test_the_same_fields_written_otherwise_are_the_same(stage: Stage, writing: str, content_type: str) -> None:
    body = WRITINGS[writing](MESSAGE).encode()
    webhook = replace(TWILIO.webhook("/twilio/sms", MESSAGE), body=body, headers=(("Content-Type", content_type),))
    assert House(stage).take(webhook)[0] == 200
    assert [row.body for row in stage.rows("in")] == ["10 Excellent på måndag"]


NAMES = st.text(string.ascii_letters, min_size=1, max_size=12).map(lambda name: f"X{name}")
FORMS = st.dictionaries(NAMES, st.text(max_size=30).filter(str.isprintable), min_size=1, max_size=8)


@given(FORMS, st.sampled_from(["/twilio/sms", "/twilio/voice?queue=x&agent=%C3%A5sa"]))
def test_a_form_is_genuine_exactly_where_the_official_validator_says_so(form: dict[str, str], target: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(OUTSIDE + target, form)
    path, _, query = target.partition("?")
    headers = {"X-Twilio-Signature": signature}
    request = EnvironBuilder(path, query_string=query, method="POST", data=form, headers=headers).get_request()
    ours = Signature(TOKEN, OUTSIDE)
    long_id = any(name.endswith("Sid") and len(value) > 34 for name, value in form.items())
    assert ours.genuine(_as_flask(request.environ)) is not long_id
    other = EnvironBuilder(path, query_string=query, method="POST", data={**form, "Xx": "?"}, headers=headers)
    assert form.get("Xx") == "?" or not ours.genuine(_as_flask(other.get_environ()))


def _as_flask(environ: dict[str, object]) -> Request:
    return Request(environ)


@pytest.mark.parametrize("value", ["off", "0", "false", "no", " ", "none"])
def test_no_setting_opens_the_webhooks_to_the_unsigned(sqlite_url: str, tmp_path: Path, value: str) -> None:
    """Without an account nothing is taken in, and there is no switch by which it would be."""
    told = {"TONVAL_HOME": str(tmp_path), "TONVAL_DATABASE_URL": sqlite_url, "TONVAL_SECRET_KEY": "a-key-of-the-tests"}
    guesses = ("TONVAL_TWILIO_VALIDATE", "TONVAL_TWILIO_SIGNATURE", "TONVAL_WEBHOOK_SIGNATURES", "TONVAL_DEBUG")
    config = load_config(told | dict.fromkeys(guesses, value) | {"TONVAL_TWILIO_AUTH_TOKEN": " "})
    office = open_field(config)
    client = create_app(config, office).test_client()
    unsigned = [client.post(target, data=dict(fields)).status_code for target, fields in ORIGINALS]
    empty = Signer("", config.public_url)
    by_nobody = [empty.webhook(target, fields) for target, fields in ORIGINALS]
    signed = [client.post(w.target, data=w.body, headers=w.all_headers).status_code for w in by_nobody]
    office.unit.engine.dispose()
    assert unsigned == signed == [403] * len(ORIGINALS)
