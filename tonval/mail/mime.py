"""What every mail of ours has: its headers, and the same words as plain text and as HTML.

Letters go out by the thousand and Python reads every header it is given, so headers that many letters share are read
once, and the words are encoded here.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_qp
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final

from tonval.mail.addresses import needs_utf8, one_line, read_address

_POLICY: Final = SMTP.clone(cte_type="7bit")  # not every server on the way takes 8 bits
_UTF8: Final = _POLICY.clone(utf8=True)
_LONGEST_HEADER: Final = 200  # characters of a subject
_LONGEST_LINE: Final = 900  # characters
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]| \n")  # a blank at a line's end may get lost on the way
_BOUNDARY: Final = "=_tonval"
"""Words that are encoded cannot hold it: ``=_`` stands nowhere in quoted-printable (RFC 2045, section 6.7)."""


def new_mail(key: str, sender: str, to: str, subject: str, now: datetime) -> EmailMessage:
    """A mail without a body, from ``sender`` (``Name <address>`` or an address). Raises BadAddress.

    Line breaks and control characters in the subject become spaces, so no text can add a header of its own.
    """
    writer, reader = read_address(sender), read_address(to)
    mail = EmailMessage(policy=_UTF8 if needs_utf8(writer) or needs_utf8(reader) else _POLICY)
    mail["From"], mail["To"] = shared("From", str(writer)), reader
    mail["Subject"] = shared("Subject", one_line(subject)[:_LONGEST_HEADER])
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(key, to, writer.domain)
    mail["Auto-Submitted"] = shared("Auto-Submitted", "auto-generated")  # RFC 3834: no holiday notices in return
    return mail


def fill_in(mail: EmailMessage, plain: str, markup: str) -> None:
    """Give the mail its words, the simple form first (RFC 2046, section 5.1.4)."""
    mail["MIME-Version"] = shared("MIME-Version", "1.0")
    mail["Content-Type"] = shared("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"')
    parts = f"{_part('text/plain', plain)}{_part('text/html', markup)}"
    mail.set_payload(f"{parts}--{_BOUNDARY}--\n".replace("\n", "\r\n"))


@lru_cache(maxsize=256)
def shared(name: str, value: str) -> Any:
    """A header that many letters have alike, ready to be set."""
    return _POLICY.header_factory(name, value)


def message_id(key: str, to: str, domain: str) -> str:
    """The same for every try at the same letter (RFC 5322, section 3.6.4)."""
    mark = hashlib.sha256(f"{key}\n{to}".encode()).hexdigest()[:32]
    return f"<{mark}@{domain}>"


def _part(kind: str, words: str) -> str:
    """One form of the words as it stands in the body (RFC 2046, section 5.1.1), encoded only where it must be."""
    lines = "\n".join(words.splitlines()) + "\n"
    encoding = "7bit"
    if not _goes_as_it_is(lines):
        lines = b2a_qp(lines.encode(errors="replace"), istext=True).decode("ascii")
        encoding = "quoted-printable"
    head = f'Content-Type: {kind}; charset="utf-8"\nContent-Transfer-Encoding: {encoding}'
    return f"--{_BOUNDARY}\n{head}\n\n{lines}"


def _goes_as_it_is(lines: str) -> bool:
    """Whether any server takes the lines unencoded (RFC 5321, section 4.5.3.1.6), and none can be the boundary."""
    short = all(len(line) <= _LONGEST_LINE for line in lines.split("\n"))
    return short and lines.isascii() and not _UNPRINTABLE.search(lines) and _BOUNDARY not in lines
