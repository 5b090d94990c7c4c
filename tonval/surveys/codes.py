"""Codes of options: an option keeps its number through all versions of its question, so that counts stay true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tonval.surveys.questionnaire import Form, Option, Question

Codes = dict[tuple[str, str], int]
"""Question and option, by their ids, to the option's code."""


def by_place(form: Form) -> Form:
    """The form with codes as the reader gives them: the first option is 1."""
    return _coded(form, {})


def with_codes(form: Form, earlier: Iterable[Form]) -> Form:
    """Each option with the code its id had in any earlier version of its question; a new one gets the next free.

    No code ever means two options: that of an option that was taken out is not given to another.
    """
    codes: Codes = {}
    for old in earlier:
        for question in old.questions:
            for option in question.options:
                codes.setdefault((question.id, option.id), option.code)
    return _coded(form, codes)


def _coded(form: Form, codes: Codes) -> Form:
    if not any(question.options for question in form.questions):
        return form
    return replace(form, questions=tuple(_options_coded(question, codes) for question in form.questions))


def _options_coded(question: Question, codes: Codes) -> Question:
    used = {code for (name, _), code in codes.items() if name == question.id}
    options: list[Option] = []
    for option in question.options:
        known = codes.get((question.id, option.id))
        code = known if known is not None else max(used, default=0) + 1
        used.add(code)
        options.append(replace(option, code=code))
    return replace(question, options=tuple(options))
