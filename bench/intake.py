"""How fast files of rows are read, in how much memory, and what a thousand hostile ones do.

Writes a CSV file, a workbook and a Triple-S pair of a million rows and ten columns, reads each in a process of its own,
and then makes and reads hostile files. ``python bench/intake.py [--rows 1000000] [--hostile 1000] [--seed 20261122]``.
An SPSS file is not written here, for that takes pandas: name one with ``--spss FILE``.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from zipfile import ZIP_DEFLATED, ZipFile

from tests.intake.tables import hostile
from tests.intake.tables.making import sss_xml, unzipped, variable, xlsx_bytes
from tonval.intake.tables import open_table

HEADINGS = ("id", "phone", "email", "name", "queue", "agent", "ended_at", "minutes", "language", "comment")
WIDTH = 40  # characters of a Triple-S column
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
Write = Callable[[Path, int, int], None]


def main() -> None:
    """Run all of it and print what was seen."""
    asked = _arguments()
    if asked.read:
        print(json.dumps(_read(asked.read)))
        return
    print("machine:", platform.machine(), "Python", platform.python_version(), "seed:", asked.seed)
    with TemporaryDirectory() as folder:
        for name, write in (("a.csv", _write_csv), ("a.xlsx", _write_xlsx), ("a.zip", _write_triple_s)):
            path = Path(folder) / name
            _apart(write, path, asked)
            _measure(path)
            path.unlink()
    if asked.spss:
        _measure(asked.spss)
    begun = perf_counter()
    seen = hostile.run(asked.seed, asked.hostile)
    print(f"{asked.hostile} hostile files in {perf_counter() - begun:.0f} s:", json.dumps(seen))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--hostile", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--spss", type=Path)
    parser.add_argument("--read", type=Path)
    return parser.parse_args()


def _rows(count: int, seed: int) -> Iterator[list[str | int | float]]:
    """Contacts, half of whose cells are their own, as in a real file."""
    chance = random.Random(seed)
    for number in range(count):
        moment = f"2026-11-22T10:{number // 60 % 60:02}:{number % 60:02}"
        person = [f"C-{number}", f"+4670174{605 + number % 95:04}", f"eva{number}@example.com", f"Eva Öberg {number}"]
        yield [
            *person,
            chance.choice("abc"),
            f"agent-{number % 500}",
            moment,
            chance.randrange(9000) / 100,
            "sv",
            "Åäö",
        ]


def _write_csv(path: Path, count: int, seed: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(HEADINGS) + "\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in _rows(count, seed))


def _write_xlsx(path: Path, count: int, seed: int) -> None:
    """As Excel does: every text once among the shared strings. openpyxl would hold all of them, or share none."""
    places: dict[str, int] = {}
    plain = {**unzipped(xlsx_bytes([["a"]]))}
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as package:
        for name in plain.keys() - {_SHEET, _STRINGS}:
            package.writestr(name, plain[name])
        with package.open(_SHEET, "w", force_zip64=True) as file:
            file.write(b"<worksheet><sheetData>")
            for number, row in enumerate(chain([HEADINGS], _rows(count, seed)), start=1):
                file.write(_row_xml(number, row, places).encode())
            file.write(b"</sheetData></worksheet>")
        with package.open(_STRINGS, "w", force_zip64=True) as file:
            file.write(b"<sst>" + b"".join(f"<si><t>{text}</t></si>".encode() for text in places) + b"</sst>")


def _row_xml(number: int, row: Iterable[str | int | float], places: dict[str, int]) -> str:
    cells = (
        f'<c r="{letter}{number}" t="s"><v>{places.setdefault(cell, len(places))}</v></c>'
        if isinstance(cell, str)
        else f'<c r="{letter}{number}"><v>{cell}</v></c>'
        for letter, cell in zip("ABCDEFGHIJ", row, strict=True)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _write_triple_s(path: Path, count: int, seed: int) -> None:
    places = ((name, place * WIDTH) for place, name in enumerate(HEADINGS))
    definition = sss_xml("".join(variable(name, "character", start + 1, start + WIDTH) for name, start in places))
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("a.sss", definition)
        with package.open("a.asc", "w", force_zip64=True) as file:
            for row in _rows(count, seed):
                file.write("".join(f"{cell!s:{WIDTH}}" for cell in row).encode() + b"\n")


def _apart(write: Write, path: Path, asked: argparse.Namespace) -> None:
    """Writes in a process of its own, so that its memory is not taken for the reader's."""
    code = f"from bench.intake import {write.__name__} as w; from pathlib import Path; "
    run = f"w(Path({str(path)!r}), {asked.rows}, {asked.seed})"
    subprocess.run([sys.executable, "-c", code + run], check=True)


def _measure(path: Path) -> None:
    ran = subprocess.run([sys.executable, __file__, "--read", path], check=True, stdout=subprocess.PIPE)
    seen = json.loads(ran.stdout)
    print(
        f"{path.suffix}: {path.stat().st_size / 2**20:.0f} MiB, {seen['rows']} rows, opened in {seen['opened']:.1f} s, "
        f"{seen['rows'] / seen['seconds']:.0f} rows/s, {seen['rows'] / seen['cpu']:.0f} a second of computing, "
        f"peak {seen['own']:.0f} MiB, in the child {seen['child']:.0f} MiB"
    )


def _read(path: Path) -> dict[str, float]:
    begun = perf_counter()
    with open_table(path, path.name) as table:
        opened = perf_counter() - begun
        rows = sum(1 for _ in table.rows())
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "rows": rows,
        "opened": opened,
        "seconds": perf_counter() - begun,
        "cpu": process_time() + child.ru_utime + child.ru_stime,  # of both together, whoever else is on the machine
        "own": hostile.peak(),
        "child": child.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
