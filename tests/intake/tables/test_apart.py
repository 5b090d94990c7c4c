"""The child process: what it may do, and what becomes of us when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.intake.tables.making import xlsx_bytes
from tests.waiting import wait_until
from tonval.intake.tables import BadFile, open_table
from tonval.intake.tables.apart import Apart

BROKEN = "Reading the file failed, so it is damaged or asks for more than a table may."
ROWS = [["a"], *[[number] for number in range(2, 20_000)]]
GREEDY = """
from tonval.intake.tables import child
child._confine()
{act}
"""


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("apart") / "a.xlsx"
    path.write_bytes(xlsx_bytes(ROWS))
    return path


def child_of(table: object) -> subprocess.Popen[bytes]:
    assert isinstance(table, Apart)
    return table._child


def test_a_child_that_dies_while_reading_is_a_sentence_with_the_row_it_came_to(workbook: Path) -> None:
    with open_table(workbook, "a.xlsx") as table:
        rows = table.rows()
        first = next(rows)
        child_of(table).kill()
        with pytest.raises(BadFile) as bad:
            list(rows)

    assert first.number == 2
    assert bad.value.sentence == BROKEN
    assert bad.value.row is not None
    assert 2 <= bad.value.row < 20_000


def test_leaving_a_table_ends_its_child_though_rows_are_left(workbook: Path) -> None:
    with open_table(workbook, "a.xlsx") as table:
        child = child_of(table)
        next(table.rows())
        assert child.poll() is None

    assert child.returncode is not None


def test_a_child_ends_when_its_parent_is_gone(workbook: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom tonval.intake.tables import open_table\n"
        "table = open_table(Path(sys.argv[1]), 'a.xlsx')\nnext(table.rows())\n"
        "print(table._child.pid, flush=True)\nos._exit(1)"
    )
    pid = int(subprocess.run([sys.executable, "-c", code, workbook], stdout=subprocess.PIPE, check=False).stdout)

    wait_until(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_child_knows_none_of_our_secrets(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONVAL_SECRET_KEY", "swordfish")

    with open_table(workbook, "a.xlsx") as table:
        environment = Path(f"/proc/{child_of(table).pid}/environ").read_bytes()

    assert b"PATH" in environment
    assert b"swordfish" not in environment


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("bytearray(child.MEMORY)", "MemoryError"),
        (
            "import tempfile; f = tempfile.TemporaryFile(); f.truncate(child.SPOOL + 1)",
            "too large",
        ),
    ],
)
def test_a_child_is_held_to_its_limits(act: str, said: str) -> None:
    ran = subprocess.run([sys.executable, "-c", GREEDY.format(act=act)], capture_output=True, text=True, check=False)

    assert ran.returncode != 0
    assert said in ran.stderr


def test_a_child_that_computes_for_too_long_is_ended() -> None:
    act = "child.PATIENCE = 1; child._breathe()\nwhile True: pass"
    ran = subprocess.run([sys.executable, "-c", GREEDY.format(act=act)], capture_output=True, check=False)

    assert ran.returncode < 0
