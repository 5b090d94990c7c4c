"""Letters of a survey that is still being made: to look at, and to send to oneself. Their links lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from tonval.fieldwork.field import Field
from tonval.fieldwork.mailing import Letter
from tonval.mail import markup
from tonval.mail.addresses import BadAddress
from tonval.mail.asked import SurveyLetter
from tonval.mail.asking import survey_letter
from tonval.mail.line import send
from tonval.mail.smtp import MailFailed, MailServer
from tonval.mail.writing import compose, plain
from tonval.surveys import interview
from tonval.surveys.page_words import words
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.sentences import chain, sentence

NO_LETTER = sentence("The letter could not be sent")


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as its customer would read it."""

    subject: str
    text: str
    html: str


def show(office: Field, form: Form, language: str, reminder: bool = False) -> Shown:
    """The letter, or its reminder, in the language."""
    letter = _letter(office, form, language, "somebody@example.com", "remind" if reminder else "mail")
    return Shown(letter.subject, plain(letter), markup.page(letter))


def send_to(office: Field, server: MailServer, sender: str, form: Form, language: str, address: str) -> None:
    """Send the letter to ``address``. Raises ``ValueError`` with a sentence."""
    letter = _letter(office, form, language, address, "mail")
    try:
        send(server, compose(letter, sender, office.now()))
    except BadAddress as bad:
        raise ValueError(chain(NO_LETTER, str(bad), between=": ")) from None
    except MailFailed as failed:
        raise ValueError(chain(NO_LETTER, str(failed), between=": ")) from None


def _letter(office: Field, form: Form, language: str, address: str, slots: str) -> SurveyLetter:
    fills = {"brand": office.centre.brand, "agent": "Anna", "customer": "Eva"}
    begun = interview.begin(form, channel=Channel.EMAIL, language=language, fills=fills).interview
    subject, body = (words(form, f"{slots}.{part}", begun.language, fills) for part in ("subject", "text"))
    letter = Letter(office.fresh_id("try"), "", 0, address, subject, body, "", begun, form)
    link = f"{office.public_url}/s/{'0' * 22}"
    return survey_letter(office, letter, link, link)
