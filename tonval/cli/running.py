"""`tonval up` and its parts."""

from __future__ import annotations

import click

from tonval.cli.plain import config, plain_errors


@click.command()
def up() -> None:
    """Run everything here: pages, worker, clock, SIP, and Redis where none is set."""
    from tonval import parts

    with plain_errors():
        raise SystemExit(parts.up(config()))


@click.command()
def web() -> None:
    """Serve the pages, the API and the webhooks."""
    from tonval import parts

    with plain_errors():
        parts.web(config())


@click.command()
def worker() -> None:
    """Send what is due, apply alert rules, mail."""
    from tonval import parts

    with plain_errors():
        parts.worker(config())


@click.command()
def clock() -> None:
    """Look for what has come due; may run twice."""
    from tonval import parts

    with plain_errors():
        parts.clock(config())


@click.command()
def sip() -> None:
    """Answer calls over SIP."""
    from tonval import parts

    with plain_errors():
        parts.sip(config())


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    for command in (up, web, worker, clock, sip):
        main.add_command(command)
