"""Reading a JSON document field by field; every fault names its field and says what would have been right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

from tonval.surveys.sentences import sentence

LONGEST_TEXT: Final = 200
DEEPEST: Final = 12
_TURNS: Final = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))  # turn the text around a name round
_UNKEEPABLE: Final = re.compile("[\x00\ud800-\udfff]")
_ESCAPED: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_YEARS: Final = range(2000, 2101)


class Faulty(Exception):
    """Something that cannot be taken: ``detail`` says why, ``field`` is the path of the faulty field or ``None``.

    ``status`` is what HTTP calls it; other doors do without.
    """

    def __init__(self, detail: str, field: str | None = None, status: int = 400) -> None:
        super().__init__(detail)
        self.detail, self.field, self.status = detail, field, status


def read_json(body: bytes) -> Reading:
    """The object that ``body`` holds, whatever its media type claims. Raises ``Faulty``."""
    return read_object(parse_json(body), escapes=has_escapes(body))


def parse_json(body: bytes, what: str = "the body") -> Any:
    """The value that ``body`` holds. Raises ``Faulty``."""
    try:
        return _DECODER.decode(body.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as broken:
        raise Faulty(f"{what} is not valid JSON: {_reason(broken)}") from None


def read_object(value: Any, what: str = "the body", *, escapes: bool = True) -> Reading:
    """``value`` as an object that can be kept. Raises ``Faulty``.

    Without ``escapes`` in the body it came from, its texts need no look: UTF-8 holds no half surrogate, JSON no bare
    NUL. For a document of twelve fields that look costs as much as everything else together.
    """
    if not isinstance(value, dict):
        raise Faulty(f"{what} must be a JSON object")
    if escapes or _is_deep(value, DEEPEST):
        _check_keepable(value, "", DEEPEST)
    return Reading(value, "")


def has_escapes(body: bytes) -> bool:
    """Whether a text in ``body`` may hold NUL or half a surrogate, which only an escape can bring in."""
    return _ESCAPED.search(body) is not None


class Reading:
    """One JSON object at ``path`` of the document. ``null`` and a missing field are the same."""

    def __init__(self, data: Mapping[str, Any], path: str) -> None:
        self.data, self._path = data, path

    def field(self, name: str) -> str:
        """The full path of a field, as problem documents name it."""
        return f"{self._path}.{name}" if self._path else name

    def fault(self, name: str, detail: str) -> Faulty:
        """A fault of one field."""
        return Faulty(f"{self.field(name)} {detail}", self.field(name))

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str | None:
        """A string without blank ends and without Unicode's bidi controls; ``None`` when missing or empty."""
        value = self.data.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.fault(name, "must be a string")
        if len(value) > longest:
            raise self.fault(name, sentence("is longer than %(n)s characters", n=longest))
        return (value if value.isascii() else value.translate(_TURNS)).strip() or None

    def needed(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """A string that must be there."""
        value = self.text(name, longest)
        if value is None:
            raise self.fault(name, sentence("is missing"))
        return value

    def number(self, name: str, highest: float) -> float | None:
        """A finite number from 0 to ``highest``."""
        value = self.data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise self.fault(name, sentence("must be a number"))
        if not 0 <= value <= highest:
            raise self.fault(name, f"must be from 0 to {highest:.15g}")
        return float(value)

    def moment(self, name: str) -> datetime | None:
        """A time in ISO 8601 with its zone, in UTC."""
        value = self.text(name, 40)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise self.fault(name, "must be a time in ISO 8601, like 2026-11-22T09:03:04Z") from None
        if moment.tzinfo is None:
            raise self.fault(name, "needs a time zone, like 2026-11-22T09:03:04Z")
        if moment.year not in _YEARS:
            raise self.fault(name, "is not a time we can have seen")
        return moment.astimezone(UTC)

    def flag(self, name: str) -> bool | None:
        """True, false, or ``None`` when missing."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.fault(name, "must be true or false")
        return value

    def part(self, name: str) -> Reading:
        """An object within; an empty one when it is missing."""
        value = self.data.get(name)
        if value is not None and not isinstance(value, dict):
            raise self.fault(name, "must be an object")
        return Reading(value or {}, self.field(name))


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _reason(broken: Exception) -> str:
    match broken:
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return str(broken)[:200]


def _is_finite(value: int | float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False


def _is_deep(value: Mapping[str, Any] | list[Any], depth: int) -> bool:
    inner = value if isinstance(value, list) else value.values()
    return depth <= 1 or any(_is_deep(each, depth - 1) for each in inner if isinstance(each, dict | list))


def _check_keepable(value: Any, path: str, depth: int) -> None:
    """No text that a database refuses: NUL and half surrogates."""
    if depth == 0:
        raise Faulty(f"{path} is nested too deeply", path)
    match value:
        case str() if _UNKEEPABLE.search(value):
            raise Faulty(f"{path} holds a character that cannot be kept", path)
        case dict():
            for name, inner in value.items():
                inside = f"{path}.{name}" if path else name
                _check_keepable(name, path or name[:40].encode("ascii", "replace").decode(), 1 + depth)
                _check_keepable(inner, inside, depth - 1)
        case list():
            for place, inner in enumerate(value):
                _check_keepable(inner, f"{path}[{place}]", depth - 1)
