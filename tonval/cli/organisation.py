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
    from tonval.fieldwork.organisation import Changed

SHOWN: Final = 20
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def units() -> None:
    """Places in the organisation, as a tree."""


@click.group()
def agents() -> None:
    """Agents, and the unit each belongs to."""


@units.command("import")
@_FILE
@_JSON
def import_units(file: Path, as_json: bool) -> None:
    """Take units from a CSV or XLSX file: column unit (se/sthlm), or id and parent; and name. All rows or none."""
    from tonval import app
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.organisation import put_places
    from tonval.intake.organisation import read_units_file

    _take(lambda: put_places(app.open_field(config()), read_units_file(file, file.name), CONSOLE), as_json)


@agents.command("import")
@_FILE
@_JSON
def import_agents(file: Path, as_json: bool) -> None:
    """Take agents from a CSV or XLSX file: columns agent, name and unit. All rows or none."""
    from tonval import app
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.organisation import put_members
    from tonval.intake.organisation import read_agents_file

    _take(lambda: put_members(app.open_field(config()), read_agents_file(file, file.name), CONSOLE), as_json)


@units.command("list")
@_JSON
def list_units(as_json: bool) -> None:
    """Every unit, with how many agents belong to it or below."""
    from tonval import app
    from tonval.fieldwork.organisation import tree

    with plain_errors():
        found = tree(app.open_field(config()))
    if as_json:
        click.echo(json.dumps([{**asdict(place), "agents": n} for place, n in found]))
        return
    for place, n in found:
        click.echo(f"{place.path:32} {place.name:24} {n} agents")


def _take(work: Callable[[], Changed], as_json: bool) -> None:
    from tonval.fieldwork.places import Crooked

    with plain_errors():
        try:
            done = work()
        except Crooked as crooked:
            _tell(crooked, as_json)
            raise SystemExit(1) from None
        told: dict[str, Any] = asdict(done)
        click.echo(
            json.dumps(told) if as_json else f"{done.added} added, {done.changed} changed, {done.same} as before"
        )


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
