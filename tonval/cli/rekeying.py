"""`tonval rekey`: the secret key is another one from now on, and the database follows."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tonval.cli.plain import config, plain_errors


def add_to(main: click.Group) -> None:
    """Hang the command on ``main``."""
    main.add_command(rekey)


@click.command()
@click.option(
    "--from-file",
    "old",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the secret key of until now.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def rekey(old: Path, as_json: bool) -> None:
    """Wrap the database's keys with today's TONVAL_SECRET_KEY. Stop Tonval before, and start it with the new key.

    What is sealed stays as it lies: only the key that opens it is sealed anew. May be run again.
    """
    from tonval.fieldwork.rekeying import rewrap
    from tonval.store.migrate import migrate
    from tonval.store.unit import open_unit

    with plain_errors():
        settings = config()
        unit = open_unit(settings.database_url, settings.secret_key)
        changed = rewrap(unit, old.read_text().strip())
        migrate(unit)
    sentence = "The database is read with the new secret key from now on." if changed else "Nothing was to be done."
    click.echo(json.dumps({"changed": changed}) if as_json else sentence)
