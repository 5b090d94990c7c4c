"""Messages that appear on the page at once: the row itself is the delivery."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.messages import Outgoing
from tonval.sms.providers import Accepted, Found, Heard, Outcome


class Console:
    """A ``Provider`` that takes everything and loses nothing."""

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Delivered, there and then."""
        return [Accepted(_ref(message), State.DELIVERED) for message in batch]

    def find(self, message: Outgoing, since: datetime) -> tuple[Found, ...]:
        """Whatever was on its way has arrived: there is nowhere else it could be."""
        del since
        return (Found(_ref(message), State.DELIVERED),)

    def heard(self, number: str, since: datetime) -> Iterable[Heard]:
        """What is written on the page is received there and then."""
        del number, since
        return ()


def _ref(message: Outgoing) -> str:
    return f"console-{message.id}"
