"""The page of one unit: renamed, moved, removed, or refused with what stands in the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

SignedIn = Callable[[str], FlaskClient]
AT = "/admin/organisation/unit"


@pytest.fixture
def admin(signed_in: SignedIn) -> FlaskClient:
    """Her browser; there is Norway with Oslo, and Denmark."""
    client = signed_in("admin")
    for path, name in (("no", "Norway"), ("no/oslo", "Oslo"), ("dk", "Denmark")):
        client.post("/admin/organisation/units/one", data={"unit": path, "name": name})
    client.post("/admin/organisation/agents/one", data={"agent": "kim", "name": "Kim", "unit": "no/oslo"})
    return client


def test_a_unit_has_a_page_that_its_name_in_the_tree_leads_to(admin: FlaskClient) -> None:
    assert f'href="{AT}?path=no/oslo"' in admin.get("/admin/organisation").text
    page = admin.get(f"{AT}?path=no").text
    assert "<dt>Units below</dt><dd>1</dd><dt>Agents</dt><dd>1</dd>" in page
    assert admin.get(f"{AT}?path=atlantis").status_code == admin.get(AT).status_code == 404


def test_it_is_renamed_moved_and_removed(admin: FlaskClient) -> None:
    renamed = admin.post(f"{AT}/rename", data={"path": "no", "name": "Norge"}, follow_redirects=True)
    assert "<h1>Norge</h1>" in renamed.text and "Saved." in renamed.text
    moved = admin.post(f"{AT}/move", data={"path": "no/oslo", "under": "dk"}, follow_redirects=True)
    assert "Moved: its path is dk/oslo now." in moved.text
    assert '<option value="dk" selected>' in moved.text
    gone = admin.post(f"{AT}/remove", data={"path": "no"}, follow_redirects=True)
    assert "The unit no is removed." in gone.text and "Norge" not in gone.text
    log = admin.get("/admin/audit").text
    assert "moved the unit no/oslo to dk/oslo" in log and "removed the unit no" in log


def test_only_what_it_can_lie_below_is_offered(admin: FlaskClient) -> None:
    page = admin.get(f"{AT}?path=no").text
    assert '<option value="dk">' in page and 'value="no/oslo"' not in page


@pytest.mark.parametrize(
    ("form", "data", "told"),
    [
        ("rename", {"path": "no", "name": " "}, "Say what the unit is called"),
        ("move", {"path": "no", "under": "no/oslo"}, "“no” cannot lie within itself."),
        ("remove", {"path": "no"}, "“no” is not empty, so it was not removed."),
        ("move", {"path": "se/gbg", "under": "no"}, "“se/gbg” is managed by queues.yaml; change it there."),
    ],
)
def test_what_cannot_be_done_is_told_beside_its_form(
    admin: FlaskClient, form: str, data: dict[str, str], told: str
) -> None:
    refused = admin.post(f"{AT}/{form}", data=data)
    assert refused.status_code == 400
    assert told in refused.text.split(f'id="{form}-fault"')[1].split("</p>")[0]


def test_a_name_is_shown_as_words(admin: FlaskClient) -> None:
    data = {"path": "no", "name": "<script>alert(1)</script>"}
    assert "<script>alert" not in admin.post(f"{AT}/rename", data=data, follow_redirects=True).text
