"""A letter to staff: the same words as plain text and as simple HTML, its Message-ID known before the first try."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from tonval.mail.addresses import one_line
from tonval.mail.mime import fill_in, new_mail
from tonval.surveys.sentences import Sentence, sentence
from tonval.translations.catalogs import ENGLISH
from tonval.translations.telling import told_in

READ_ON: Final[Sentence] = sentence("Read the conversation")
"""The way to the page."""

_STYLE = "font-family:sans-serif;font-size:15px;line-height:1.5"


@dataclass(frozen=True, slots=True)
class Letter:
    """What to write to whom, told in ``language`` already.

    ``key`` names the letter for good: the same key gives the same Message-ID.
    """

    key: str
    to: str
    subject: str
    facts: Sequence[tuple[str, str]]
    link: str
    language: str = ENGLISH


def compose(letter: Letter, sender: str, now: datetime) -> EmailMessage:
    """The letter as MIME, from ``sender`` (``Name <address>`` or an address). Raises BadAddress."""
    mail = new_mail(letter.key, sender, letter.to, letter.subject, now)
    fill_in(mail, _plain(letter), _html(letter))
    return mail


def _plain(letter: Letter) -> str:
    facts = "\n".join(f"{label}: {one_line(value)}" for label, value in letter.facts)
    there = told_in(letter.language, READ_ON)
    return f"{one_line(letter.subject)}\n\n{facts}\n\n{there}:\n{letter.link}\n"


def _html(letter: Letter) -> str:
    cell = '<td style="padding:2px 16px 2px 0;vertical-align:top">'
    rows = "".join(
        f"<tr>{cell}{html.escape(label)}</td>{cell}{html.escape(one_line(value))}</td></tr>"
        for label, value in letter.facts
    )
    subject, there = html.escape(one_line(letter.subject)), html.escape(told_in(letter.language, READ_ON))
    return (
        f'<!doctype html><html lang="{letter.language}"><body style="{_STYLE}"><p><strong>{subject}</strong></p>'
        f'<table style="{_STYLE}">{rows}</table>'
        f'<p><a href="{html.escape(letter.link)}">{there}</a></p></body></html>\n'
    )
