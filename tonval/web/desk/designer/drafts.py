"""A survey as the designer opens it: its text, its data, what is wrong with it, and the form it would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tonval.fieldwork import profiles
from tonval.fieldwork.field import Field
from tonval.fieldwork.profiles import Profile
from tonval.surveys.document import BrokenDocument, Fault, Part, read_document
from tonval.surveys.questionnaire import Form
from tonval.surveys.reader import read_forms
from tonval.surveys.writer import read_survey, write_survey
from tonval.web.desk.designer.typed import settled


@dataclass(frozen=True, slots=True)
class Draft:
    """``text`` is YAML as it would be exported, ``data`` the same as the designer's fields have it."""

    profile: Profile
    text: str
    data: dict[str, Any]
    languages: tuple[str, ...]


def open_draft(office: Field, name: str) -> Draft:
    """The draft, or the version in force where nothing has been changed since. Raises ``UnknownSurvey``."""
    found = profiles.profile(office, name)
    text = _text_of(office, found)
    languages = languages_of(office, data_of(text))
    return Draft(found, text, settled(data_of(text), languages[0]), languages)


def title_of(draft: Draft) -> str:
    """The title in the first language that has one, else the survey's name."""
    title = draft.data.get("title")
    words = title if isinstance(title, dict) else {}
    return next((str(words[each]) for each in (*draft.languages, *words) if words.get(each)), draft.profile.id)


def data_of(text: str) -> dict[str, Any]:
    """What the text holds of one survey; nothing where it cannot be read."""
    try:
        return read_survey(text)[1]
    except BrokenDocument:
        return {}


def languages_of(office: Field, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of the survey: its own, else those of the centre, else those it is written in."""
    named = data.get("languages")
    own = tuple(each for each in named if isinstance(each, str)) if isinstance(named, list) else ()
    return own or office.centre.languages or ("en",)


def text_of(name: str, data: Mapping[str, Any]) -> str:
    """The data as the one way to write it."""
    return write_survey(name, data)


def form_and_faults(office: Field, name: str, text: str) -> tuple[Form | None, tuple[Fault, ...]]:
    """The form as far as it can be read, and everything that is wrong with the survey."""
    try:
        root = read_document(text, f"{name}.yaml")
    except BrokenDocument as broken:
        return None, tuple(broken.faults)
    forms = read_forms(Part(root.data, root.path, root.lines), office.centre.languages, office.centre.brand)
    return forms.get(name) or next(iter(forms.values()), None), tuple(profiles.lint(office, name, text))


def _text_of(office: Field, found: Profile) -> str:
    if found.draft is not None:
        return found.draft
    document = profiles.version(office, found.id, found.version)[0] if found.version else None
    if document is not None:
        return document
    stands = yaml.safe_load(office.file.document).get("surveys", {}).get(found.id) if found.managed else None
    return write_survey(found.id, stands or {})
