"""A letter: the same words as plain text and as simple HTML, its Message-ID known before the first try."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_POLICY = SMTP.clone(cte_type="7bit")  # not every server on the way takes 8 bits
_LONGEST_HEADER = 200  # characters of a subject

_STYLE = "font-family:sans-serif;font-size:15px;line-height:1.5"


class BadAddress(ValueError):
    """This is no e-mail address."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What to write to whom. ``key`` names the letter for good: the same key gives the same Message-ID."""

    key: str
    to: str
    subject: str
    facts: Sequence[tuple[str, str]]
    link: str


def compose(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as MIME, from ``sender`` (``Name <address>`` or an address). Raises BadAddress.

    Line breaks and control characters in the subject become spaces, so no text can add a header of its own.
    """
    writer, reader = read_address(sender), read_address(letter.to)
    message = EmailMessage(policy=_POLICY)
    message["From"], message["To"] = writer, reader
    message["Subject"] = one_line(letter.subject)[:_LONGEST_HEADER]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(letter.key, letter.to, writer.domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices in return
    message.set_content(_plain(letter))
    message.add_alternative(_html(letter), subtype="html")
    return message


def message_id(key: str, to: str, domain: str) -> str:
    """The same for every try at the same letter (RFC 5322, section 3.6.4)."""
    mark = hashlib.sha256(f"{key}\n{to}".encode()).hexdigest()[:32]
    return f"<{mark}@{domain}>"


def read_address(written: str) -> Address:
    """``Name <address>`` or a bare address. Raises BadAddress."""
    line = one_line(written)
    name, spec = parseaddr(line)
    # parseaddr guesses at malformed text; only what stands there as it was understood is taken.
    if not _ADDRESS.fullmatch(spec) or not (line == spec or line.endswith(f"<{spec}>")):
        raise BadAddress("this is no e-mail address")
    local, _, domain = spec.partition("@")
    return Address(display_name=name, username=local, domain=domain)


def one_line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(_BREAKS.sub(" ", text).split())


def _plain(letter: Letter) -> str:
    facts = "\n".join(f"{label}: {one_line(value)}" for label, value in letter.facts)
    return f"{one_line(letter.subject)}\n\n{facts}\n\nRead the conversation:\n{letter.link}\n"


def _html(letter: Letter) -> str:
    cell = '<td style="padding:2px 16px 2px 0;vertical-align:top">'
    rows = "".join(
        f"<tr>{cell}{html.escape(label)}</td>{cell}{html.escape(one_line(value))}</td></tr>"
        for label, value in letter.facts
    )
    return (
        f'<!doctype html><html><body style="{_STYLE}"><p><strong>{html.escape(one_line(letter.subject))}</strong></p>'
        f'<table style="{_STYLE}">{rows}</table>'
        f'<p><a href="{html.escape(letter.link)}">Read the conversation</a></p></body></html>\n'
    )
