"""Translations: two languages side by side, what is missing marked, each text saved where it belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Outdated
from tonval.surveys.sentences import sentence
from tonval.web.desk.designer.doors import changing, framed_survey
from tonval.web.desk.designer.drafts import Draft, open_draft, text_of
from tonval.web.desk.designer.editing import number_of
from tonval.web.desk.designer.languages import LANGUAGES, language_name
from tonval.web.desk.designer.shapes import joined, step
from tonval.web.desk.designer.typed import pairs_of, read_form, settled

KEPT: Final = sentence("What you typed stands here still: look, and save again.")
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Words at ``path`` in every language they are written in, and what the place is called."""

    path: Path
    place: str
    words: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of the field, without the language."""
        return joined(self.path)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a language is: ``done`` of ``of`` texts."""

    code: str
    name: str
    done: int
    of: int


def add_routes(pages: Blueprint, office: Field) -> None:
    """``/desk/surveys/<name>/translations``."""

    @pages.get("/desk/surveys/<name>/translations")
    def translations(name: str) -> ResponseReturnValue:
        changing(office, name)
        return _page(office, open_draft(office, name))

    @pages.post("/desk/surveys/<name>/translations")
    def save_translations(name: str) -> ResponseReturnValue:
        _, author = changing(office, name)
        return _save(office, name, author)


def texts_of(data: Mapping[str, Any]) -> list[Text]:
    """Every text of the survey that has words in some language, in the order of the document."""
    return list(_texts(data, ()))


def progress_of(texts: list[Text], languages: tuple[str, ...]) -> list[Progress]:
    """How far each language is."""
    counts = {code: sum(bool(text.words.get(code, "").strip()) for text in texts) for code in languages}
    return [Progress(code, language_name(code), done, len(texts)) for code, done in counts.items()]


def copied(data: Mapping[str, Any], source: str, target: str) -> dict[str, Any]:
    """The data with the words of ``source`` wherever ``target`` has none."""
    fresh = [
        (f"{text.name}.{step(target)}", text.words[source])
        for text in texts_of(data)
        if text.words.get(source) and not text.words.get(target)
    ]
    return read_form([*pairs_of(data), *fresh])


def _texts(value: Any, path: Path) -> Iterator[Text]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, (*path, place))
    elif isinstance(value, Mapping):
        if path and _is_words(path):
            yield Text(path, _place(path), value)
            return
        for key, each in value.items():
            yield from _texts(each, (*path, key))


_KEYS = frozenset({"title", "link", "text", "hint", "low", "high", "say", "next", "finish", "intro", "subject", "html"})


def _is_words(path: Path) -> bool:
    return path[-1] in _KEYS or (path[0] in ("prompts", "thanks") and len(path) == 2)


def _place(path: Path) -> str:
    words = [f"{each + 1}" if isinstance(each, int) else str(each).replace("_", " ") for each in path]
    told = (
        " ".join(words)
        .replace("questions ", "Question ")
        .replace("options ", "option ")
        .replace("reactions ", "Reaction ")
    )
    return told[:1].upper() + told[1:]


def _page(office: Field, draft: Draft, typed: Mapping[str, str] | None = None, fault: str = "") -> str:
    texts = texts_of(draft.data)
    source = _chosen("from", draft.languages, draft.languages[0])
    others = [each for each in draft.languages if each != source]
    target = _chosen("to", draft.languages, others[0] if others else "")
    return framed_survey(
        office,
        "translations.html",
        draft.profile,
        texts=texts,
        progress=progress_of(texts, draft.languages),
        source=source,
        target=target,
        typed=typed or {},
        fault=fault,
        languages=draft.languages,
        others={code: name for code, name in LANGUAGES.items() if code not in draft.languages},
        language_name=language_name,
        step=step,
    )


def _chosen(field: str, languages: tuple[str, ...], usual: str) -> str:
    wished = request.values.get(field, "")
    return wished if wished in languages else usual


def _save(office: Field, name: str, author: str) -> ResponseReturnValue:
    draft = open_draft(office, name)
    source, target = _chosen("from", draft.languages, draft.languages[0]), _chosen("to", draft.languages, "")
    data = _with_typed(draft.data, target)
    languages = draft.languages
    added = request.form.get("other", "").strip() or request.form.get("language", "")
    match request.form.get("do", ""):
        case "copy" if target:
            data = copied(data, source, target)
        case "add" if added and added not in languages:
            languages, target = (*languages, added), added
    data = settled({**data, "languages": list(languages)}, languages[0])
    try:
        if data != draft.data:
            profiles.save(office, name, text_of(name, data), number_of(request.form.get("~seen", "")), author)
    except Outdated as outdated:
        told = sentence(
            "%(or_)s has changed the survey meanwhile. %(KEPT)s", or_=outdated.current.author or "Somebody", KEPT=KEPT
        )
        return _page(office, draft, request.form, told), 409
    return redirect(f"/desk/surveys/{name}/translations?from={source}&to={target}", 303)


def _with_typed(data: dict[str, Any], target: str) -> dict[str, Any]:
    """The data with the texts of the target language as they were typed."""
    names = {f"{text.name}.{step(target)}" for text in texts_of(data)}
    typed = [(field, text) for field, text in request.form.items() if field in names]
    kept = [pair for pair in pairs_of(data) if pair[0] not in dict(typed)]
    return read_form([*kept, *typed]) if typed else data
