"""Sending the letters that are due, each to its customer at most once.

The order keeps a letter from going out twice: that it begins is committed, then the mail server gets it, then the
outcome is recorded, in the transaction that begins the next one.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Final

from tonval.fieldwork import mailing
from tonval.fieldwork.field import Field
from tonval.fieldwork.mailing import Ended, Letter
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.delivery import State
from tonval.mail.addresses import BadAddress
from tonval.mail.asking import letter_for
from tonval.mail.line import Line, open_line
from tonval.mail.smtp import Fault, MailFailed, MailServer
from tonval.mail.writing import compose
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

log = logging.getLogger(__name__)

Written = tuple[Letter, EmailMessage]

Jitter = Callable[[], float]
"""A number from 0 up to 1, another one each time."""

FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(hours=1)
TRIES: Final = 30
"""With these waits a letter is tried for about a day."""

SILENT_FOR: Final = timedelta(minutes=2)
"""A letter ``sending`` for so long has lost its worker: handing one over takes less than a minute (mail.line)."""

GIVE_UP_AFTER: Final = timedelta(minutes=10)
"""How long a letter may be in doubt. Only a bounce could tell more, and it may come for days."""

NEVER_ANSWERED: Final = sentence("The mail server never said whether it took the letter. It is not sent again.")


NO_ADDRESS: Final = sentence("The customer's e-mail address is none that mail can be sent to.")


@dataclass(frozen=True, slots=True)
class Post:
    """Where letters are handed in and who they are from; ``mailbox`` is where bounces are read, if anywhere."""

    server: MailServer
    mail_from: str
    mailbox: str | None = None


def send_batch(office: Field, post: Post, limit: int = 100, jitter: Jitter = random.random) -> int:
    """Send up to ``limit`` letters that are due and return how many were claimed."""
    letters = mailing.claim_due(office, limit)
    if letters:
        written = _write(office, post, letters, jitter)
        with open_line(post.server) as line:
            _send(office, post, line, written, jitter)
    return len(letters)


def settle_doubtful(office: Field) -> int:
    """Give up the letters nobody will ever know about, and return how many. They are not sent again."""
    for lost in messages.stuck(office, office.now() - SILENT_FOR, Channel.EMAIL):
        messages.mark_unknown(office, lost.id, lost.attempt)
    doubtful = messages.doubtful(office, office.now() - GIVE_UP_AFTER, Channel.EMAIL)
    for letter in doubtful:
        mailing.give_up(office, letter.id, NEVER_ANSWERED)
    return len(doubtful)


def wait_after(tries: int, jitter: Jitter) -> timedelta:
    """The wait after so many tries: 15 s, doubled each time, an hour at most, and a quarter more or less of it."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(tries - 1, 12)))
    return longest * (0.75 + jitter() / 2)


def _write(office: Field, post: Post, letters: Sequence[Letter], jitter: Jitter) -> list[Written]:
    """The letters as MIME. One that cannot be put into words must not keep the others waiting."""
    written, failed = [], []
    for letter in letters:
        try:
            written.append((letter, compose(letter_for(office, letter), post.mail_from, office.now(), post.mailbox)))
        except BadAddress:
            failed.append(Ended(letter, State.FAILED, NO_ADDRESS))
        except Exception:
            log.exception("the letter could not be made letter=%s", letter.id)
            failed.append(_missed(office, letter, MailFailed(sentence("it could not be made"), Fault.LATER), jitter))
    mailing.put_off(office, failed)
    return written


def _send(office: Field, post: Post, line: Line, written: Sequence[Written], jitter: Jitter) -> None:
    ended: Ended | None = None
    for place, (letter, mail) in enumerate(written):
        if not mailing.turn_over(office, ended, letter, str(mail["Message-ID"])):
            ended = None
            continue
        failed = _hand_over(line, mail, post.mailbox)
        ended = _missed(office, letter, failed, jitter) if failed else Ended(letter, State.ACCEPTED)
        if failed and failed.fault is Fault.AWAY:
            rest = [_missed(office, other, failed, jitter) for other, _ in written[place + 1 :]]
            mailing.put_off(office, rest)
            mailing.hold(office, office.now() + FIRST_WAIT)
            break
    mailing.turn_over(office, ended, None)


def _hand_over(line: Line, mail: EmailMessage, mailbox: str | None) -> MailFailed | None:
    try:
        line.send(mail, mailbox)
    except MailFailed as failed:
        return failed
    except Exception as broken:
        log.exception("handing a letter over broke")
        return MailFailed(sentence("handing it over broke: %(error)s", error=type(broken).__name__), Fault.UNKNOWN)
    return None


def _missed(office: Field, letter: Letter, failed: MailFailed, jitter: Jitter) -> Ended:
    """What a try that was not accepted leads to."""
    log.info("not sent letter=%s fault=%s", letter.id, failed.fault.name)
    tries = letter.attempts + 1
    if failed.fault is Fault.UNKNOWN:
        return Ended(letter, State.UNKNOWN, str(failed))
    if failed.fault is Fault.REFUSED:
        return Ended(letter, State.FAILED, sentence("It could not be sent: %(why)s", why=str(failed)))
    if tries >= TRIES:
        return Ended(letter, State.FAILED, sentence("It was tried %(n)s times: %(why)s", n=tries, why=str(failed)))
    return Ended(letter, State.QUEUED, str(failed), office.now() + wait_after(tries, jitter))
