"""The field office as the messaging webhooks see it: where messages and reports about messages go."""

from __future__ import annotations

from dataclasses import dataclass

from tonval.fieldwork import messages
from tonval.fieldwork.delivery import State
from tonval.fieldwork.field import Field
from tonval.sms import inbound


@dataclass(frozen=True, slots=True)
class OfficePost:
    """Takes in messages and reports by ``fieldwork``."""

    office: Field

    def receive(self, *, provider: str, ref: str, sender: str, recipient: str, body: str) -> None:
        """A customer's message; the same ``ref`` again changes nothing."""
        now = self.office.now()
        inbound.receive(self.office, provider=provider, ref=ref, sender=sender, recipient=recipient, body=body, at=now)

    def status_changed(self, *, provider: str, ref: str, message: str | None, state: State, error: str | None) -> None:
        """How far a message of ours has come; ``message`` is our own id where the report names it."""
        messages.status_changed(self.office, provider, ref, message, state, error)
