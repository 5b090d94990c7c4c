"""`tonval lint` and `tonval doctor`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tonval.cli.plain import config, plain_errors


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def lint(file: Path | None) -> None:
    """Check queues.yaml and every survey in it; exit 1 and file:line for each fault."""
    from tonval.fieldwork.routing import load_centre
    from tonval.sms.lint import long_messages
    from tonval.surveys.document import BrokenDocument

    path = file or Path(os.environ.get("TONVAL_QUEUES") or "queues.yaml")
    try:
        centre = load_centre(path)
    except BrokenDocument as broken:
        click.echo(str(broken))
        raise SystemExit(1) from None
    for fault in (*centre.warnings, *long_messages(centre)):
        click.echo(fault.located(str(path)))
    click.echo(f"{path}: {len(centre.queues)} queues and {len(centre.forms)} surveys, no faults")


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
