"""`tonval key`."""

from __future__ import annotations

import json

import click

from tonval.cli.plain import config, plain_errors


@click.group()
def key() -> None:
    """API keys."""


@key.command("add")
@click.argument("name")
@click.option("--scope", "scopes", default="read,report", show_default=True, help="read, report, admin; by commas.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def key_add(name: str, scopes: str, as_json: bool) -> None:
    """Make an API key and print it, once."""
    from tonval import app
    from tonval.fieldwork import keys

    with plain_errors():
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        raw = keys.make_key(app.open_field(config()), name, wanted)
        click.echo(json.dumps({"key": raw, "name": name, "scopes": wanted}) if as_json else raw)


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(key)
