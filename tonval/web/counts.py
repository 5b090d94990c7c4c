"""Counting what may not happen too often, for all web workers together; alone, while the shared store is away."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from limits.storage import MemoryStorage, Storage, storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE: Final = 0.5
"""Seconds the shared store may take: a page must not wait for what merely counts it."""

PAUSE: Final = 5.0
"""Seconds that a store which failed is left alone."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``amount`` in ``seconds``."""

    amount: int
    seconds: int


class Counts:
    """Counters in the store that ``url`` names (``memory://`` or a Redis URL of the ``limits`` package).

    Nothing is ever refused because that store is away: this process then counts by itself.
    """

    def __init__(self, url: str) -> None:
        self._shared = _store(url)
        self._spare = MemoryStorage()
        self._away_until = 0.0

    def add(self, key: str, seconds: int, amount: int = 1) -> int:
        """Add to a counter and give its new value; it is forgotten ``seconds`` after it was first added to."""
        if time.monotonic() < self._away_until:
            return self._spare.incr(key, seconds, amount)
        try:
            return self._shared.incr(key, seconds, amount)
        except self._shared.base_exceptions:
            self._away_until = time.monotonic() + PAUSE
            return self._spare.incr(key, seconds, amount)


def _store(url: str) -> Storage:
    patience: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    options = {} if url.startswith("memory") else patience | {"retry": Retry(NoBackoff(), 0)}
    store = storage_from_string(url, **options)
    assert isinstance(store, Storage), "an asynchronous store cannot count for synchronous pages"
    return store
