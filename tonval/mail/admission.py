"""The letter with a one-time link: an invitation, or the way to a new password."""

from __future__ import annotations

import html
from datetime import datetime
from email.message import EmailMessage
from typing import Final

from tonval.fieldwork.admissions import Purpose
from tonval.fieldwork.admitting import Failed, Invitation
from tonval.fieldwork.field import Field
from tonval.mail.addresses import BadAddress, one_line
from tonval.mail.line import send
from tonval.mail.mime import fill_in, new_mail
from tonval.mail.sender import Post
from tonval.mail.smtp import MailFailed

WORDS: Final = {
    Purpose.INVITE: (
        "You are invited to {brand}",
        (
            "You can now see how customers were met. Choose a password with this link. It is good for three days, "
            "once. From then on you sign in as {name}."
        ),
    ),
    Purpose.RESET: (
        "A new password for {brand}",
        (
            "Somebody asked for a new password for {name}. Choose it with this link. It is good for two hours, once. "
            "If it was not you, do nothing: the password you have stays good."
        ),
    ),
}


def hand(office: Field, post: Post | None, letter: Invitation) -> Failed | None:
    """Hand the letter to the mail server; tells what was wrong, if anything."""
    if post is None:
        return Failed("no mail server is set up", again=False)
    try:
        send(post.server, compose(letter, office.centre.brand, post.mail_from, office.now()))
    except MailFailed as failed:
        return Failed(str(failed), failed.retryable)
    except BadAddress as bad:
        return Failed(str(bad), again=False)
    return None


def compose(letter: Invitation, brand: str, sender: str, now: datetime) -> EmailMessage:
    """The letter as MIME. Raises BadAddress."""
    subject, words = (one_line(text.format(brand=brand, name=letter.name)) for text in WORDS[letter.purpose])
    mail = new_mail(letter.key, sender, letter.to, subject, now)
    shown, there = html.escape(words), html.escape(letter.link)
    markup = f'<!doctype html><html><body><p>{shown}</p><p><a href="{there}">{there}</a></p></body></html>\n'
    fill_in(mail, f"{words}\n\n{letter.link}\n", markup)
    return mail
