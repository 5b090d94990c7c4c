"""`tonval prompt`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tonval.cli.plain import config, plain_errors


@click.group()
def prompt() -> None:
    """What callers hear."""


@prompt.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--survey", required=True)
@click.option("--slot", required=True, help="welcome, question.ID, closing, invalid, no_input, goodbye, stay …")
@click.option("--language", required=True, help="Such as sv.")
def prompt_add(file: Path, survey: str, slot: str, language: str) -> None:
    """Convert a recording for the telephone and let callers hear it from the next call on."""
    from tonval import opening
    from tonval.fieldwork.voice import takes

    with plain_errors():
        added = takes.add_recording(opening.open_field(config()), file, survey, slot, language)
    heard = f"{added.seconds:.1f} s at {added.loudness:.0f} LUFS"
    click.echo(f"{survey} {slot} {language}: {heard}, version {added.prompt.version}")
    for warning in added.warnings:
        click.echo(f"warning: {warning}")


@prompt.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def prompt_list(as_json: bool) -> None:
    """Every prompt: recorded, or a draft by synthetic voice."""
    from tonval import opening
    from tonval.fieldwork.voice import prompts, takes

    with plain_errors():
        office = opening.open_field(config())
        takes.draft_missing(office)
        found = prompts.library(office)
    for each in found:
        facts: dict[str, Any] = {"survey": each.survey, "slot": each.slot, "language": each.language, "kind": each.kind}
        facts |= {"version": each.version, "words": each.words}
        line = f"{each.survey:20} {each.slot:20} {each.language}  {each.kind:8} v{each.version}  {each.words}"
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else line)


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(prompt)
