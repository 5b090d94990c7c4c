"""Which questions of two versions are counted together: those of one name and one scale. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pooled:
    """Question names: counted ``together``, ``apart`` because the scale is another, ``fresh``, and ``gone``."""

    together: tuple[str, ...]
    apart: tuple[str, ...]
    fresh: tuple[str, ...]
    gone: tuple[str, ...]
    reworded: tuple[str, ...]


def pooled(before: Mapping[str, Any], after: Mapping[str, Any]) -> Pooled:
    """What becomes of the statistics when ``after`` follows ``before``."""
    old, new = _questions(before), _questions(after)
    both = [name for name in new if name in old]
    together = tuple(name for name in both if old[name].get("scale") == new[name].get("scale"))
    return Pooled(
        together=together,
        apart=tuple(name for name in both if name not in together),
        fresh=tuple(name for name in new if name not in old),
        gone=tuple(name for name in old if name not in new),
        reworded=tuple(name for name in together if old[name].get("text") != new[name].get("text")),
    )


def _questions(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    items = data.get("questions", [])
    listed = items if isinstance(items, list) else []
    return {str(item.get("id")): item for item in listed if isinstance(item, Mapping) and item.get("id")}
