"""The installation's secret key is exchanged: the keys of the database are wrapped anew."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from sqlalchemy import inspect

from tonval.store.keyring import exchange
from tonval.store.unit import Unit

log = logging.getLogger(__name__)


def rewrap(unit: Unit, old: str) -> bool:
    """Wrap the keys with the secret of ``unit`` where they were wrapped with ``old``; tells whether they were.

    Raises ``ring.WrongSecret`` when they open with neither. A database without any keys has nothing to wrap.
    """
    with unit.begin() as tx:
        changed = inspect(tx).has_table("keyring") and exchange(tx, old, datetime.now(UTC))
    if changed:
        log.info("the keys of the database are wrapped with another secret key")
    return changed
