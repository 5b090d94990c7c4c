"""`tonval audit`: reading the audit log, and finding out whether anybody has changed it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.audit import Verdict
    from tonval.stats.deeds import Entry

_for_programs = click.option("--json", "as_json", is_flag=True, help="For programs.")


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(audit)


@click.group()
def audit() -> None:
    """Who changed what, and who looked at whom."""


@audit.command("verify")
@_for_programs
def verify(as_json: bool) -> None:
    """Compute every seal anew; exit 1 and the first entry that is not as it was written."""
    from tonval import app
    from tonval.fieldwork import audit as log

    with plain_errors():
        verdict = log.verify(app.open_field(config()))
    click.echo(json.dumps(_facts(verdict)) if as_json else _words(verdict))
    raise SystemExit(0 if verdict.fault is None else 1)


@audit.command("list")
@click.option("--person", help="The id of who did it: usr_…, or console.")
@click.option("--deed", help="Such as answer.corrected.")
@click.option("--object", "ref", help="The id of what it was done to.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="A day in UTC.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@_for_programs
def show(
    person: str | None, deed: str | None, ref: str | None, day: datetime | None, limit: int, as_json: bool
) -> None:
    """The newest entries, the newest first."""
    from tonval import app
    from tonval.stats.deeds import Wanted, deeds

    with plain_errors():
        wanted = Wanted(person, deed, ref, day.date() if day else None)
        found = deeds(app.open_field(config()).unit, wanted, limit=limit).rows
    for entry in found:
        click.echo(_record(entry) if as_json else _line(entry))


def _facts(verdict: Verdict) -> dict[str, object]:
    broken = None if verdict.fault is None else verdict.whole + 1
    return {"whole": verdict.fault is None, "entries": verdict.whole, "broken": broken, "fault": verdict.fault}


def _words(verdict: Verdict) -> str:
    if verdict.fault is None:
        return f"whole: {verdict.whole} entries are as they were written"
    return f"not whole: {verdict.fault}; the {verdict.whole} before are as they were written"


def _record(entry: Entry) -> str:
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False)


def _line(entry: Entry) -> str:
    from tonval.web.desk.audit.sentences import sentence

    return f"{entry.id:7}  {entry.at:%Y-%m-%d %H:%M:%S}  {sentence(entry)}"
