"""`tonval replay`: what another queues.yaml would have decided."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import click

from tonval.cli.plain import config, plain_errors

if TYPE_CHECKING:
    from tonval.fieldwork.replaying.replayed import Change, Moves, Replay

STEPS: Final = 1000


@click.command()
@click.option("--config", "file", type=click.Path(path_type=Path), required=True, help="The queues.yaml to try.")
@click.option("--since", default="30d", show_default=True, help="30d, 12h, 2w or a day such as 2026-11-01.")
@click.option("--until", help="The same; now when left out.")
@click.option("--queue", help="Count only this queue; all are decided, since caps reach across them.")
@click.option("--changes", type=click.IntRange(0, 1000), default=0, help="Show so many of the last changed contacts.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def replay(file: Path, since: str, until: str | None, queue: str | None, changes: int, as_json: bool) -> None:
    """Decide the past again by another file, and say what would have been different. Nothing is changed."""
    from tonval import opening
    from tonval.fieldwork.renewal import with_surveys
    from tonval.fieldwork.replaying import replay as past
    from tonval.fieldwork.replaying.replayed import document
    from tonval.fieldwork.routing import load_centre

    with plain_errors():
        office = opening.open_field(config())
        centre = with_surveys(office.unit, load_centre(file, office.centre.made_here, office.centre.beneath))
        now, zone = office.now(), centre.zone
        begin, end = past.moment_of(since, now, zone), past.moment_of(until, now, zone) if until else now
        start = perf_counter()
        with click.progressbar(length=STEPS, label="Replaying", file=sys.stderr) as bar:
            found = past.replay(
                office, centre, begin, end, lambda share: _move(bar, share), queue=queue, changes=changes
            )
    took = perf_counter() - start
    if as_json:
        click.echo(json.dumps(document(found) | {"seconds": round(took, 3)}, ensure_ascii=False))
        return
    for line in told(found, took):
        click.echo(line)


def told(found: Replay, took: float) -> Iterator[str]:
    """The result as lines a person reads."""
    for name, moves in found.queues.items():
        yield f"{name}: {_sentence(moves)}"
    if len(found.queues) > 1:
        yield f"All queues: {_sentence(found.all)}"
    yield from _beside(found)
    for change in found.changes:
        yield _line(change)
    rate = found.all.total / took if took else 0
    yield f"Replayed {found.all.total:,} contacts in {took:.1f} s ({rate:,.0f} a second). Nothing was changed."


def _beside(found: Replay) -> Iterator[str]:
    was, would_be = found.a_day
    yield f"Invitations a day: {was:.1f} → {would_be:.1f}"
    yield f"People asked more often: {found.more:,}, less often: {found.less:,}"
    if found.otherwise or found.retimed:
        yield f"Asked by another way or survey: {found.otherwise:,}, at another time: {found.retimed:,}"
    if found.kept:
        yield f"{found.kept:,} keep their decision: they were not decided on a report (docs/replay.md)"
    by = ", ".join(f"{name or 'unknown'} ({n:,})" for name, n in found.decided_by.items()) or "nobody"
    yield f"Decided then by configuration {by}; now by {found.config}"


def _sentence(moves: Moves) -> str:
    """``1,204 contacts. Invited 310 → 402 (+92): min_talk −95, frequency_cap +3``."""
    was, would_be = moves.invited
    contacts = "1 contact" if moves.total == 1 else f"{moves.total:,} contacts"
    if not moves.changed:
        return f"{contacts}. Invited {was:,}, as before."
    rules = ", ".join(f"{name} {_signed(after - before)}" for name, before, after in moves.rules() if before != after)
    change = f"{contacts}. Invited {was:,} → {would_be:,} ({_signed(would_be - was)})"
    return f"{change}: {rules}" if rules else change


def _line(change: Change) -> str:
    return f"{change.at:%Y-%m-%d %H:%M} {change.kind} {change.ref} ({change.queue}): {_brief(change)}"


def _brief(change: Change) -> str:
    return f"{_outcome(change.was)} → {_outcome(change.would_be)}"


def _outcome(decision: Any) -> str:
    if decision["outcome"] != "invited":
        return str(decision["rule"])
    return f"invited to {decision['survey']} by {decision['channel']} at {decision['due_at']}"


def _signed(n: int) -> str:
    return f"+{n:,}" if n > 0 else f"\u2212{-n:,}" if n else "±0"


def _move(bar: Any, share: float) -> None:
    bar.update(max(0, int(share * STEPS) - bar.pos))


def add_to(main: click.Group) -> None:
    """Hang the command on ``main``."""
    main.add_command(replay)
