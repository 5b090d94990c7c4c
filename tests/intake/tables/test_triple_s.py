"""Triple-S: a definition and its data, fixed or CSV, together in a zip file or side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.tables.making import cells, read, sss_xml, values, variable, zip_bytes
from tonval.intake.tables import BadFile, open_table

GRADES = values(_1="Bad", _5="Good")
REASONS = values(_1="Price", _2="Time", _3="Staff")
FIXED = sss_xml(
    variable("id", "character", 1, 3)
    + variable("nki", "single", 4, None, GRADES)
    + variable("why", "multiple", 5, 7, REASONS)
    + variable("two", "multiple", 8, 9, '<spread subfields="2" width="1"/>' + REASONS)
    + variable("minutes", "quantity", 10, 14, values(_99999="Refused"))
    + variable("again", "logical", 15)
    + variable("day", "date", 16, 23)
    + variable("at", "time", 24, 29),
    version="1.2",
)
PAIR = "Triple-S needs two files of one name: the definition (.sss or .xml) and the data (.asc, .csv or .dat)."


def line(id_: str, nki: str, why: str, two: str, minutes: str, again: str, day: str, at: str) -> str:
    """A record of fixed columns."""
    return f"{id_:3}{nki:1}{why:3}{two:2}{minutes:>5}{again:1}{day:8}{at:6}"


RECORDS = (
    (("A01", "5", "101", "20", "3.50", "1", "20261122", "100506"),
     ["A01", "Good", "Price, Staff", "Time", "3.5", "true", "2026-11-22", "10:05:06"]),
    (("A02", "", "000", "31", "99999", "0", "20261399", "256199"),
     ["A02", None, None, "Staff, Price", "Refused", "false", "20261399", "256199"]),
    (("A03", "3", "", "", "007", "", "", ""), ["A03", "3", None, None, "7", None, None, None]),
    (("", "1", "", "", "x", "", "", ""), [None, "Bad", None, None, "x", None, None, None]),
)  # fmt: skip


def test_every_type_is_read_from_fixed_columns(tmp_path: Path) -> None:
    data = "\r\n".join(line(*record) for record, _ in RECORDS)

    got = read(tmp_path, zip_bytes({"survey.xml": FIXED, "survey.asc": data}), "survey.zip")

    assert cells(got) == [texts for _, texts in RECORDS]


def test_every_type_is_read_from_csv(tmp_path: Path) -> None:
    definition = sss_xml(
        variable("id", "character", 1)
        + variable("nki", "single", 2, None, GRADES)
        + variable("why", "multiple", 3, None, REASONS)
        + variable("two", "multiple", 4, 5, '<spread subfields="2"/>' + REASONS)
        + variable("minutes", "quantity", 6)
        + variable("day", "date", 7),
        attributes='format="csv" skip="1"',
    )
    data = 'id,nki,why,two_1,two_2,minutes,day\n"A,1",5,011,1,3,12,20261122\nA2,,,,,,\n'

    got = read(tmp_path, zip_bytes({"a.sss": definition, "a.csv": data}), "a.zip")

    assert cells(got) == [
        ["A,1", "Good", "Time, Staff", "Price, Staff", "12", "2026-11-22"],
        ["A2", None, None, None, None, None],
    ]
    assert [row.number for row in got if not isinstance(row, str)] == [2, 3]


@pytest.mark.parametrize("opened", ["survey.sss", "survey.dat"])
def test_either_half_of_a_pair_opens_it(tmp_path: Path, opened: str) -> None:
    (tmp_path / "survey.sss").write_text(sss_xml(variable("id", "character", 1, 3)))
    (tmp_path / "survey.dat").write_text("A01\nA02\nA03\n")

    with open_table(tmp_path / opened, opened) as table:
        assert (table.kind, table.headings, table.labels) == ("triple-s", ("id",), {"id": "About id"})
        assert [row.number for row in table.rows(after=2)] == [3, 4]
        assert cells(list(table.rows())) == [["A01"], ["A02"], ["A03"]]


def test_the_definition_says_which_data_are_its_own(tmp_path: Path) -> None:
    definition = sss_xml(variable("id", "character", 1, 3), attributes='href="data/right.asc"')
    members: dict[str, bytes | str] = {"a.sss": definition, "wrong.asc": "BAD", "right.asc": "A01"}

    assert cells(read(tmp_path, zip_bytes(members), "a.zip")) == [["A01"]]


def test_letters_beyond_ascii_count_as_one_column(tmp_path: Path) -> None:
    definition = sss_xml(variable("name", "character", 1, 3) + variable("nki", "single", 4))

    got = read(tmp_path, zip_bytes({"a.sss": definition, "a.asc": "Åsa5\n".encode()}), "a.zip")

    assert cells(got) == [["Åsa", "5"]]


def test_of_several_languages_the_first_is_taken(tmp_path: Path) -> None:
    texts = '<text xml:lang="sv">Hur <b>nöjd</b>?</text><text xml:lang="en">How?</text>'
    definition = sss_xml(variable("nki", "quantity", 1)).replace("About nki", texts)
    (tmp_path / "a.zip").write_bytes(zip_bytes({"a.sss": definition, "a.asc": "5"}))

    with open_table(tmp_path / "a.zip", "a.zip") as table:
        assert table.labels == {"nki": "Hur nöjd ?"}


def test_a_long_label_is_cut(tmp_path: Path) -> None:
    definition = sss_xml(variable("nki", "quantity", 1)).replace("About nki", "x" * 1_000)
    (tmp_path / "a.zip").write_bytes(zip_bytes({"a.sss": definition, "a.asc": "5"}))

    with open_table(tmp_path / "a.zip", "a.zip") as table:
        assert table.labels == {"nki": "x" * 500}


ONE = variable("id", "character", 1, 3)
BAD = {
    "no data": ({"a.sss": sss_xml(ONE)}, PAIR),
    "two definitions": ({"a.sss": sss_xml(ONE), "b.sss": sss_xml(ONE), "a.asc": "x"}, PAIR),
    "two data files": ({"a.sss": sss_xml(ONE), "a.asc": "x", "b.asc": "x"}, PAIR),
    "levels": (
        {"a.sss": sss_xml(ONE).replace("<survey>", "<hierarchy/><survey>"), "a.asc": "x"},
        "Triple-S files of several levels cannot be read; export each level by itself.",
    ),
    "another type": (
        {"a.sss": sss_xml(variable("id", "picture", 1)), "a.asc": "x"},
        "The Triple-S variable id has no type or position that is known.",
    ),
    "an impossible position": (
        {"a.sss": sss_xml(variable("id", "character", 3, 1)), "a.asc": "x"},
        "The Triple-S variable id has an impossible position.",
    ),
    "other XML": ({"a.xml": "<html/>", "a.asc": "x"}, "The XML file is no Triple-S definition."),
    "doubled names": ({"a.sss": sss_xml(ONE + ONE), "a.asc": "x"}, "These headings stand there more than once: id."),
    "entities": (
        {"a.sss": '<!DOCTYPE x [<!ENTITY a "b">]>' + sss_xml(ONE).partition("?>")[2], "a.asc": "x"},
        "The file declares XML entities, which no table needs; it was not read.",
    ),
    "no variables": ({"a.sss": sss_xml(""), "a.asc": "x"}, "The first row holds no headings."),
}


@pytest.mark.parametrize("case", BAD)
def test_a_pair_that_cannot_be_read_says_why(tmp_path: Path, case: str) -> None:
    members, sentence = BAD[case]

    assert read(tmp_path, zip_bytes(dict(members)), "a.zip") == [sentence]


def test_a_definition_without_its_data_beside_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.sss").write_text(sss_xml(ONE))

    with pytest.raises(BadFile, match="needs two files"):
        open_table(tmp_path / "a.sss", "a.sss")
