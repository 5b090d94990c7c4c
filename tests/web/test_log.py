"""What the log says when something breaks: where and why, but no address that is a key and nobody's words."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from tests.web.house import Clock, open_house, open_site
from tests.web.survey_house import FILE, ask, customer
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import digest_of
from tonval.store.unit import Unit


@pytest.fixture
def office(unit: Unit, clock: Clock) -> Field:
    """A centre with survey pages."""
    return open_house(unit, clock, FILE)


@pytest.fixture
def site(office: Field) -> Flask:
    """The site as it runs for customers."""
    app = open_site(office)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    return app


@pytest.mark.parametrize("path", ["s", "u"])
def test_a_page_that_breaks_tells_the_log_no_token_and_no_digest(
    office: Field, site: Flask, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    token = ask(office)
    _rename(office, "links", "lost")
    answer = customer(site).post(f"/{path}/{token}", data={"at": "why", "q.why": "my secret"})
    _rename(office, "lost", "links")
    assert answer.status_code == 500
    assert f"Exception on /{path}/<token> [POST]" in caplog.text
    assert [word for word in (token, digest_of(token), "my secret") if word in caplog.text] == []


def _rename(office: Field, table: str, name: str) -> None:
    with office.unit.begin() as tx:
        tx.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))
