"""Why a message could not be sent: a closed set, each with a sentence for people and what to do about it.

Each provider has a table of its own codes, ``errors.csv`` in its folder, that says which of these a code is.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from importlib.resources.abc import Traversable
from types import MappingProxyType

from tonval.surveys.sentences import sentence as phrase


@dataclass(frozen=True, slots=True)
class Meaning:
    """``retryable``: it was surely not accepted and may be sent later. ``opted_out``: never ask this person again.

    ``doubtful``: nobody can say whether it was accepted, so it must not be sent again. ``advice``: what an admin can
    do about it, empty where there is nothing.
    """

    sentence: str
    advice: str = ""
    retryable: bool = False
    opted_out: bool = False
    doubtful: bool = False


class Fault(Enum):
    """Everything that can go wrong on the way."""

    THROTTLED = Meaning(
        phrase("The provider asks us to send more slowly."),
        phrase("If it happens every day, set the number's rate in queues.yaml to what the provider allows."),
        retryable=True,
    )
    BUSY = Meaning(phrase("The provider takes no messages just now."), retryable=True)
    UNREACHABLE_PROVIDER = Meaning(
        phrase("The provider could not be reached."),
        phrase("Run tonval doctor; look at the provider's status page."),
        retryable=True,
    )
    NO_ANSWER = Meaning(phrase("The provider did not say whether it took the message."), doubtful=True)
    OPTED_OUT = Meaning(phrase("The customer has asked not to be sent messages."), opted_out=True)
    BAD_NUMBER = Meaning(
        phrase("The number is not a valid phone number."),
        phrase("Mend the customer's number where it comes from."),
    )
    NOT_MOBILE = Meaning(
        phrase("The number cannot receive text messages."),
        phrase("Ask this customer by e-mail or by telephone."),
    )
    PREMIUM = Meaning(
        phrase("The number is a premium or service number."),
        phrase("Mend the customer's number where it comes from."),
    )
    REGION_OFF = Meaning(
        phrase("Sending to this country is not enabled at the provider."),
        phrase("Switch the country on at the provider, or take it out of countries in queues.yaml."),
    )
    BAD_SENDER = Meaning(
        phrase("The sender number may not be used for this message."),
        phrase("See that the number in queues.yaml is yours at the provider and can carry SMS to this country."),
    )
    NOT_REGISTERED = Meaning(
        phrase("The sender number is not registered for messages to this country."),
        phrase("Register the number at the provider; until then send from another one."),
    )
    BAD_SERVICE = Meaning(
        phrase("The messaging service at the provider cannot carry this message."),
        phrase("See that the service in queues.yaml is right and that the number belongs to it."),
    )
    BAD_TEXT = Meaning(
        phrase("The provider cannot send this text."),
        phrase("Shorten the text; tonval lint shows its length."),
    )
    BAD_REQUEST = Meaning(
        phrase("The provider did not understand our request."),
        phrase("See that TONVAL_PUBLIC_URL is an address on the internet; if it is, report a fault of Tonval."),
    )
    TRIAL = Meaning(
        phrase("The account at the provider is only a trial."),
        phrase("Upgrade the account at the provider."),
    )
    QUIET_HOURS = Meaning(
        phrase("The law where the customer lives allows no such message at this hour."),
        phrase("Set quiet_hours in queues.yaml so that messages go out by day."),
    )
    UNREACHABLE = Meaning(phrase("The phone is switched off or out of reach."))
    PHONE_FULL = Meaning(phrase("The phone has no room for more messages."))
    UNKNOWN_NUMBER = Meaning(
        phrase("The number is not in use."),
        phrase("Mend the customer's number where it comes from."),
    )
    BLOCKED = Meaning(phrase("The recipient or the network blocks messages from this sender."))
    FILTERED = Meaning(
        phrase("The network filtered the message as unwanted."),
        phrase("If it happens often, say in the text who you are, leave links out, and ask the provider why."),
    )
    NETWORK = Meaning(phrase("The network failed to deliver the message and did not say why."))
    EXPIRED = Meaning(
        phrase("The message waited too long and was dropped."),
        phrase("Send more slowly, or let the provider keep messages for longer."),
    )
    OUTAGE = Meaning(
        phrase("The provider broke down while it handled the message."),
        phrase("Look at the provider's status page."),
    )
    LIMIT_REACHED = Meaning(
        phrase("The daily limit of messages at the provider is reached."),
        phrase("Ask the provider for a higher limit."),
    )
    NO_CREDIT = Meaning(
        phrase("The provider has stopped the account; see its console."),
        phrase("Pay in, or ask the provider why. Messages are tried again for about an hour."),
        retryable=True,
    )
    BAD_CREDENTIALS = Meaning(
        phrase("The provider did not accept our credentials."),
        phrase(
            "Set the right ones and start again; tonval doctor tries them. Messages are tried again for about an hour."
        ),
        retryable=True,
    )
    NO_TRACE = Meaning(phrase("The provider has no record of the message; it was not sent again."))
    TOO_OFTEN = Meaning(phrase("The message could not be sent in many tries."))
    NO_PROVIDER = Meaning(
        phrase("No provider of that name is set up."),
        phrase("Set up the provider that queues.yaml names."),
    )
    OTHER = Meaning(phrase("The provider refused the message."), phrase("Look the code up at the provider."))

    @property
    def sentence(self) -> str:
        """What to show to people."""
        return self.value.sentence

    @property
    def advice(self) -> str:
        """What an admin can do, empty where there is nothing to be done."""
        return self.value.advice

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

    @property
    def outcome(self) -> str:
        """What becomes of a message that was refused so: ``try again``, ``look up``, ``opt out`` or ``give up``."""
        kinds = {"try again": self.retryable, "look up": self.doubtful, "opt out": self.opted_out}
        return next((kind for kind, so in kinds.items() if so), "give up")


_ADVICE = MappingProxyType({fault.sentence: fault.advice for fault in Fault})


def advice_on(sentence: str) -> str:
    """What an admin can do about a stored ``SendError.sentence``; empty where there is nothing, and for any other."""
    return _ADVICE.get(sentence.partition(" (")[0], "")


class SendError(Exception):
    """A provider did not take a message. ``detail`` is the provider's own code or words, free of numbers.

    ``retry_after`` is the pause the provider asks for, where it says.
    """

    def __init__(self, fault: Fault, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(fault.sentence)
        self.fault = fault
        self.detail = detail
        self.retry_after = retry_after

    @property
    def sentence(self) -> str:
        """The fault in words, with the provider's code where there is one."""
        return f"{self.fault.sentence} ({self.detail})" if self.detail else self.fault.sentence


@dataclass(frozen=True, slots=True)
class Reason:
    """A provider's error ``code``, which of our faults it is, and what it ``means`` in a sentence of our own."""

    code: str
    fault: Fault
    means: str


def read_reasons(table: Traversable) -> Mapping[str, Reason]:
    """A provider's error codes from a CSV file with the columns ``code``, ``fault`` (a name of ``Fault``), ``means``.

    Raises ``KeyError`` for a fault there is not and ``ValueError`` for a code that stands there twice.
    """
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    reasons = {row["code"]: Reason(row["code"], Fault[row["fault"]], row["means"]) for row in rows}
    if len(reasons) < len(rows):
        raise ValueError("a code stands in the table twice")
    return MappingProxyType(reasons)
