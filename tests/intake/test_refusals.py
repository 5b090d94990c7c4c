"""The blocklist and the opt-outs as files: back as they went out, and hostile rows refused one by one."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.acting import acting
from tests.fieldwork.office import Office
from tonval.fieldwork import books
from tonval.fieldwork.books import BLOCKLIST, OPT_OUTS, Entry
from tonval.intake.refusals import escaped, take_in, unescaped, written
from tonval.intake.tables import BadFile

MAJA = acting("Maja")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "-1",
    "\t=1",
    "'",
    "''",
    "\0",
    "*",
    "+*",
    "*@*",
    "☃",
    "+46" * 90,
    "ja\nnej",
    '"',
    "; DROP TABLE",
)


@given(st.text())
def test_a_cell_comes_back_as_it_went_out_and_is_no_formula(cell: str) -> None:
    assert unescaped(escaped(cell)) == cell
    assert not escaped(cell).startswith(tuple("=+-@\t\r\n"))


def test_a_book_comes_back_as_it_went_out(office: Office, tmp_path: Path) -> None:
    reasons = ("=HYPERLINK(1)", "'t was hers", "Åsa, “never”", 'a "b"', "")
    kept = [Entry(f"+467017406{n:02}*", "sms", reason, NOW, "Maja") for n, reason in enumerate(reasons)]
    kept += [Entry("*@example.com", "*", "-", NOW, "Maja"), Entry("+46701740606", "*", "+1", NOW, "Maja")]
    books.add(office.field, BLOCKLIST, kept, MAJA)
    out = "".join(written(BLOCKLIST, books.all_entries(office.field, BLOCKLIST)))
    before = books.entries(office.field, BLOCKLIST)
    (tmp_path / "x.csv").write_text(out, newline="")
    for entry in before:
        books.remove(office.field, BLOCKLIST, entry.key, entry.channel, MAJA)
    outcome = take_in(office.field, BLOCKLIST, tmp_path / "x.csv", "x.csv", MAJA)
    assert (outcome.added, outcome.known, outcome.faults) == (len(kept), 0, [])
    assert books.entries(office.field, BLOCKLIST) == before


def test_plain_numbers_and_national_ones_are_taken_too_and_known_ones_are_counted(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Address;Channel\n+46701740606;SMS\n070-174 06 06;sms\n0701740607;\n")
    outcome = take_in(office.field, OPT_OUTS, path, "x.csv", MAJA)
    assert (outcome.added, outcome.known, outcome.refused) == (2, 1, 0)
    found = books.entries(office.field, OPT_OUTS)
    assert sorted((entry.place, entry.words) for entry in found) == [
        (("+46701740606", "sms"), "file"),
        (("+46701740607", "*"), "file"),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "empty"), ("number\n1\n", "one of them must be pattern"), ("pattern,pattern\nx,y\n", "more than once")],
)
def test_a_file_that_is_no_list_is_refused_whole(office: Office, tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(BadFile, match=sentence):
        take_in(office.field, BLOCKLIST, tmp_path / "x.csv", "x.csv", MAJA)


def test_a_thousand_hostile_rows_cost_a_sentence_each_and_the_good_ones_are_taken(
    office: Office, tmp_path: Path
) -> None:
    chance, rows, good = random.Random(1), [["pattern", "channel", "reason"]], set()
    for number in range(1000):
        if number % 10 == 0:
            rows.append([f"+4670174{number:04}", "", f"={number}"])
            good.add(len(rows))
        else:
            rows.append([chance.choice(HOSTILE), chance.choice(("sms", "fax", *HOSTILE)), chance.choice(HOSTILE)])
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    (tmp_path / "x.csv").write_text(file.getvalue(), newline="")
    outcome = take_in(office.field, BLOCKLIST, tmp_path / "x.csv", "x.csv", MAJA)
    assert (outcome.added, outcome.known, outcome.refused) == (100, 0, 900)
    assert {fault.row for fault in outcome.faults} == set(range(2, 1002)) - good
    assert all(len(fault.detail) > 10 for fault in outcome.faults)
    assert {entry.words for entry in books.all_entries(office.field, BLOCKLIST)} == {
        f"={n}" for n in range(0, 1000, 10)
    }


def test_the_reader_hears_how_far_it_is(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("pattern\n" + "".join(f"+4670{n:07}\n" for n in range(1200)))
    heard: list[float] = []
    take_in(office.field, BLOCKLIST, path, "x.csv", MAJA, heard.append)
    assert len(heard) == 3 and heard == sorted(heard) and heard[-1] == 1.0
