"""Placeholders in what is said: ``{brand}`` becomes the brand, an unknown name stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
KNOWN: Final = frozenset({"brand", "agent", "lowest", "highest"})


def fill(text: str, fills: Mapping[str, str]) -> str:
    """``text`` with each known placeholder replaced; values are never looked into for further placeholders."""
    return PLACEHOLDER.sub(lambda found: fills.get(found[1], found[0]), text)


def unknown_placeholders(text: str) -> list[str]:
    """The names in braces that nothing will fill."""
    return [name for name in PLACEHOLDER.findall(text) if name not in KNOWN]
