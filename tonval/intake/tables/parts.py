"""What formats made of XML in zip files share: packages looked at before they are unpacked, and XML without DTDs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from xml.etree.ElementTree import Element
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from tonval.intake.tables.rows import BadFile
from tonval.surveys.sentences import sentence

CHUNK: Final = 65_536  # bytes unpacked at a time
MAX_MEMBERS: Final = 2_000  # a workbook with 500 sheets and their drawings has fewer
MAX_UNPACKED: Final = 4 << 30  # bytes; a full sheet of 1,048,576 rows and 30 columns is about 1 GiB
MAX_RATIO: Final = 200  # sheets shrink 10 to 60 times; 1,000 times is what deflate can do with nothing at all
SMALL: Final = 16 << 20  # bytes; below it any ratio is harmless
MAX_TREE: Final = 32 << 20  # bytes of XML read as a whole
_ENTITIES = sentence("The file declares XML entities, which no table needs; it was not read.")
_ENCRYPTED: Final = 0x1  # flag bit 0 of a member, APPNOTE 4.4.4


def open_zip(path: Path) -> ZipFile:
    """The package, its directory looked through. Raises BadFile for bombs, passwords and what is no package.

    The sizes there are promises, but binding ones: zipfile reads no further than them.
    """
    try:
        package = ZipFile(path)
    except (BadZipFile, NotImplementedError, ValueError) as error:
        raise BadFile(sentence("The file is damaged: its packing cannot be opened.")) from error
    if complaint := _complaint(package):
        package.close()
        raise BadFile(complaint)
    return package


def _complaint(package: ZipFile) -> str:
    members = package.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        return sentence("The file is too large when unpacked; split it into several.")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        return sentence("The file is locked with a password; save it without one.")
    if any(member.file_size > max(SMALL, MAX_RATIO * member.compress_size) for member in members):
        return sentence("The file is packed far too tightly for a table; it was not unpacked.")
    return ""


def read_tree(stream: IO[bytes], size: int) -> Element:
    """A small document as a whole, ``size`` bytes as its directory says. Raises BadFile and ElementTree.ParseError."""
    if size > MAX_TREE:
        raise BadFile(sentence("The description of the table is far too large; the file was not read."))
    try:
        root = parse(stream, forbid_dtd=True).getroot()
    except DefusedXmlException as error:
        raise BadFile(_ENTITIES) from error
    assert root is not None
    return root


def new_parser() -> expat.XMLParserType:
    """A parser for XML from strangers: a document type, and so every entity, is refused with BadFile."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_: object) -> int:
    raise BadFile(_ENTITIES)


def local(name: str) -> str:
    """An element's name without its prefix: workbooks may write ``x:row`` for ``row``."""
    return name[name.find(":") + 1 :]


def fed(parser: expat.XMLParserType, stream: IO[bytes]) -> Iterator[None]:
    """Feeds the stream to the parser, pausing after each chunk. Raises expat.ExpatError."""
    while chunk := stream.read(CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield
