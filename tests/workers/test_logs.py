"""Which lines of the parts reach the terminal, and that all of them reach the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonval.workers import logs
from tonval.workers.logs import LogFile, worth_showing


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("2026-11-22T09:00:00Z [info     ] an error was mended [tonval.x]", False),
        ("2026-11-22T09:00:00Z [warning  ] Redis is away [tonval.workers.worker]", True),
        ("2026-11-22T09:00:00Z [error    ] it broke [tonval.x]", True),
        ('{"event": "fine", "level": "info"}', False),
        ('{"event": "not fine", "level": "error"}', True),
        ("{ no json at all", True),
        ("[2026-11-22 09:00:00 +0000] [12] [ERROR] Worker (pid:13) exited with code 1", True),
        ("Traceback (most recent call last):", True),
        ('  File "app.py", line 3, in main', True),
        ("sqlalchemy.exc.OperationalError: database is locked", True),
        ("Listening at: http://127.0.0.1:8000", False),
        ("", False),
    ],
)
def test_warnings_errors_and_tracebacks_are_shown(line: str, shown: bool) -> None:
    assert worth_showing(line) is shown


def test_everything_is_kept_and_lines_come_whole(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log" / "web.log")
    assert file.take(b"first li") == []
    assert file.take(b"ne\nsecond\nthi") == ["first line", "second"]
    file.close()
    assert (tmp_path / "log" / "web.log").read_bytes() == b"first line\nsecond\nthi"


def test_a_full_file_gives_way_to_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_FILE_LIMIT", 100)
    file = LogFile(tmp_path / "web.log")
    for number in range(30):
        file.take(b"line %03d.\n" % number)
    file.close()
    kept = (tmp_path / "web.log.1").read_text() + (tmp_path / "web.log").read_text()
    assert kept.splitlines()[-1] == "line 029."
    assert len(kept) <= 220
