"""CSV in the dialects that spreadsheets write."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.tables.making import cells, csv_bytes, read
from tonval.intake.tables import BadFile, RowFault, open_table
from tonval.intake.tables.rows import MAX_CELL, MAX_COLUMNS, letters

TABLES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
MANY = "The number of cells (3) does not match the number of headings (2)."
FEW = "The number of cells (1) does not match the number of headings (2)."
QUOTED = "A quotation mark stands inside a quoted cell; it has to be doubled."
UNCLOSED = "A quotation mark is opened here and never closed, so the rest of the file cannot be told into rows."
ENDLESS = "The row is far too long: a line break or a closing quotation mark is missing."
NO_TEXT = "The row holds bytes that are no text in the file's encoding."
CUT = "The file ends in the middle of a letter, or is not in the encoding that its first bytes name."

LATE = "a,b\n" + "1,2\n" * 40_000 + "å,ö\n"
WIDE = b",".join(b"h%d" % number for number in range(MAX_COLUMNS + 1))

READ_AS = {
    "commas": (b"a,b\n1,2\n", [["1", "2"]]),
    "semicolons and decimal commas": (b"a;b\n1,5;2\n2,5;3\n", [["1,5", "2"], ["2,5", "3"]]),
    "tabs": (b"a\tb\n1\t2\n", [["1", "2"]]),
    "bars": (b"a|b\n1|2\n", [["1", "2"]]),
    "one column, commas in the cells": (b"comment\nfast, kind\nslow\n", [["fast, kind"], ["slow"]]),
    "no line break at the end": (b"a,b\n1,2", [["1", "2"]]),
    "line breaks of Windows": (b"a,b\r\n1,2\r\n", [["1", "2"]]),
    "line breaks of old Macs": (b"a,b\r1,2\r", [["1", "2"]]),
    "a line break in a cell": (b'a,b\r\n"1\r\nx",2\r\n', [["1\nx", "2"]]),
    "doubled quotation marks": (b'a,b\n"say ""no""",2\n', [['say "no"', "2"]]),
    "an inch sign": (b'a,b\n5" pipe,2\n', [['5" pipe', "2"]]),
    "Excel's first line": (b"sep=|\r\na|b;c,d\r\n1|2\r\n", [["1", "2"]]),
    "a byte order mark": ("\ufeffa,b\nå,ö\n".encode(), [["å", "ö"]]),
    "UTF-16": ("a,b\nå,ö\n".encode("utf-16"), [["å", "ö"]]),
    "UTF-16, big end first": (b"\xfe\xff" + "a,b\nå,ö\n".encode("utf-16-be"), [["å", "ö"]]),
    "Windows-1252": ("a,b\nå,€\n".encode("cp1252"), [["å", "€"]]),
    "ISO-8859-1": ("a,b\nå,\x81\n".encode("iso-8859-1"), [["å", "\x81"]]),
    "letters late in the file": (
        b"a,b\n" + b"1,2\n" * 40_000 + "å,ö\n".encode("cp1252"),
        [["1", "2"]] * 40_000 + [["å", "ö"]],
    ),
    "a formula": (b"a,b\n=1+1,@SUM(A1)\n", [["=1+1", "@SUM(A1)"]]),
    "blanks": (b"a,b\n , \n1,\n", [["1", None]]),
    "empty columns at the end": (b"a,b,,\n1,2,,\n", [["1", "2"]]),
    "headings alone": (b"a,b\n", []),
}
FAULTS = {
    "too many cells": (b"a,b\n1,2,3\n4,5\n", 2, MANY),
    "too few cells": (b"a,b\n4,5\n1\n", 3, FEW),
    "a long cell": (b"a,b\n1," + b"x" * (MAX_CELL + 1) + b"\n4,5\n", 2, "A cell is longer than 10,000 characters."),
    "a stray quotation mark": (b'a,b\n"he said "no"",2\n4,5\n', 2, QUOTED),
    "a NUL": (b"a,b\n1,2\0\n4,5\n", 2, NO_TEXT),
    "a byte that is no UTF-8": ("a,b\nå,smörgåsbord på räksmörgås\n".encode() + b"1,\xff\n4,5\n", 3, NO_TEXT),
    "a lone surrogate in UTF-16": (b"\xff\xfea\0,\0b\0\n\x001\0,\0\x00\xd8\n\x004\0,\x005\0\n\0", 2, NO_TEXT),
}
BAD = {
    "an unclosed quotation mark": (b'a,b\n1,2\n"3,4\n5,6\n', UNCLOSED, 3),
    "half a letter": ("a,b\n1,2\n".encode("utf-16")[:-1], CUT, 2),
    "an endless line": (b"a,b\n" + b"x" * 3_000_000, ENDLESS, 2),
    "an endless quoted cell": (b'a,b\n"' + b"x\n" * 1_500_000, ENDLESS, 2),
    "doubled headings": (b"a,b,a,b,c\n1,2,3,4,5\n", "These headings stand there more than once: a, b.", 1),
    "gaps in the headings": (b"a,,b, ,c\n", "These columns have no heading: B, D.", 1),
    "no headings": (b"\n1,2\n", "The first row holds no headings.", 1),
    "many columns": (
        b",".join(b"h%d" % n for n in range(501)),
        f"There are 501 columns; at most {MAX_COLUMNS} can be read.",
        1,
    ),
    "a long heading": (b"a," + b"b" * 201, "A heading is longer than 200 characters.", 1),
    "headings that are no text": (b"\0,\1", "The headings are not text.", 1),
    "a stray quotation mark in the headings": (b'"a"b",c\n', QUOTED, 1),
}


@pytest.mark.parametrize("case", READ_AS)
def test_every_dialect_is_read(tmp_path: Path, case: str) -> None:
    content, expected = READ_AS[case]

    assert cells(read(tmp_path, content, "a.csv")) == expected


@pytest.mark.parametrize("case", FAULTS)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_read(tmp_path: Path, case: str) -> None:
    content, number, sentence = FAULTS[case]

    got = read(tmp_path, content, "a.csv")

    assert [row for row in got if isinstance(row, RowFault)] == [RowFault(number, sentence)]
    assert cells([row for row in got if not isinstance(row, RowFault)])[-1] == ["4", "5"]


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_read_on_says_where_and_why(tmp_path: Path, case: str) -> None:
    content, sentence, row = BAD[case]
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(BadFile) as bad, open_table(tmp_path / "a.csv", "a.csv") as table:
        list(table.rows())

    assert (bad.value.sentence, bad.value.row) == (sentence, row)


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    got = read(tmp_path, b'sep=,\na,b\n1,"x\ny"\n\n,\n2,z\n', "a.csv")

    assert [row.number for row in got if not isinstance(row, str)] == [2, 5]


def test_reading_goes_on_after_any_row_and_may_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a\n" + b"".join(b"%d\n" % number for number in range(2, 100)))

    with open_table(tmp_path / "a.csv", "a.csv") as table:
        numbers = {after: [row.number for row in table.rows(after)] for after in (1, 50, 99, 200, 0)}

    assert numbers == {after: list(range(max(after, 1) + 1, 100)) for after in numbers}


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n" + b"1,2\n" * 100_000)

    with open_table(tmp_path / "a.csv", "a.csv") as table:
        seen = [table.progress(), *(table.progress() for _ in table.rows()), table.progress()]

    assert seen[0] == 0
    assert seen[-1] == 1
    assert seen == sorted(seen)
    assert len(set(seen)) > 5


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_in_a_spreadsheet(place: int, name: str) -> None:
    assert letters(place) == name


# Some texts of Windows-1252 are UTF-8 as well ("Âª"); of these letters none are.
WESTERN = st.characters(codec="ascii", categories=("L", "N")) | st.sampled_from("ÅÄÖåäöÉéÜüßñçÿ")
ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf-8-sig", "utf-16"), st.characters(exclude_categories=("Cs", "Cc"))),
    "cp1252": WESTERN | st.sampled_from(" ,;\t|\"'\n."),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str | None]]]:
    """An encoding and a table of two columns or more: with one alone, no cell tells which delimiter was meant."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    text = st.text(ENCODINGS[encoding], max_size=20)
    cell = text.map(lambda text: text if text.strip() else None)
    headings = draw(st.lists(st.text(WESTERN, min_size=1, max_size=8), min_size=2, max_size=5, unique=True))
    rows = st.lists(cell, min_size=len(headings), max_size=len(headings)).filter(any)
    return encoding, [list(headings), *draw(st.lists(rows, max_size=6))]


@TABLES
@given(made=tables(), delimiter=st.sampled_from(",;\t|"))
def test_what_a_spreadsheet_writes_is_read_back(
    tmp_path: Path, made: tuple[str, list[list[str | None]]], delimiter: str
) -> None:
    encoding, table = made
    got = read(tmp_path, csv_bytes(table, delimiter, encoding), "a.csv")

    assert cells(got) == table[1:]


@TABLES
@given(content=st.binary(max_size=300))
def test_any_bytes_at_all_give_rows_faults_or_a_sentence(tmp_path: Path, content: bytes) -> None:
    got = read(tmp_path, b"a,b\n" + content, "a.csv")

    assert all(isinstance(row, str) or row.number > 1 for row in got)
    assert all(not isinstance(row, str) for row in got[:-1])
