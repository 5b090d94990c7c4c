"""Customers who answer a running installation by telephone and SMS, and who know what they were thanked for.

A score counts as ``taken`` when the installation went on after it: the next prompt was heard, the TwiML came, the
webhook was answered. What was taken must be stored exactly once, whatever dies meanwhile.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from tests.drivers.sip_phone import SipPhone
from tests.drivers.twilio_api import TwilioApi
from tests.drivers.twilio_voice import TwilioCall
from tests.waiting import wait_until

OURS = "+46701740605"


@dataclass
class Customer:
    """One customer's contact: which interaction it was, what she pressed or wrote, and how much of it was taken.

    ``corrected`` is the score she put in place of the first, ``messages`` the ids of all that she wrote.
    """

    interaction: str
    sent: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    finished: bool = False
    corrected: int | None = None
    stopped: bool = False
    messages: list[str] = field(default_factory=list)


def by_sip(customer: Customer, port: int, keys: str, seconds: float = 30.0) -> None:
    """Call, listen to each prompt, press the next key, and notice whether the call goes on."""
    headers = {"X-Tonval-Agent": "anna", "X-Tonval-Interaction": customer.interaction}
    with SipPhone(port) as phone:
        if not phone.call("support", headers).answered:
            return
        for key in keys:
            if not _listen(phone, seconds):
                return
            pressed = phone.press(key)
            customer.sent.append(int(key))
            if not _goes_on(phone, pressed, seconds):
                return
            customer.taken.append(int(key))
        customer.finished = _until(lambda: phone.ended, seconds)


def by_twilio(customer: Customer, url: str, token: str, sid: str, keys: str) -> None:
    """The same over Twilio Voice; Twilio asks again when nobody answers or a 5xx comes back."""
    query = f"?queue=support&agent=anna&interaction={customer.interaction}"
    call = TwilioCall(patient_post(url), patient_get(url), token, url, sid, caller="anonymous")
    call.ring(query)
    for key in keys:
        customer.sent.append(int(key))
        call.press(key)
        customer.taken.append(int(key))
    customer.finished = call.over


def by_sms(customer: Customer, url: str, key: str, twilio: TwilioApi, number: str, score: int) -> None:
    """Be reported, wait for the SMS, answer it; whoever is never asked never answers."""
    report(url, key, customer.interaction, number)
    if not _until(lambda: any(taken.to == number for taken in tuple(twilio.ledger)), 60):
        return
    customer.sent.append(score)
    sid = f"SMin{customer.interaction}"
    wait_until(lambda: twilio.write(f"{url}/twilio/sms", number, OURS, str(score), sid) == 200, 60, every=0.3)
    customer.taken.append(score)
    customer.messages.append(sid)
    customer.finished = True


def go_on_by_sms(customer: Customer, url: str, twilio: TwilioApi, number: str, words: Sequence[str]) -> None:
    """Whoever has given a score writes more: ``words``, "sorry, 3", or STOP; each is written until it is taken."""
    for place, body in enumerate(words if customer.finished else ()):
        sid = f"SMin{customer.interaction}-{place}"
        write = partial(twilio.write, f"{url}/twilio/sms", number, OURS, body, sid)
        wait_until(lambda write=write: write() == 200, 60, every=0.3)
        customer.messages.append(sid)
        customer.stopped |= body == "STOP"
        if body.startswith("sorry, "):
            customer.corrected = int(body.removeprefix("sorry, "))


def report(url: str, key: str, interaction: str, number: str, queue: str = "sales") -> dict[str, Any]:
    """Report a call of four minutes that ended three minutes ago; patient, as a PBX is."""
    body = {
        "id": interaction,
        "kind": "call",
        "queue": queue,
        "agent": "anna",
        "customer": {"phone": number, "language": "sv"},
        "ended_at": "2026-01-01T09:00:00Z",
        "talk_seconds": 240,
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    status, answer = patiently(url + "/api/v1/interactions", json.dumps(body).encode(), headers)
    assert status in (200, 201), (status, answer)
    decided: dict[str, Any] = json.loads(answer)
    return decided


def patient_post(url: str) -> Callable[[str, Mapping[str, str], str], tuple[int, bytes]]:
    """A signed form, sent again until it is answered."""
    return lambda path, form, signature: patiently(
        url + path, urlencode(form).encode(), {"X-Twilio-Signature": signature}
    )


def patient_get(url: str) -> Callable[[str], tuple[int, bytes]]:
    """A file, asked for again until it comes."""
    return lambda path: patiently(url + path, None, {})


def patiently(address: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The status and body of the first answer that is neither a broken connection nor a 5xx."""
    return wait_until(lambda: _once(address, body, headers), 60, every=0.2)  # type: ignore[return-value]


def _once(address: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes] | None:
    request = urllib.request.Request(address, body, dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as refusal:
        return None if refusal.code >= 500 else (refusal.code, refusal.read())
    except OSError:
        return None


def _listen(phone: SipPhone, seconds: float) -> bool:
    """Wait until something was said and then nothing for a third of a second."""
    return _until(lambda: phone.ended or _has_spoken(phone), seconds) and not phone.ended


def _has_spoken(phone: SipPhone) -> bool:
    heard = tuple(phone.heard)
    return any(map(_is_voice, heard)) and len(heard) > 16 and not any(map(_is_voice, heard[-16:]))


def _goes_on(phone: SipPhone, pressed: float, seconds: float) -> bool:
    """Whether a prompt begins after the key."""
    phone.heard[:] = [packet for packet in phone.heard if packet.at > pressed]
    return _until(lambda: any(map(_is_voice, tuple(phone.heard))), min(seconds, 10))


def _is_voice(packet: Any) -> bool:
    samples = packet.samples()
    return bool(samples) and sum(map(abs, samples)) / len(samples) > 150


def _until(predicate: Callable[[], Any], seconds: float) -> bool:
    """Whether it became true in time."""
    pause = threading.Event()
    for _ in range(round(seconds / 0.05)):
        if predicate():
            return True
        pause.wait(0.05)
    return False
