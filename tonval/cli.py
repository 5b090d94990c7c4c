"""The `tonval` command line: each command says what it did in a sentence, and what is wrong in one line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from tonval import __version__
from tonval.config import BadSetting, Config, load_config


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tonval")
def main() -> None:
    """Ask customers how a contact went, and see to it that something comes of the answer."""


@main.command()
def up() -> None:
    """Run everything here: pages, worker, clock, SIP, and Redis where none is set."""
    from tonval import parts

    with _plain_errors():
        raise SystemExit(parts.up(_config()))


@main.command()
def web() -> None:
    """Serve the pages, the API and the webhooks."""
    from tonval import parts

    with _plain_errors():
        parts.web(_config())


@main.command()
def worker() -> None:
    """Send what is due, apply alert rules, mail."""
    from tonval import parts

    with _plain_errors():
        parts.worker(_config())


@main.command()
def clock() -> None:
    """Look for what has come due; may run twice."""
    from tonval import parts

    with _plain_errors():
        parts.clock(_config())


@main.command()
def sip() -> None:
    """Answer calls over SIP."""
    from tonval import parts

    with _plain_errors():
        parts.sip(_config())


@main.command()
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 400))
@click.option("--agents", default=25, show_default=True, type=click.IntRange(1, 500))
@click.option("--seed", default=1, show_default=True)
@click.option("--remove", is_flag=True, help="Take all demo data away again.")
def demo(days: int, agents: int, seed: int, remove: bool) -> None:
    """Fill the statistics with believable answers, through the real path, marked as demo."""
    from tonval import app
    from tonval.workers import demo as demos

    with _plain_errors():
        office = app.open_field(_config())
        if remove:
            click.echo(f"Removed {demos.remove(office)} demo interviews and everything that came of them.")
            return
        with click.progressbar(length=days * agents, label="Answering", show_pos=True) as bar:
            done = demos.fill(office, days=days, agents=agents, seed=seed, tick=bar.update)
        click.echo(f"{done} demo interviews over {days} days for {agents} agents. Take them away: tonval demo --remove")


@main.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def lint(file: Path | None) -> None:
    """Check queues.yaml and every survey in it; exit 1 and file:line for each fault."""
    from tonval.fieldwork.routing import load_centre
    from tonval.sms.lint import long_messages
    from tonval.surveys.document import BrokenDocument

    path = file or Path(os.environ.get("TONVAL_QUEUES") or "queues.yaml")
    try:
        centre = load_centre(path)
    except BrokenDocument as broken:
        click.echo(str(broken))
        raise SystemExit(1) from None
    for fault in (*centre.warnings, *long_messages(centre)):
        click.echo(fault.located(str(path)))
    click.echo(f"{path}: {len(centre.queues)} queues and {len(centre.forms)} surveys, no faults")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(as_json: bool) -> None:
    """Look at everything Tonval needs, and say what to do where something is wrong."""
    from tonval import checkup

    with _plain_errors():
        raise SystemExit(checkup.report(_config(), as_json))


@main.group()
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

    with _plain_errors():
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        raw = keys.make_key(app.open_field(_config()), name, wanted)
        click.echo(json.dumps({"key": raw, "name": name, "scopes": wanted}) if as_json else raw)


@main.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "supervisor", "agent"]), default="supervisor", show_default=True)
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

    with _plain_errors():
        chosen = password or secrets.token_urlsafe(9)
        office = app.open_field(_config())
        person = people.add_user(office, name, chosen, role=role, email=email, unit=unit, agent=agent)
    shown: dict[str, Any] = {"id": person.id, "name": name, "role": role}
    shown |= {} if password else {"password": chosen}
    click.echo(json.dumps(shown) if as_json else "\n".join(f"{label}: {value}" for label, value in shown.items()))


@main.group()
def prompt() -> None:
    """What callers hear."""


@prompt.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--survey", required=True)
@click.option("--slot", required=True, help="welcome, question.ID, closing, invalid, no_input, goodbye, stay …")
@click.option("--language", required=True, help="Such as sv.")
def prompt_add(file: Path, survey: str, slot: str, language: str) -> None:
    """Convert a recording for the telephone and let callers hear it from the next call on."""
    from tonval import app
    from tonval.fieldwork import prompts

    with _plain_errors():
        added = prompts.add_recording(app.open_field(_config()), file, survey, slot, language)
    heard = f"{added.seconds:.1f} s at {added.loudness:.0f} LUFS"
    click.echo(f"{survey} {slot} {language}: {heard}, version {added.prompt.version}")
    for warning in added.warnings:
        click.echo(f"warning: {warning}")


@prompt.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def prompt_list(as_json: bool) -> None:
    """Every prompt: recorded, or a draft by synthetic voice."""
    from tonval import app
    from tonval.fieldwork import prompts

    with _plain_errors():
        office = app.open_field(_config())
        prompts.draft_missing(office)
        found = prompts.library(office)
    for each in found:
        facts: dict[str, Any] = {"survey": each.survey, "slot": each.slot, "language": each.language, "kind": each.kind}
        facts |= {"version": each.version, "words": each.words}
        line = f"{each.survey:20} {each.slot:20} {each.language}  {each.kind:8} v{each.version}  {each.words}"
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else line)


@main.group()
def stats() -> None:
    """The numbers."""


@stats.command("rebuild")
@click.option("--check", is_flag=True, help="Only compare; exit 1 when a number differs.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def stats_rebuild(check: bool, as_json: bool) -> None:
    """Count every number again from the answers."""
    from tonval import app
    from tonval.stats import rebuild

    with _plain_errors():
        unit = app.open_field(_config()).unit
        if not check:
            rebuilt = rebuild.rebuild(unit)
            click.echo(json.dumps({"answers": rebuilt.answers}) if as_json else f"Recounted {rebuilt.answers} answers.")
            return
        found = rebuild.check(unit)
    click.echo(json.dumps({"differences": len(found)}) if as_json else f"{len(found)} differences")
    for difference in () if as_json else found[:20]:
        click.echo(str(difference))
    raise SystemExit(1 if found else 0)


def _config() -> Config:
    return load_config(os.environ)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """The faults a person can mend are one line and exit 1; any other is a fault of ours, with its traceback."""
    from tonval.audio.faults import AudioError
    from tonval.fieldwork.keys import UnknownScope
    from tonval.fieldwork.people import PeopleError
    from tonval.fieldwork.prompts import UnknownPrompt
    from tonval.surveys.document import BrokenDocument

    try:
        yield
    except (BadSetting, BrokenDocument, AudioError, UnknownScope, PeopleError, UnknownPrompt) as fault:
        click.echo(str(fault.args[0] if fault.args else fault), err=True)
        raise SystemExit(1) from None
