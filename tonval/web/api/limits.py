"""How much a key may ask: requests and bulk rows, counted in windows of the clock that all web workers share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, Response, current_app

from tonval.fieldwork.keys import Key
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
    """The counters of every key."""

    def __init__(self, counts: Counts, requests: Rate, rows: Rate = ROWS) -> None:
        self._counts, self._requests, self._rows = counts, requests, rows

    def count_request(self, key: Key, now: datetime) -> Standing:
        """One more request of ``key``."""
        return self._count("requests", key, self._requests, now, 1)

    def count_rows(self, key: Key, now: datetime, rows: int) -> Standing:
        """``rows`` more of ``key``; they are not counted where they are too many."""
        standing = self._count("rows", key, self._rows, now, rows)
        if standing.exceeded:
            self._count("rows", key, self._rows, now, -rows)
        return standing

    def _count(self, what: str, key: Key, rate: Rate, now: datetime, amount: int) -> Standing:
        window, past = divmod(int(now.timestamp()), rate.seconds)
        used = self._counts.add(f"api/{what}/{key.digest[:32]}/{window}", rate.seconds, amount)
        return Standing(rate, rate.amount - used, rate.seconds - past)


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
