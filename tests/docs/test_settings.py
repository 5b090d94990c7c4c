"""docs/settings.md names every setting there is: of the pages, and of the environment."""

from __future__ import annotations

import re
from pathlib import Path

from tonval.web.desk.setup.queue_sheet import MORE, SURVEY
from tonval.web.desk.setup.sheets import SHEETS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")


def test_every_entry_of_every_form_is_told_with_its_name_in_the_file() -> None:
    missing = []
    for sheet in SHEETS.values():
        for entry in sheet.entries:
            own = f"{sheet.under}.NAME".replace("/", ".")
            path = ".".join(filter(None, (entry.row.replace("/", ".") or own, entry.key)))
            if entry.key not in (MORE, SURVEY) and f"`{path}`" not in PAGE:
                missing.append(path)
    assert missing == []


def test_every_variable_of_the_environment_is_told() -> None:
    read = set(re.findall(r'"(TONVAL_[A-Z_]+)"', (ROOT / "tonval/config.py").read_text(encoding="utf-8")))
    assert read - set(re.findall(r"TONVAL_[A-Z_]+", PAGE)) == set()
