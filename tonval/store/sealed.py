"""Columns that hold persons: sealed when they are written, opened when they are read, compared as they lie there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import JSON, Dialect, String, Text, TypeDecorator
from sqlalchemy.sql import operators

from tonval.store.lock import lock_of
from tonval.store.ring import PREFIX

ADDRESS: Final = "address"
"""The one purpose of telephone numbers and e-mail addresses, which are compared across tables."""

OF_MANY: Final = r"\*.*|\+?[0-9?]{0,8}\*"
"""Patterns that are nobody's: everybody at a domain, and beginnings of numbers that many have."""

_SAME: Final = frozenset({operators.eq, operators.ne, operators.in_op, operators.not_in_op})


def is_of_many(pattern: str) -> bool:
    """Whether a pattern of the blocklist means so many that nobody can be told from it."""
    return re.fullmatch(OF_MANY, pattern) is not None


class Sealed(TypeDecorator[str]):
    """A text sealed for ``purpose``. What ``readable``, a regular expression, matches whole is kept as it is.

    It can be compared for equality, and with nothing else: a search for a part of it is a ``TypeError``.
    """

    impl = String
    cache_ok = True

    def __init__(self, purpose: str = ADDRESS, readable: str = "") -> None:
        super().__init__()
        self.purpose = purpose
        self.readable = readable
        self._spares = re.compile(readable).fullmatch

    def seal(self, value: str | None, dialect: Dialect) -> str | None:
        """As it lies in the database."""
        if value is None or self._spares(value):
            return value
        return lock_of(dialect).ring.seal(self.purpose, value)

    def unseal(self, value: str | None, dialect: Dialect) -> str | None:
        """What was sealed; a value from before there were keys is given as it is. Raises ``Unreadable``."""
        return value and lock_of(dialect).ring.unseal(self.purpose, value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        lock, purpose, spares = lock_of(dialect), self.purpose, self._spares
        return lambda value: value if value is None or spares(value) else lock.ring.seal(purpose, value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        lock, purpose = lock_of(dialect), self.purpose
        return lambda value: value and lock.ring.unseal(purpose, value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        if op not in _SAME:
            raise TypeError("a sealed column is compared for equality and nothing else")
        return self


class SealedText(Sealed):
    """The same in a column that was made for long texts."""

    impl = Text
    cache_ok = True


class SealedJSON(TypeDecorator[Any]):
    """JSON that is sealed whole, or only in its ``parts``, the keys of its object that hold persons."""

    impl = JSON
    cache_ok = True

    def __init__(self, parts: tuple[str, ...] = (), purpose: str = "record") -> None:
        super().__init__()
        self.parts = parts
        self.purpose = purpose

    def seal(self, value: Any, dialect: Dialect) -> Any:
        """As it lies in the database, before it becomes JSON."""
        if value is None:
            return None
        return self._each(value, lambda part: self._seal(part, dialect))

    def unseal(self, value: Any, dialect: Dialect) -> Any:
        """What was sealed. Raises ``Unreadable``."""
        if value is None:
            return None
        return self._each(value, lambda part: self._unseal(part, dialect))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return self.seal(value, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return self.unseal(value, dialect)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self.impl_instance.coerce_compared_value(op, value)

    def _each(self, value: Any, change: Callable[[Any], Any]) -> Any:
        if not self.parts:
            return change(value)
        if not isinstance(value, Mapping) or value.keys().isdisjoint(self.parts):
            return value
        return {key: change(part) if key in self.parts else part for key, part in value.items()}

    def _seal(self, part: Any, dialect: Dialect) -> Any:
        if not part:
            return part
        return lock_of(dialect).ring.seal(self.purpose, json.dumps(part, separators=(",", ":"), ensure_ascii=False))

    def _unseal(self, part: Any, dialect: Dialect) -> Any:
        if not isinstance(part, str) or not part.startswith(PREFIX):
            return part
        return json.loads(lock_of(dialect).ring.unseal(self.purpose, part))


class Several(TypeDecorator[list[Any]]):
    """A list of values of another type as JSON in one parameter, for SQLite's ``json_each``."""

    impl = String
    cache_ok = True

    def __init__(self, each: Any) -> None:
        super().__init__()
        self.each = each

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> str:
        each = self.each
        return json.dumps([each.seal(one, dialect) for one in value or ()] if isinstance(each, Sealed) else value)
