"""Our own calls to customers who hung up before they could be asked."""

from __future__ import annotations

from sqlalchemy import Connection

from tonval.fieldwork.field import Field
from tonval.surveys.reception import Outcome


def over(tx: Connection, office: Field, dial: str, outcome: Outcome) -> str:
    """The guard of the call ``dial`` has come to its outcome; gives the invitation it was placed for."""
    raise LookupError(f"there is no call {dial}: {outcome}")
