"""Who is called after she has hung up: nobody but a customer of a reported call, and none at a number that costs."""

from __future__ import annotations

from typing import Final

from tonval.fieldwork.addresses import PhoneNumber, is_valid
from tonval.fieldwork.calls.calling import never_called, outlet_of
from tonval.fieldwork.centre import Centre, Queue
from tonval.fieldwork.deciding.refusals import CALL, Refusal
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.messaging import texting
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

_BY_CUSTOMER: Final = frozenset({"customer", "caller"})


def is_called(queue: Queue, interaction: Interaction) -> bool:
    """Whether the customer of this interaction is to be called: a call was reported, and she hung up first.

    Nobody else ever is, least of all who is named in a wish for a survey.
    """
    if queue.calling is None or interaction.kind != "call" or interaction.survey is not None:
        return False
    return str(interaction.report.get("ended_by") or "").strip().casefold() in _BY_CUSTOMER


def refusable(queue: Queue, interaction: Interaction, channel: str) -> str:
    """What a customer refuses who is asked about the interaction by ``channel``: a channel, or to be called."""
    return CALL if channel == Channel.KEYPAD and is_called(queue, interaction) else channel


def hindrance(centre: Centre, queue: Queue, number: str | None) -> Refusal | None:
    """Why a queue that calls cannot call the number (E.164); ``None``: it can."""
    if outlet_of(centre, queue) is None:
        return Refusal("no_address", sentence("the queue has no line to call from"), {})
    if number is None:
        return Refusal("no_address", sentence("the customer has no telephone number"), {})
    refused = texting.refused(centre.texting, number, "call")
    if refused is not None:
        return refused
    if not is_valid(PhoneNumber(number)):
        return Refusal("invalid_address", sentence("the customer's number is not in use in its country"), {})
    pattern = never_called(queue.calling, number) if queue.calling else None
    if pattern is None:
        return None
    return Refusal(
        "never_called", sentence("the queue calls no number such as %(pattern)s", pattern=pattern), {"pattern": pattern}
    )
