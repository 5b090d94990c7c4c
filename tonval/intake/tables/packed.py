"""What a zip file holds: a workbook, or the two files of Triple-S."""

from __future__ import annotations

from pathlib import Path

from tonval.intake.tables.parts import open_zip
from tonval.intake.tables.rows import OTHER, BadFile
from tonval.intake.tables.source import Source
from tonval.intake.tables.triple_s.reader import DEFINES, read_triple_s
from tonval.intake.tables.xlsx.book import WORKBOOK, read_xlsx

_OFFICE = {"[Content_Types].xml", "mimetype"}  # documents and such, which hold XML too


def read_packed(path: Path) -> Source:
    """The table in the package. Raises BadFile."""
    with open_zip(path) as package:
        names = package.namelist()
    if WORKBOOK in names:
        return read_xlsx(path)
    if not _OFFICE & set(names) and any(name.lower().endswith(DEFINES) for name in names):
        return read_triple_s(path)
    raise BadFile(OTHER)
