"""The migrations and the tables tell the same story."""

from __future__ import annotations

from datetime import timedelta

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, update

from tests.drivers.postgres import Server
from tests.fieldwork.asked import rows
from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS, decide
from tests.transcripts.script import centre
from tonval.fieldwork import asking
from tonval.sms import inbound
from tonval.store.migrate import _settings, is_current, migrate
from tonval.store.tables import interviews, messages, metadata
from tonval.store.unit import Unit, open_unit


def test_a_migrated_database_has_just_the_tables_of_today(unit: Unit) -> None:
    with unit.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_migrating_twice_changes_nothing(unit: Unit) -> None:
    migrate(unit)
    assert is_current(unit)


def test_whoever_has_migrated_keeps_nobody_waiting_afterwards(postgres: Server) -> None:
    """A part that runs on for months must not hold up the one that brings the next schema."""
    url = postgres.fresh()
    first, second = open_unit(url), open_unit(url)
    migrate(first)
    with first.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").scalar() == 0
    first.engine.dispose()
    migrate(second)
    second.engine.dispose()


def test_a_score_from_before_the_upgrade_can_still_be_put_right(unit: Unit) -> None:
    office = Office(unit, centre())
    decide(office)
    asking.ask_due(office.field)
    _write(office, "9")
    with unit.begin() as tx:
        tx.execute(update(interviews).values(expires_at=None))  # as they ended before 0004
    with unit.engine.connect() as connection:
        settings = _settings()
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0003")
        connection.commit()
    migrate(unit)
    (interview,) = rows(office, interviews)
    assert interview.expires_at == interview.ended_at + timedelta(hours=72)
    _write(office, "sorry, 3")
    with unit.read() as tx:
        (read,) = tx.execute(select(messages.c.reading).where(messages.c.body == "sorry, 3")).scalars()
    assert (read["as"], read["value"]) == ("correction", 3)


def _write(office: Office, body: str) -> None:
    known = {"provider": "twilio", "ref": body, "sender": CUSTOMER, "recipient": OURS}
    inbound.receive(office.field, **known, body=body, at=office.time)
