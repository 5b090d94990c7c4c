"""The `tonval` command line: each command says what it did in a sentence, and what is wrong in one line.

One module for each group of commands, imported quickly: what a command works with is imported when it runs.
"""

from __future__ import annotations

import click

from tonval import __version__
from tonval.cli import (
    audit,
    checking,
    demo,
    imports,
    keys,
    lists,
    mail,
    organisation,
    people,
    privacy,
    prompts,
    refusals,
    rekeying,
    replay,
    running,
    stats,
    surveys,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tonval")
def main() -> None:
    """Ask customers how a contact went, and see to it that something comes of the answer."""


_GROUPS = (
    *(running, demo, checking, imports, keys, lists, mail, organisation, people, refusals),
    *(prompts, replay, stats, surveys, audit, rekeying, privacy),
)
for _group in _GROUPS:
    _group.add_to(main)
