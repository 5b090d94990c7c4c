"""How an interaction ended for the survey: one disposition each (terms after AAPOR Standard Definitions, 2023)."""

from __future__ import annotations

from enum import StrEnum


class Disposition(StrEnum):
    """The final word on one interaction."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    BREAK_OFF = "break-off"
    REFUSED = "refused"
    NO_ANSWER = "no-answer"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"
    PENDING = "pending"
    NOT_OFFERED = "not-offered"
