"""Whether Twilio knows our numbers as queues.yaml does. Everything is read and nothing changed.

Sources: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and
https://www.twilio.com/docs/messaging/api/service-resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tonval.sms.errors import SendError
from tonval.sms.twilio.wire import faults_told, rest_client
from tonval.surveys.sentences import sentence

PATIENCE = 5.0
"""Seconds for each answer."""


def faults(
    account_sid: str, auth_token: str, api_url: str | None, numbers: Mapping[str, str | None], webhook: str
) -> Iterator[str]:
    """What must be mended at Twilio, a sentence each. ``numbers`` are ours with their messaging service, if any.

    ``webhook`` is the address at which we want to be told of messages. Stops at the first answer that is a refusal.
    """
    client = rest_client(account_sid, auth_token, api_url, PATIENCE)
    try:
        for number, service in numbers.items():
            with faults_told():
                found = list(_look(client, number, service, webhook))
            yield from found
    except SendError as error:
        yield error.sentence


def _look(client: Any, number: str, service: str | None, webhook: str) -> Iterator[str]:
    owned = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not owned:
        yield sentence("%(number)s is not a number of this Twilio account.", number=number)
        return
    told_at, place = owned[0].sms_url, sentence("the number")
    if service is not None:
        members = client.messaging.v1.services(service).phone_numbers.list()
        if number not in {member.phone_number for member in members}:
            yield sentence(
                "%(number)s does not belong to the messaging service %(service)s.", number=number, service=service
            )
        settings = client.messaging.v1.services(service).fetch()
        if not settings.use_inbound_webhook_on_number:
            told_at, place = settings.inbound_request_url, sentence("its messaging service")
    if told_at != webhook:
        yield sentence(
            "%(number)s: set the webhook for messages of %(place)s to %(webhook)s; it is %(now)s.",
            number=number,
            place=place,
            webhook=webhook,
            now=told_at or sentence("not set"),
        )
