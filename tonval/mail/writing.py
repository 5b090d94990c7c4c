"""A survey letter as MIME: plain words and HTML of the same, and the headers by which one can say stop."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlencode

from tonval.mail import markup
from tonval.mail.addresses import one_line
from tonval.mail.asked import Rating, SurveyLetter
from tonval.mail.mime import fill_in, new_mail, shared

_ONE_CLICK: Final = shared("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
"""The mail program's own button takes the reader off, without a page (RFC 8058)."""

_NO_REPLIES: Final = shared("X-Auto-Response-Suppress", "OOF, AutoReply")
"""The same wish as Auto-Submitted, as Exchange understands it."""


def compose(letter: SurveyLetter, sender: str, now: datetime, mailbox: str | None = None) -> EmailMessage:
    """The letter as MIME, from ``sender`` (``Name <address>`` or an address). Raises BadAddress.

    ``mailbox`` is the address where bounces and wishes to be left alone are read, if there is one.
    """
    mail = new_mail(letter.key, sender, letter.to, letter.subject, now)
    mail["Content-Language"] = shared("Content-Language", letter.language)
    mail["List-Unsubscribe"] = _ways_out(letter, str(mail["Message-ID"]), mailbox)
    mail["List-Unsubscribe-Post"] = _ONE_CLICK
    mail["X-Auto-Response-Suppress"] = _NO_REPLIES
    fill_in(mail, plain(letter), markup.page(letter))
    return mail


def plain(letter: SurveyLetter) -> str:
    """The letter in plain words: the text, the first question, the link, why one gets it, and the way out."""
    parts = letter.paragraphs()
    if letter.rating:
        parts.append(_in_words(letter.rating))
    parts.append(letter.link)
    return "\n\n".join(parts) + f"\n\n-- \n{letter.say('why')}\n{letter.say('stop')}: {letter.stop_link}\n"


def _in_words(rating: Rating) -> str:
    (first, low), *_, (last, high) = rating.values
    ends = f"{low}: {rating.low}, {high}: {rating.high}" if rating.low and rating.high else f"{first}–{last}"
    return f"{one_line(rating.text)} ({ends})"


def _ways_out(letter: SurveyLetter, message_id: str, mailbox: str | None) -> str:
    """RFC 2369, section 3.2: the mailbox first where there is one, though mail programs choose by themselves."""
    page = f"<{one_line(letter.stop_link)}>"
    if mailbox is None:
        return page
    return f"{page}, <mailto:{mailbox}?{urlencode({'subject': f'stop {message_id[1:-1]}'}).replace('+', '%20')}>"
