"""SPSS files, written by ReadStat in its three packings."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.intake.tables.making import FILES, cells, read
from tonval.intake.tables import open_table
from tonval.intake.tables import spss as reader

ROWS = [
    ["A-1", "+46701740605", "Mycket nöjd", "9.5", "2026-11-22", "2026-11-22T10:05:06", "07:05:00", "Åsa Öberg"],
    ["A-2", "+46701740606", "2", "10", "1999-01-02", "1999-01-02T00:00:00", "23:59:59", "x" * 300],
    ["A-3", None, None, None, None, None, None, "ok"],
]
PACKINGS = ("plain.sav", "rows.sav", "packed.zsav")


@pytest.mark.parametrize("name", PACKINGS)
def test_cases_are_read_with_labels_for_codes_and_blanks_for_missing_values(name: str) -> None:
    with open_table(FILES / name, name) as table:
        rows = list(table.rows())
        assert (table.kind, table.total, table.progress()) == ("spss", 3, 1.0)
        assert table.headings == ("id", "phone", "nki", "score", "closed", "ended", "rang", "namn")
        assert table.labels == {"id": "Case", "nki": "Hur nöjd är du?"}

    assert cells(rows) == ROWS
    assert [row.number for row in rows] == [2, 3, 4]


def test_reading_goes_on_after_any_row_and_may_be_repeated() -> None:
    with open_table(FILES / "rows.sav", "rows.sav") as table:
        numbers = {after: [row.number for row in table.rows(after)] for after in (1, 2, 3, 4, 9)}

    assert numbers == {1: [2, 3, 4], 2: [3, 4], 3: [4], 4: [], 9: []}


@pytest.mark.parametrize("cells_at_a_time", [1, 8, 16, 24, 100])
def test_chunks_of_any_size_give_every_case_once(monkeypatch: pytest.MonkeyPatch, cells_at_a_time: int) -> None:
    monkeypatch.setattr(reader, "CELLS", cells_at_a_time)

    source = reader.read_spss(FILES / "rows.sav")

    assert [number for number, _ in source.rows(1)] == [2, 3, 4]
    assert [[text or None for text in texts] for _, texts in source.rows(2)] == ROWS[1:]


def test_a_date_outside_the_calendar_stays_a_number(tmp_path: Path) -> None:
    content = (FILES / "plain.sav").read_bytes()
    seconds = struct.pack("<d", 14_014_684_800.0)  # 2026-11-22, counted from 14 October 1582
    assert content.count(seconds) == 1

    got = read(tmp_path, content.replace(seconds, struct.pack("<d", 1e15)), "a.sav")

    assert cells(got)[0][4] == "1000000000000000"


@pytest.mark.parametrize("content", [b"$FL2", b"$FL3" + b"\xff" * 500, (FILES / "plain.sav").read_bytes()[:1000]])
def test_a_damaged_file_says_so(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content, "a.sav") == ["The file is damaged and cannot be read further (ReadstatError)."]
