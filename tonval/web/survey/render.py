"""Survey pages as HTML: from a form and an interview in memory, without a request, a token or a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from jinja2 import Environment, PackageLoader

from tonval.surveys.page_words import direction, usual, words
from tonval.surveys.phrases import PHRASES
from tonval.surveys.questionnaire import Form, Page
from tonval.surveys.saying import last_words, say
from tonval.surveys.state import Interview
from tonval.web.survey.seen import Seen
from tonval.web.survey.style import SCRIPT, neutral_policy, policy, style_of
from tonval.web.survey.view import view_of

_PAGES: Final = Environment(
    loader=PackageLoader("tonval.web", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_NEUTRAL: Final = Page()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page and the Content-Security-Policy it must be sent with. ``frames``: who may hold it in a frame."""

    html: str
    policy: str
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    """What every page needs."""

    language: str
    direction: str
    title: str
    brand: str
    logo: str | None
    frames: str
    address: str


@dataclass(frozen=True, slots=True)
class _End:
    """A page on which nothing is asked."""

    title: str
    text: str
    said: tuple[str, ...] = ()
    done: bool = False
    link: str = ""
    link_text: str = ""


def render(form: Form, interview: Interview, seen: Seen) -> Rendered:
    """The page that waits for the customer."""
    spoken = _speaking(form, interview, seen.language)
    word = partial(words, form, language=spoken.language)
    context = {"page": view_of(form, spoken, seen), "word": word}
    return _rendered("survey/page.html", form, spoken, seen, context)


def render_thanks(form: Form, interview: Interview, seen: Seen) -> Rendered:
    """The thank-you that fits the answers, after the reactions to the last page."""
    spoken = _speaking(form, interview, seen.language)
    told = tuple(said.text for place in spoken.told for said in say(form, spoken, f"reaction.{place}"))
    end = _End(_thanks(form, spoken), words(form, "page.done", spoken.language), told, done=True)
    return _rendered("survey/end.html", form, spoken, seen, {"end": end})


def render_too_large(form: Form, interview: Interview, seen: Seen) -> Rendered:
    """More was sent than can be taken; the way back to the questions."""
    spoken = _speaking(form, interview, seen.language)
    word = partial(words, form, language=spoken.language)
    end = _End(word("page.too_large"), "", link=seen.address, link_text=word("page.return"))
    return _rendered("survey/end.html", form, spoken, seen, {"end": end})


def render_closed(brand: str, language: str) -> Rendered:
    """The page of every link that is not open: the same bytes whether it is unknown, used or too old."""
    style = style_of(_NEUTRAL)
    around = _Around(language, direction(language), brand, brand, None, "", "")
    end = _End(usual("page.closed", language), usual("page.closed_text", language))
    html = _PAGES.get_template("survey/end.html").render(seen=around, style=style, script="", end=end)
    return Rendered(html, neutral_policy(style), ("*",))


def _rendered(template: str, form: Form, interview: Interview, seen: Seen, context: Mapping[str, object]) -> Rendered:
    style = style_of(form.page)
    around = _around(form, interview, seen)
    html = _PAGES.get_template(template).render(seen=around, style=style, script=SCRIPT, **context)
    return Rendered(html, policy(form.page, style), form.page.frames)


def _around(form: Form, interview: Interview, seen: Seen) -> _Around:
    brand = interview.fills.get("brand", "")
    title = form.title.get(interview.language) or next(iter(form.title.values()), "") or brand
    language = interview.language
    return _Around(
        language, direction(language), title, brand, form.page.logo, " ".join(form.page.frames), seen.address
    )


def _speaking(form: Form, interview: Interview, language: str) -> Interview:
    """The interview as it is told in the language that is shown, where the survey has it."""
    return replace(interview, language=language) if language in form.languages else interview


def _thanks(form: Form, interview: Interview) -> str:
    """The survey's own words; its words for telephones are no words for a page."""
    slot = last_words(form, interview)
    own = form.phrases.get(slot, {}).get(interview.language, "")
    if own and own != PHRASES.get(slot, {}).get(interview.language):
        return next((said.text for said in say(form, interview, slot)), "")
    return words(form, "page.thanks" if interview.has_said else "page.goodbye", interview.language)
