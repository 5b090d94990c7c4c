"""From what is stored to the letter: the words as they were queued, the links as only their customer gets them."""

from __future__ import annotations

from typing import Final

from tonval.fieldwork.dressing import dressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.links import link_for, stop_link_for
from tonval.fieldwork.mailing import Letter
from tonval.mail.asked import Rating, SurveyLetter
from tonval.surveys.page_words import direction, usual, words
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.route import route
from tonval.surveys.saying import say
from tonval.surveys.scales import SCALES, YES_NO
from tonval.surveys.state import Interview
from tonval.surveys.wording import fill


def letter_for(office: Field, letter: Letter) -> SurveyLetter:
    """What is written to the customer, the links put in."""
    link = link_for(office, letter.interview, letter.form.page.address)
    return survey_letter(office, letter, link, stop_link_for(office, letter.interview))


def survey_letter(office: Field, letter: Letter, link: str, stop_link: str) -> SurveyLetter:
    """The same with links that are given."""
    asked, page = letter.asked, dressed(letter.form, office.centre.look).page
    return SurveyLetter(
        key=letter.id,
        to=letter.recipient,
        subject=letter.subject,
        text=fill(letter.body, {"link": link, "stop_link": stop_link}),
        link=link,
        stop_link=stop_link,
        language=asked.language,
        brand=asked.fills.get("brand", office.centre.brand),
        direction=direction(asked.language),
        html=words(letter.form, "mail.html", asked.language),
        agent=asked.fills.get("agent", ""),
        customer=asked.fills.get("customer", ""),
        accent=page.colours.get("accent"),
        logo=f"{office.public_url}{page.logo}" if page.logo and page.logo.startswith("/") else page.logo,
        rating=_first_rating(letter.form, asked),
    )


_ENDS: Final = {YES_NO.lowest: "page.no", YES_NO.highest: "page.yes"}


def _first_rating(form: Form, asked: Interview) -> Rating | None:
    """The first question, when it is answered with a number of a scale."""
    first: Question | None = next(iter(route(form, asked)), None)
    scale = SCALES.get(first.scale) if first else None
    if first is None or scale is None:
        return None
    language, named = asked.language, _ENDS if scale is YES_NO else {}
    values = range(scale.lowest, scale.highest + 1)
    return Rating(
        question=first.id,
        text=" ".join(said.text for said in say(form, asked, first.slot)),
        values=tuple((value, usual(named[value], language) if named else str(value)) for value in values),
        low=first.low.get(language) or usual(f"ends.{scale.name}.low", language),
        high=first.high.get(language) or usual(f"ends.{scale.name}.high", language),
    )
