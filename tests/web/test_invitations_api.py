"""POST /api/v1/invitations: a survey asked for directly, by name or by queue, with or without a reported contact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from tests.web.house import CUSTOMER, NUMBER, Clock, open_house, open_site, rate_call
from tests.web.test_interactions import GOOD
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.colleagues import keys
from tonval.fieldwork.conduct import Inbound
from tonval.fieldwork.field import Field
from tonval.store.tables import interactions, opt_outs
from tonval.store.unit import Unit

URL = "/api/v1/invitations"
QUEUES = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: console}}
defaults: {min_talk: 15s, cap: 30d, languages: [sv, en]}
queues:
  desk: {survey: voice, channel: keypad}
  sales: {survey: nps, channel: sms, from: "+46701740605", delay: 2h, sample: 1000000, agent_quota: 1}
  letters: {survey: nps, channel: email}
  both: {survey: care, channel: sms, from: "+46701740605", fallback: [email]}
  quiet: {survey: care, channel: email, off: true}
surveys:
  voice: {questions: [{id: helped, scale: nki, text: {sv: "Hur bra?", en: "How well?"}}]}
  nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10.", en: "How likely? 0-10."}}]}
  care: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10.", en: "How likely? 0-10."}}]}
  lonely: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? 0–10.", en: "How likely? 0-10."}}]}
"""
EVA: dict[str, Any] = {"phone": CUSTOMER, "name": "Eva"}
BO: dict[str, Any] = {"email": "bo@example.com"}
GOOD_REQUEST: dict[str, Any] = {"survey": "nps", "customer": EVA}


@pytest.fixture
def office(unit: Unit, clock: Clock) -> Field:
    """A centre whose rules would forbid nearly every contact, on either kind of database."""
    return open_house(unit, clock, QUEUES)


@pytest.fixture
def api(office: Field) -> FlaskClient:
    """A client whose key may read and report."""
    client = open_site(office).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.make_key(office, 'crm', ['read', 'report'])}"
    return client


def _ask(api: FlaskClient, **request: Any) -> dict[str, Any]:
    answer = api.post(URL, json=request)
    assert answer.status_code in (200, 201), answer.get_json(force=True)
    body: dict[str, Any] = answer.get_json()
    return body


def test_a_survey_is_asked_for_at_once_whatever_the_rules_about_contacts_say(api: FlaskClient) -> None:
    for number in range(3):  # sampling of one in a million, one a day for each agent, two hours' delay
        body = _ask(api, survey="nps", agent="anna", customer={"phone": f"+4670174060{number + 6}"})
        assert body["decision"].items() >= {"channel": "sms", "survey": "nps", "due_at": "2026-11-20T12:00:00Z"}.items()
        assert body["invitation"] == body["decision"]["invitation"]
        assert body["interaction"]["kind"] == "request"


@pytest.mark.parametrize(
    ("request_", "channel"),
    [
        ({"survey": "nps", "customer": EVA}, "sms"),
        ({"survey": "nps", "customer": BO}, "email"),
        ({"survey": "nps", "customer": EVA | BO}, "sms"),
        ({"survey": "nps", "customer": EVA | BO, "channel": "email"}, "email"),
        ({"queue": "letters", "customer": EVA | BO}, "email"),
        ({"queue": "letters", "survey": "care", "customer": EVA | BO}, "email"),
        ({"survey": "care", "customer": BO}, "email"),
        ({"queue": "both", "customer": EVA | BO, "channel": "email"}, "email"),
    ],
)
def test_the_first_queue_that_reaches_the_customer_asks(
    api: FlaskClient, office: Field, request_: dict[str, Any], channel: str
) -> None:
    body = _ask(api, **request_)
    assert body["decision"].get("channel") == channel
    assert body["decision"]["survey"] == request_.get(
        "survey", office.centre.queues[request_.get("queue", "sales")].survey
    )
    shown = api.get(f"{URL}/{body['invitation']}").get_json()
    assert shown["channel"] == channel


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"survey": None}, 400, "survey"),
        ({"survey": "nothing"}, 404, "survey"),
        ({"survey": "lonely"}, 404, "survey"),
        ({"queue": "nowhere"}, 404, "queue"),
        ({"survey": None, "queue": "desk"}, 400, "queue"),
        ({"survey": "voice"}, 400, "queue"),
        ({"channel": "keypad"}, 400, "channel"),
        ({"channel": "pigeon"}, 400, "channel"),
        ({"channel": "link"}, 400, "channel"),
        ({"customer": None}, 400, "customer.phone"),
        ({"customer": {}}, 400, "customer.phone"),
        ({"customer": {"phone": "12"}}, 400, "customer.phone"),
        ({"customer": {"email": "eva"}}, 400, "customer.email"),
        ({"customer": {"phone": CUSTOMER, "zone": "Mars/Olympus"}}, 400, "customer.zone"),
        ({"language": "Swedish please"}, 400, "customer.language"),
        ({"not_before": "tomorrow"}, 400, "not_before"),
        ({"id": 7}, 400, "id"),
        ({"id": "x" * 201}, 400, "id"),
        ({"agent": []}, 400, "agent"),
        ({"interaction": "call-1"}, 400, "interaction"),
        ({"interaction": {"id": "call-1"}}, 400, "interaction.kind"),
        ({"interaction": {"kind": "call"}}, 400, "interaction.id"),
        ({"interaction": {"kind": "call", "id": "call-1"}}, 404, "interaction.id"),
    ],
)
def test_a_faulty_field_is_named_and_nothing_is_kept(
    api: FlaskClient, office: Field, changes: dict[str, Any], status: int, field: str
) -> None:
    answer = api.post(URL, json=GOOD_REQUEST | changes)
    assert (answer.status_code, answer.get_json(force=True)["field"]) == (status, field)
    with office.unit.read() as tx:
        assert tx.execute(select(func.count()).select_from(interactions)).scalar_one() == 0


def test_the_same_id_again_gives_the_same_body(api: FlaskClient, clock: Clock) -> None:
    first = api.post(URL, json=GOOD_REQUEST | {"id": "order-7"})
    clock.forward(days=40)
    again = api.post(URL, json=GOOD_REQUEST | {"id": "order-7"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert first.get_json()["interaction"] == {"kind": "request", "id": "order-7"}


def test_nobody_is_asked_before_the_time_that_is_named(api: FlaskClient) -> None:
    body = _ask(api, **GOOD_REQUEST, not_before="2026-12-01T10:00:00+01:00")
    assert body["decision"]["due_at"] == "2026-12-01T09:00:00Z"


def test_caps_and_opt_outs_hold_for_requests_too(api: FlaskClient, office: Field, clock: Clock) -> None:
    assert _ask(api, **GOOD_REQUEST)["decision"]["outcome"] == "invited"
    capped = _ask(api, **GOOD_REQUEST)
    assert (capped["invitation"], capped["decision"]["rule"]) == (None, "frequency_cap")
    with office.unit.begin() as tx:
        row = {"address": "bo@example.com", "channel": "*", "created_at": clock(), "source": "page"}
        tx.execute(insert(opt_outs).values(row))
    assert _ask(api, survey="nps", customer=BO)["decision"]["rule"] == "opted_out"


def test_a_queue_that_is_off_asks_nobody(api: FlaskClient) -> None:
    assert _ask(api, queue="quiet", customer=BO)["decision"]["rule"] == "queue_off"


def test_the_question_is_in_the_language_asked_for(api: FlaskClient, office: Field, clock: Clock) -> None:
    invitation = _ask(api, **GOOD_REQUEST, language="en")["invitation"]
    clock.forward(minutes=1)
    asking.ask_due(office)
    conduct.receive_message(office, Inbound("console", "in-1", CUSTOMER, NUMBER, "9", clock()))
    shown = api.get(f"{URL}/{invitation}").get_json()
    assert (shown["state"], shown["disposition"]) == ("asked", "complete")
    (response,) = api.get("/api/v1/responses").get_json()["rows"]
    assert (response["id"], response["language"]) == (shown["response"], "en")


def test_a_reported_contact_that_was_passed_over_is_asked_about(api: FlaskClient, clock: Clock) -> None:
    report = GOOD | {"queue": "sales", "customer": EVA}
    passed_over = api.post("/api/v1/interactions", json=report).get_json()
    assert passed_over["decision"]["rule"] == "sampled_out"
    about = {"interaction": {"kind": "call", "id": "call-8812"}, "survey": "nps", "id": "order-8"}
    asked = _ask(api, **about)
    assert asked["interaction"] == about["interaction"]
    assert asked["decision"].items() >= {"outcome": "invited", "channel": "sms"}.items()
    assert _ask(api, **about) == asked
    shown = api.get("/api/v1/interactions/call/call-8812").get_json()
    assert (shown["disposition"], shown["decision"]["was"]) == ("pending", passed_over["decision"])
    assert api.post("/api/v1/interactions", json=report).get_json() == passed_over


def test_a_contact_is_asked_about_once(api: FlaskClient) -> None:
    api.post("/api/v1/interactions", json=GOOD | {"queue": "both", "customer": EVA})
    body = _ask(api, survey="nps", customer=BO, interaction={"kind": "call", "id": "call-8812"})
    assert (body["invitation"], body["decision"]["rule"]) == (None, "already_invited")
    shown = api.get("/api/v1/interactions/call/call-8812").get_json()
    assert (shown["disposition"], shown["decision"]["outcome"]) == ("pending", "invited")


def test_a_contact_that_answered_on_the_line_is_not_asked_again(api: FlaskClient, office: Field) -> None:
    rate_call(office, "anna", ["4"], "call-1")
    with office.unit.read() as tx:
        kind, ref = tx.execute(select(interactions.c.kind, interactions.c.ref)).one()
    body = _ask(api, survey="nps", customer=EVA, interaction={"kind": kind, "id": ref})
    assert body["decision"]["rule"] == "already_invited"


def test_a_second_refusal_is_kept_beside_the_first(api: FlaskClient, clock: Clock) -> None:
    report = GOOD | {"queue": "sales", "customer": EVA}
    first = api.post("/api/v1/interactions", json=report).get_json()["decision"]
    _ask(api, survey="care", customer=EVA)
    about = {"interaction": {"kind": "call", "id": "call-8812"}, "survey": "nps"}
    assert _ask(api, **about)["decision"]["rule"] == "frequency_cap"
    shown = api.get("/api/v1/interactions/call/call-8812").get_json()
    assert (shown["disposition"], shown["decision"]["rule"], shown["decision"]["was"]) == (
        "suppressed",
        "frequency_cap",
        first,
    )
    clock.forward(days=31)
    assert _ask(api, **about)["decision"]["outcome"] == "invited"


def test_an_unknown_invitation_is_not_found(api: FlaskClient) -> None:
    for path in ("inv_nothing", "inv_%00", "%F0%9F%98%80"):
        assert api.get(f"{URL}/{path}").status_code == 404
        assert api.get(f"/api/v1/interactions/call/{path}").status_code == 404


def test_a_dropped_invitation_says_why(api: FlaskClient, office: Field, clock: Clock) -> None:
    soon = (clock() + timedelta(hours=1)).isoformat()
    invitation = _ask(api, **GOOD_REQUEST, not_before=soon)["invitation"]
    with office.unit.begin() as tx:
        row = {"address": CUSTOMER, "channel": "sms", "created_at": clock(), "source": "message"}
        tx.execute(insert(opt_outs).values(row))
    clock.forward(hours=2)
    asking.ask_due(office)
    shown = api.get(f"{URL}/{invitation}").get_json()
    assert (shown["state"], shown["decision"]["rule"], shown["response"]) == ("dropped", "opted_out", None)
