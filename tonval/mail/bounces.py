"""Reading what comes back: a delivery report (RFC 3464), or what older and stranger mail servers send instead. Pure.

The letter is known by our own Message-ID, which nobody can guess, and by nothing else: a mail from a stranger about an
address moves nothing. What people's mail programs answer by themselves (I am on holiday) is no bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Final

from tonval.fieldwork.bounces import Bounce, Stop
from tonval.mail.addresses import one_line
from tonval.surveys.sentences import sentence

LARGEST: Final = 1_000_000
"""Bytes of a mail that are looked at; a report names the letter long before."""

_DEEPEST: Final = 8  # parts within parts
_MOST: Final = 60  # parts in all
_LONGEST: Final = 200  # characters of a sentence
_ENOUGH: Final = 20_000  # characters in which a reason must stand

_MESSAGE_ID: Final = re.compile(r"<[^<>\s@]{1,200}@[^<>\s]{1,200}>")
_ID_LINE: Final = re.compile(
    r"^[ \t>]*Message-ID:[ \t]*(<[^<>\s@]{1,200}@[^<>\s]{1,200}>)", re.MULTILINE | re.IGNORECASE
)
_STATUS: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE: Final = re.compile(r"(?<![\d.])([45])\d\d[ -]")
_ADDRESS: Final = re.compile(r"[^\s<>;,\"]{1,64}@[^\s<>;,\"]{1,253}")
_DAEMON: Final = re.compile(r"mailer-daemon|postmaster|mail delivery (sub)?system|mdaemon", re.IGNORECASE)
_WISH: Final = re.compile(rf"\s*stop\s+<?({_MESSAGE_ID.pattern[1:-1]})>?\s*", re.IGNORECASE)

_FINAL: Final = frozenset(("failed",))
_ON_ITS_WAY: Final = frozenset(("delivered", "relayed", "expanded"))

_SENTENCES: Final = {
    "1.1": sentence("There is no such mailbox."),
    "1.2": sentence("There is no such mail domain."),
    "1.3": sentence("The address is not written as an address is."),
    "1.6": sentence("The mailbox has moved, and nobody says where."),
    "1.10": sentence("The domain takes no mail at all."),
    "2.1": sentence("The mailbox is closed."),
    "2.2": sentence("The mailbox is full."),
    "2.3": sentence("The letter is too long for the mailbox."),
    "3.4": sentence("The letter is too long for the mail server."),
    "4.1": sentence("The customer's mail server does not answer."),
    "4.4": sentence("The customer's mail server cannot be found."),
    "4.7": sentence("The customer's mail server took too long."),
    "7.1": sentence("The customer's mail server refuses letters from us."),
    "7.26": sentence("The customer's mail server could not check that the letter is ours (SPF, DKIM)."),
}
"""The statuses of RFC 3463 and RFC 7505 that occur, without their first digit."""


def read_returned(raw: bytes) -> Bounce | Stop | None:
    """What a mail that came back says; ``None`` when it is none of a bounce or a wish to be left alone.

    ``raw`` is any mail at all, from anybody. Never raises.
    """
    try:
        mail = message_from_bytes(raw[:LARGEST], policy=compat32)
    except RecursionError:  # hundreds of mails within mails: somebody is trying what we bear
        return None
    wish = _WISH.fullmatch(one_line(_header(mail, "Subject")))
    if wish:
        return Stop(f"<{wish[1]}>")
    parts = list(_parts(mail))
    message_id = _original(parts)
    if message_id is None:
        return None
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    return _from_report(report, message_id) if report else _from_words(mail, parts, message_id)


def _from_report(report: Message, message_id: str) -> Bounce | None:
    """The group of the first recipient the letter did not reach (RFC 3464, section 2.3)."""
    groups = [group for group in _groups(report) if group.get("Final-Recipient") or group.get("Action")]
    for group in groups:
        action = one_line(_header(group, "Action")).lower()
        found = _STATUS.search(_header(group, "Status")) or _STATUS.search(_header(group, "Diagnostic-Code"))
        status = found[0] if found else "5.0.0" if action in _FINAL else "4.0.0"
        if action in _ON_ITS_WAY or (not action and status.startswith("2")):
            continue
        hard = action in _FINAL or (not action and status.startswith("5"))
        recipient = _ADDRESS.search(_header(group, "Original-Recipient") or _header(group, "Final-Recipient"))
        words = _sentence(status, _header(group, "Diagnostic-Code").partition(";")[2])
        return Bounce(message_id, recipient[0].lower() if recipient else "", status, hard, words)
    return None


def _from_words(mail: Message, parts: list[Message], message_id: str) -> Bounce | None:
    """A bounce without a report: from the mail system itself, its reason somewhere in the words."""
    refused = _ADDRESS.search(_header(mail, "X-Failed-Recipients"))
    from_system = bool(refused or _DAEMON.search(_header(mail, "From")))
    if not from_system:
        return None
    words = _ID_LINE.split(_text(parts[:3]))[0][:_ENOUGH]
    found, code = _STATUS.search(words), _CODE.search(words)
    status = found[0] if found else f"{code[1]}.0.0" if code else "5.0.0" if refused else "4.0.0"
    at = found or code
    reason = words[at.start() : at.start() + _LONGEST].partition("\n")[0] if at else ""
    recipient = refused or _ADDRESS.search(words)
    hard = status.startswith("5")
    return Bounce(message_id, recipient[0].lower() if recipient else "", status, hard, _sentence(status, reason))


def _sentence(status: str, reason: str) -> str:
    """Why it came back, for people; what the server said is kept where we have no words of our own."""
    known = _SENTENCES.get(status.partition(".")[2])
    said = one_line(reason)[:_LONGEST]
    if known:
        return known
    if said:
        return sentence("The customer's mail server sent it back: %(said)s", said=said)
    return sentence("The customer's mail server sent it back.")


def _original(parts: list[Message]) -> str | None:
    """The Message-ID of the letter that came back, from its own headers or from the words about it."""
    inner = [part for part in parts[1:] if part.get("Message-ID")]
    for part in inner:
        found = _MESSAGE_ID.search(_header(part, "Message-ID"))
        if found:
            return found[0]
    quoted = _ID_LINE.search(_text(parts))
    return quoted[1] if quoted else None


def _parts(mail: Message, depth: int = 0, left: list[int] | None = None) -> Iterator[Message]:
    """The mail and its parts, the outer ones first; only so many, however deep a stranger has packed them."""
    left = left if left is not None else [_MOST]
    if depth > _DEEPEST or left[0] <= 0:
        return
    left[0] -= 1
    yield mail
    inner = mail.get_payload()
    if isinstance(inner, list) and mail.get_content_type() != "message/delivery-status":
        for part in inner:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1, left)


def _groups(report: Message) -> list[Message]:
    inner = report.get_payload()
    return [group for group in inner if isinstance(group, Message)][:_MOST] if isinstance(inner, list) else []


def _text(parts: list[Message]) -> str:
    """All that can be read in the parts that are text, decoded as well as can be."""
    return "\n".join(_decoded(part) for part in parts if part.get_content_maintype() in ("text", "message"))


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", errors="replace") if isinstance(payload, bytes) else ""


def _header(part: Message, name: str) -> str:
    """A header as text; one with bytes beyond ASCII is given as well as can be."""
    return str(part.get(name) or "")
