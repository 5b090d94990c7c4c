"""Why a message could not be sent: a closed set, each with a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Meaning:
    """``retryable``: it was surely not accepted and may be sent later. ``opted_out``: never ask this person again.

    ``doubtful``: nobody can say whether it was accepted, so it must not be sent again.
    """

    sentence: str
    retryable: bool = False
    opted_out: bool = False
    doubtful: bool = False


class Fault(Enum):
    """Everything that can go wrong on the way."""

    THROTTLED = Meaning("The provider asks us to send more slowly.", retryable=True)
    UNREACHABLE_PROVIDER = Meaning("The provider could not be reached.", retryable=True)
    NO_ANSWER = Meaning("The provider did not say whether it took the message.", doubtful=True)
    OPTED_OUT = Meaning("The customer has asked not to be sent messages.", opted_out=True)
    BAD_NUMBER = Meaning("The number is not a valid phone number.")
    NOT_MOBILE = Meaning("The number cannot receive text messages.")
    REGION_OFF = Meaning("Sending to this country is not enabled at the provider.")
    BAD_SENDER = Meaning("The sender number may not be used for this message.")
    UNREACHABLE = Meaning("The phone is switched off or out of reach.")
    UNKNOWN_NUMBER = Meaning("The number is not in use.")
    BLOCKED = Meaning("The recipient or the network blocks messages from this sender.")
    FILTERED = Meaning("The network filtered the message as unwanted.")
    NETWORK = Meaning("The network failed to deliver the message and did not say why.")
    LIMIT_REACHED = Meaning("The daily limit of messages at the provider is reached.")
    NO_CREDIT = Meaning("The provider has stopped the account; see its console.")
    BAD_CREDENTIALS = Meaning("The provider did not accept our credentials.")
    NO_TRACE = Meaning("The provider has no record of the message; it was not sent again.")
    TOO_OFTEN = Meaning("The message could not be sent in many tries.")
    NO_PROVIDER = Meaning("No provider of that name is set up.")
    OTHER = Meaning("The provider refused the message.")

    @property
    def sentence(self) -> str:
        """What to show to people."""
        return self.value.sentence

    @property
    def retryable(self) -> bool:
        """Surely not accepted; another try later may help."""
        return self.value.retryable

    @property
    def opted_out(self) -> bool:
        """The provider knows of an opt-out that we must keep as well."""
        return self.value.opted_out

    @property
    def doubtful(self) -> bool:
        """Perhaps accepted."""
        return self.value.doubtful


class SendError(Exception):
    """A provider did not take a message. ``detail`` is the provider's own code or words, free of numbers."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault.sentence)
        self.fault = fault
        self.detail = detail

    @property
    def sentence(self) -> str:
        """The fault in words, with the provider's code where there is one."""
        return f"{self.fault.sentence} ({self.detail})" if self.detail else self.fault.sentence
