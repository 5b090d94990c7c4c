"""`tonval audit`: reading the audit log, and finding out whether anybody has changed it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.audit import Verdict
    from tonval.stats.deeds import Entry, Wanted

_DAY = click.DateTime(["%Y-%m-%d"])
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
    from tonval import opening
    from tonval.fieldwork import audit as log

    with plain_errors():
        verdict = log.verify(opening.open_field(config()))
    click.echo(json.dumps(_facts(verdict)) if as_json else _words(verdict))
    raise SystemExit(0 if verdict.fault is None else 1)


@audit.command("list")
@click.option("--person", help="The id of who did it: usr_…, or console.")
@click.option("--deed", help="Such as answer.corrected.")
@click.option("--object", "ref", help="The id of what it was done to.")
@click.option("--search", default="", help="Words: who, what it was about, or of the sentence.")
@click.option("--from", "first", type=_DAY, help="The first day, by the centre's clock.")
@click.option("--to", "last", type=_DAY, help="The last day.")
@click.option("--day", type=_DAY, help="One day alone.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@_for_programs
def show(limit: int, as_json: bool, **asked: Any) -> None:
    """The newest entries, the newest first."""
    from tonval import opening
    from tonval.fieldwork.deciding.zones import clock
    from tonval.stats.deeds import deeds

    with plain_errors():
        office = opening.open_field(config())
        zone = clock(office.centre.zone)
        found = deeds(office.unit, _wanted(zone, **asked), limit=limit).rows
    for entry in found:
        click.echo(_record(entry) if as_json else _line(entry, zone))


def _wanted(
    zone: tzinfo,
    *,
    person: str | None,
    deed: str | None,
    ref: str | None,
    search: str,
    first: datetime | None,
    last: datetime | None,
    day: datetime | None,
) -> Wanted:
    from tonval.stats.deeds import Wanted, days
    from tonval.web.desk.audit.terms import terms_of

    begins, ends = (each.date() if each else None for each in (first or day, last or day))
    if begins and ends and ends < begins:
        raise click.BadParameter("the last day is before the first", param_hint="--to")
    return Wanted(person, deed, ref, terms=terms_of(search), **days(begins, ends, zone))


def _facts(verdict: Verdict) -> dict[str, object]:
    broken = None if verdict.fault is None else verdict.whole + 1
    return {"whole": verdict.fault is None, "entries": verdict.whole, "broken": broken, "fault": verdict.fault}


def _words(verdict: Verdict) -> str:
    if verdict.fault is None:
        return f"whole: {verdict.whole} entries are as they were written"
    return f"not whole: {verdict.fault}; the {verdict.whole} before are as they were written"


def _record(entry: Entry) -> str:
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False)


def _line(entry: Entry, zone: tzinfo) -> str:
    from tonval.web.desk.audit.sentences import sentence

    return f"{entry.id:7}  {entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}  {sentence(entry, zone)}"
