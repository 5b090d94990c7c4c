"""Which questions of a survey's versions are the same, so that their answers are counted together. Pure.

A question is the same as long as its id and its scale are; other words alone do not make it another one, but it is
said that they have changed. Options keep their codes, so those of all versions are told side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from tonval.surveys.questionnaire import Form, Option, Question

Key = tuple[str, str]
"""A question's id and scale."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its latest version asks it, with the options of all ``versions`` that are counted together.

    ``reworded`` are those of them that asked in other words than the version before; ``current`` is whether the newest
    version still asks it.
    """

    question: Question
    versions: tuple[int, ...]
    reworded: tuple[int, ...]
    current: bool

    @property
    def key(self) -> Key:
        """What the counts know the question by."""
        return self.question.id, self.question.scale


def pooled(forms: Iterable[Form]) -> tuple[Asked, ...]:
    """The questions of all versions: those asked now in their order, then those that were asked before."""
    newest_first = sorted(forms, key=lambda form: -form.version)
    found: dict[Key, list[tuple[int, Question]]] = {}
    for form in newest_first:
        for question in form.questions:
            found.setdefault((question.id, question.scale), []).append((form.version, question))
    return tuple(_asked(same, newest_first[0].version) for same in found.values())


def unknown(key: Key) -> Asked:
    """A question of which nothing is left but its answers."""
    return Asked(Question(key[0], key[1], {}), (), (), current=False)


def _asked(same: list[tuple[int, Question]], newest: int) -> Asked:
    """``same`` is newest first."""
    latest = same[0][1]
    changed = [version for (version, now), (_, before) in pairwise(same) if _words(now) != _words(before)]
    versions = tuple(sorted(version for version, _ in same))
    return Asked(_with_all_options(latest, same), versions, tuple(sorted(changed)), versions[-1] == newest)


def _with_all_options(latest: Question, same: list[tuple[int, Question]]) -> Question:
    options: dict[int, Option] = {}
    for _, question in same:
        for option in question.options:
            options.setdefault(option.code, option)
    return replace(latest, options=tuple(options.values()))


def _words(question: Question) -> tuple[object, ...]:
    texts = [(option.code, dict(option.text)) for option in question.options]
    return dict(question.text), dict(question.low), dict(question.high), texts
