"""From a document's ``surveys`` to forms, with a fault for everything that would fail a customer later."""

from __future__ import annotations

import re
from typing import Final

from tonval.surveys.document import Part
from tonval.surveys.phrases import PHRASES
from tonval.surveys.questionnaire import Form, Question, Wording
from tonval.surveys.scales import FREE_TEXT, SCALES, Group
from tonval.surveys.wording import fill, unknown_placeholders

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.IGNORECASE)
QUESTION_KEYS: Final = ("id", "scale", "text", "type_ahead")
SURVEY_KEYS: Final = ("questions", "prompts", "thanks", "languages", "off")


def read_forms(root: Part, languages: tuple[str, ...], brand: str) -> dict[str, Form]:
    """Every survey of the document as a form of version 0; the store numbers versions. The brand is filled in."""
    return {name: _read_form(name, part, languages, brand) for name, part in root.parts("surveys")}


def surveys_off(root: Part) -> frozenset[str]:
    """The surveys that ask nobody for now."""
    return frozenset(name for name, part in root.parts("surveys") if part.flag("off", False))


def _read_form(name: str, part: Part, languages: tuple[str, ...], brand: str) -> Form:
    _check_id(part, name)
    part.only(SURVEY_KEYS)
    spoken = part.texts("languages") or languages or _languages_used(part)
    questions = tuple(_read_question(item, spoken, brand) for item in part.items("questions"))
    if not questions:
        part.fault("a survey needs at least one question", "questions" if "questions" in part.data else None)
    seen: set[str] = set()
    for item, question in zip(part.items("questions"), questions, strict=False):
        if question.id in seen:
            item.fault(f"the question “{question.id}” stands here twice", "id")
        seen.add(question.id)
    return Form(name, 0, spoken, questions, _read_phrases(part, spoken, brand))


def _languages_used(part: Part) -> tuple[str, ...]:
    """The languages the questions are written in, in the order they appear; English where none is named."""
    texts = [item.data.get("text") for item in part.items("questions")]
    used = dict.fromkeys(language for text in texts if isinstance(text, dict) for language in text)
    return tuple(used) or ("en",)


def _read_question(part: Part, languages: tuple[str, ...], brand: str) -> Question:
    part.only(QUESTION_KEYS)
    name = part.text("id") or ""
    _check_id(part, name, "id")
    scale = part.choice("scale", (*SCALES, FREE_TEXT), None) or ""
    if "scale" not in part.data:
        part.fault(f"say which scale: {', '.join((*SCALES, FREE_TEXT))}")
    return Question(name, scale, _wording(part, "text", languages, brand), part.flag("type_ahead", False))


def _read_phrases(part: Part, languages: tuple[str, ...], brand: str) -> dict[str, Wording]:
    """The survey's own words laid over the built-in ones, language by language."""
    phrases: dict[str, Wording] = {
        slot: {lang: words[lang] for lang in languages if lang in words} for slot, words in PHRASES.items()
    }
    prompts = part.part("prompts")
    prompts.only(PHRASES)
    for slot in prompts.data:
        phrases[slot] = {**phrases.get(slot, {}), **_wording(prompts, slot, languages, brand, every=False)}
    thanks = part.part("thanks")
    thanks.only([group.value for group in Group])
    for group in thanks.data:
        phrases[f"thanks.{group}"] = _wording(thanks, group, languages, brand)
    return {slot: words for slot, words in phrases.items() if any(words.values())}


def _wording(part: Part, key: str, languages: tuple[str, ...], brand: str, *, every: bool = True) -> Wording:
    """Language to text; one plain string stands for the first language."""
    value = part.data.get(key)
    if isinstance(value, str):
        value = {languages[0]: value}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        part.fault(f"must give the words for each language, such as {{{languages[0]}: …}}", key)
        return {}
    _check_wording(part, key, value, languages, every=every)
    return {language: fill(text, {"brand": brand}).strip() for language, text in value.items()}


def _check_wording(part: Part, key: str, value: dict[str, str], languages: tuple[str, ...], *, every: bool) -> None:
    missing = [language for language in languages if not value.get(language, "").strip()]
    if every and missing == list(languages):
        part.fault("has no words in any language of the survey", key)
    elif every and missing:
        part.fault(f"has no words in {', '.join(missing)}; {languages[0]} is used instead", key, warning=True)
    for text in value.values():
        for name in unknown_placeholders(text):
            part.fault(f"nothing fills {{{name}}}", key)
        if len(text) > 1000:
            part.fault("is longer than 1000 characters", key)


def _check_id(part: Part, name: str, key: str | None = None) -> None:
    if not _ID.fullmatch(name):
        part.fault(f"“{name}” is no name: use letters, digits, - and _", key)
