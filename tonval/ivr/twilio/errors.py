"""Why a call could not be placed at Twilio: a closed set, each with a sentence for people.

The codes and which of these they are stand in ``errors.csv``. Source: https://www.twilio.com/docs/api/errors.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from tonval.surveys.sentences import sentence as phrase


@dataclass(frozen=True, slots=True)
class Meaning:
    """``retryable``: the call was surely not placed, and may be later. ``doubtful``: nobody can say whether it was.

    Of any other the same call would be refused again.
    """

    sentence: str
    retryable: bool = False
    doubtful: bool = False


class Fault(Enum):
    """Everything that can hinder a call."""

    THROTTLED = Meaning(phrase("The provider takes no more calls just now."), retryable=True)
    UNREACHABLE_PROVIDER = Meaning(phrase("The provider could not be reached."), retryable=True)
    NO_ANSWER = Meaning(phrase("The provider did not say whether it placed the call."), doubtful=True)
    NO_CREDIT = Meaning(phrase("The provider has stopped the account; see its console."), retryable=True)
    BAD_CREDENTIALS = Meaning(phrase("The provider did not accept our credentials; run tonval doctor."), retryable=True)
    BAD_NUMBER = Meaning(phrase("The number cannot be called."))
    PREMIUM = Meaning(phrase("The number is a premium number."))
    REGION_OFF = Meaning(phrase("Calls to this country are not enabled at the provider."))
    BLOCKED = Meaning(phrase("The provider does not let this number be called."))
    BAD_CALLER = Meaning(phrase("The calling number may not be used: see that it is yours at the provider."))
    TRIAL = Meaning(phrase("The account at the provider is only a trial."))
    BAD_REQUEST = Meaning(phrase("The provider did not understand our request: see TONVAL_PUBLIC_URL."))
    OTHER = Meaning(phrase("The provider refused the call."))


_BY_STATUS: Final[Mapping[int, Fault]] = {
    401: Fault.BAD_CREDENTIALS,
    403: Fault.BAD_CREDENTIALS,
    404: Fault.BAD_CREDENTIALS,
    429: Fault.THROTTLED,
}
"""What a refusal without a code that we know most likely is."""


def _read() -> Mapping[str, Fault]:
    rows = csv.DictReader((files(__package__) / "errors.csv").read_text("utf-8").splitlines())
    return MappingProxyType({row["code"]: Fault[row["fault"]] for row in rows})


ERRORS: Final = _read()
"""The codes that Twilio gives when it refuses to place a call."""


def fault_of(status: int, code: int | None) -> Fault:
    """Why a request failed, by its HTTP status and Twilio's code. After a 5xx or a 408 nobody knows what was done."""
    if status >= 500 or status == 408:
        return Fault.NO_ANSWER
    return ERRORS.get(str(code)) or _BY_STATUS.get(status, Fault.OTHER)


class CallRefused(Exception):
    """Twilio did not place a call, or did not say that it has. ``detail`` is its code, free of numbers."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.value.sentence} ({detail})" if detail else fault.value.sentence)
        self.fault = fault

    @property
    def retryable(self) -> bool:
        """Surely not placed; another try later may help."""
        return self.fault.value.retryable

    @property
    def doubtful(self) -> bool:
        """Perhaps placed."""
        return self.fault.value.doubtful
