"""The letter with a one-time link: an invitation, or the way to a new password."""

from __future__ import annotations

import html
from datetime import datetime
from email.message import EmailMessage

from tonval.fieldwork.colleagues.admissions import Purpose
from tonval.fieldwork.colleagues.admitting import Failed, Invitation
from tonval.fieldwork.field import Field
from tonval.mail.addresses import BadAddress, one_line
from tonval.mail.line import send
from tonval.mail.mime import fill_in, new_mail
from tonval.mail.sender import Post
from tonval.mail.smtp import MailFailed
from tonval.surveys.sentences import Sentence, sentence
from tonval.translations.telling import readable, told_in


def hand(office: Field, post: Post | None, letter: Invitation) -> Failed | None:
    """Hand the letter to the mail server; tells what was wrong, if anything."""
    if post is None:
        return Failed("no mail server is set up", again=False)
    language = readable(letter.language, office.centre.staff_language)
    try:
        send(post.server, compose(letter, office.centre.brand, post.mail_from, office.now(), language))
    except MailFailed as failed:
        return Failed(str(failed), failed.retryable)
    except BadAddress as bad:
        return Failed(str(bad), again=False)
    return None


def compose(letter: Invitation, brand: str, sender: str, now: datetime, language: str) -> EmailMessage:
    """The letter as MIME, told in ``language``. Raises BadAddress."""
    subject, words = (one_line(told_in(language, text)) for text in _said(letter, brand))
    mail = new_mail(letter.key, sender, letter.to, subject, now)
    shown, there = html.escape(words), html.escape(letter.link)
    body = f'<p>{shown}</p><p><a href="{there}">{there}</a></p>'
    markup = f'<!doctype html><html lang="{language}"><body>{body}</body></html>\n'
    fill_in(mail, f"{words}\n\n{letter.link}\n", markup)
    return mail


def _said(letter: Invitation, brand: str) -> tuple[Sentence, Sentence]:
    """The subject, and what the letter says."""
    if letter.purpose is Purpose.RESET:
        return sentence("A new password for %(brand)s", brand=brand), sentence(
            "Somebody asked for a new password for %(name)s. Choose it with this link. It is good for two hours, once. "
            "If it was not you, do nothing: the password you have stays good.",
            name=letter.name,
        )
    return sentence("You are invited to %(brand)s", brand=brand), sentence(
        "You can now see how customers were met. Choose a password with this link. It is good for three days, "
        "once. From then on you sign in as %(name)s.",
        name=letter.name,
    )
