"""`tonval export person`, `tonval erase` and `tonval retention`: what is kept of customers, and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.field import Field
    from tonval.fieldwork.privacy.receipts import Receipt
    from tonval.intake.originals import HomePapers

_for_programs = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.group()
def export() -> None:
    """Take out what Tonval keeps."""


@export.command("person")
@click.argument("address")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the ZIP file is written.")
@_for_programs
def export_person(address: str, out: Path | None, as_json: bool) -> None:
    """Everything that is kept of the customer with this telephone number or e-mail address.

    A ZIP file with JSON, a summary in plain words and what she spoke; with --json the JSON alone, on the terminal.
    """
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.privacy.gather import gather, packed

    if out is None and not as_json:
        raise click.UsageError("say where the file is to be written: --out person.zip")
    with plain_errors():
        office, papers, sought = _opened(address)
        gathered = gather(office, (sought,), CONSOLE, papers)
    if out is not None:
        out.write_bytes(packed(gathered))
        rows = sum(len(each) for each in gathered.tables.values())
        click.echo(f"{out}: {rows} rows, {len(gathered.sounds)} recordings", err=as_json)
    if as_json:
        click.echo(json.dumps(gathered.document(), ensure_ascii=False))


@click.command()
@click.option("--person", "address", help="A telephone number or e-mail address of the customer.")
@click.option("--never-ask", is_flag=True, help="She is never to be asked again either.")
@click.option("--again", is_flag=True, help="After a backup was restored: erase everybody again who was erased since.")
@click.option(
    "--list", "listed", type=click.Path(path_type=Path, exists=True), help="A list of erasures from elsewhere."
)
@click.option("--yes", is_flag=True, help="Do not ask whether that is meant.")
@_for_programs
def erase(address: str | None, never_ask: bool, again: bool, listed: Path | None, yes: bool, as_json: bool) -> None:
    """Erase everything about a customer everywhere; numbers stay as they are. Prints the receipt."""
    if (address is None) == (not again):
        raise click.UsageError("say who: --person ADDRESS, or --again after a backup was restored")
    with plain_errors():
        receipts = [_erase_one(address, never_ask, asked=yes or as_json)] if address else _erase_again(listed)
        receipts, zone = _with_others(receipts)
    if as_json:
        found = [receipt.plain() for receipt in receipts]
        click.echo(json.dumps(found if again else found[0], ensure_ascii=False))
    else:
        click.echo("\n".join(line for receipt in receipts for line in _lines(receipt, zone)) or "nobody had come back")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be forgotten now, and do nothing.")
@_for_programs
def retention(dry_run: bool, as_json: bool) -> None:
    """Forget what has been kept long enough; the clock does the same every hour."""
    from tonval import opening
    from tonval.fieldwork.privacy import retention as ages
    from tonval.fieldwork.privacy.terms import in_words

    with plain_errors():
        office = opening.open_field(config())
        done = {each.name: each.number for each in ages.ripe(office)} if dry_run else ages.sweep(office)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "rows": done}))
        return
    for name, kept in office.centre.retention.items():
        click.echo(f"{name} (kept {in_words(kept)}): {done.get(name, 0)} {'would go' if dry_run else 'gone'}")


def _opened(address: str) -> tuple[Field, HomePapers, str]:
    """The office, its papers, and the address as it is kept. Ends the command for what is no address."""
    from tonval import opening
    from tonval.fieldwork.addresses import BadAddress
    from tonval.fieldwork.privacy.persons import read_address
    from tonval.intake.originals import papers_of

    configured = config()
    office = opening.open_field(configured)
    try:
        return office, papers_of(configured.home, office), read_address(address, office.centre.country)
    except BadAddress as bad:
        raise click.UsageError(str(bad)) from None


def _erase_one(address: str, never_ask: bool, *, asked: bool) -> Receipt:
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.privacy.erase import Order
    from tonval.fieldwork.privacy.erase import erase as erase_person
    from tonval.fieldwork.privacy.gather import look

    office, papers, sought = _opened(address)
    if not asked:
        held = look(office, (sought,), papers)
        click.echo(f"{sum(held.rows.values())} rows and {len(held.files)} files hold her. This cannot be undone.")
        click.confirm("Erase them?", abort=True)
    return erase_person(office, Order((sought,), CONSOLE, for_ever=never_ask), papers)


def _erase_again(listed: Path | None) -> list[Receipt]:
    from tonval import opening
    from tonval.fieldwork.audit import CONSOLE
    from tonval.fieldwork.privacy.again import erase_again
    from tonval.intake.originals import papers_of, read_list

    configured = config()
    office = opening.open_field(configured)
    more = list(read_list(listed)) if listed else []
    return erase_again(office, CONSOLE, papers_of(configured.home, office), more)


def _with_others(receipts: list[Receipt]) -> tuple[list[Receipt], tzinfo]:
    """Read the texts of others to their end, whether or not Tonval runs; the receipts then, and the centre's clock."""
    from tonval import opening
    from tonval.fieldwork.deciding.zones import clock
    from tonval.fieldwork.privacy import mentions
    from tonval.fieldwork.privacy.receipts import receipt_of

    office = opening.open_field(config())
    mentions.search_all(office)
    return [receipt_of(office, each.id) or each for each in receipts], clock(office.centre.zone)


def _lines(receipt: Receipt, zone: tzinfo) -> Iterator[str]:
    from tonval.fieldwork.privacy.gather import TITLES

    yield f"Receipt {receipt.id}, {receipt.at.astimezone(zone):%Y-%m-%d %H:%M %Z}, by {receipt.by.name}"
    for table, number in receipt.rows.items():
        yield f"  {TITLES.get(table, table)}: {number}"
    for kind, number in receipt.files.items():
        yield f"  files ({kind}): {number}"
    yield f"  surveys ended: {receipt.ended}, messages withdrawn: {receipt.withdrawn}"
    yield f"  texts of others: {receipt.others.read} read, masked in {receipt.others.hidden}"
    for kind, number in receipt.kept.items():
        yield f"  kept as a hash ({kind}): {number}"
    for name in receipt.waiting:
        yield f"  {name} is being taken in: erase again when that is done"


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    for command in (export, erase, retention):
        main.add_command(command)
