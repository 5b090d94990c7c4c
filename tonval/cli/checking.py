"""`tonval lint` and `tonval doctor`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.centre import Centre
    from tonval.fieldwork.layers import Page


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def lint(file: Path | None) -> None:
    """Check queues.yaml and every survey in it; exit 1 and file:line for each fault."""
    from tonval.fieldwork.profiles.linting import lint_file
    from tonval.opening import GAUGES
    from tonval.surveys.document import BrokenDocument

    path = file or Path(os.environ.get("TONVAL_QUEUES") or "queues.yaml")
    try:
        centre = _centre(path)
    except BrokenDocument as broken:
        click.echo(str(broken))
        raise SystemExit(1) from None
    site = os.environ.get("TONVAL_PUBLIC_URL") or "https://example.com"
    faults = sorted({*centre.warnings, *lint_file(centre, GAUGES, site.rstrip("/"))})
    for fault in faults:
        click.echo(fault.located(str(path)))
    if any(not fault.warning for fault in faults):
        raise SystemExit(1)
    click.echo(f"{path}: {len(centre.queues)} queues and {len(centre.forms)} surveys, no faults{_from_browser(centre)}")


def _centre(path: Path) -> Centre:
    """The centre of the file; only one that asks with further surveys needs a look into the database."""
    from tonval.fieldwork.routing import load_centre
    from tonval.surveys.document import BrokenDocument

    try:
        return load_centre(path)
    except BrokenDocument:
        return load_centre(path, *_made_here())


def _made_here() -> tuple[frozenset[str], Page]:
    """The surveys made in the browser, and what was set up there; nothing where no database can be looked into."""
    from sqlalchemy.exc import OperationalError

    from tonval import opening
    from tonval.config import BadSetting
    from tonval.store.unit import open_unit

    try:
        return opening.of_browser(open_unit(config().database_url))
    except (BadSetting, OperationalError):
        click.echo("the database cannot be looked into: surveys made in the browser are not known", err=True)
        return frozenset(), {}


def _from_browser(centre: Centre) -> str:
    used = {survey for queue in centre.queues.values() for survey in (queue.survey, *queue.templates.values())}
    made = sorted(used & centre.made_here)
    return f"; made in the browser: {', '.join(made)}" if made else ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(as_json: bool) -> None:
    """Look at everything Tonval needs, and say what to do where something is wrong."""
    from tonval import checkup

    with plain_errors():
        raise SystemExit(checkup.report(config(), as_json))


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(lint)
    main.add_command(doctor)
