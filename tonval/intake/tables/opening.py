"""Which reader a file gets: by what it holds, then by what it is called."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Final

from tonval.intake.tables.apart import Apart
from tonval.intake.tables.delimited import Delimited
from tonval.intake.tables.rows import OTHER, BadFile, Table
from tonval.surveys.sentences import sentence

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPSS: Final = (b"$FL2", b"$FL3")
_FIXED: Final = (".asc", ".dat")
_DEFINES: Final = (".sss", ".xml", ".SSS", ".XML")
_LOOK: Final = 4096  # bytes
_NO_TABLES: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"PAR1",
    b"{\\rtf",
)
_OLD = sentence("This is an old .xls workbook or one locked with a password: save it as .xlsx without a password.")
_HTML = sentence("This is a web page that calls itself a table: open it and save it as .xlsx or CSV.")


def open_table(path: Path, name: str) -> Table:
    """The table at ``path``, which its sender called ``name``. Raises BadFile with a sentence for the sender."""
    if not path.is_file():
        raise BadFile(sentence("There is no such file."))
    with path.open("rb") as file:
        kind = _kind(file.read(_LOOK), PurePath(name).suffix.lower())
    if kind == "csv" and not _is_defined(path):
        return Delimited(path)
    return Apart("triple-s" if kind == "csv" else kind, path)


def _is_defined(path: Path) -> bool:
    """Whether a data file lies beside its Triple-S definition; a CSV file needs none."""
    return path.suffix.lower() in _FIXED and any(path.with_suffix(suffix).is_file() for suffix in _DEFINES)


# What is packed, only the child opens: the directory of a zip file can be a bomb by itself.
def _kind(head: bytes, suffix: str) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        raise BadFile(sentence("The file is empty."))
    if head.startswith(_OLE):
        raise BadFile(_OLD)
    if head.startswith(_NO_TABLES):
        raise BadFile(OTHER)
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        raise BadFile(_HTML)
    if head.startswith(_ZIP):
        return "packed"
    if head.startswith(_SPSS):
        return "spss"
    return "triple-s" if start.startswith((b"<?xml", b"<sss")) or suffix == ".sss" else "csv"
