"""`tonval block` and `tonval optout`: the two books of people who are not asked, with the same five commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.books import Book, Entry
    from tonval.fieldwork.field import Field

AUTHOR: Final = "command line"
SHOWN_FAULTS: Final = 20
STEPS: Final = 1000

_for_programs = click.option("--json", "as_json", is_flag=True, help="For programs.")
_channel = click.option("--channel", default="*", show_default=True, help="keypad, sms, link or email; * for all.")


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(_group("block", "Whoever is never asked: a number, an address, +4670* or *@example.com."))
    main.add_command(_group("optout", "Customers who have said that they do not want to be asked."))


def _group(name: str, about: str) -> click.Group:
    group = click.Group(name, help=about)
    for command in (add, remove, listing, take_in, export):
        group.add_command(command)
    return group


@contextmanager
def _opened() -> Iterator[tuple[Field, Book]]:
    """The office, and the book that the group the command hangs on is about."""
    from tonval import opening
    from tonval.fieldwork.books import BLOCKLIST, OPT_OUTS

    group = click.get_current_context().parent
    with plain_errors():
        yield opening.open_field(config()), OPT_OUTS if group and group.info_name == "optout" else BLOCKLIST


@click.command()
@click.argument("who")
@_channel
@click.option("--reason", "--source", "words", help="Why; of an opt-out, where it was said.")
@_for_programs
def add(who: str, channel: str, words: str | None, as_json: bool) -> None:
    """Add one entry; an entry that stands already is left as it is."""
    from tonval.fieldwork import books
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.reading import Reading

    with _opened() as (office, book):
        document = Reading({book.key: who, "channel": channel, book.words: words}, "")
        entry = books.read_entry(office, book, document, AUTHOR, AUTHOR)
        new = bool(books.add(office, book, [entry], CONSOLE))
    told = f"{entry.key} ({entry.channel}) {'is added' if new else 'stands there already'}"
    click.echo(json.dumps(_shown(book, entry) | {"added": new}) if as_json else told)


@click.command()
@click.argument("who")
@_channel
@_for_programs
def remove(who: str, channel: str, as_json: bool) -> None:
    """Strike one entry out; exit 1 when it is not there."""
    from tonval.fieldwork import books
    from tonval.fieldwork.audit import CONSOLE

    with _opened() as (office, book):
        key = books.read_key(office, book, who, book.key)
        struck = books.remove(office, book, key, books.read_channel(channel, "channel"), CONSOLE)
    click.echo(json.dumps({"removed": bool(struck)}) if as_json else f"{key} is {'removed' if struck else 'not there'}")
    raise SystemExit(0 if struck else 1)


@click.command("list")
@click.option("--about", help="Only what means this number or e-mail address.")
@_for_programs
def listing(about: str | None, as_json: bool) -> None:
    """Every entry, or those that mean one address."""
    from tonval.fieldwork import books

    with _opened() as (office, book):
        found = books.all_entries(office, book)
        if about is not None:
            key = books.read_key(office, book, about, "--about")
            found = iter(books.entries_about(office, book, key))
        for entry in found:
            line = f"{entry.key:24} {entry.channel:7} {entry.created_at:%Y-%m-%d}  {entry.words}".rstrip()
            click.echo(json.dumps(_shown(book, entry), ensure_ascii=False) if as_json else line)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_for_programs
def take_in(file: Path, as_json: bool) -> None:
    """Add every row of a CSV or XLSX file; exit 1 when a row was refused, each with its reason."""
    from dataclasses import asdict

    from tonval.fieldwork.audit import CONSOLE
    from tonval.intake import refusals

    with _opened() as (office, book), click.progressbar(length=STEPS, label="Reading", file=sys.stderr) as bar:
        done = refusals.take_in(office, book, file, file.name, CONSOLE, lambda share: _move(bar, share))
    told = f"{done.added} added, {done.known} stood there already, {done.refused} refused"
    click.echo(json.dumps(asdict(done), ensure_ascii=False) if as_json else told)
    for fault in () if as_json else done.faults[:SHOWN_FAULTS]:
        click.echo(f"row {fault.row}: {fault.detail}", err=True)
    raise SystemExit(1 if done.refused else 0)


@click.command()
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
def export(file: Any) -> None:
    """Write the whole book as CSV, to FILE or to the terminal; import takes it back."""
    from tonval.fieldwork import books
    from tonval.intake import refusals

    with _opened() as (office, book):
        for line in refusals.written(book, books.all_entries(office, book)):
            file.write(line)


def _move(bar: Any, share: float) -> None:
    bar.update(max(0, int(share * STEPS) - bar.pos))


def _shown(book: Book, entry: Entry) -> dict[str, Any]:
    about = {book.key: entry.key, "channel": entry.channel, book.words: entry.words}
    return {**about, "created_at": entry.created_at.isoformat(), "author": entry.author}
