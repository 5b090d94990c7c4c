"""`tonval key`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

import click

from tonval.cli.plain import Length, config, plain_errors


@click.group()
def key() -> None:
    """API keys."""


@key.command("add")
@click.argument("name")
@click.option("--scope", "scopes", default="read,report", show_default=True, help="read, report, admin; by commas.")
@click.option(
    "--unit", default="", help="The place it reads, with all below it, such as se/sthlm. [default: everything]"
)
@click.option("--lasts", type=Length(), help="How long it is good, such as 90d. [default: until it is revoked]")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def key_add(name: str, scopes: str, unit: str, lasts: timedelta | None, as_json: bool) -> None:
    """Make an API key and print it, once."""
    from tonval import opening
    from tonval.fieldwork.colleagues import keys

    with plain_errors():
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        raw = keys.make_key(opening.open_field(config()), name, wanted, unit=unit, lasts=lasts)
        click.echo(json.dumps({"key": raw, "name": name, "scopes": wanted}) if as_json else raw)


@key.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def key_list(as_json: bool) -> None:
    """Every key that was made, the newest first: what it may do, and when it was last used."""
    from tonval import opening
    from tonval.fieldwork.colleagues import keys

    with plain_errors():
        office = opening.open_field(config())
        kept, now = keys.all_keys(office), office.now()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in kept], default=datetime.isoformat))
        return
    for each in kept:
        what = f"{each.prefix}…  {each.name:24} {','.join(each.scopes):18} {each.unit or 'everything':16}"
        click.echo(f"{what} {_used(each.used_at)}{_ends(each.expires_at, now)}")


@key.command("revoke")
@click.argument("prefix")
def key_revoke(prefix: str) -> None:
    """End the key that begins with PREFIX."""
    from tonval import opening
    from tonval.fieldwork.colleagues import keys

    with plain_errors():
        ended = keys.revoke(opening.open_field(config()), prefix.rstrip("…"))
        click.echo(f"{ended.prefix}… ({ended.name}) is good for nothing from now on")


@key.command("rotate")
@click.argument("prefix")
@click.option("--overlap", type=Length(), default="24h", show_default=True, help="How long the old one is still good.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def key_rotate(prefix: str, overlap: timedelta, as_json: bool) -> None:
    """Make a new key in place of the one that begins with PREFIX, and print it, once."""
    from tonval import opening
    from tonval.fieldwork.colleagues import keys

    with plain_errors():
        raw = keys.rotate(opening.open_field(config()), prefix.rstrip("…"), overlap)
        click.echo(json.dumps({"key": raw}) if as_json else raw)


def _used(at: datetime | None) -> str:
    return f"used {at:%Y-%m-%d %H:%M}" if at else "never used"


def _ends(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return f", {'ended' if at <= now else 'good until'} {at:%Y-%m-%d %H:%M}"


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(key)
