"""`tonval survey`: the surveys made in the browser, taken out and in as YAML and published, from the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.field import Field
    from tonval.fieldwork.profiles import Profile, Version

AUTHOR: Final = "command line"

_for_programs = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def survey() -> None:
    """Surveys made in the browser: list, take out, take in, publish."""


@survey.command("list")
@_for_programs
def listing(as_json: bool) -> None:
    """Every survey with its version in force; those of the file are managed there."""
    from tonval.fieldwork import profiles

    with plain_errors():
        found = profiles.profiles(_office())
    for each in found:
        click.echo(_json(_facts(each)) if as_json else _line(each))


@survey.command()
@click.argument("name")
@click.option("--version", "number", type=click.IntRange(1), help="This version, not the draft or the one in force.")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file, not to the terminal.")
def export(name: str, number: int | None, out: Path | None) -> None:
    """Write the survey NAME as YAML: its draft, else the version in force. Import takes it back to the byte."""
    with plain_errors():
        document = _document(_office(), name, number).encode()
    if out is None:
        click.echo(document, nl=False)
    else:
        out.write_bytes(document)


@survey.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--publish", "at_once", is_flag=True, help="Ask customers with it at once; refused where it has a fault.")
@_for_programs
def take_in(file: Path, at_once: bool, as_json: bool) -> None:
    """Take FILE, one survey in YAML, as the draft of the survey it names; begin the survey where there is none."""
    from tonval.surveys.writer import read_survey

    with plain_errors():
        office, document = _office(), _text_of(file)
        name, _ = read_survey(document, str(file))
        kept = _keep(office, name, document)
        number = _publish(office, name, str(file), document) if at_once else None
    told = f"{name}: version {number} is in force" if number else f"{name}: kept as a draft, revision {kept.revision}"
    click.echo(_json({"survey": name, "revision": kept.revision, "version": number}) if as_json else told)


@survey.command()
@click.argument("name")
@_for_programs
def publish(name: str, as_json: bool) -> None:
    """Ask customers with the draft of NAME from now on."""
    with plain_errors():
        office = _office()
        number = _publish(office, name, f"{name}.yaml", _document(office, name, None))
    click.echo(_json({"survey": name, "version": number}) if as_json else f"{name}: version {number} is in force")


@survey.command()
@click.argument("name")
@_for_programs
def versions(name: str, as_json: bool) -> None:
    """Every version of NAME, the newest first: when, by whom, how many interviews."""
    from tonval.fieldwork import profiles

    with plain_errors():
        found = profiles.versions(_office(), name)
    for each in found:
        click.echo(_json(_version_facts(each)) if as_json else _version_line(each))


def _office() -> Field:
    from tonval import opening

    return opening.open_field(config())


def _text_of(file: Path) -> str:
    """The file's text with the ends of its lines as they are."""
    from tonval.surveys.document import BrokenDocument, Fault

    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as broken:
        raise BrokenDocument([Fault(1, f"cannot be read as UTF-8 text: {broken}")], str(file)) from None


def _keep(office: Field, name: str, document: str) -> Profile:
    from tonval.fieldwork import profiles

    try:
        found = profiles.profile(office, name)
    except profiles.UnknownSurvey:
        return profiles.start(office, name, document, AUTHOR)
    return profiles.save(office, name, document, found.revision, AUTHOR)


def _publish(office: Field, name: str, file: str, document: str) -> int:
    """The number of the version; every fault and warning is told with its line, a fault ends the command."""
    from tonval.fieldwork import profiles
    from tonval.fieldwork.audit import CONSOLE

    for fault in profiles.lint(office, name, document):
        click.echo(fault.located(file), err=True)
    try:
        return profiles.publish(office, name, profiles.profile(office, name).revision, CONSOLE)
    except profiles.HasFaults:
        raise SystemExit(1) from None


def _document(office: Field, name: str, number: int | None) -> str:
    from tonval.fieldwork import profiles

    found = profiles.profile(office, name)
    if number is None and found.draft is not None:
        return found.draft
    document = profiles.version(office, name, number or found.version or 0)[0]
    if document is None:
        raise profiles.ProfileError(f"“{name}” was published before its text was kept")
    return document


def _line(each: Profile) -> str:
    facts = {"in the file": each.managed, "put away": each.archived, "a draft": each.draft is not None}
    states = ", ".join(state for state, holds in facts.items() if holds)
    return f"{each.id:32} {f'version {each.version}' if each.version else '-':12} {states}".rstrip()


def _version_line(each: Version) -> str:
    force = "  in force" if each.in_force else ""
    who = each.author or each.origin
    return f"{each.number:4}  {each.created_at:%Y-%m-%d %H:%M}  {who:24} {each.interviews:8} interviews{force}"


def _facts(each: Profile) -> dict[str, Any]:
    facts = {"survey": each.id, "version": each.version, "draft": each.draft is not None, "revision": each.revision}
    return {**facts, "archived": each.archived, "managed": each.managed, "author": each.author}


def _version_facts(each: Version) -> dict[str, Any]:
    facts = {"version": each.number, "created_at": each.created_at.isoformat(), "author": each.author}
    return {**facts, "origin": each.origin, "interviews": each.interviews, "in_force": each.in_force}


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False)


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(survey)
