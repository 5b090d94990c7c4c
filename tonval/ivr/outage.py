"""The database is away: the one error by which every kind of call hears of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseAway(Exception):
    """The database cannot be reached now; the same again later may work."""


def tells(verb: Callable[P, T]) -> Callable[P, T]:
    """A database that cannot be reached is told of as ``DatabaseAway``: who carries calls may go on with them."""

    @wraps(verb)
    def tell(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return verb(*arguments, **named)
        except OperationalError as error:
            raise DatabaseAway(str(error.orig)) from error
        except NoConnection as error:
            raise DatabaseAway(str(error)) from error

    return tell
