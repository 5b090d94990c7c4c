"""Writes the tables of docs/privacy.md: what every column that holds something of customers is, and what becomes of it.

python scripts/list_privacy.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tonval.fieldwork.privacy.classes import HOLDINGS, PERSONAL, Data, Holding  # noqa: E402
from tonval.fieldwork.privacy.scrub import SCRUBS  # noqa: E402

PAGE = ROOT / "docs" / "privacy.md"
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"


def page() -> str:
    """The document with its tables as the code has them."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return "\n".join([f"{before}{BEGIN}", "", *_tables(), "", f"{END}{rest.partition(END)[2]}"])


def _tables() -> Iterator[str]:
    yield "| table | what of it is about a customer | class | when she is erased |"
    yield "|---|---|---|---|"
    for holding in HOLDINGS:
        for name in holding.of(PERSONAL):
            classes = ", ".join(each for each in Data if each in holding.columns[name])
            yield f"| `{holding.table.name}` | `{name}` | {classes} | {_fate(holding, name)} |"
    others = [f"`{holding.table.name}`" for holding in HOLDINGS if not holding.of(PERSONAL)]
    yield ""
    yield f"Nothing of customers stands in {', '.join(sorted(others))}."


def _fate(holding: Holding, name: str) -> str:
    if holding.goes:
        return "the row is deleted"
    return "what is hers in it is taken out" if (holding.table.name, name) in SCRUBS else "emptied"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
