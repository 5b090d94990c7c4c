"""Files of rows as other programs write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tonval.intake.tables import BadFile, Row, RowFault, open_table

Value = str | int | float | bool | date | datetime | time | timedelta | None
_INLINE = re.compile(rb't="inlineStr"><is>(.*?)</is>', re.DOTALL)
_SHARED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
_RELATED = "xl/_rels/workbook.xml.rels"
FILES = Path(__file__).parent / "files"  # written by ReadStat: plain.sav, rows.sav (compressed), packed.zsav


def csv_bytes(rows: Sequence[Sequence[str | None]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as a spreadsheet writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(*sheets: Sequence[Sequence[Value]], hidden: int = 0, shared: bool = True) -> bytes:
    """A workbook of the sheets, the first ``hidden`` of them hidden; texts are shared, as Excel writes them."""
    book, packed = Workbook(), io.BytesIO()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.sheet_state = "hidden" if number < hidden else "visible"
        for row in rows:
            sheet.append(row)
    book.save(packed)
    return _share(packed.getvalue()) if shared else packed.getvalue()


def _share(packed: bytes) -> bytes:
    """The workbook with its texts in a table of their own; openpyxl writes them into the cells."""
    members, places = unzipped(packed), dict[bytes, int]()

    def share(found: re.Match[bytes]) -> bytes:
        return b't="s"><v>%d</v>' % places.setdefault(found[1], len(places))

    for name in [name for name in members if "worksheets/" in name]:
        members[name] = _INLINE.sub(share, as_bytes(members[name]))
    relation = f'<Relationship Id="shared" Type="{_SHARED}" Target="sharedStrings.xml"/></Relationships>'
    related = as_bytes(members[_RELATED]).replace(b"</Relationships>", relation.encode())
    strings = b"<sst>" + b"".join(b"<si>%s</si>" % text for text in places) + b"</sst>"
    return zip_bytes({**members, _RELATED: related, "xl/sharedStrings.xml": strings})


def as_bytes(content: bytes | str) -> bytes:
    """The content of a member."""
    return content.encode() if isinstance(content, str) else content


def zip_bytes(members: dict[str, bytes | str]) -> bytes:
    """A zip file of the members."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return packed.getvalue()


def unzipped(packed: bytes) -> dict[str, bytes | str]:
    """The members of a zip file."""
    with ZipFile(io.BytesIO(packed)) as package:
        return {name: package.read(name) for name in package.namelist()}


def sss_xml(variables: str, *, attributes: str = "", version: str = "2.0") -> str:
    """A Triple-S definition of the variables."""
    record = f'<record ident="A" {attributes}>{variables}</record>'
    return f'<?xml version="1.0" encoding="utf-8"?><sss version="{version}"><survey>{record}</survey></sss>'


def variable(name: str, kind: str, start: int, finish: int | None = None, inside: str = "") -> str:
    """One variable of a Triple-S definition, labelled ``About NAME``."""
    end = f' finish="{finish}"' if finish else ""
    about = f'<name>{name}</name><label>About {name}</label><position start="{start}"{end}/>'
    return f'<variable ident="{start}" type="{kind}">{about}{inside}</variable>'


def values(**texts: str) -> str:
    """The codes of a Triple-S variable: ``values(_1="No")``."""
    inside = "".join(f'<value code="{code[1:]}">{text}</value>' for code, text in texts.items())
    return f"<values>{inside}</values>"


def read(folder: Path, content: bytes, name: str) -> list[Row | RowFault | str]:
    """All rows of the file, and last the sentence of a BadFile, should there be one."""
    path = folder / name
    path.write_bytes(content)
    got: list[Row | RowFault | str] = []
    try:
        with open_table(path, name) as table:
            got.extend(table.rows())
    except BadFile as bad:
        got.append(bad.sentence)
    return got


def cells(got: Sequence[Row | RowFault | str]) -> list[list[str | None]]:
    """The cells of what must all be rows."""
    assert all(isinstance(row, Row) for row in got), got
    return [list(row.cells.values()) for row in got if isinstance(row, Row)]
