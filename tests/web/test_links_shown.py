"""A customer's link is seen by nobody but her, except where whoever looks plays the customer."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.fieldwork.asked import EVA, OURS, ask, house
from tests.fieldwork.office import Office
from tests.web.house import PASSWORD, open_site
from tonval.fieldwork.colleagues import people
from tonval.fieldwork.links import link_for
from tonval.store import tables as t

__all__ = ["house"]


@pytest.fixture
def admin(house: Office) -> FlaskClient:
    """The admin at the desk."""
    people.add_user(house.field, "admin", PASSWORD, role="admin")
    app = open_site(house.field)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    client.post("/login", data={"name": "admin", "password": PASSWORD})
    return client


def _thread(admin: FlaskClient) -> str:
    return admin.get("/desk/thread", query_string={"number": OURS, "customer": EVA}).text


@pytest.mark.parametrize(("provider", "seen"), [("twilio", False), ("console", True)])
def test_a_link_can_be_followed_only_where_the_message_goes_to_nobody(
    house: Office, admin: FlaskClient, provider: str, seen: bool
) -> None:
    interview = ask(house, "links")
    with house.field.unit.begin() as tx:
        tx.execute(t.messages.update().values(provider=provider))
    link = link_for(house.field, interview)
    page = _thread(admin)
    assert (f'href="{link}"' in page, link in page) == (seen, seen)
    assert ("https://n.example/s/•••" in page) is not seen
    told = admin.get(f"/desk/conversations/{interview}").text
    assert link not in told and "https://n.example/s/•••" in told
