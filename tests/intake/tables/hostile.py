"""Files made to break their reader, from a seed."""

from __future__ import annotations

import json
import random
import resource
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.intake.tables import making
from tests.intake.tables.making import FILES, csv_bytes, sss_xml, unzipped, variable, xlsx_bytes, zip_bytes
from tonval.intake.tables import BadFile, Row, RowFault, open_table

Made = tuple[str, bytes]  # a name and what is in the file
Maker = Callable[[random.Random], Made]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = (
    f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://files.example.com/x.dtd">',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://files.example.com/x"> %p;]>',
)
ROWS = [["id", "phone", "comment"], *[[f"A-{n}", "+46701740605", "Bra, «tack»!\nÅsa"] for n in range(40)]]
SHEET = "xl/worksheets/sheet1.xml"
NAMES = ("../../etc/passwd", "/etc/passwd", "C:\\windows\\win.ini", "xl/../../x", "a" * 4000, "con.xml", SHEET, "x\0y")


def hostile(seed: int) -> Iterator[Made]:
    """Endless files, each family in its turn."""
    chance = random.Random(seed)
    while True:
        for maker in MAKERS:
            yield maker(chance)


def _mutated(chance: random.Random, content: bytes) -> bytes:
    """Some bytes changed, taken out, doubled, or the end cut off."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 3, 20))):
        place = chance.randrange(len(made) or 1)
        match chance.choice((0, 0, 1, 1, 2, 2, 3, 3, 4)):
            case 0:
                made[place : place + 1] = chance.randbytes(1)
            case 1:
                made[place : place + 4] = struct.pack("<i", chance.choice((-1, 2**31 - 1, 0, -(2**31), 65_536)))
            case 2:
                del made[place : place + chance.randrange(1, 64)]
            case 3:
                made[place:place] = made[place : place + chance.randrange(1, 200)]
            case _:
                del made[max(place, 1) :]
    return bytes(made)


def _csv_changed(chance: random.Random) -> Made:
    encoding = chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
    return "a.csv", _mutated(chance, csv_bytes(ROWS, chance.choice(",;\t|"), encoding))


def _csv_noise(chance: random.Random) -> Made:
    return "a.csv", chance.randbytes(chance.randrange(1, 100_000))


def _csv_large(chance: random.Random) -> Made:
    head = chance.choice((b"a,b\n", b"a;b\n1;2\n", b"\xff\xfea\0,\0b\0\n\0", b"sep=;\na;b\n", b""))
    endless = chance.choice((b",", b"x", b'"', b"\0", b"a,", b'"a\n', b"\r", b"\xc3\xa5", b"\xff", b'a"b\n', b'"a"b\n'))
    return "a.csv", head + endless * (chance.choice((100_000, 10_000_000)) // len(endless))


def _workbook() -> bytes:
    return xlsx_bytes(ROWS, shared=True)


def _xlsx_changed(chance: random.Random) -> Made:
    return "a.xlsx", _mutated(chance, _workbook())


def _xlsx_part_changed(chance: random.Random) -> Made:
    members = unzipped(_workbook())
    name = chance.choice([name for name in members if name.startswith("xl/")])
    return "a.xlsx", zip_bytes({**members, name: _mutated(chance, making.as_bytes(members[name]))})


def _xlsx_entities(chance: random.Random) -> Made:
    members = unzipped(_workbook())
    name = chance.choice([name for name in members if name.startswith("xl/") and "theme" not in name])
    text = making.as_bytes(members[name]).decode().removeprefix("<?xml version='1.0' encoding='UTF-8'?>")
    return "a.xlsx", zip_bytes({**members, name: chance.choice(DOCTYPES) + text.replace("A-", "&l9;A-")})


def _xlsx_swollen(chance: random.Random) -> Made:
    """A part blown up from within: below the limits of packing, above those of sense."""
    part = chance.choice((SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"))
    size = chance.choice((1_000_000, 12_000_000, 60_000_000))
    inside = chance.choice(("<c><v>1</v></c>", "<x>", "<row/>", "<si><t>a</t></si>", "x", '<c r="A1"/>', "<xf/>"))
    body = {
        "flat": f"<sheetData><row>{inside * (size // len(inside))}</row></sheetData>",
        "attribute": f'<sheetData><row r="1" x="{"y" * size}"/></sheetData>',
        "text": f"<sheetData><row><c t='inlineStr'><is><t>{'y' * size}</t></is></c></row></sheetData>",
    }[chance.choice(("flat", "flat", "attribute", "text"))]
    root = {SHEET: "worksheet", "xl/sharedStrings.xml": "sst", "xl/styles.xml": "styleSheet"}.get(part, "workbook")
    return "a.xlsx", zip_bytes({**unzipped(_workbook()), part: f"<{root}>{body}</{root}>"})


def _xlsx_wild(chance: random.Random) -> Made:
    """Numbers in the sheet that point nowhere."""
    wild = chance.choice(("-1", "0", "99999999999", "9" * 5000, "x", "", "1e999", "nan", "٣"))
    cells = (
        '<c r="A{0}" t="s"><v>{0}</v></c>',
        '<c r="{0}"><v>1</v></c>',
        '<c s="{0}"><v>{0}</v></c>',
        '<c t="{0}"><v>{0}</v></c>',
    )
    cell, row = chance.choice(cells).format(wild), chance.choice((wild, "2", "5"))
    rows = f'<row r="1"><c t="str"><v>id</v></c></row><row r="{row}">{cell}</row>'
    sheet = f'<worksheet><dimension ref="A1:XFD{wild}"/><sheetData>{rows}</sheetData></worksheet>'
    return "a.xlsx", zip_bytes({**unzipped(_workbook()), SHEET: sheet})


def _zip_tricks(chance: random.Random) -> Made:
    names = chance.sample(NAMES, 3)
    inner = zip_bytes({"b.xml": b"\0" * 5_000_000, "b.zip": zip_bytes({"c": _workbook()})})
    kept = unzipped(_workbook()) if chance.random() < 0.5 else {}
    made = bytearray(zip_bytes({**kept, **dict.fromkeys(names, inner)}))
    if chance.random() < 0.5:  # promises of the directory that the content does not keep
        place = made.rfind(b"PK\x01\x02", 0, chance.randrange(len(made)) + 60)
        if place >= 0:
            made[place + 24 : place + 28] = struct.pack("<I", chance.choice((0, 1, 0xFFFFFFFE, 100_000)))
    return "a.xlsx", bytes(made)


def _bomb(chance: random.Random) -> Made:
    part = chance.choice((SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "a.sss"))
    return chance.choice(("a.xlsx", "a.zip")), zip_bytes({**unzipped(_workbook()), part: b" " * 60_000_000})


def _spss_changed(chance: random.Random) -> Made:
    name = chance.choice(("plain.sav", "rows.sav", "packed.zsav"))
    return name, _mutated(chance, (FILES / name).read_bytes())


def _spss_header(chance: random.Random) -> Made:
    """Damage where the file says how large it is, which C code has to believe or not."""
    name = chance.choice(("plain.sav", "rows.sav", "packed.zsav"))
    made = bytearray((FILES / name).read_bytes())
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(64, len(made) - 4) & ~3
        made[place : place + 4] = struct.pack("<i", chance.choice((-1, 2**31 - 1, 2**28, 999, 7, 0)))
    return name, bytes(made)


def _spss_noise(chance: random.Random) -> Made:
    return "a.sav", chance.choice((b"$FL2", b"$FL3")) + chance.randbytes(chance.randrange(20_000))


def _triple_s(chance: random.Random) -> tuple[str, str]:
    wild = chance.choice((3, 3, 3, 10**9, 10**30))
    spread = f'<spread subfields="{wild}" width="{chance.choice((1, 1, 10**9))}"/>'
    definition = sss_xml(
        variable("id", "character", 1, 3)
        + variable("nki", "single", 4, None, making.values(_1="Bad", _5="Good"))
        + variable("why", "multiple", 5, wild + 4, spread + making.values(_1="Price", _2="Time")),
        attributes=chance.choice(('format="csv"', "", 'skip="1"', f'skip="{wild}"')),
    )
    return definition, "001512\n0025 1\n"


def _triple_s_changed(chance: random.Random) -> Made:
    definition, data = _triple_s(chance)
    made: dict[str, bytes | str] = {"a.sss": definition, "a.asc": data}
    if name := chance.choice(("a.sss", "a.asc", "")):
        made[name] = _mutated(chance, making.as_bytes(made[name]))
    return "a.zip", zip_bytes(made)


def _triple_s_entities(chance: random.Random) -> Made:
    definition, data = _triple_s(chance)
    broken = definition.replace("?>", "?>" + chance.choice(DOCTYPES)).replace("Bad", "&l9;")
    return "a.zip", zip_bytes({"a.sss": broken, "a.asc": data})


def _triple_s_large(chance: random.Random) -> Made:
    many = "".join(variable(f"v{n}", "character", n + 1) for n in range(chance.choice((400, 20_000))))
    return "a.zip", zip_bytes({"a.sss": sss_xml(many), "a.dat": "x" * chance.choice((1_000, 3_000_000))})


MAKERS: tuple[Maker, ...] = (
    _csv_changed,
    _csv_noise,
    _csv_large,
    _xlsx_changed,
    _xlsx_part_changed,
    _xlsx_entities,
    _xlsx_swollen,
    _xlsx_wild,
    _zip_tricks,
    _bomb,
    _spss_changed,
    _spss_header,
    _spss_noise,
    _triple_s_changed,
    _triple_s_entities,
    _triple_s_large,
)


def main() -> None:
    """``make SEED COUNT FOLDER`` or ``read FOLDER``: two processes, for making bombs takes more memory than reading."""
    match sys.argv[1:]:
        case ["make", seed, count, folder]:
            for number, (name, content) in enumerate(islice(hostile(int(seed)), int(count))):
                (Path(folder) / f"{number:05}-{MAKERS[number % len(MAKERS)].__name__}-{name}").write_bytes(content)
        case ["read", folder]:
            print(json.dumps(_read_all(Path(folder))))


def run(seed: int, count: int) -> dict[str, Any]:
    """Makes and reads so many files; returns outcomes, crashes, and the peaks of memory in MiB: own and child."""
    with TemporaryDirectory() as folder:
        itself = [sys.executable, "-m", "tests.intake.tables.hostile"]
        subprocess.run([*itself, "make", str(seed), str(count), folder], check=True)
        read = subprocess.run([*itself, "read", folder], check=True, stdout=subprocess.PIPE)
    seen: dict[str, Any] = json.loads(read.stdout)
    return seen


def _read_all(folder: Path) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    crashes: list[str] = []
    for path in sorted(folder.iterdir()):
        try:
            outcomes[_outcome(path)] += 1
        except Exception as error:  # noqa: BLE001  # any at all is a crash
            crashes.append(f"{path.name}: {error!r}")
    return {"outcomes": outcomes, "crashes": crashes, "own": peak(), "child": _child_peak()}


def peak() -> float:
    """The most memory this process has had since it was started, in MiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _child_peak() -> float:
    """Of any child that was waited for; a child counts from what its parent had when it was started."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _outcome(path: Path) -> str:
    rows = faults = 0
    try:
        with open_table(path, path.name) as table:
            for row in table.rows():
                rows += isinstance(row, Row)
                faults += isinstance(row, RowFault)
    except BadFile:
        return "rows, then refused" if rows + faults else "refused"
    return "rows with faults" if faults else "rows"


if __name__ == "__main__":
    main()
