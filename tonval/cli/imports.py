"""`tonval import`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.field import Field
    from tonval.intake.opening import Opened
    from tonval.intake.reports import Misfit
    from tonval.intake.runs import Run
    from tonval.intake.taking import Watch

SHOWN: Final = 20
"""Refused rows that are printed; the page has them all."""

_STEPS: Final = 1000  # of the progress bar
_IGNORE: Final = "ignore"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="cli", show_default=True, help="Who sends such files; its columns are remembered.")
@click.option("--kind", type=click.Choice(["interactions", "contacts"]), default="interactions", show_default=True)
@click.option("--list", "members_of", help="Put the contacts on this list.")
@click.option(
    "--map", "maps", multiple=True, metavar="HEADING=FIELD", help="Such as Telefon=customer.phone or X=ignore."
)
@click.option("--queue", help="The queue, where no column says it.")
@click.option("--as", "what", help="What the rows are, where no column says it: call (as usual), ticket, purchase …")
@click.option("--country", help="The country of national phone numbers, where it is not the centre's.")
@click.option("--dates", type=click.Choice(["day-first", "month-first"]), help="How dates like 03/04/2026 are read.")
@click.option("--dry-run", is_flag=True, help="Say what would come of the first rows, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def import_file(**given: Any) -> None:
    """Report the rows of FILE (CSV, XLSX, SPSS, Triple-S), each once however often it comes.

    A run that was stopped goes on when the same file is given again.
    """
    from tonval import opening

    with plain_errors():
        configured = config()
        office = opening.open_field(configured)
        opened = _opened(office, given)
        if given["dry_run"]:
            _show_preview(office, opened, given["as_json"])
            return
        run = _taken(office, opened, given)
    _show(office, run, f"{configured.public_url}/desk/imports/{run.id}", given["as_json"])
    raise SystemExit(0 if run.state == "done" else 1)


def _opened(office: Field, given: Mapping[str, Any]) -> Opened:
    """The file with the options laid over what its headings say. Ends the command when it cannot be taken."""
    from tonval.intake.opening import SOURCE, Wishes, open_file

    if not SOURCE.fullmatch(given["source"]):
        raise click.UsageError("--source is a short word in small letters and digits, such as pbx")
    if given["members_of"] and given["kind"] != "contacts":
        raise click.UsageError("--list is for --kind contacts")
    path, source = given["file"], given["source"]
    opened = open_file(office, path, path.name, source, Wishes(given["kind"]))
    said = {"queue": given["queue"], "kind": given["what"], "country": given["country"], "dates": given["dates"]}
    settings = {**opened.plan.settings, **{name: value for name, value in said.items() if value}}
    wishes = Wishes(given["kind"], _mapped(opened.plan.columns, given["maps"]), settings)
    opened = open_file(office, path, path.name, source, wishes)
    if opened.faults:
        _refuse(opened.faults, given["as_json"])
    return opened


def _mapped(columns: Mapping[str, str], maps: Iterable[str]) -> dict[str, str]:
    """The columns with ``HEADING=FIELD`` laid over them: a field that is given to one column is taken from another."""
    found = dict(columns)
    for each in maps:
        heading, sign, field = each.rpartition("=")
        if not (sign and heading and field):
            raise click.UsageError(f"--map {each}: write it as HEADING=FIELD")
        found = {other: name for other, name in found.items() if other != heading and name != field}
        if field != _IGNORE:
            found[heading] = field
    return found


def _taken(office: Field, opened: Opened, given: Mapping[str, Any]) -> Run:
    from tonval.fieldwork.audit import CONSOLE
    from tonval.intake.opening import digest_of
    from tonval.intake.starting import Order, TakenBefore, start
    from tonval.intake.taking import advance

    path = given["file"]
    order = Order(
        given["source"], path.name, digest_of(path), opened.plan, given["members_of"], author="cli", by=CONSOLE
    )
    try:
        run = start(office, order)
    except TakenBefore as before:
        click.echo(str(before), err=True)
        return before.run
    with _progress(path.name, run) as watch:
        return advance(office, run, path, watch)


@contextmanager
def _progress(name: str, run: Run) -> Iterator[Watch]:
    """A bar on the terminal, and nothing where nobody looks."""
    stream = sys.stderr
    if not stream.isatty():
        yield lambda run: True
        return
    with click.progressbar(length=_STEPS, label=name, show_percent=True, file=stream) as bar:

        def watch(now: Run) -> bool:
            bar.label = f"{name}: {now.taken:,} rows"
            bar.update(round(now.progress * _STEPS) - bar.pos)
            return True

        watch(run)
        yield watch
        bar.update(_STEPS - bar.pos)


def _show(office: Field, run: Run, page: str, as_json: bool) -> None:
    from tonval.fieldwork.deciding.zones import clock
    from tonval.intake.runs import first_misfits
    from tonval.intake.told import summary

    refused = first_misfits(office, run.id, SHOWN)
    if as_json:
        facts = {"import": run.id, "state": run.state, "detail": run.detail, "rows": run.taken}
        _print({**facts, "outcomes": run.outcomes, "refused": _listed(refused), "page": page})
        return
    for line in summary(run, clock(office.centre.zone)):
        click.echo(line)
    _show_refused(refused, run.refused)
    if run.refused > len(refused):
        click.echo(f"All refused rows: {page}")


def _show_preview(office: Field, opened: Opened, as_json: bool) -> None:
    from tonval.intake.previews import preview
    from tonval.intake.told import WORDS

    seen = preview(office, opened)
    if as_json:
        facts = {"dry_run": True, "columns": opened.plan.columns, "settings": opened.plan.settings, "rows": seen.looked}
        outcomes = {**seen.outcomes, "rules": seen.rules}
        _print({**facts, "outcomes": outcomes, "refused": _listed(seen.misfits[:SHOWN])})
        return
    for heading in opened.headings:
        click.echo(f"{heading} → {opened.plan.columns.get(heading, 'not read')}")
    for name, value in opened.plan.settings.items():
        click.echo(f"for all rows: {name} = {value}")
    click.echo(f"{'All' if opened.whole else 'The first'} {seen.looked} rows; nothing was done.")
    for name, words in WORDS.items():
        if number := seen.outcomes.get(name):
            click.echo(f"{words}: {number}")
    for rule, number in sorted(seen.rules.items()):
        click.echo(f"  {rule}: {number}")
    _show_refused(seen.misfits[:SHOWN], len(seen.misfits))


def _show_refused(refused: Iterable[Misfit], number: int) -> None:
    for each in refused:
        click.echo(f"row {each.number}: {each.sentence}")
    if number > SHOWN:
        click.echo(f"… and {number - SHOWN} more")


def _listed(refused: Iterable[Misfit]) -> list[dict[str, Any]]:
    return [{"row": each.number, "field": each.field, "reason": each.sentence} for each in refused]


def _refuse(faults: Iterable[str], as_json: bool) -> None:
    """The file cannot be taken as it is: say why, and what to do about it."""
    if as_json:
        _print({"state": "refused", "faults": list(faults)})
    else:
        for fault in faults:
            click.echo(fault, err=True)
        click.echo("Say it with --map “HEADING=FIELD”, --queue or --dates; see tonval import --help.", err=True)
    raise SystemExit(1)


def _print(facts: Mapping[str, Any]) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False))


def add_to(main: click.Group) -> None:
    """Hang the command on ``main``."""
    main.add_command(import_file)
