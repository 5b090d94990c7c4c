"""Setting the centre up in the browser: forms that lose nothing, faults beside their fields, the file left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import make_url

from tests.acting import acting
from tests.drivers.smtp import mail_server
from tests.fieldwork.test_renewal import publish, survey
from tests.web.house import PASSWORD, Clock, open_house, open_site
from tonval import app, opening
from tonval.config import Config, load_config
from tonval.connecting import Watch, connected, sender
from tonval.fieldwork import conduct, profiles, settings
from tonval.fieldwork.colleagues import keys, people, sign_ins
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.field import Field
from tonval.fieldwork.routing import NO_FILE
from tonval.mail.addresses import read_address
from tonval.mail.mime import new_mail
from tonval.store.tables import audit, secrets
from tonval.store.unit import open_unit

NUMBER = "+46701740605"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Field]:
    """A house without a file."""
    unit = open_unit(sqlite_url)
    yield open_house(unit, Clock(), NO_FILE)
    unit.engine.dispose()


@pytest.fixture
def admin(office: Field) -> FlaskClient:
    """An admin's browser."""
    return signed_in(open_site(office), office)


def signed_in(site: Flask, office: Field, mail: str | None = None) -> FlaskClient:
    site.config.update(WTF_CSRF_ENABLED=False)
    client = site.test_client()
    person = people.add_user(office, "admin", PASSWORD, role="admin", email=mail)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = sign_ins.begin(office, person, "a test").token
    office.renew(at_once=True)
    return client


def send(client: FlaskClient, path: str, **typed: object) -> tuple[int, str]:
    """Fill in the form at ``path`` as it stands but for what is ``typed``, and send it."""
    page = client.get(path).get_data(as_text=True)
    hidden = dict(re.findall(r'<input type="hidden" name="(seen [^"]*)" value="([^"]*)">', page))
    values = {unescape(name): value for name, value in hidden.items()}
    values |= {
        unescape(n): unescape(v)
        for n, v in re.findall(r'<input class="form-control" id="[^"]*" name="([^"]+)" value="([^"]*)"', page)
    }
    answer = client.post(path, data={**values, **typed})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def test_a_centre_without_a_file_says_what_is_still_to_be_done_until_nothing_is(
    admin: FlaskClient, office: Field
) -> None:
    assert "Set up your contact centre" in admin.get("/admin").text
    assert send(admin, "/admin/settings/company", brand="Nordlys", country="SE")[0] == 303
    assert send(admin, "/admin/settings/numbers/one", name="070-174 06 05")[0] == 303
    form = {"name": "sales", "channel": "sms", "from": [NUMBER]}
    assert send(admin, "/admin/settings/queues/one", **form)[0] == 303
    assert office.centre.queues["sales"].sender == NUMBER
    page = admin.get("/admin").text
    assert "Give every queue a survey" in page and "Nordlys" in page


def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(admin: FlaskClient, office: Field) -> None:
    form = {"name": "sales", "channel": "keypad", "cap.person": "long", "delay": "2h", "@more": "what: is this"}
    status, page = send(admin, "/admin/settings/queues/one", **form)
    assert status == 400 and not office.centre.queues
    assert re.search(r'id="at-cap-person-fault"[^>]*><p>“long” is not a length of time', page)
    assert re.search(r'id="at-more-fault"', page) or "nothing is called “what” here" in page
    assert 'value="2h"' in page and 'value="sales"' in page and "what: is this" in page
    assert re.search(r'name="cap.person" value="long"[^>]*autofocus', page)


def test_a_name_is_given_once(admin: FlaskClient) -> None:
    send(admin, "/admin/settings/queues/one", name="sales")
    for name, said in (("", "Give it a name"), ("x" * 101, "Give it a name"), ("sales", "called “sales” already")):
        status, page = send(admin, "/admin/settings/queues/one", name=name)
        assert status == 400 and said in page


def test_what_no_field_means_stays_as_it_was(admin: FlaskClient, office: Field) -> None:
    body = {
        "channel": "keypad",
        "call_back": {"hours": {"monday-friday": ["09:00-12:00", "13:00-17:00"]}, "slot": "30m"},
    }
    settings.change(office, {"queues/line": {**body, "internal": ["2041"]}}, {}, acting("eva"))
    page = unescape(admin.get("/admin/settings/queues/one?name=line").text)
    assert "monday-friday: 09:00-12:00, 13:00-17:00" in page and "2041" in page
    typed = {
        "channel": "keypad",
        "call_back.hours": "monday-friday: 09:00-12:00, 13:00-17:00",
        "call_back.slot": "30m",
        "internal": "2041",
        "delay": "1h",
    }
    assert send(admin, "/admin/settings/queues/one?name=line", **typed)[0] == 303
    assert settings.kept(office, "queues/line").body == {**body, "internal": ["2041"], "delay": "1h"}


def test_the_second_editor_sees_both_and_loses_nothing(admin: FlaskClient, office: Field) -> None:
    settings.change(office, {"queues/line": {"delay": "1h"}}, {}, acting("eva"))
    page = admin.get("/admin/settings/queues/one?name=line").text
    seen = re.search(r'name="seen queues/line" value="([^"]+)"', page)
    assert seen is not None
    settings.change(office, {"queues/line": {"delay": "2h"}}, {}, acting("bo"))
    late = admin.post("/admin/settings/queues/one?name=line", data={"seen queues/line": seen[1], "delay": "3h"})
    text = unescape(late.text)
    assert late.status_code == 409 and "bo has changed this since you began" in text
    assert "<dt>Delay</dt><dd>2h</dd>" in text and 'value="3h"' in text
    again = re.search(r'name="seen queues/line" value="([^"]+)"', text)
    assert again is not None
    assert (
        admin.post(
            "/admin/settings/queues/one?name=line", data={"seen queues/line": again[1], "delay": "3h"}
        ).status_code
        == 303
    )
    assert settings.kept(office, "queues/line").body == {"delay": "3h"}


def _seen(page: str) -> dict[str, str]:
    return {unescape(n): v for n, v in re.findall(r'name="(seen [^"]*)" value="([^"]*)"', page)}


def test_what_the_second_editor_left_alone_stays_as_the_first_has_made_it(admin: FlaskClient, office: Field) -> None:
    before = _seen(admin.get("/admin/settings/company").text)
    settings.change(office, {"brand": "Nordlys", "country": "NO"}, {}, acting("bo"))
    saved = admin.post(
        "/admin/settings/company", data={**before, "brand": "", "country": "", "timezone": "Europe/Rome"}
    )
    assert saved.status_code == 303
    assert (office.centre.brand, office.centre.country, office.centre.zone) == ("Nordlys", "NO", "Europe/Rome")
    told = unescape(admin.get("/admin/settings/company").text)
    assert "bo has changed Company name meanwhile; that stays." in told and "bo has changed Country" in told


def test_the_second_editor_sees_everything_that_both_have_changed(admin: FlaskClient, office: Field) -> None:
    before = _seen(admin.get("/admin/settings/company").text)
    settings.change(office, {"brand": "Nordlys", "timezone": "Europe/Oslo"}, {}, acting("bo"))
    late = admin.post("/admin/settings/company", data={**before, "brand": "Sydlys", "timezone": "Europe/Rome"})
    text = unescape(late.text)
    assert late.status_code == 409 and office.centre.brand == "Nordlys"
    assert "<dt>Company name</dt><dd>Nordlys</dd>" in text and "<dt>Time zone</dt><dd>Europe/Oslo</dd>" in text
    assert 'value="Sydlys"' in text and 'value="Europe/Rome"' in text


def test_a_survey_that_another_has_given_a_queue_meanwhile_is_not_taken_from_it(
    admin: FlaskClient, office: Field
) -> None:
    for name in ("one", "two"):
        publish(office, name, survey(name))
    settings.change(office, {"queues/line": {}}, {}, acting("eva"))
    path = "/admin/settings/queues/one?name=line"
    before = _seen(admin.get(path).text)
    profiles.assign(office, "line", "", "one", acting("bo"))
    assert admin.post(path, data={**before, "delay": "1h"}).status_code == 303
    assert office.centre.queues["line"].survey == "one"
    before |= {"seen queues/line": settings.kept(office, "queues/line").seen}
    late = admin.post(path, data={**before, "delay": "1h", "@survey": "two"})
    text = unescape(late.text)
    assert late.status_code == 409 and "bo has changed this since you began" in text
    assert "<dt>Survey</dt><dd>one</dd>" in text and office.centre.queues["line"].survey == "one"
    assert admin.post(path, data={**_seen(text), "delay": "1h", "@survey": "two"}).status_code == 303
    assert office.centre.queues["line"].survey == "two"


def test_a_queue_that_another_has_changed_meanwhile_is_not_taken_away_unseen(admin: FlaskClient, office: Field) -> None:
    settings.change(office, {"queues/line": {"delay": "1h"}}, {}, acting("eva"))
    before = _seen(admin.get("/admin/settings/queues/one?name=line").text)
    settings.change(office, {"queues/line": {"delay": "2h"}}, {}, acting("bo"))
    late = admin.post("/admin/settings/queues/remove?name=line", data={**before, "confirm": "line"})
    assert late.status_code == 409 and "bo has changed this since you began" in unescape(late.text)
    assert "line" in office.centre.queues


def test_what_the_file_says_is_shown_with_its_line_and_cannot_be_changed(sqlite_url: str) -> None:
    unit = open_unit(sqlite_url)
    field = open_house(unit, Clock())
    client = signed_in(open_site(field), field)
    queue = client.get("/admin/settings/queues/one?name=sales").text
    assert "queues.yaml, line 12" in queue and "Save" not in queue
    rules = client.get("/admin/settings/rules").text
    assert "from queues.yaml, line 5" in rules and "Tonval’s own default: 1: everybody" in rules
    status, page = send(client, "/admin/settings/queues/one?name=sales", delay="1h")
    assert status == 400 and "is managed by the file" in page
    assert send(client, "/admin/settings/rules", **{"defaults/sample": "3", "defaults/min_talk": "9m"})[0] == 303
    assert field.centre.queues["sales"].sample == 3 and field.centre.queues["sales"].min_talk.seconds == 15
    unit.engine.dispose()


def test_a_queue_goes_by_the_rules_of_all_and_says_so(admin: FlaskClient, office: Field) -> None:
    send(admin, "/admin/settings/rules", **{"defaults/cap:person": "10d", "defaults/quiet_hours": "21:00-08:00"})
    send(admin, "/admin/settings/queues/one", name="line")
    page = admin.get("/admin/settings/queues/one?name=line").text
    assert "As for all queues: </small>" not in page
    assert "As for all queues: 10d" in page and "As for all queues: 21:00-08:00" in page
    assert office.centre.queues["line"].caps.person.days == 10


def test_taking_a_queue_away_asks_for_its_name_and_says_what_will_happen(admin: FlaskClient, office: Field) -> None:
    send(admin, "/admin/settings/queues/one", name="line")
    assert "Its answers stay in all statistics" in unescape(admin.get("/admin/settings/queues/one?name=line").text)
    path = "/admin/settings/queues/remove?name=line"
    assert admin.post(path, data={"confirm": "lin"}).status_code == 409 and "line" in office.centre.queues
    assert admin.post(path, data={"confirm": "line"}).status_code == 303 and "line" not in office.centre.queues
    assert admin.post(path, data={"confirm": "line"}).status_code == 404


def test_a_number_that_a_queue_asks_from_is_not_taken_away(admin: FlaskClient, office: Field) -> None:
    send(admin, "/admin/settings/numbers/one", name=NUMBER)
    send(admin, "/admin/settings/queues/one", **{"name": "sales", "channel": "sms", "from": [NUMBER]})
    refused = admin.post(f"/admin/settings/numbers/remove?name=%2B{NUMBER[1:]}", data={"confirm": NUMBER})
    assert refused.status_code == 409 and "is not among the numbers" in refused.text
    assert NUMBER in office.centre.numbers


def test_each_form_can_be_sent_as_it_is_without_a_change(admin: FlaskClient, office: Field) -> None:
    for sheet in ("company", "rules", "sms", "trunk", "retention"):
        assert send(admin, f"/admin/settings/{sheet}")[0] == 303
    assert not office.centre.beneath
    with office.unit.read() as tx:
        assert not [each for each in tx.execute(select(audit.c.action)).scalars() if each.startswith("settings.")]


TYPED: tuple[tuple[str, dict[str, object], str, object], ...] = (
    ("company", {"defaults/languages": "sv\r\nen\r\n"}, "defaults/languages", ["sv", "en"]),
    ("rules", {"defaults/quiet_days": ["sunday", "holidays"]}, "defaults/quiet_days", ["sunday", "holidays"]),
    ("rules", {"defaults/quiet_days": ["off"]}, "defaults/quiet_days", "off"),
    ("rules", {"defaults/agent_quota": "5"}, "defaults/agent_quota", 5),
    ("sms", {"sms/price": "SE: 0.07\nelse: 0.1", "sms/currency": "EUR"}, "sms/price", {"SE": 0.07, "else": 0.1}),
    ("sms", {"sms/price": "0.07", "sms/currency": "EUR"}, "sms/price", 0.07),
    ("trunk", {"sip/trunk:address": "sip:pbx.example"}, "sip/trunk", {"address": "sip:pbx.example"}),
    ("retention", {"retention/words": "6 months"}, "retention/words", "6 months"),
)


def test_what_is_typed_is_kept_as_the_file_would_say_it(admin: FlaskClient, office: Field) -> None:
    for sheet, typed, path, body in TYPED:
        assert send(admin, f"/admin/settings/{sheet}", **typed)[0] == 303, path
        assert settings.kept(office, path).body == body
        assert send(admin, f"/admin/settings/{sheet}", **dict.fromkeys(typed, ""))[0] == 303
        assert settings.kept(office, path).body is None


def test_lengths_are_typed_and_shown_in_the_readers_language_and_kept_in_english(
    admin: FlaskClient, office: Field
) -> None:
    admin.environ_base["HTTP_ACCEPT_LANGUAGE"] = "sv"
    typed = {"retention/words": "36 månader", "retention/voice": "för alltid", "retention/addresses": "P2Y"}
    assert send(admin, "/admin/settings/retention", **typed)[0] == 303
    bodies = {path: settings.kept(office, path).body for path in typed}
    kept = {"retention/words": "36 months", "retention/voice": "for ever", "retention/addresses": "P2Y"}
    assert bodies == kept
    page = unescape(admin.get("/admin/settings/retention").text)
    assert 'name="retention/words" value="36 månader"' in page
    assert send(admin, "/admin/settings/retention")[0] == 303  # as it stands, nothing changed
    assert {path: settings.kept(office, path).body for path in typed}["retention/words"] == "36 months"


def test_the_whole_can_be_downloaded(admin: FlaskClient) -> None:
    send(admin, "/admin/settings/queues/one", name="line")
    answer = admin.get("/admin/settings/queues.yaml")
    assert answer.content_type.startswith("application/yaml") and "line: {}" in answer.text


def test_a_key_is_shown_once_and_can_be_renewed_and_taken_back(admin: FlaskClient, office: Field) -> None:
    made = admin.post("/admin/keys", data={"name": "PBX", "scopes": ["report"], "unit": "", "lasts": "90"}).text
    raw = re.search(r"tvl_[\w-]{20,}", made)
    assert raw is not None and keys.check_key(office, raw[0]) is not None
    listed = admin.get("/admin/keys").text
    assert "PBX" in listed and raw[0] not in listed
    renewed = admin.post(f"/admin/keys/{raw[0][:8]}/renew").text
    other = re.search(r"tvl_[\w-]{20,}", renewed)
    assert other is not None and other[0] != raw[0]
    assert admin.post(f"/admin/keys/{other[0][:8]}/revoke").status_code == 303
    assert admin.post("/admin/keys", data={"name": "", "scopes": []}).status_code == 400


# Providers


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Config:
    """Settings that say nothing of providers."""
    place = make_url(sqlite_url).render_as_string(hide_password=False)
    return load_config({"TONVAL_HOME": str(tmp_path), "TONVAL_DATABASE_URL": place, "TONVAL_QUEUES": "none"})


@pytest.fixture
def house(config: Config) -> Iterator[tuple[FlaskClient, Field]]:
    """The whole application on those settings."""
    office = opening.open_field(config)
    yield signed_in(app.create_app(config, office), office, "eva@example.com"), office
    office.unit.engine.dispose()


def test_a_provider_connected_in_the_browser_is_sealed_and_taken_up(
    house: tuple[FlaskClient, Field], config: Config
) -> None:
    client, office = house
    watch = Watch(config)
    typed = {"account_sid": f"AC{'0' * 32}", "auth_token": "a very secret token"}
    assert client.post("/admin/providers/twilio", data=typed).status_code == 303
    assert connected(config).twilio_auth_token == "a very secret token"
    watch._next = 0
    assert watch.look()
    watch.close()
    with office.unit.engine.connect() as raw:
        kept = raw.exec_driver_sql("SELECT sealed FROM secrets").scalar_one()
        told = raw.exec_driver_sql("SELECT detail FROM audit WHERE action = 'provider.connected'").scalar_one()
    assert "secret" not in kept and "AC00" not in kept and "secret" not in told
    page = client.get("/admin/providers/twilio").text
    assert "a very secret token" not in page and typed["account_sid"] in page
    assert client.post("/admin/providers/twilio", data={**typed, "auth_token": ""}).status_code == 303
    assert connected(config).twilio_auth_token == "a very secret token", "an empty field keeps the secret"
    assert client.post("/admin/providers/twilio/forget").status_code == 303
    assert connected(config).twilio_auth_token is None


WRONG: tuple[tuple[str, dict[str, str], str], ...] = (
    ("twilio", {"account_sid": "AC1", "auth_token": "x"}, "account_sid"),
    ("twilio", {"account_sid": f"AC{'0' * 32}", "auth_token": ""}, "auth_token"),
    ("mail", {"server": "", "from": "survey@example.com"}, "server"),
    ("mail", {"server": "smtp.example.com:mail", "from": "survey@example.com"}, "server"),
    ("mail", {"server": "smtp example", "from": "survey@example.com"}, "server"),
    ("mail", {"server": "eva@smtp.example.com", "from": "survey@example.com"}, "server"),
    ("mail", {"server": "smtp.example.com", "from": "nobody"}, "from"),
    ("smpp", {"server": "smpp.example.com"}, "server"),
    ("smpp", {"server": "smpp.example.com", "system_id": "us", "options": "bind=sideways"}, "server"),
    ("trunk", {"password": ""}, "password"),
)


def test_what_cannot_be_a_provider_is_said_beside_its_field(house: tuple[FlaskClient, Field]) -> None:
    client, office = house
    for way, typed, field in WRONG:
        answer = client.post(f"/admin/providers/{way}", data=typed)
        assert answer.status_code == 400 and f'id="way-{field}-fault"' in answer.text, (way, typed)
    with office.unit.read() as tx:
        assert tx.execute(select(secrets)).all() == []


def test_mail_is_tried_with_a_letter_to_oneself(house: tuple[FlaskClient, Field]) -> None:
    client, _ = house
    assert "TONVAL_SMTP_URL is not set" in client.post("/admin/providers/mail/try").text
    with mail_server() as mailbox:
        typed = {"server": mailbox.url.rpartition("/")[2], "security": "plain", "from": "survey@example.com"}
        assert client.post("/admin/providers/mail", data=typed).status_code == 303
        assert "A letter is on its way to eva@example.com." in unescape(client.post("/admin/providers/mail/try").text)
    assert [letter["To"] for letter in mailbox.mails] == ["eva@example.com"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"from": "survey@example.com"}, "survey@example.com"),
        ({"from": "survey@example.com", "name": "Nordlys, kundservice"}, '"Nordlys, kundservice" <survey@example.com>'),
        (
            {"from": "survey@example.com", "name": "Räksmörgås\r\nBcc: eva"},
            '"Räksmörgås Bcc: eva" <survey@example.com>',
        ),
        ({"from": "Nordlys <survey@example.com>"}, "Nordlys <survey@example.com>"),
        ({"from": "Nordlys <survey@example.com>", "name": "Eva"}, "Eva <survey@example.com>"),
    ],
)
def test_letters_name_their_sender(typed: dict[str, str], said: str) -> None:
    assert sender(typed) == said
    assert read_address(said).addr_spec == "survey@example.com"
    letter = new_mail("1", said, "eva@example.com", "Hello", datetime(2026, 11, 22, tzinfo=UTC))
    assert letter["From"].addresses[0].addr_spec == "survey@example.com" and letter["Bcc"] is None


def test_a_name_of_the_sender_goes_out_with_letters(house: tuple[FlaskClient, Field], config: Config) -> None:
    client, _ = house
    with mail_server() as mailbox:
        typed = {"server": mailbox.url.rpartition("/")[2], "security": "plain", "from": "survey@example.com"}
        assert client.post("/admin/providers/mail", data={**typed, "name": "Nordlys kundservice"}).status_code == 303
        client.post("/admin/providers/mail/try")
    assert connected(config).mail_from == "Nordlys kundservice <survey@example.com>"
    assert [letter["From"] for letter in mailbox.mails] == ["Nordlys kundservice <survey@example.com>"]


def test_what_the_environment_says_is_shown_so_and_cannot_be_changed(sqlite_url: str, tmp_path: Path) -> None:
    sid = f"AC{'0' * 32}"
    config = load_config(
        {
            "TONVAL_HOME": str(tmp_path),
            "TONVAL_DATABASE_URL": sqlite_url,
            "TONVAL_QUEUES": "none",
            "TONVAL_TWILIO_ACCOUNT_SID": sid,
            "TONVAL_TWILIO_AUTH_TOKEN": "of the environment",
        }
    )
    office = opening.open_field(config)
    client = signed_in(app.create_app(config, office), office)
    page = client.get("/admin/providers/twilio").text
    assert "TONVAL_TWILIO_ACCOUNT_SID" in page and "of the environment" not in page
    assert client.post("/admin/providers/twilio", data={"account_sid": sid, "auth_token": "x"}).status_code == 409
    office.unit.engine.dispose()


def test_a_logo_is_sent_for_all_surveys(admin: FlaskClient, office: Field) -> None:
    sent = {"file": (BytesIO(b"\x89PNG\r\n\x1a\n and so on"), "logo.png")}
    assert admin.post("/admin/settings/look/logo", data=sent).status_code == 303
    assert (office.centre.look.logo or "").startswith("/s/picture/")
    refused = admin.post("/admin/settings/look/logo", data={"file": (BytesIO(b"words"), "logo.png")})
    assert refused.status_code == 400 and "This is no PNG, JPEG or WebP picture." in refused.text


def test_what_one_process_has_saved_the_pages_of_another_show_at_once(
    house: tuple[FlaskClient, Field], config: Config
) -> None:
    client, _ = house
    other = opening.open_field(config)
    settings.change(other, {"brand": "Nordlys"}, {}, acting("eva"))
    assert "Nordlys" in client.get("/admin").text
    other.unit.engine.dispose()


def test_who_may_call_by_the_environment_is_shown_beside_the_peers(house: tuple[FlaskClient, Field]) -> None:
    client, _ = house
    assert "TONVAL_SIP_ALLOW) lets call: 127.0.0.0/8, ::1/128" in client.get("/admin/settings/peers").text
    assert "TONVAL_SIP_ALLOW" not in client.get("/admin/settings/numbers").text


def test_the_list_of_telephone_systems_says_when_each_called_last(admin: FlaskClient, office: Field) -> None:
    assert "Last seen" not in admin.get("/admin/settings/numbers").text
    for name, network in (("hall", "192.0.2.0/28"), ("idle", "198.51.100.7/32")):
        send(admin, "/admin/settings/peers/one", name=name, allow=network)
    conduct.begin_call(office, Call("sip", "a@pbx 0 192.0.2.9", "support"))
    page = admin.get("/admin/settings/peers").text
    hall, idle = (page[page.index(f">{name}</a>") :].partition("</tr>")[0] for name in ("hall", "idle"))
    assert '"Last seen"><time' in hall and hall.endswith(">1</td>")
    assert '"Last seen">–' in idle and idle.endswith(">0</td>")


def test_a_language_that_nobody_speaks_is_told_beside_its_field(admin: FlaskClient, office: Field) -> None:
    status, page = send(admin, "/admin/settings/company", **{"defaults/languages": "sv\nxx"})
    assert status == 400 and not office.centre.languages
    assert re.search(r'id="at-defaults-languages-fault"[^>]*><p>“xx” is not the code of a language', page)


def test_a_trunk_needs_an_address_and_is_taken_away_as_a_whole(admin: FlaskClient, office: Field) -> None:
    user = {"sip/trunk:user": "care"}
    status, page = send(admin, "/admin/settings/trunk", **user)
    assert status == 400 and 'value="care"' in page
    assert re.search(r'id="at-sip-trunk-address-fault"[^>]*><p>Say where calls go out', page)
    assert send(admin, "/admin/settings/trunk", **user, **{"sip/trunk:address": "sip:pbx.example"})[0] == 303
    assert office.centre.sip.trunk is not None and office.centre.sip.trunk.user == "care"
    assert send(admin, "/admin/settings/trunk", **{"sip/trunk:address": "", "sip/trunk:user": ""})[0] == 303
    assert office.centre.sip.trunk is None
