"""`tonval stats`."""

from __future__ import annotations

import json

import click

from tonval.cli.plain import config, plain_errors


@click.group()
def stats() -> None:
    """The numbers."""


@stats.command("rebuild")
@click.option("--check", is_flag=True, help="Only compare; exit 1 when a number differs.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def stats_rebuild(check: bool, as_json: bool) -> None:
    """Count every number again from the answers."""
    from tonval import opening
    from tonval.stats import rebuild

    with plain_errors():
        unit = opening.open_field(config()).unit
        if not check:
            rebuilt = rebuild.rebuild(unit)
            click.echo(json.dumps({"answers": rebuilt.answers}) if as_json else f"Recounted {rebuilt.answers} answers.")
            return
        found = rebuild.check(unit)
    click.echo(json.dumps({"differences": len(found)}) if as_json else f"{len(found)} differences")
    for difference in () if as_json else found[:20]:
        click.echo(str(difference))
    raise SystemExit(1 if found else 0)


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(stats)
