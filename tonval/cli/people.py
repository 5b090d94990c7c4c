"""`tonval user`."""

from __future__ import annotations

import json
from typing import Any

import click

from tonval.cli.plain import config, plain_errors
from tonval.fieldwork.roles import ROLES


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(list(ROLES)), default="supervisor", show_default=True)
@click.option("--email", help="Where alerts are mailed to.")
@click.option("--unit", default="", help="The unit a supervisor answers for, such as se/sthlm; empty: all.")
@click.option("--agent", help="The agent an agent user is, as the PBX names her.")
@click.option("--password", envvar="TONVAL_USER_PASSWORD", help="Made up and printed once when left out.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def user_add(
    name: str, role: str, email: str | None, unit: str, agent: str | None, password: str | None, as_json: bool
) -> None:
    """Let a person sign in."""
    import secrets

    from tonval import app
    from tonval.fieldwork import people

    with plain_errors():
        chosen = password or secrets.token_urlsafe(9)
        office = app.open_field(config())
        person = people.add_user(office, name, chosen, role=role, email=email, unit=unit, agent=agent)
    shown: dict[str, Any] = {"id": person.id, "name": name, "role": role}
    shown |= {} if password else {"password": chosen}
    click.echo(json.dumps(shown) if as_json else "\n".join(f"{label}: {value}" for label, value in shown.items()))


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(user)
