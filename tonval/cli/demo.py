"""`tonval demo`."""

from __future__ import annotations

import click

from tonval.cli.plain import config, plain_errors


@click.command()
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 400))
@click.option("--agents", default=25, show_default=True, type=click.IntRange(1, 500))
@click.option("--seed", default=1, show_default=True)
@click.option("--remove", is_flag=True, help="Take all demo data away again.")
def demo(days: int, agents: int, seed: int, remove: bool) -> None:
    """Fill the statistics with believable answers, through the real path, marked as demo."""
    from tonval import opening
    from tonval.workers import demo as demos

    with plain_errors():
        office = opening.open_field(config())
        if remove:
            click.echo(f"Removed {demos.remove(office)} demo interviews and everything that came of them.")
            return
        with click.progressbar(length=days * agents, label="Answering", show_pos=True) as bar:
            done = demos.fill(office, days=days, agents=agents, seed=seed, tick=bar.update)
        click.echo(f"{done} demo interviews over {days} days for {agents} agents. Take them away: tonval demo --remove")


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(demo)
