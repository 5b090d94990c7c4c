"""The rules that need no database: is this interaction one to ask about at all?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from tonval.fieldwork.addresses import PhoneNumber, is_mobile
from tonval.fieldwork.routing import Centre, Queue
from tonval.surveys.questionnaire import Channel


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Not asked: the rule's name (SURFACE) and a sentence with the facts."""

    rule: str
    detail: str


def suppressed_by_rule(
    centre: Centre, queue: Queue, ref: str, phone: PhoneNumber | None, talk: timedelta | None
) -> Suppressed | None:
    """The first rule that forbids asking, in the order a person would give them; ``None`` when none does."""
    if queue.off:
        return Suppressed("queue_off", f"the queue {queue.name} asks nobody")
    if queue.channel == "link" or queue.survey not in centre.forms:
        return Suppressed("survey_off", f"the survey {queue.survey} cannot be sent by {queue.channel} yet")
    if talk is not None and talk < queue.min_talk:
        return Suppressed("min_talk", f"talk time {_seconds(talk)} is under {_seconds(queue.min_talk)}")
    if queue.channel == Channel.SMS and phone is None:
        return Suppressed("no_address", "the customer has no telephone number")
    if queue.channel == Channel.SMS and phone is not None and not is_mobile(phone):
        return Suppressed("not_mobile", "the customer's number is not a mobile number")
    if not in_sample(ref, queue.sample):
        return Suppressed("sampled_out", f"one in {queue.sample} is asked, and this was not the one")
    return None


def in_sample(ref: str, sample: int) -> bool:
    """One in ``sample``, by the interaction's id alone: reporting it again gives the same answer."""
    return int.from_bytes(hashlib.sha256(ref.encode()).digest()[:8]) % sample == 0


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():g} s"
