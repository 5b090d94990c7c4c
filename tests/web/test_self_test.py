"""The admin's self-test of the providers: it asks when told to, and shows a sentence for each."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.house import PASSWORD, open_site
from tonval.fieldwork.field import Field
from tonval.web.desk import self_test

FOUND = [("twilio", "ok", "the account is active"), ("twilio numbers", "fail", "<b>+46701740605</b> is not yours.")]


class Trial:
    """Counts how often it is made."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> list[self_test.Tried]:
        self.made += 1
        return FOUND


def _client(office: Field, trial: Trial, name: str | None, *, csrf: bool = False) -> FlaskClient:
    app = open_site(office, page_blueprints=(self_test.blueprint(office, trial),))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    if name:
        client.post("/login", data={"name": name, "password": PASSWORD})
    app.config.update(WTF_CSRF_ENABLED=csrf)
    return client


def test_looking_asks_nobody_and_the_button_asks_once(office: Field) -> None:
    trial = Trial()
    client = _client(office, trial, "admin")
    assert "Try now" in client.get("/admin/self-test").text
    assert client.head("/admin/self-test").status_code == 200
    assert trial.made == 0
    page = client.post("/admin/self-test").text
    assert trial.made == 1
    assert "the account is active" in page and "to be mended" in page
    assert "<b>+46701740605</b>" not in page and "is not yours." in page


@pytest.mark.parametrize("name", ["anna", None])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_is_for_admins(office: Field, name: str | None, method: str) -> None:
    trial = Trial()
    answer = _client(office, trial, name).open("/admin/self-test", method=method)
    assert answer.status_code == (403 if name else 302)
    assert trial.made == 0


def test_a_form_from_elsewhere_asks_nobody(office: Field) -> None:
    trial = Trial()
    assert _client(office, trial, "admin", csrf=True).post("/admin/self-test").status_code >= 300
    assert trial.made == 0
