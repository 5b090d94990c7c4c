"""Placeholders in what is said: ``{brand}`` becomes the brand, an unknown name stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_GAP: Final = re.compile(r" +([ ,.!?:;]|$)")
"""What an empty name leaves behind: "Hej !" is said "Hej!"."""

KNOWN: Final = frozenset(
    {"brand", "agent", "customer", "queue", "link", "stop_link", "rating", "lowest", "highest", "value", "before"}
)


def fill(text: str, fills: Mapping[str, str]) -> str:
    """``text`` with each known placeholder replaced; values are never looked into for further placeholders."""
    filled = PLACEHOLDER.sub(lambda found: fills.get(found[1], found[0]), text)
    return _GAP.sub(r"\1", filled) if any(fills.get(name) == "" for name in PLACEHOLDER.findall(text)) else filled


def unknown_placeholders(text: str) -> list[str]:
    """The names in braces that nothing will fill."""
    return [name for name in PLACEHOLDER.findall(text) if name not in KNOWN]
