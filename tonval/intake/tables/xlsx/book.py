"""The workbook around the cells: which sheet is read, its strings and its styles."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from tonval.intake.tables.parts import open_zip, read_tree
from tonval.intake.tables.rows import BadFile, read_headings
from tonval.intake.tables.source import Numbered, Source
from tonval.intake.tables.xlsx.formats import Shown, shown_as
from tonval.intake.tables.xlsx.sheet import Book, read_sheet
from tonval.intake.tables.xlsx.strings import read_strings
from tonval.surveys.sentences import sentence

WORKBOOK: Final = "xl/workbook.xml"
_VISIBLE: Final = "visible"


def read_xlsx(path: Path) -> Source:
    """The first sheet that is not hidden and not blank. Raises BadFile, and ValueError and the like when damaged."""
    package = open_zip(path)
    plan, related = _tree(package, WORKBOOK), _related(package)
    book = Book(_strings(package, related), _styles(package, related), _since_1904(plan))
    for member in _sheets(plan, related):
        sheet = _Sheet(package, member, book)
        if first := next(sheet.written(), None):
            return sheet.source(first)
    raise BadFile(sentence("No visible sheet of the workbook holds anything."))


class _Sheet:
    """One sheet, and how far it is read."""

    def __init__(self, package: ZipFile, member: str, book: Book) -> None:
        self._package, self._member, self._book = package, member, book
        self._size = max(package.getinfo(member).file_size, 1)
        self._stream = package.open(member)

    def written(self) -> Iterator[Numbered]:
        """The rows in which anything stands, from the first."""
        self._stream.close()
        self._stream = self._package.open(self._member)
        return (row for row in read_sheet(self._stream, self._book) if any(row[1]))

    def progress(self) -> float:
        return self._stream.tell() / self._size

    def source(self, first: Numbered) -> Source:
        headings = read_headings(first[1] if first[0] == 1 else [])

        def rows(after: int) -> Iterator[Numbered]:
            for number, cells in self.written():
                if number > max(after, 1):
                    yield number, [*cells, *[None] * (len(headings) - len(cells))]

        return Source("xlsx", headings, rows, self.progress)


def _tree(package: ZipFile, name: str) -> Element:
    with package.open(name) as stream:
        root = read_tree(stream, package.getinfo(name).file_size)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]  # strict and transitional workbooks differ in namespaces alone
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    return root


def _related(package: ZipFile) -> dict[str, tuple[str, str]]:
    """From relation id to its kind and the member it names."""
    relations = _tree(package, "xl/_rels/workbook.xml.rels").iter("Relationship")
    return {
        relation.attrib["Id"]: (
            relation.attrib["Type"].rpartition("/")[2],
            posixpath.normpath(posixpath.join("/xl", relation.attrib["Target"])).lstrip("/"),
        )
        for relation in relations
    }


def _sheets(plan: Element, related: dict[str, tuple[str, str]]) -> Iterator[str]:
    for sheet in plan.iter("sheet"):
        kind, member = related.get(sheet.get("id", ""), ("", ""))
        if kind == "worksheet" and sheet.get("state", _VISIBLE) == _VISIBLE:
            yield member


def _since_1904(plan: Element) -> bool:
    properties = plan.find("workbookPr")
    return properties is not None and properties.get("date1904") in {"1", "true"}


def _strings(package: ZipFile, related: dict[str, tuple[str, str]]) -> Callable[[int], str]:
    member = next((member for kind, member in related.values() if kind == "sharedStrings"), None)
    if member is None:
        return _no_strings
    with package.open(member) as stream:
        return read_strings(stream)


def _no_strings(place: int) -> str:
    raise IndexError(place)


def _styles(package: ZipFile, related: dict[str, tuple[str, str]]) -> tuple[Shown, ...]:
    member = next((member for kind, member in related.values() if kind == "styles"), None)
    if member is None:
        return ("number",)
    styles = _tree(package, member)
    codes = {int(form.attrib["numFmtId"]): form.get("formatCode", "") for form in styles.iter("numFmt")}
    used = styles.find("cellXfs")
    return tuple(shown_as(int(form.get("numFmtId", "0")), codes) for form in (() if used is None else used))
