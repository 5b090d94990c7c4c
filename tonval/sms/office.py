"""The field office as the messaging webhooks see it: where messages and reports about messages go."""

from __future__ import annotations

from dataclasses import dataclass

from tonval.fieldwork import refusing
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.delivery import State
from tonval.sms import inbound
from tonval.sms.keywords import Keyword


@dataclass(frozen=True, slots=True)
class OfficePost:
    """Takes in messages and reports by ``fieldwork``."""

    office: Field

    def receive(
        self,
        *,
        provider: str,
        ref: str,
        sender: str,
        recipient: str,
        body: str,
        command: Keyword | None = None,
    ) -> None:
        """A customer's message; the same ``ref`` again changes nothing. ``command``: the provider has obeyed it."""
        inbound.receive(
            self.office,
            provider=provider,
            ref=ref,
            sender=sender,
            recipient=recipient,
            body=body,
            at=self.office.now(),
            handled=command is not None,
            command=command,
        )

    def status_changed(
        self,
        *,
        provider: str,
        ref: str,
        message: str | None,
        state: State,
        error: str | None,
        sender: str | None,
        recipient: str | None,
        opted_out: bool,
    ) -> None:
        """How far a message of ours has come, from our number ``sender`` to the customer's ``recipient``.

        ``message`` is our own id where the report names it. ``opted_out``: it says that she wants no messages.
        """
        told = (provider, ref, message, state, error)
        messages.status_changed(self.office, *told, sender=sender, recipient=recipient)
        if opted_out and recipient:
            refusing.refused_at_provider(self.office, recipient)
