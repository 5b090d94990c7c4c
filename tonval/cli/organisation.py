"""`tonval units` and `tonval agents`: the organisation, taken from files and listed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.places import Line
    from tonval.fieldwork.plans import Plan

SHOWN: Final = 20
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DRY = click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def units() -> None:
    """Places in the organisation, as a tree."""


@click.group()
def agents() -> None:
    """Agents, and the unit each belongs to."""


@units.command("import")
@_FILE
@_DRY
@_JSON
def import_units(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take units from a CSV or XLSX file: column unit (se/sthlm), or id and parent; and name. All rows or none."""
    from tonval.intake.organisation import read_units_file

    _take("units", lambda: read_units_file(file, file.name), dry_run, as_json)


@agents.command("import")
@_FILE
@_DRY
@_JSON
def import_agents(file: Path, dry_run: bool, as_json: bool) -> None:
    """Take agents from a CSV or XLSX file: columns agent, name and unit. All rows or none."""
    from tonval.intake.organisation import read_agents_file

    _take("agents", lambda: read_agents_file(file, file.name), dry_run, as_json)


@units.command("list")
@_JSON
def list_units(as_json: bool) -> None:
    """Every unit, with how many agents belong to it or below."""
    from tonval import opening
    from tonval.fieldwork.organisation import tree

    with plain_errors():
        found = tree(opening.open_field(config()))
    if as_json:
        click.echo(json.dumps([{**asdict(place), "agents": n} for place, n in found]))
        return
    for place, n in found:
        click.echo(f"{place.path:32} {place.name:24} {n} agents")


def _take(kind: str, read: Callable[[], list[Line]], dry_run: bool, as_json: bool) -> None:
    from tonval import opening
    from tonval.fieldwork import organisation
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.places import Crooked

    with plain_errors():
        office = opening.open_field(config())
        try:
            plan = organisation.plan(office, kind, read()) if dry_run else None
            done = plan or organisation.put(office, kind, read(), CONSOLE)
        except Crooked as crooked:
            _tell(crooked, as_json)
            raise SystemExit(1) from None
        _show(done, dry_run, as_json)


def _show(plan: Plan, dry_run: bool, as_json: bool) -> None:
    """How much was changed; of a dry run each change as well, as it stands and as it would be."""
    told: dict[str, Any] = {"added": plan.added, "changed": plan.changed, "same": plan.same}
    if as_json:
        changes = [{"key": each.key, "before": each.before, "after": each.after} for each in plan.changes]
        click.echo(json.dumps({**told, "others": plan.others, "changes": changes} if dry_run else told))
        return
    for each in plan.changes if dry_run else ():
        before = f"{', '.join(each.before)} → " if each.before else ""
        click.echo(f"{each.key:32} {' and '.join(each.deeds):18} {before}{', '.join(each.after)}")
    done = f"{plan.added} added, {plan.changed} changed, {plan.same} as before"
    click.echo(f"{done}; nothing was written" if dry_run else done)


def _tell(crooked: Any, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"refused": [asdict(misfit) for misfit in crooked.misfits]}))
        return
    for misfit in crooked.misfits[:SHOWN]:
        click.echo(f"row {misfit.row}: {misfit.field + ' ' if misfit.field else ''}{misfit.sentence}", err=True)
    click.echo(f"{len(crooked.misfits)} rows cannot be taken; nothing was written", err=True)


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(units)
    main.add_command(agents)
