"""What a file is, told by its first bytes: the format, and for text the encoding and the delimiter."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final

HEAD: Final = 65_536  # bytes looked at
_STRIDE: Final = 1_048_576  # bytes at a time, in search of a letter beyond ASCII
DELIMITERS: Final = ",;\t|"  # at a draw the first wins
# These codecs read the mark themselves.
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?(?:\r\n|\r|\n)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written, and after how many lines its headings stand."""

    encoding: str
    delimiter: str
    skip: int  # 1 where Excel's ``sep=;`` stands first


def sniff(file: IO[bytes]) -> Dialect:
    """Looks at 64 KiB of the text: its beginning for the delimiter, its first letters beyond ASCII for the encoding."""
    encoding, head = encoding_of(file)
    text = head.decode(encoding, "replace")
    named = _SEPARATOR_LINE.match(text)
    delimiter = named[1] if named else _delimiter(text, cut=len(head) == HEAD)
    return Dialect(encoding, delimiter, 1 if named else 0)


def encoding_of(file: IO[bytes]) -> tuple[str, bytes]:
    """The encoding's name for Python, and the first 64 KiB."""
    head = file.read(HEAD)
    marked = (encoding for bom, encoding in _BOMS if head.startswith(bom))
    return next(marked, None) or _without_bom(file, head), head


def _without_bom(file: IO[bytes], chunk: bytes) -> str:
    """UTF-8 if the first letters beyond ASCII are, wherever they come; otherwise what Windows in the West writes."""
    while chunk.isascii():
        if not (chunk := file.read(_STRIDE)):
            return "utf-8"
    if _is_utf8(chunk):
        return "utf-8"
    return "iso-8859-1" if _NOT_IN_1252.search(chunk) else "cp1252"


def _is_utf8(chunk: bytes) -> bool:
    """Whether nearly all letters beyond ASCII are whole in UTF-8: one stray byte should cost one row."""
    letters = [letter for letter in chunk.decode("utf-8", "surrogateescape") if letter > "\x7f"]
    broken = sum("\ud800" <= letter <= "\udfff" for letter in letters)
    return broken * 5 <= len(letters)


def _delimiter(text: str, *, cut: bool) -> str:
    return max(DELIMITERS, key=lambda delimiter: _score(text, delimiter, cut=cut))


def _score(text: str, delimiter: str, *, cut: bool) -> tuple[float, float]:
    """Columns beyond the first times the share of rows with as many; for one column alone, the share."""
    lines = io.StringIO(text, newline=None)
    try:
        widths = [len(cells) for cells in islice(csv.reader(lines, delimiter=delimiter), 200) if cells]
    except csv.Error:
        return 0, 0
    if cut and 1 < len(widths) < 200:
        widths.pop()  # the last row may be half a row
    agree = widths.count(widths[0]) / len(widths) if widths else 0
    return agree * (widths[0] - 1 if widths else 0), agree
