"""Which reader a file gets, and what is said of files that get none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.tables.making import FILES, csv_bytes, read, sss_xml, variable, xlsx_bytes, zip_bytes
from tonval.intake.tables import BadFile, open_table

TABLE = [["a", "b"], ["1", "2"]]
PAIR: dict[str, bytes | str] = {"a.sss": sss_xml(variable("a", "character", 1)), "a.asc": "1"}
KINDS = {
    "CSV": (csv_bytes(TABLE), "csv"),
    "a workbook": (xlsx_bytes(TABLE), "xlsx"),
    "SPSS": ((FILES / "plain.sav").read_bytes(), "spss"),
    "Triple-S": (zip_bytes(PAIR), "triple-s"),
}
OLD = "This is an old .xls workbook or one locked with a password: save it as .xlsx without a password."
HTML = "This is a web page that calls itself a table: open it and save it as .xlsx or CSV."
OTHER = "The file is no table that can be read: send CSV, XLSX, SPSS (.sav, .zsav) or Triple-S."
NO_TABLES = {
    "nothing": (b"", "The file is empty."),
    "an old or locked workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, OLD),
    "a web page": (
        b"\n <html><table>",
        HTML,
    ),
    "PDF": (b"%PDF-1.7\n", OTHER),
    "a picture": (b"\x89PNG\r\n\x1a\n", OTHER),
    "a document": (zip_bytes({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), OTHER),
    "an OpenDocument table": (zip_bytes({"mimetype": "x", "content.xml": "<x/>"}), OTHER),
    "a zip file of something": (zip_bytes({"a.csv": "a,b"}), OTHER),
    "a zip file of zip files": (zip_bytes({"a.zip": zip_bytes({"b.zip": zip_bytes(PAIR)})}), OTHER),
    "half a zip file": (xlsx_bytes(TABLE)[:500], "The file is damaged: its packing cannot be opened."),
    "many members": (
        zip_bytes({f"{number}.xml": "" for number in range(2_001)}),
        "The file is too large when unpacked; split it into several.",
    ),
}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("case", KINDS)
def test_the_content_decides_whatever_the_name_is(tmp_path: Path, case: str, name: str) -> None:
    content, kind = KINDS[case]
    (tmp_path / name).write_bytes(content)

    with open_table(tmp_path / name, name) as table:
        assert table.kind == kind


@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_table_is_told_in_a_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = NO_TABLES[case]

    assert read(tmp_path, content, "a.xlsx") == [sentence]


def test_a_locked_member_is_told_from_damage(tmp_path: Path) -> None:
    made = bytearray(zip_bytes(PAIR))
    made[made.rfind(b"PK\x01\x02") + 8] |= 1

    assert read(tmp_path, bytes(made), "a.zip") == ["The file is locked with a password; save it without one."]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv", Path("/dev/zero")):
        with pytest.raises(BadFile, match="no such file"):
            open_table(path, "a.csv")


def test_a_data_file_without_a_definition_beside_it_is_delimited_text(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(csv_bytes(TABLE))

    with open_table(tmp_path / "a.dat", "a.dat") as table:
        assert (table.kind, table.headings) == ("csv", ("a", "b"))
