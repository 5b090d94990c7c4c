"""Answers as people read them: numbers as they are, options with the words that the customer chose from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from tonval.store.tables import survey_versions
from tonval.surveys.questionnaire import Form, Question
from tonval.surveys.record import form_from
from tonval.surveys.scales import ANSWERED, CHOICE, CHOICES, YES_NO
from tonval.surveys.state import Interview

Forms = Mapping[tuple[str, int], Form]
"""Survey and version to the form."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An option by its id, and its words in the language of the interview."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Said:
    """What stands with a question: the ``value`` on its scale, or the code of the option.

    ``options`` are those that were chosen; where several may be, there is no ``value``.
    """

    question: str
    scale: str
    value: int | None
    options: tuple[Chosen, ...] = ()

    @property
    def words(self) -> str:
        """The answer in a few words."""
        if self.scale == YES_NO.name:
            return "yes" if self.value else "no"
        return ", ".join(option.label for option in self.options) or str(self.value)


def said_in(interview: Interview, forms: Forms) -> tuple[Said, ...]:
    """The answers of an interview, each question once. An option whose form is gone is called by its code."""
    form = forms.get((interview.form, interview.version))
    found: dict[str, Said] = {}
    for answer in interview.answers:
        options = found[answer.question].options if answer.question in found else ()
        if answer.scale in (CHOICE, CHOICES) and answer.value != ANSWERED:
            question = form.question(answer.question) if form else None
            options = (*options, _chosen(question, answer.value, interview.language))
        value = None if answer.scale == CHOICES else answer.value
        found[answer.question] = Said(answer.question, answer.scale, value, options)
    return tuple(found.values())


def forms_behind(connection: Connection, states: Iterable[Interview]) -> Forms:
    """The forms that are needed to put these answers into words: none where all are numbers."""
    chosen = [state for state in states if any(had.scale in (CHOICE, CHOICES) for had in state.answers)]
    return forms_at(connection, {(state.form, state.version) for state in chosen})


def forms_at(connection: Connection, wanted: Collection[tuple[str, int]]) -> Forms:
    """The forms of these surveys and versions, as far as they are there."""
    if not wanted:
        return {}
    columns = survey_versions.c
    query = select(columns.survey, columns.version, columns.form)
    rows = connection.execute(query.where(tuple_(columns.survey, columns.version).in_(wanted)))
    return {(row.survey, row.version): form_from(row.form) for row in rows}


def in_words(wording: Mapping[str, str], language: str) -> str:
    """The words in the language, else in the first there is."""
    return wording.get(language) or next(iter(wording.values()), "")


def _chosen(question: Question | None, code: int, language: str) -> Chosen:
    option: Any = question.option(code) if question else None
    return Chosen(option.id, in_words(option.text, language) or option.id) if option else Chosen(str(code), str(code))
