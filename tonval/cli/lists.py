"""`tonval list` and `tonval wave`: who is on the contact lists, and how their periodic surveys go."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.field import Field
    from tonval.fieldwork.periodic.programs import Course, Preview

TOGETHER = 500
_for_programs = click.option("--json", "as_json", is_flag=True, help="For programs.")


def add_to(main: click.Group) -> None:
    """Hang the commands on ``main``."""
    main.add_command(contact_list)
    main.add_command(wave)


@click.group("list")
def contact_list() -> None:
    """The contact lists of periodic surveys; `tonval import` fills them."""


@contact_list.command("show")
@_for_programs
def show(as_json: bool) -> None:
    """Every list and how many are on it."""
    from tonval.fieldwork.periodic import lists

    with plain_errors():
        for each in lists.all_lists(_office()):
            facts = {"name": each.name, "members": each.members, "created_at": each.created_at.isoformat()}
            line = f"{each.name:24} {each.members:9,}  since {each.created_at:%Y-%m-%d}"
            click.echo(json.dumps(facts, ensure_ascii=False) if as_json else line)


@contact_list.command("members")
@click.argument("name")
@_for_programs
def list_members(name: str, as_json: bool) -> None:
    """Everybody on the list NAME."""
    with plain_errors():
        office, after = _office(), ""
        _known(office, name)
        while some := _page(office, name, after):
            for each in some:
                facts = {key: value for key, value in asdict(each.customer).items() if value}
                line = f"{each.customer.phone or '':16} {each.customer.email or '':32} {each.customer.name or ''}"
                told = {"contact": each.contact, **facts}
                click.echo(json.dumps(told, ensure_ascii=False) if as_json else line.rstrip())
            after = some[-1].contact


@contact_list.command("remove")
@click.argument("name")
@click.argument("who", nargs=-1, required=True)
def remove(name: str, who: tuple[str, ...]) -> None:
    """Take customers off the list NAME, each by telephone number or e-mail address; exit 1 when one is not on it."""
    from tonval.fieldwork.periodic import lists

    with plain_errors():
        office = _office()
        _known(office, name)
        people = [_contact(office, each) for each in who]
        with office.unit.begin() as tx:
            gone = lists.take_off(tx, name, [each for each in people if each])
    click.echo(f"{gone} taken off {name}, {len(who) - gone} not on it")
    raise SystemExit(0 if gone == len(who) else 1)


@click.group()
def wave() -> None:
    """Periodic surveys: each wave asks everybody on a contact list once."""


@wave.command("list")
@_for_programs
def wave_list(as_json: bool) -> None:
    """The latest waves, with what was decided and how many have answered."""
    from tonval.fieldwork.periodic import programs

    with plain_errors():
        for each in programs.courses(_office(), 50):
            click.echo(json.dumps(_course(each), ensure_ascii=False) if as_json else _course_line(each))


@wave.command("preview")
@click.argument("program")
@_for_programs
def wave_preview(program: str, as_json: bool) -> None:
    """What the next wave of PROGRAM would do; nobody is asked, and running parts notice nothing."""
    from tonval.fieldwork.periodic import programs

    with plain_errors():
        office = _office()
        if program not in office.centre.programs:
            known = ", ".join(office.centre.programs) or "none"
            raise _wrong(f"there is no program called “{program}” under periodic; known: {known}")
        seen = programs.preview(office, office.centre.programs[program])
    facts = {"program": program, "period": seen.period.label, "members": seen.size, "looked_at": seen.looked_at}
    facts |= {"invited": seen.invited, "rules": dict(seen.rules)}
    facts |= {"first": seen.first and seen.first.isoformat(), "last": seen.last and seen.last.isoformat()}
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _preview_lines(seen, office.centre.zone))


def _preview_lines(seen: Preview, zone: str) -> str:
    if not seen.looked_at:
        return f"nobody is on the list “{seen.program.list}”; fill it with tonval import"
    lines = [f"{seen.program.name} {seen.period.label}: {seen.invited:,} of {seen.looked_at:,} would be asked"]
    if seen.looked_at < seen.size:
        lines[0] += f" ({seen.size:,} are on the list)"
    lines += [f"  {n:9,} not asked: {rule}" for rule, n in seen.rules]
    if seen.first and seen.last:
        first, last = (f"{each.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for each in (seen.first, seen.last))
        lines.append(f"  the first {first}, the last {last} ({zone})")
    return "\n".join(lines)


def _course_line(each: Course) -> str:
    state = "ended" if each.wave.ended_at else each.waits or f"{each.share:.0%} of the list"
    rate = "" if each.rate is None else f" ({each.rate:.0%})"
    told = f"{each.invited:,} invited, {each.suppressed:,} not, {each.answered:,} answered{rate}"
    return f"{each.wave.program:20} {each.wave.period:10}  {told}; {state}"


def _course(each: Course) -> dict[str, Any]:
    told: dict[str, Any] = {"program": each.wave.program, "period": each.wave.period, "list": each.wave.list}
    told |= {"started_at": each.wave.started_at.isoformat()}
    told["ended_at"] = each.wave.ended_at.isoformat() if each.wave.ended_at else None
    return {**told, **each.wave.outcomes, "answered": each.answered, "dropped": each.dropped}


def _office() -> Field:
    from tonval import opening

    return opening.open_field(config())


def _page(office: Field, name: str, after: str) -> list[Any]:
    from tonval.fieldwork.periodic import lists

    with office.unit.read() as tx:
        return lists.members(tx, name, after, TOGETHER)


def _known(office: Field, name: str) -> None:
    from tonval.fieldwork.periodic import lists

    names = [each.name for each in lists.all_lists(office)]
    if name not in names:
        raise _wrong(f"there is no list called “{name}”; known: {', '.join(names) or 'none'}")


def _contact(office: Field, written: str) -> str | None:
    from tonval.fieldwork.addresses import BadAddress, email_address, phone_number
    from tonval.fieldwork.periodic import lists

    try:
        mail = email_address(written) if "@" in written else None
        phone = None if mail else phone_number(written, office.centre.country)
        return lists.find_contact(office, phone, mail).contact
    except BadAddress as bad:
        raise _wrong(f"{written}: {bad}") from None
    except lists.UnknownContact:
        return None


def _wrong(words: str) -> Exception:
    from tonval.fieldwork.reading import Faulty

    return Faulty(words)
