"""What an alert rule is: an answer at or below a number, on one question or on every question of a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Fires when an answer to ``question`` (or, without one, on ``scale``) is ``at_most`` or lower.

    ``mail`` lists who is told; when it is empty the supervisors of the agent's unit are.
    """

    id: str
    scale: str | None
    question: str | None
    at_most: int
    mail: tuple[str, ...] = ()


DEFAULT_RULES: Final = (
    AlertRule("low-nps", scale="nps", question=None, at_most=3),
    AlertRule("low-nki", scale="nki", question=None, at_most=2),
)
"""The rules of a centre whose queues.yaml has no ``alerts``."""
