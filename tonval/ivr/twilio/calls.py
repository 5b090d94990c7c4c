"""Calls over Twilio put together: the webhooks on a field office."""

from __future__ import annotations

from functools import partial

from flask import Blueprint

from tonval.fieldwork.calls import sounds
from tonval.fieldwork.calls.sounds import Holder
from tonval.fieldwork.field import Field
from tonval.ivr.twilio.carrier import OfficeCarrier
from tonval.ivr.twilio.prompts import OfficePrompts
from tonval.ivr.twilio.queueing import Queueing, queueing_blueprint
from tonval.ivr.twilio.replying import Genuine
from tonval.ivr.twilio.spoken import Sounds
from tonval.ivr.twilio.webhooks import Voice, voice_blueprint


def call_blueprints(
    office: Field, genuine: Genuine, public_url: str, key: bytes, holder: Holder | None
) -> tuple[Blueprint, Blueprint]:
    """The routes of calls and of queues. ``key`` seals the addresses of what was spoken; ``holder`` still has it."""
    outside, carrier, prompts = public_url.rstrip("/"), OfficeCarrier(office), OfficePrompts(office)
    spoken = Sounds(outside, key, partial(sounds.heard_in_call, office, holder))
    voice = Voice(genuine, outside, carrier, prompts, spoken)
    return voice_blueprint(voice), queueing_blueprint(Queueing(genuine, outside, carrier, prompts))
