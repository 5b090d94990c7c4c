"""How much a key may ask: requests and bulk rows, counted in windows of the clock that all web workers share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, Response, current_app

from tonval.fieldwork.colleagues.keys import Key
from tonval.web.api.problems import problem
from tonval.web.counts import Counts, Rate

ROWS: Final = Rate(2_000_000, 3600)
_PLACE: Final = "tonval.api.limits"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a key stands in the window that runs: what is ``left``, and the seconds until the next one begins."""

    rate: Rate
    left: int
    until_next: int

    @property
    def exceeded(self) -> bool:
        """Whether more was asked than is allowed."""
        return self.left < 0


class Limits:
    """The counters of every key.

    Asking the shared store costs a tenth of a millisecond, so each worker counts by itself up to a thousandth of what
    is allowed before it hands its number in: a key may get that much more from each of them.
    """

    def __init__(self, counts: Counts, requests: Rate, rows: Rate = ROWS) -> None:
        self._counts, self._requests, self._rows = counts, requests, rows
        self._step = max(1, requests.amount // 1000)
        self._window = 0
        self._mine: dict[str, tuple[int, int]] = {}  # key to the number it had with all workers, and ours since then

    def count_request(self, key: Key, now: datetime) -> Standing:
        """One more request of ``key``."""
        window = int(now.timestamp()) // self._requests.seconds
        if window != self._window:
            self._window, self._mine = window, {}
        known, mine = self._mine.get(key.digest, (0, 0))
        if known and mine + 1 < self._step:
            self._mine[key.digest] = (known, mine + 1)
            return _standing(self._requests, known + mine + 1, now)
        standing = self._count("requests", key, self._requests, now, mine + 1)
        self._mine[key.digest] = (standing.rate.amount - standing.left, 0)
        return standing

    def count_rows(self, key: Key, now: datetime, rows: int) -> Standing:
        """``rows`` more of ``key``; they are not counted where they are too many."""
        standing = self._count("rows", key, self._rows, now, rows)
        if standing.exceeded:
            self._count("rows", key, self._rows, now, -rows)
        return standing

    def _count(self, what: str, key: Key, rate: Rate, now: datetime, amount: int) -> Standing:
        window = int(now.timestamp()) // rate.seconds
        used = self._counts.add(f"api/{what}/{key.digest[:32]}/{window}", rate.seconds, amount)
        return _standing(rate, used, now)


def _standing(rate: Rate, used: int, now: datetime) -> Standing:
    return Standing(rate, rate.amount - used, rate.seconds - int(now.timestamp()) % rate.seconds)


def register(app: Flask, limits: Limits) -> None:
    """Have the API of ``app`` count with ``limits``."""
    app.extensions[_PLACE] = limits


def current() -> Limits:
    """The limits of the application that is answering."""
    limits: Limits = current_app.extensions[_PLACE]
    return limits


def refusal(key: Key, standing: Standing, what: str) -> Response:
    """429: too many of ``what``."""
    rate, wait = standing.rate, standing.until_next
    most = f"the key “{key.name}” may send {rate.amount:,} {what} in {rate.seconds:,} seconds"
    refused = problem(429, "Too Many Requests", f"{most}; try again in {wait} s")
    refused.headers["Retry-After"] = str(wait)
    return refused


def tell(response: Response, standing: Standing) -> Response:
    """Add the RateLimit fields (draft-ietf-httpapi-ratelimit-headers-10): what is left, and until when."""
    rate = standing.rate
    response.headers["RateLimit-Policy"] = f'"requests";q={rate.amount};w={rate.seconds}'
    response.headers["RateLimit"] = f'"requests";r={max(0, standing.left)};t={standing.until_next}'
    return response
