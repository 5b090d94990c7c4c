"""Workbooks, as spreadsheets write them and as nobody should."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.intake.tables.making import Value, cells, read, unzipped, xlsx_bytes, zip_bytes
from tonval.intake.tables import RowFault, open_table
from tonval.intake.tables.xlsx.formats import Shown, render, shown_as
from tonval.intake.tables.xlsx.sheet import column

SHEET = "xl/worksheets/sheet1.xml"
VALUES: dict[str, tuple[Value, str | None]] = {
    "a phone number kept as a number": (46701740605, "46701740605"),
    "a decimal": (4.5, "4.5"),
    "a sum of floats": (0.1 + 0.2, "0.3"),
    "something tiny": (1.5e-7, "0.00000015"),
    "a date": (date(2026, 11, 22), "2026-11-22"),
    "a moment": (datetime(2026, 11, 22, 10, 0, 1), "2026-11-22T10:00:01"),
    "midnight": (datetime(2026, 11, 22), "2026-11-22T00:00:00"),
    "a time": (time(7, 5), "07:05:00"),
    "a duration": (timedelta(hours=49, minutes=5), "49:05:00"),
    "yes": (True, "true"),
    "an error": ("#N/A", "#N/A"),
    "text in Swedish": ("Åsa Öberg", "Åsa Öberg"),
    "lines": ("a\nb", "a\nb"),
    "nothing": (None, None),
    "a formula that was never calculated": ("=1+1", "=1+1"),
}


@pytest.fixture(scope="module")
def read_values(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    rows = [["case", "value"], *[[case, value] for case, (value, _) in VALUES.items()]]
    got = cells(read(tmp_path_factory.mktemp("xlsx"), xlsx_bytes(rows), "a.xlsx"))
    return {case: value for case, value in got if case}


@pytest.mark.parametrize("case", VALUES)
def test_every_kind_of_value_becomes_one_kind_of_text(read_values: dict[str, str | None], case: str) -> None:
    assert read_values[case] == VALUES[case][1]


def with_sheet(inside: str) -> bytes:
    """A workbook whose sheet has a heading in A1 and B1, and then what is given."""
    head = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
    sheet = f"<worksheet><sheetData>{head}{inside}</sheetData></worksheet>"
    return zip_bytes({**unzipped(xlsx_bytes([["a"]])), SHEET: sheet})


STORED = {
    "a formula is what it last came to": ('<c r="A2"><f>1+1</f><v>2</v></c>', ["2", None]),
    "a formula's text": ('<c r="A2" t="str"><f>A1&amp;"x"</f><v>ax</v></c>', ["ax", None]),
    "a formula without a result is text": ('<c r="A2"><f>1+1</f><v></v></c>', ["=1+1", None]),
    "rich text": ('<c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', ["ab", None]),
    "reading aids": ('<c r="A2" t="inlineStr"><is><t>a</t><rPh><t>x</t></rPh></is></c>', ["a", None]),
    "cells without names": ("<c><v>1</v></c><c><v>2.50</v></c>", ["1", "2.5"]),
    "prefixed names": ('<x:c r="A2" xmlns:x="x"><x:v>1</x:v></x:c>', ["1", None]),
    "a gap": ('<c r="B2"><v>1</v></c>', [None, "1"]),
    "an escaped line break": ('<c r="A2" t="str"><v>a_x000D_\nb_x005F_x</v></c>', ["a\nb_x", None]),
    "an ISO date": ('<c r="A2" t="d"><v>2026-11-22</v></c>', ["2026-11-22", None]),
    "formatted blanks beyond the table": ('<c r="A2"><v>1</v></c><c r="XFD2"/>', ["1", None]),
}


@pytest.mark.parametrize("case", STORED)
def test_cells_are_read_as_stored(tmp_path: Path, case: str) -> None:
    inside, expected = STORED[case]

    assert cells(read(tmp_path, with_sheet(f'<row r="2">{inside}</row>'), "a.xlsx")) == [expected]


def test_blank_rows_are_counted_and_left_out(tmp_path: Path) -> None:
    got = read(tmp_path, xlsx_bytes([["a", "b"], ["1", None], [None, None], [" ", None], [None, "2"]]), "a.xlsx")

    assert [row.number for row in got if not isinstance(row, str)] == [2, 5]


def test_hidden_and_blank_sheets_are_passed_over(tmp_path: Path) -> None:
    got = read(tmp_path, xlsx_bytes([["secret"], ["x"]], [], [["a"], ["1"]], [["b"], ["2"]], hidden=1), "a.xlsx")

    assert cells(got) == [["1"]]


def test_a_date_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book, packed = Workbook(), BytesIO()
    book.epoch = CALENDAR_MAC_1904
    for cell in ("a", date(2026, 11, 22)):
        book.worksheets[0].append([cell])
    book.save(packed)

    assert b'date1904="1"' in unzipped(packed.getvalue())["xl/workbook.xml"]
    assert cells(read(tmp_path, packed.getvalue(), "a.xlsx")) == [["2026-11-22"]]


def test_reading_goes_on_after_any_row_and_may_be_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes([["a"], *[[number] for number in range(2, 40)]]))

    with open_table(tmp_path / "a.xlsx", "a.xlsx") as table:
        numbers = {after: [row.number for row in table.rows(after)] for after in (1, 20, 39, 99)}
        assert (table.kind, table.progress()) == ("xlsx", 1.0)

    assert numbers == {after: list(range(after + 1, 40)) for after in numbers}


def test_a_long_cell_and_a_wide_row_are_faults_of_their_rows(tmp_path: Path) -> None:
    got = read(tmp_path, xlsx_bytes([["a", "b"], ["x" * 10_001, None], [1, 2, 3], [4, 5]]), "a.xlsx")

    assert got[:2] == [
        RowFault(2, "A cell is longer than 10,000 characters."),
        RowFault(3, "The number of cells (3) does not match the number of headings (2)."),
    ]
    assert cells(got[2:]) == [["4", "5"]]


BAD = {
    "a row out of order": (
        with_sheet('<row r="1"/>'),
        "The rows of the sheet are out of order, so the file is damaged.",
    ),
    "a row wider than any sheet": (
        with_sheet(f'<row r="2">{"<c><v>1</v></c>" * 16_385}</row>'),
        "The cells of a row are out of order, so the file is damaged.",
    ),
    "a cell twice": (
        with_sheet('<row r="2"><c r="B2"><v>1</v></c><c r="B2"><v>1</v></c></row>'),
        "The cells of a row are out of order, so the file is damaged.",
    ),
    "nothing at all": (xlsx_bytes([]), "No visible sheet of the workbook holds anything."),
    "no headings": (xlsx_bytes([[], ["a"]]), "The first row holds no headings."),
    "doubled headings": (xlsx_bytes([["a", "a"]]), "These headings stand there more than once: a."),
    "cut short": (xlsx_bytes([["a"]])[:-30], "The file is damaged: its packing cannot be opened."),
    "entities": (
        zip_bytes({**unzipped(xlsx_bytes([["a"]])), SHEET: '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}),
        "The file declares XML entities, which no table needs; it was not read.",
    ),
    "a bomb": (
        zip_bytes({**unzipped(xlsx_bytes([["a"]])), "xl/sharedStrings.xml": b" " * 20_000_000}),
        "The file is packed far too tightly for a table; it was not unpacked.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_workbook_that_cannot_be_read_says_why(tmp_path: Path, case: str) -> None:
    content, sentence = BAD[case]

    assert read(tmp_path, content, "a.xlsx")[-1] == sentence


FORMATS: dict[str, Shown] = {
    "General": "number",
    "0.00E+00": "number",
    '0 "days"': "number",
    "[Red]#,##0": "number",
    "yyyy-mm-dd": "date",
    "[$-41D]d mmmm": "date",
    "yyyy\\-mm\\-dd;@": "date",
    "dd/mm/yy hh:mm": "moment",
    "h:mm AM/PM": "clock",
    "mm:ss": "clock",
    "[h]:mm:ss": "span",
}


@pytest.mark.parametrize("code", FORMATS)
def test_a_number_format_tells_dates_from_numbers(code: str) -> None:
    assert shown_as(164, {164: code}) == FORMATS[code]


@pytest.mark.parametrize(
    ("stored", "shown", "text"),
    [
        ("1", "date", "1900-01-01"),
        ("59", "date", "1900-02-28"),
        ("61", "date", "1900-03-01"),
        ("44000.5", "date", "2020-06-18T12:00:00"),
        ("-1", "date", "-1"),
        ("99999999", "date", "99999999"),
        ("1.25", "clock", "1900-01-01T06:00:00"),
        ("-0.5", "span", "-12:00:00"),
        ("1e400", "number", None),
        ("word", "number", "word"),
    ],
)
def test_serial_numbers_become_dates_where_the_calendar_has_them(stored: str, shown: Shown, text: str | None) -> None:
    assert render(stored, shown, since_1904=False) == text


@pytest.mark.parametrize(("name", "place"), [("A1", 0), ("Z9", 25), ("AB3", 27), ("XFD1048576", 16_383)])
def test_cells_are_placed_by_their_names(name: str, place: int) -> None:
    assert column(name) == place


# What XML cannot hold, and what a spreadsheet takes for something else, is left out.
words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and not text.startswith("=") and "_x" not in text
)
numbers = st.integers(-(10**14), 10**14)
moments = st.datetimes(datetime(1901, 1, 1), datetime(2999, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


def as_text(value: Value) -> str | None:
    """What a value is read back as."""
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.tuples(words, st.one_of(words, numbers, moments, st.none()), st.one_of(numbers, st.dates(date(1901, 1, 1)))),
        min_size=1,
        max_size=40,
    ),
    shared=st.booleans(),
)
def test_what_is_written_to_a_workbook_is_read_back(
    tmp_path: Path, rows: list[tuple[str, Value, Value]], shared: bool
) -> None:
    got = read(tmp_path, xlsx_bytes([["a", "b", "c"], *rows], shared=shared), "a.xlsx")

    assert cells(got) == [[as_text(value) for value in row] for row in rows]


def test_shared_strings_beyond_one_block_are_found_in_any_order(tmp_path: Path) -> None:
    names = [f"{number} {'å' * (number % 500)}" for number in range(3_000)]
    pairs = list(zip(names, reversed(names), strict=True))
    packed = xlsx_bytes([["a", "b"], *pairs])

    assert len(unzipped(packed)["xl/sharedStrings.xml"]) > 10 * 65_536
    assert cells(read(tmp_path, packed, "a.xlsx")) == [list(pair) for pair in pairs]


@pytest.mark.parametrize("place", ["-1", "3", "99999999999999999999"])
def test_a_shared_string_that_is_not_there_is_damage(tmp_path: Path, place: str) -> None:
    packed = with_sheet(f'<row r="2"><c r="A2" t="s"><v>{place}</v></c></row>')

    assert read(tmp_path, packed, "a.xlsx")[-1] == "The file is damaged and cannot be read further (IndexError)."


def test_shared_strings_are_their_runs_without_reading_aids(tmp_path: Path) -> None:
    strings = "<sst><si><t>a</t></si><si><r><t>b</t></r><r><t> c</t></r><rPh><t>x</t></rPh></si><si/></sst>"
    cell = '<c r="{}2" t="s"><v>{}</v></c>'
    members = unzipped(with_sheet(f'<row r="2">{cell.format("A", 1)}{cell.format("B", 0)}</row>'))

    assert cells(read(tmp_path, zip_bytes({**members, "xl/sharedStrings.xml": strings}), "a.xlsx")) == [["b c", "a"]]
