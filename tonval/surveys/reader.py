"""From a document's ``surveys`` to forms, with a fault for everything that would fail a customer later."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from tonval.surveys.branching import check_branching
from tonval.surveys.document import Part
from tonval.surveys.languages import read_languages
from tonval.surveys.page_reader import read_page, read_words
from tonval.surveys.phrases import PHRASES, SCALE_PHRASES, SMS_PHRASES
from tonval.surveys.questionnaire import NO_WORDS, WINDOW, Form, Option, Question, Reaction, Wording
from tonval.surveys.scales import CHOICE, CHOICES, KINDS, YES_NO, Group
from tonval.surveys.sentences import sentence
from tonval.surveys.wordings import Language, read_wording

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.IGNORECASE)
QUESTION_KEYS: Final = ("id", "scale", "text", "type_ahead", "required", "when", "low", "high", "options", "hint")
OPTION_KEYS: Final = ("id", "text")
REACTION_KEYS: Final = ("when", "say")
SURVEY_KEYS: Final = (
    "title",
    "questions",
    "reactions",
    "prompts",
    "thanks",
    "page",
    "link",
    "mail",
    "remind",
    "languages",
    "window",
    "off",
)
MOST_OPTIONS: Final = 40
SHORTEST_WINDOW, LONGEST_WINDOW = timedelta(hours=1), timedelta(days=30)


def read_forms(root: Part, languages: tuple[str, ...], brand: str) -> dict[str, Form]:
    """Every survey of the document as a form of version 0; the store numbers versions. The brand is filled in."""
    return {name: _read_form(name, part, languages, brand) for name, part in root.parts("surveys")}


def is_name(text: str) -> bool:
    """Whether the text may name a survey, a question or an option."""
    return _ID.fullmatch(text) is not None


def surveys_off(root: Part) -> frozenset[str]:
    """The surveys that ask nobody for now."""
    return frozenset(name for name, part in root.parts("surveys") if part.flag("off", False))


def _read_form(name: str, part: Part, languages: tuple[str, ...], brand: str) -> Form:
    _check_id(part, name)
    part.only(SURVEY_KEYS)
    spoken = read_languages(part) or languages or _languages_used(part)
    tongue = Language(spoken, brand)
    questions = tuple(_read_question(item, tongue) for item in part.items("questions"))
    if not questions:
        part.fault(sentence("a survey needs at least one question"), "questions" if "questions" in part.data else None)
    _check_once(part, "questions", "question")
    reactions = tuple(_read_reaction(item, tongue) for item in part.items("reactions"))
    check_branching(part, questions)
    phrases = {**_read_phrases(part, tongue, questions), **read_words(part, tongue)}
    page, title, window = read_page(part.part("page")), _title(part, tongue), _window(part)
    return Form(name, 0, spoken, questions, phrases, reactions, page, title, window)


def _window(part: Part) -> timedelta:
    window = part.duration("window", WINDOW)
    if not SHORTEST_WINDOW <= window <= LONGEST_WINDOW:
        part.fault(sentence("must be from 1h to 30d"), "window")
    return window


def _title(part: Part, tongue: Language) -> Wording:
    return read_wording(part, "title", tongue, every=False) if "title" in part.data else NO_WORDS


def _languages_used(part: Part) -> tuple[str, ...]:
    """The languages the questions are written in, in the order they appear; English where none is named."""
    texts = [item.data.get("text") for item in part.items("questions")]
    used = dict.fromkeys(language for text in texts if isinstance(text, dict) for language in text)
    return tuple(used) or ("en",)


def _read_question(part: Part, tongue: Language) -> Question:
    part.only(QUESTION_KEYS)
    name = part.text("id") or ""
    _check_id(part, name, "id")
    scale = part.choice("scale", KINDS, None) or ""
    if "scale" not in part.data:
        part.fault(sentence("say which scale: %(KINDS)s", KINDS=", ".join(KINDS)))
    return Question(
        id=name,
        scale=scale,
        text=read_wording(part, "text", tongue),
        type_ahead=part.flag("type_ahead", False),
        required=part.flag("required", False),
        when=part.text("when") or "",
        low=_read_end(part, "low", scale, tongue),
        high=_read_end(part, "high", scale, tongue),
        options=_read_options(part, scale, tongue),
        hint=read_wording(part, "hint", tongue) if "hint" in part.data else NO_WORDS,
    )


def _read_end(part: Part, key: str, scale: str, tongue: Language) -> Wording:
    if key not in part.data:
        return NO_WORDS
    if scale not in KINDS or scale in (CHOICE, CHOICES, "text", "call_back", YES_NO.name):
        part.fault(sentence("only a scale of numbers has ends to put words to"), key)
    return read_wording(part, key, tongue)


def _read_options(part: Part, scale: str, tongue: Language) -> tuple[Option, ...]:
    """The options, with codes by their places: a version that is published keeps those of the versions before it."""
    options = tuple(_read_option(item, place, tongue) for place, item in enumerate(part.items("options"), 1))
    chosen = scale in (CHOICE, CHOICES)
    if options and not chosen:
        part.fault(
            sentence("a question on the scale %(scale)s has no options; they go with choice and choices", scale=scale),
            "options",
        )
    if chosen and len(options) < 2:
        part.fault(sentence("give at least two options to choose from"), "options" if "options" in part.data else None)
    if len(options) > MOST_OPTIONS:
        part.fault(sentence("has more than %(MOST_OPTIONS)s options", MOST_OPTIONS=MOST_OPTIONS), "options")
    _check_once(part, "options", "option")
    return options


def _read_option(part: Part, place: int, tongue: Language) -> Option:
    part.only(OPTION_KEYS)
    name = part.text("id") or ""
    _check_id(part, name, "id")
    return Option(name, read_wording(part, "text", tongue), place)


def _read_reaction(part: Part, tongue: Language) -> Reaction:
    part.only(REACTION_KEYS)
    if not part.data.get("when"):
        part.fault(sentence("say when: a condition such as recommend <= 6"), "when" if "when" in part.data else None)
    return Reaction(part.text("when") or "", read_wording(part, "say", tongue))


def _read_phrases(part: Part, tongue: Language, questions: tuple[Question, ...]) -> dict[str, Wording]:
    """The survey's own words laid over the built-in ones, language by language."""
    scales = {f"scale.{question.scale}" for question in questions}
    built_in = {**PHRASES, **{slot: words for slot, words in SCALE_PHRASES.items() if slot in scales}}
    phrases: dict[str, Wording] = {
        slot: {lang: words[lang] for lang in tongue.languages if lang in words} for slot, words in built_in.items()
    }
    prompts = part.part("prompts")
    prompts.only((*PHRASES, *SCALE_PHRASES, *SMS_PHRASES))
    for slot in prompts.data:
        phrases[slot] = {**phrases.get(slot, {}), **read_wording(prompts, slot, tongue, every=False)}
    thanks = part.part("thanks")
    thanks.only([group.value for group in Group])
    for group in thanks.data:
        phrases[f"thanks.{group}"] = read_wording(thanks, group, tongue)
    return {slot: words for slot, words in phrases.items() if any(words.values())}


def _check_once(part: Part, key: str, what: str) -> None:
    """No two entries of the list ``key`` may have the same id."""
    seen: set[str] = set()
    for item in part.items(key):
        name = str(item.data.get("id", ""))
        if name in seen:
            item.fault(sentence("the %(what)s “%(name)s” stands here twice", what=what, name=name), "id")
        seen.add(name)


def _check_id(part: Part, name: str, key: str | None = None) -> None:
    if not is_name(name):
        part.fault(sentence("“%(name)s” is no name: use letters, digits, - and _", name=name), key)
