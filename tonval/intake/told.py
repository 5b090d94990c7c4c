"""What came of a file, in words and as CSV: for the sender's report, the terminal and the page's download."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import Final

from tonval.intake.reports import Misfit
from tonval.intake.runs import CONTACTS_TAKEN, DONE, INVITED, REFUSED, REPEATED, RULES, SUPPRESSED, Run

WORDS: Final = {
    INVITED: "invited",
    SUPPRESSED: "not asked, by rule",
    REPEATED: "reported before",
    CONTACTS_TAKEN: "contacts taken",
    REFUSED: "refused",
}
"""What each outcome is called, in the order it is told."""

HEADINGS: Final = ("row", "field", "reason", "value")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def summary(run: Run, zone: tzinfo) -> Iterator[str]:
    """The outcome in lines: the counts, the rules, and why it failed where it did. Its time is by ``zone``."""
    ended = f"{(run.ended_at or run.touched_at).astimezone(zone):%Y-%m-%d %H:%M %Z}"
    yield f"{run.name}: {'taken' if run.state == DONE else run.state} {ended} ({run.id}, source {run.source})"
    if run.detail:
        yield run.detail
    yield f"rows: {run.taken}"
    for name, words in WORDS.items():
        if number := run.outcomes.get(name):
            yield f"{words}: {number}"
        if name == SUPPRESSED:
            yield from (f"  {rule}: {count}" for rule, count in sorted(run.outcomes.get(RULES, {}).items()))


def report(run: Run, refused: Iterable[Misfit], zone: tzinfo) -> Iterator[str]:
    """The whole report that is laid beside a file: the summary, and then every refused row as CSV."""
    yield from (f"{line}\n" for line in summary(run, zone))
    if run.refused:
        yield "\n"
        yield from refused_csv(refused)


def refused_csv(refused: Iterable[Misfit]) -> Iterator[str]:
    """Refused rows as CSV, with headings. No cell of it is a formula to a spreadsheet."""
    yield csv_line(HEADINGS)
    for each in refused:
        yield csv_line((str(each.number), each.field or "", each.sentence, each.value or ""))


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV. A cell that a spreadsheet would evaluate begins with an apostrophe, as OWASP recommends.

    owasp.org/www-community/attacks/CSV_Injection
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([plain(cell) for cell in cells])
    return line.getvalue()


def plain(cell: str) -> str:
    """The cell as a spreadsheet takes it for text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
