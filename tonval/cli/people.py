"""`tonval user`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tonval.cli.plain import config, plain_errors
from tonval.fieldwork.colleagues.roles import ROLES

if TYPE_CHECKING:
    from tonval.fieldwork.colleagues.staff import Member


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

    from tonval import opening
    from tonval.fieldwork.colleagues import people

    with plain_errors():
        chosen = password or secrets.token_urlsafe(9)
        office = opening.open_field(config())
        person = people.add_user(office, name, chosen, role=role, email=email, unit=unit, agent=agent)
    shown: dict[str, Any] = {"id": person.id, "name": name, "role": role}
    shown |= {} if password else {"password": chosen}
    click.echo(json.dumps(shown) if as_json else "\n".join(f"{label}: {value}" for label, value in shown.items()))


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def user_list(as_json: bool) -> None:
    """Who may sign in, and who once might."""
    from tonval import opening
    from tonval.fieldwork.colleagues import staff

    with plain_errors():
        found = [_told(each) for each in staff.members(opening.open_field(config()))]
    lines = ["\t".join(str(value or "-") for value in each.values()) for each in found]
    click.echo(json.dumps(found) if as_json else "\n".join(lines))


@user.command("end")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def user_end(name: str, as_json: bool) -> None:
    """End somebody's access, at once and everywhere. What she did stays."""
    from tonval import opening
    from tonval.fieldwork.colleagues import staff

    with plain_errors():
        office = opening.open_field(config())
        staff.end(office, staff.named(office, name).id)
    _say(as_json, f"The access of {name} has ended.", name=name, state="ended")


@user.command("reset-totp")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def user_reset_totp(name: str, as_json: bool) -> None:
    """Take away somebody's second factor: her password alone lets her in."""
    from tonval import opening
    from tonval.fieldwork.colleagues import second_factor, staff

    with plain_errors():
        office = opening.open_field(config())
        second_factor.reset(office, staff.named(office, name).id, name)
    _say(as_json, f"The second factor of {name} is off.", name=name, second_factor=False)


@user.command("unlink")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def user_unlink(name: str, as_json: bool) -> None:
    """Forget somebody's accounts of single sign-on: another one with her verified e-mail address can be hers then."""
    from tonval import opening
    from tonval.fieldwork.colleagues import identities, staff

    with plain_errors():
        office = opening.open_field(config())
        number = identities.unlink(office, staff.named(office, name).id, name)
    words = f"{name} had {number} account{'' if number == 1 else 's'} of single sign-on, and has none now."
    _say(as_json, words, name=name, unlinked=number)


@user.command("password")
@click.argument("name")
@click.option("--password", envvar="TONVAL_USER_PASSWORD", help="Made up and printed once when left out.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def user_password(name: str, password: str | None, as_json: bool) -> None:
    """Give somebody a new password; she is signed out everywhere."""
    import secrets

    from tonval import opening
    from tonval.fieldwork.colleagues import people

    with plain_errors():
        chosen = password or secrets.token_urlsafe(9)
        people.set_password(opening.open_field(config()), name, chosen)
    made_up = {} if password else {"password": chosen}
    _say(as_json, f"{name} has a new password." if password else f"password: {chosen}", name=name, **made_up)


def _say(as_json: bool, words: str, **told: Any) -> None:
    click.echo(json.dumps(told) if as_json else words)


def _told(each: Member) -> dict[str, str | bool | None]:
    seen = each.seen_at.isoformat() if each.seen_at else None
    about = {"name": each.person.name, "role": each.person.role, "unit": each.person.unit, "email": each.person.email}
    return {**about, "state": each.state, "second_factor": each.second_factor, "seen_at": seen}


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(user)
