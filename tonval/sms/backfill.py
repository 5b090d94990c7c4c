"""What customers wrote while nobody listened: taken in from the provider's own list, once, in order, with its own time.

A webhook that came through and the list tell of the same message under the same id, so it is taken in once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import listening
from tonval.fieldwork.messaging.listening import Ear
from tonval.sms import inbound
from tonval.sms.errors import SendError
from tonval.sms.providers import Heard, Provider, Providers

log = logging.getLogger(__name__)

KEEP_LISTS: Final = frozenset({"twilio"})
"""The providers whose list of what came in can be read."""

LAG: Final = timedelta(minutes=1)
"""How long a message may take from the customer to the list: what is younger is not yet said to have been heard."""

OVERLAP: Final = timedelta(minutes=5)
"""How much of what was heard already is asked for again."""

NUMBERS: Final = 20
"""How many numbers one round listens to; those that have waited longest come first."""


@dataclass(slots=True)
class Listener:
    """Listens round after round, and tells once when a list cannot be read and once when it can again."""

    office: Field
    providers: Providers
    _deaf: bool = False

    def listen(self) -> None:
        """One round: see ``catch_up``."""
        try:
            found = catch_up(self.office, self.providers)
        except SendError as error:
            level = logging.DEBUG if self._deaf else logging.WARNING
            log.log(level, "what customers wrote cannot be listed: %s", error.sentence)
            self._deaf = True
        else:
            if self._deaf and found is not None:
                log.warning("what customers wrote can be listed again")
                self._deaf = False


def catch_up(office: Field, providers: Providers) -> int | None:
    """Take in what the lists hold and we do not; gives how many messages were looked at, ``None`` where none was due.

    Raises ``SendError`` when a list cannot be read: the rest of the round waits for the next one, for it would have to
    wait as long again.
    """
    due = listening.ears(office, KEEP_LISTS & providers.keys(), NUMBERS)
    return sum(_listen(office, providers[ear.provider], ear) for ear in due) if due else None


def _listen(office: Field, provider: Provider, ear: Ear) -> int:
    began = office.now()
    found = list(provider.heard(ear.number, ear.since - OVERLAP))
    taken = [_take_in(office, ear.provider, each) for each in found]
    if all(taken):
        listening.note(office, ear, began - LAG)
    return len(found)


def _take_in(office: Field, provider: str, heard: Heard) -> bool:
    """``False`` when something of ours broke: the others are taken in all the same, and this one is tried again."""
    try:
        inbound.receive(
            office,
            provider=provider,
            ref=heard.ref,
            sender=heard.sender,
            recipient=heard.recipient,
            body=heard.body,
            at=heard.at,
        )
    except Exception:
        log.exception("message of the list not taken in provider=%s ref=%s", provider, heard.ref)
        return False
    return True
