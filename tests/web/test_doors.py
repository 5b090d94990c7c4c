"""Every route for everybody: what the table of doors says is what happens, and other places do not exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.web.house import CUSTOMER, FOREIGN, NUMBER, PASSWORD, SITES, Clock, open_house, rate_call, rate_message
from tonval import app
from tonval.audio import wav
from tonval.config import load_config
from tonval.fieldwork.colleagues import people, sign_ins
from tonval.fieldwork.colleagues.people import Person
from tonval.fieldwork.colleagues.roles import ADMIN, AGENT, ROLES, UNDIVIDED, Permission, Reach
from tonval.fieldwork.field import Field
from tonval.fieldwork.voice.prompts import keep_in
from tonval.store.migrate import migrate
from tonval.store.tables import contacts, interactions, prompts
from tonval.store.unit import open_unit
from tonval.web import doors
from tonval.web.doors import DOORS, MissingDoor, Open

OWN = "se/sthlm"
OTHERS_PHONE = "+46701740607"
BOTH = (("anna", CUSTOMER, "sodermalm", "soder-nki"), ("bo", OTHERS_PHONE, "majorna", "major-nki"))
STRANGER = "stranger"
EVERYBODY = (*ROLES, STRANGER)


@dataclass(frozen=True)
class Place:
    """A unit with one agent: her rated call, and the customer who wrote about her; a queue, its survey and a sound."""

    agent: str
    phone: str
    queue: str
    survey: str
    call: str
    contact: str
    sound: str
    nameless: str
    config: str


@dataclass(frozen=True)
class House:
    """The whole site with two places, and somebody of every role at the first."""

    site: Flask
    own: Place
    foreign: Place
    people: Mapping[str, Person]
    office: Field

    def client(self, role: str) -> FlaskClient:
        """A browser of somebody of that role, as after signing in; of nobody for ``STRANGER``."""
        client = self.site.test_client()
        if role in self.people:
            signed_in = sign_ins.begin(self.office, self.people[role], "a test")
            with client.session_transaction() as cookie:
                cookie["_user_id"] = signed_in.token
        return client


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Built once: nothing here changes it in a way that another test would see."""
    home = tmp_path_factory.mktemp("doors")
    (home / "queues.yaml").write_text(SITES)
    config = load_config({"TONVAL_HOME": str(home), "TONVAL_QUEUES": str(home / "queues.yaml")})
    unit, clock = open_unit(config.database_url), Clock()
    migrate(unit)
    office = open_house(unit, clock, SITES)
    staff = {role: _hire(office, role) for role in ROLES}
    places = [_place(office, clock, *which) for which in BOTH]
    site = app.create_app(config, office)
    site.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield House(site, *places, staff, office)
    unit.engine.dispose()


def _hire(office: Field, role: str) -> Person:
    agent = "anna" if role == AGENT else None
    return people.add_user(office, role, PASSWORD, role=role, unit=OWN, agent=agent)


def _place(office: Field, clock: Clock, agent: str, phone: str, queue: str, survey: str) -> Place:
    call = rate_call(office, agent, ["2", "5"], f"call-{agent}")
    rate_message(office, clock, agent, f"4 ord om {agent}", f"sms-{agent}", phone=phone)
    wanted = select(contacts.c.id).join(interactions, interactions.c.contact == contacts.c.id)
    with office.unit.read() as tx:
        contact = tx.execute(wanted.where(interactions.c.ref == f"sms-{agent}")).scalar_one()
    nameless = rate_call(office, None, ["3"], f"call-{queue}", queue)
    return Place(agent, phone, queue, survey, call, contact, _sound(office, queue), nameless, office.centre.config)


def _sound(office: Field, queue: str) -> str:
    """The digest of a prompt that the queue has for itself."""
    with office.unit.begin() as tx:
        digest = keep_in(tx, wav.silence(len(queue) / 10))
        row = {"survey": f"queue:{queue}", "slot": "welcome", "language": "sv", "version": 1, "audio": digest}
        tx.execute(insert(prompts).values(**row, kind="recorded", words="Hej", created_at=office.now()))
    return digest


def _routes(site: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in site.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def _address(rule: Rule) -> str:
    return re.sub(r"<(int)?[^>]*>", lambda part: "1" if part[1] else "x", str(rule))


def test_a_route_without_a_door_keeps_the_house_closed() -> None:
    site = Flask("site")
    site.add_url_rule("/secret", "secret", lambda: "secret")
    with pytest.raises(MissingDoor, match="secret"):
        doors.hang(site)


def test_every_door_leads_somewhere(house: House) -> None:
    assert DOORS.keys() == {rule.endpoint for rule in house.site.url_map.iter_rules()}


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_route_lets_in_whom_its_door_does(house: House, role: str) -> None:
    wrong = []
    for rule, method in _routes(house.site):
        if rule.endpoint == "signin.check":
            continue  # its own 401 means that name and password do not go together
        answer = house.client(role).open(_address(rule), method=method)
        if _refused(answer) is _may(role, DOORS[rule.endpoint]):
            wrong.append((method, str(rule), answer.status_code, answer.location))
    assert wrong == []


def _may(role: str, door: doors.Door) -> bool:
    match door:
        case Open.ANYBODY:
            return True
        case Open.KEY | Open.SIGNATURE:
            return False  # nobody here has either
        case Open.SIGNED_IN:
            return role != STRANGER
        case Permission():
            return role != STRANGER and door in ROLES[role].permissions and (role == ADMIN or door not in UNDIVIDED)


def _refused(answer: TestResponse) -> bool:
    led_away = answer.status_code == 302 and (answer.location or "").startswith("/login?")
    return led_away or answer.status_code in (401, 403)


Address = Callable[[Place], str]

OF_A_PLACE: Mapping[str, Address] = {
    "desk.agent": lambda place: f"/desk/agents/{place.agent}",
    "desk.talk": lambda place: f"/desk/conversations/{place.call}",
    "desk.correct": lambda place: f"/desk/conversations/{place.call}/correct/helped",
    "desk.response": lambda place: f"/desk/responses/{place.call.replace('itv_', 'res_', 1)}",
    "desk.why": lambda place: f"/desk/asked/call/sms-{place.agent}",
    "desk.customer": lambda place: f"/desk/customers/{place.contact}",
    "desk.config": lambda place: f"/desk/configs/{place.config}?queue={place.queue}",
    "desk.survey": lambda place: f"/desk/surveys/{place.survey}",
    "desk.export_survey": lambda place: f"/desk/surveys/{place.survey}.yaml",
    "desk.survey_preview": lambda place: f"/desk/surveys/{place.survey}/preview",
    "desk.survey_preview_letter": lambda place: f"/desk/surveys/{place.survey}/preview/letter",
    "desk.survey_preview_page": lambda place: f"/desk/surveys/{place.survey}/preview/page",
    "desk.survey_use": lambda place: f"/desk/surveys/{place.survey}/use",
    "desk.survey_versions": lambda place: f"/desk/surveys/{place.survey}/versions",
    "desk.survey_version": lambda place: f"/desk/surveys/{place.survey}/versions/1",
    "desk.prompt": lambda place: f"/desk/prompts/queue:{place.queue}/sv/welcome",
    "desk.sound": lambda place: f"/desk/sounds/{place.sound}.wav",
}
"""Pages about one thing that has a place."""

ALSO_OF_A_PLACE: Mapping[str, Address] = {
    "desk.talk": lambda place: f"/desk/conversations/{place.nameless}",
    "desk.why": lambda place: f"/desk/asked/call/simulator:call-{place.queue}",
    "desk.prompt": lambda place: f"/desk/prompts/{place.survey}/sv/welcome",
    "desk.survey_answers": lambda place: f"/desk/surveys/{place.survey}/answers",
    "desk.asked": lambda place: f"/desk/asked?queue={place.queue}",
    "desk.today": lambda place: f"/desk?queue={place.queue}",
}
"""The same pages about another thing that has one: what belongs to a queue, a call without an agent among it."""

NONE_OF_AN_AGENT = {"desk.talk", "desk.why"}
"""Those of them that are nobody's: an agent sees her own alone."""

SHARED_PAGES = {"desk.readings"}

LISTS: Mapping[str, Address] = {
    "desk.today": lambda place: "/desk",
    "desk.agents": lambda place: "/desk/agents",
    "desk.said": lambda place: "/desk/comments",
    "desk.talks": lambda place: "/desk/conversations",
    "desk.calls": lambda place: "/desk/calls",
    "desk.asked": lambda place: "/desk/asked",
    "desk.alerts": lambda place: "/desk/alerts",
    "desk.answers": lambda place: "/desk/answers",
    "desk.survey_answers": lambda place: "/desk/surveys/sales-nps/answers",
    "desk.call_backs": lambda place: "/desk/call-backs",
    "desk.surveys": lambda place: "/desk/surveys",
    "desk.library": lambda place: "/desk/prompts",
    "desk.waves": lambda place: "/desk/waves",
    "simulator.page": lambda place: "/simulator",
    "desk.messages": lambda place: f"/desk/thread?number=%2B{NUMBER[1:]}&customer=%2B{place.phone[1:]}",
}
"""Pages that leave out what lies elsewhere."""

ELSEWHERE_TESTED = {
    "desk.put_right": "desk.correct finds what is to be put right, and there another unit's is not found",
    "desk.recording": "tests/web/test_voices.py: another unit's recording is not found",
    "desk.mark_call_back": "tests/web/test_call_backs.py: another unit's call-back is not found",
    **dict.fromkeys(("simulator.begin", "simulator.report"), "tests/web/test_simulator_place.py: as if it were not"),
}

SHARED = {
    Permission.SEE_REFUSALS,  # who asks to be left alone is left alone everywhere
    Permission.TRY_OUT,  # who is spoken for there: tests/web/test_simulator_place.py
    *UNDIVIDED,
}

OF_NO_PLACE = {name for name, door in DOORS.items() if door in SHARED or name in SHARED_PAGES}
"""What all places share."""


def test_it_is_known_of_every_route_whether_it_has_a_place() -> None:
    reached = {door for role in ROLES.values() if role.reach is not Reach.EVERYTHING for door in role.permissions}
    open_to_places = {name for name, door in DOORS.items() if door in reached}
    assert open_to_places == {*OF_A_PLACE, *LISTS, *ELSEWHERE_TESTED, *OF_NO_PLACE}


def _status(client: FlaskClient, address: str) -> int:
    return client.get(address, follow_redirects=True).status_code


@pytest.mark.parametrize("role", [name for name, role in ROLES.items() if role.reach is not Reach.EVERYTHING])
def test_what_lies_elsewhere_does_not_exist(house: House, role: str) -> None:
    client, wrong = house.client(role), []
    for endpoint, address in (*OF_A_PLACE.items(), *ALSO_OF_A_PLACE.items()):
        if DOORS[endpoint] not in ROLES[role].permissions or (role == AGENT and endpoint in NONE_OF_AN_AGENT):
            continue
        own, foreign = (_status(client, address(place)) for place in (house.own, house.foreign))
        if (own, foreign) != (200, 404):
            wrong.append((endpoint, own, foreign))
    assert wrong == []


@pytest.mark.parametrize("role", [name for name, role in ROLES.items() if role.reach is not Reach.EVERYTHING])
def test_lists_leave_out_what_lies_elsewhere(house: House, role: str) -> None:
    client, wrong = house.client(role), []
    for endpoint, address in LISTS.items():
        if DOORS[endpoint] not in ROLES[role].permissions:
            continue
        page = client.get(address(house.foreign)).text
        traces = ["Bo Ek", "Gothenburg", "ord om bo", house.foreign.call, house.foreign.nameless, *FOREIGN]
        traces += [OTHERS_PHONE] if endpoint != "desk.messages" else []  # the reader has typed that one
        wrong += [(endpoint, trace) for trace in traces if trace in page]
    assert wrong == []


def test_an_admin_sees_both_places(house: House) -> None:
    client = house.client("admin")
    for address in (*OF_A_PLACE.values(), *ALSO_OF_A_PLACE.values()):
        assert [_status(client, address(place)) for place in (house.own, house.foreign)] == [200, 200]
