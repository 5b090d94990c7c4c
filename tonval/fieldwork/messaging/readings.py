"""What each message from a customer was taken for, as ``messages.reading`` keeps it: plain JSON, for pages to tell.

``{"as", "question", "value", "before", "rule", "confidence", "why"}``; see ``surveys.heard.Heard``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonval.surveys.answers import Confidence
from tonval.surveys.heard import Heard, Taken


def to_json(heard: Heard) -> dict[str, Any]:
    """The reading as it is kept."""
    return {
        "as": heard.taken.value,
        "question": heard.question,
        "value": heard.value,
        "before": heard.before,
        "rule": str(heard.rule),
        "confidence": heard.confidence.value,
        "why": heard.why,
    }


def from_json(data: Mapping[str, Any]) -> Heard:
    """The reading that ``to_json`` wrote."""
    about = {name: data.get(name) for name in ("question", "value", "before")}
    confidence = Confidence(data.get("confidence") or Confidence.NONE)
    return Heard(Taken(data["as"]), data.get("why", ""), **about, rule=data.get("rule", ""), confidence=confidence)
