"""The admin's page of users: inviting, moving, ending access; refusals stand beside their field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.acting import acting
from tests.web.house import PASSWORD, open_site
from tonval.fieldwork.colleagues import staff
from tonval.fieldwork.colleagues.roles import ROLES
from tonval.fieldwork.field import Field
from tonval.opening import fresh_id
from tonval.web.desk.people import ROLE_WORDS

SignedIn = Callable[[str], FlaskClient]
KARIN = {"name": "Karin", "email": "karin@example.com", "role": "site-manager", "unit": "se/sthlm", "agent": ""}
AT = "/admin/people"


@pytest.fixture
def office(office: Field) -> Field:
    """The small centre, whose people of the start have ids of another count."""
    return replace(office, fresh_id=fresh_id)


def _path(office: Field, name: str) -> str:
    return f"{AT}/{staff.named(office, name).id}"


def _link(page: str) -> str:
    found = re.search(r"http://localhost(/welcome/[\w-]+)", page)
    assert found is not None
    return found[1]


def test_the_second_admin_is_told_what_the_first_has_made_of_somebody(office: Field, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    admin.post(AT, data=KARIN)
    path, karin = _path(office, "Karin"), staff.named(office, "Karin")
    before = {"seen role": "site-manager", "seen unit": "se/sthlm", "seen agent": ""}
    assert all(f'name="{name}" value="{value}"' in admin.get(path).text for name, value in before.items())
    staff.change_post(office, karin.id, staff.Post("adviser", "se/sthlm"), by=acting("bo"))
    typed = {"role": "executive", "unit": "", "agent": ""}
    late = admin.post(path, data={**typed, **before})
    assert late.status_code == 400 and "Somebody else has made her adviser of se/sthlm since you began." in late.text
    assert '<option value="executive" selected>' in late.text and 'name="seen role" value="adviser"' in late.text
    assert staff.named(office, "Karin").role == "adviser"
    assert admin.post(path, data={**typed, **before, "seen role": "adviser"}).status_code == 302
    assert staff.named(office, "Karin").role == "executive"


def test_an_admin_invites_and_the_invited_signs_in(office: Field, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    page = admin.post(AT, data=KARIN).text
    assert "shown this once" in page
    assert "/welcome/" not in admin.get(AT).text
    karin = admin.application.test_client()
    link = _link(page)
    assert [karin.get(link).status_code for _ in range(2)] == [200, 200], "looking changes nothing"
    assert karin.post(link, data={"password": PASSWORD, "again": PASSWORD}).location == "/desk"
    assert "Karin" in karin.get("/desk").text
    assert karin.get(AT).status_code == 403
    assert (karin.get(link).status_code, karin.post(link, data={}).status_code) == (404, 404)


@pytest.mark.parametrize(
    ("password", "again", "why"), [("short", "short", "at least 8"), (PASSWORD, "other", "not the same")]
)
def test_a_password_that_is_refused_leaves_the_link_good(
    signed_in: SignedIn, password: str, again: str, why: str
) -> None:
    admin = signed_in("admin")
    link = _link(admin.post(AT, data=KARIN).text)
    answer = admin.application.test_client().post(link, data={"password": password, "again": again})
    assert (answer.status_code, why in answer.text) == (400, True)
    assert admin.application.test_client().get(link).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field", "why"),
    [
        ({"name": "sam"}, "name", "There is a user called “sam” already."),
        ({"email": "karin"}, "email", "is not an e-mail address"),
        ({"role": "king"}, "role", "is not a role"),
        ({"unit": ""}, "unit", "needs the unit"),
        ({"unit": "se/nowhere"}, "unit", "There is no unit"),
        ({"role": "agent", "agent": "nobody"}, "agent", "There is no agent"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_nothing_typed_is_lost(
    signed_in: SignedIn, wrong: dict[str, str], field: str, why: str
) -> None:
    answer = signed_in("admin").post(AT, data=KARIN | wrong)
    assert answer.status_code == 400
    told = re.search(rf'id="{field}-fault" role="alert">([^<]*)<', answer.text)
    assert told is not None and why in told[1]
    assert (KARIN | wrong)["name"] in answer.text and (KARIN | wrong)["email"] in answer.text


def test_where_mail_is_sent_the_link_is_shown_to_nobody_else(office: Field) -> None:
    app = open_site(replace(office, mail_from="care@example.com"))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    admin = app.test_client()
    admin.post("/login", data={"name": "admin", "password": PASSWORD})
    page = admin.post(AT, data=KARIN, follow_redirects=True).text
    assert "on its way to karin@example.com" in page and "/welcome/" not in page


def test_a_new_role_is_in_force_at_the_next_click_and_needs_a_new_sign_in(office: Field, signed_in: SignedIn) -> None:
    admin, sam = signed_in("admin"), signed_in("sam")
    assert sam.get("/desk").status_code == 200
    moved = admin.post(_path(office, "sam"), data={"role": "adviser", "unit": "se/gbg", "agent": "anna"})
    assert moved.status_code == 302
    assert sam.get("/desk").location.startswith("/login")
    sam = staff.named(office, "sam")
    assert (sam.role, sam.unit, sam.agent) == ("adviser", "se/gbg", None), "an adviser is no agent"


def test_the_last_admin_stays_and_the_page_says_why(office: Field, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    for answer in (
        admin.post(_path(office, "admin"), data={"role": "supervisor", "unit": "", "agent": ""}),
        admin.post(_path(office, "admin") + "/end"),
    ):
        assert answer.status_code == 400 and "last admin" in answer.text
    assert admin.get(AT).status_code == 200


def test_ended_access_leads_to_sign_in_at_the_next_click(office: Field, signed_in: SignedIn) -> None:
    admin, sam = signed_in("admin"), signed_in("sam")
    assert admin.post(_path(office, "sam") + "/end").location == AT
    assert sam.get("/desk").location.startswith("/login")
    assert sam.post("/login", data={"name": "sam", "password": PASSWORD}).status_code == 401
    assert "ended" in admin.get(AT).text
    assert "Invite again" in admin.get(_path(office, "sam")).text


def test_a_user_that_does_not_exist_is_not_found(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    statuses = [admin.get(f"{AT}/usr_x").status_code]
    statuses += [admin.post(f"{AT}/usr_x{what}").status_code for what in ("", "/link", "/end", "/second-factor")]
    assert statuses == [404] * 5


def test_people_stand_by_name_whatever_the_case_and_those_who_left_last(office: Field, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    for name in ("zoe", "Bea"):
        admin.post(AT, data={**KARIN, "name": name, "email": f"{name}@example.com"})
    admin.post(f"{_path(office, 'Bea')}/end")
    listed = re.findall(r'<a class="name" href="/admin/people/[^"]*">([^<]*)', admin.get(AT).text)
    assert listed == ["admin", "anna", "sam", "zoe", "Bea"]


def test_a_person_is_listed_with_the_names_of_her_unit_and_agent(signed_in: SignedIn) -> None:
    page = signed_in("admin").get(AT).text
    assert "Stockholm" in page.split(">sam</a>")[1].split("</tr>")[0]
    assert "Anna Lind" in page.split(">anna</a>")[1].split("</tr>")[0]


def test_each_role_says_what_it_may_do(signed_in: SignedIn) -> None:
    assert set(ROLE_WORDS) == set(ROLES)
    page = signed_in("admin").get(AT).text
    assert all(words in page for words in ROLE_WORDS.values())


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("name", "admin", "sam"),
        ("-name", "sam", "admin"),
        ("role", "admin", "anna"),
        ("-role", "anna", "admin"),
        ("-seen", "admin", "anna"),
        ("shoe", "admin", "sam"),
    ],
)
def test_people_are_sorted_by_a_column(signed_in: SignedIn, sort: str, first: str, last: str) -> None:
    page = signed_in("admin").get(f"{AT}?sort={sort}").text
    names = re.findall(r'<a class="name" href="/admin/people/[^"]+">(\w+)</a>', page)
    assert (names[0], names[-1]) == (first, last) and len(names) == 3
    (how,) = re.findall(r'aria-sort="(\w+)"', page)
    assert how == ("descending" if sort.startswith("-") else "ascending")


def test_whose_access_has_ended_comes_last_however_people_are_sorted(office: Field, signed_in: SignedIn) -> None:
    staff.end(office, staff.named(office, "anna").id)
    for sort in ("name", "-name", "-role"):
        page = signed_in("admin").get(f"{AT}?sort={sort}").text
        assert re.findall(r'href="/admin/people/[^"]+">(\w+)</a>', page)[-1] == "anna"
