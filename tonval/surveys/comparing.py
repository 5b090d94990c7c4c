"""Two versions of a survey beside one another: what has changed, and which answers are counted together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from tonval.surveys.questionnaire import Form, Option, Question, Wording
from tonval.surveys.scales import CHOICE, CHOICES
from tonval.surveys.sentences import Sentence, chain, sentence


class Kind(StrEnum):
    """What sort of change it is."""

    ADDED = "added"
    REMOVED = "removed"
    WORDS = "words"
    SCALE = "scale"
    OPTIONS = "options"
    CONDITION = "condition"
    MANNER = "manner"
    ORDER = "order"
    REACTIONS = "reactions"
    PAGE = "page"
    LANGUAGES = "languages"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change, told in a sentence; ``place`` is the id of a question or the name of a prompt, empty for neither."""

    kind: Kind
    place: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Pooling:
    """Whether the answers to a question of both versions are counted ``together``, and why, in a sentence."""

    question: str
    together: bool
    sentence: str


_PARTS: Final = {
    "text": "%(name)s",
    "hint": sentence("the hint of %(name)s"),
    "low": sentence("the low end of %(name)s"),
    "high": sentence("the high end of %(name)s"),
}
_MANNERS: Final = {
    ("required", True): sentence("%(name)s must be answered"),
    ("required", False): sentence("%(name)s need not be answered any more"),
    ("type_ahead", True): sentence("%(name)s may be answered before it has been read out"),
    ("type_ahead", False): sentence("%(name)s may not be answered any more before it has been read out"),
}


def compare(old: Form, new: Form) -> tuple[Difference, ...]:
    """Everything that a customer would notice, and every condition, in the order of the new version."""
    return tuple(_differences(old, new))


def pooled(old: Form, new: Form) -> tuple[Pooling, ...]:
    """Each question of either version: counted together where its id and its scale are the same, else apart."""
    names = dict.fromkeys(question.id for question in (*new.questions, *old.questions))
    return tuple(_pooling(name, old.question(name), new.question(name)) for name in names)


def _pooling(name: str, old: Question | None, new: Question | None) -> Pooling:
    if old is None:
        return Pooling(
            name, False, sentence("%(name)s is new: there are no earlier answers to count it with", name=name)
        )
    if new is None:
        return Pooling(
            name, False, sentence("%(name)s is not asked any more: its earlier answers stand alone", name=name)
        )
    if old.scale != new.scale:
        apart = sentence(
            "%(name)s is counted apart: its scale was %(old)s and is %(new)s",
            name=name,
            old=old.scale,
            new=new.scale,
        )
        return Pooling(name, False, apart)
    if new.scale in (CHOICE, CHOICES):
        together = sentence("%(name)s is counted together, option by option", name=name)
        return Pooling(name, True, chain(together, *_of_options(old, new), between="; "))
    same = sentence(
        "%(name)s is counted together: the same id and the same scale, %(scale)s", name=name, scale=new.scale
    )
    return Pooling(name, True, same)


def _of_options(old: Question, new: Question) -> Iterator[str]:
    before, after = _by_id(old), _by_id(new)
    fresh, gone = [name for name in after if name not in before], [name for name in before if name not in after]
    if fresh:
        yield sentence("%(options)s is new", options=", ".join(fresh))
    if gone:
        yield sentence("%(options)s is gone", options=", ".join(gone))


def _differences(old: Form, new: Form) -> Iterator[Difference]:
    if old.languages != new.languages:
        told = f"asked in {', '.join(new.languages)}, before in {', '.join(old.languages)}"
        yield Difference(Kind.LANGUAGES, "", told)
    yield from _words("title", "the title", old.title, new.title)
    for question in new.questions:
        before = old.question(question.id)
        if before is None:
            yield Difference(Kind.ADDED, question.id, sentence("%(name)s is new", name=question.id))
        else:
            yield from _of_question(before, question)
    for question in old.questions:
        if new.question(question.id) is None:
            yield Difference(Kind.REMOVED, question.id, sentence("%(name)s is not asked any more", name=question.id))
    yield from _order(old, new)
    if old.reactions != new.reactions:
        yield Difference(Kind.REACTIONS, "", sentence("the reactions have changed"))
    for slot in dict.fromkeys((*new.phrases, *old.phrases)):
        yield from _words(slot, slot, old.phrases.get(slot, {}), new.phrases.get(slot, {}))
    yield from _page(old, new)
    if old.window != new.window:
        yield Difference(Kind.PAGE, "window", sentence("replies by SMS count for another time"))


def _of_question(old: Question, new: Question) -> Iterator[Difference]:
    name = new.id
    if old.scale != new.scale:
        yield Difference(
            Kind.SCALE,
            name,
            sentence("%(name)s is on the scale %(new)s, before on %(old)s", name=name, new=new.scale, old=old.scale),
        )
    for part, called in _PARTS.items():
        yield from _words(name, sentence(called, name=name), getattr(old, part), getattr(new, part))
    yield from _options(name, _by_id(old), _by_id(new))
    if old.when != new.when:
        words = sentence("%(name)s is asked %(now)s, before %(then)s", name=name, now=_at(new.when), then=_at(old.when))
        yield Difference(Kind.CONDITION, name, words)
    for (part, now), words in _MANNERS.items():
        if getattr(new, part) is now is not getattr(old, part):
            yield Difference(Kind.MANNER, name, sentence(words, name=name))


def _at(when: object) -> Sentence:
    return sentence("when %(condition)s", condition=when) if when else sentence("always")


def _options(name: str, old: Mapping[str, Option], new: Mapping[str, Option]) -> Iterator[Difference]:
    for option in new:
        if option not in old:
            yield Difference(
                Kind.OPTIONS, name, sentence("%(name)s has the new option %(option)s", name=name, option=option)
            )
        else:
            yield from _words(
                name,
                sentence("the option %(option)s of %(name)s", option=option, name=name),
                old[option].text,
                new[option].text,
            )
    for option in old:
        if option not in new:
            yield Difference(
                Kind.OPTIONS, name, sentence("%(name)s has the option %(option)s no more", name=name, option=option)
            )
    if [each for each in old if each in new] != [each for each in new if each in old]:
        yield Difference(Kind.ORDER, name, sentence("the options of %(name)s come in another order", name=name))


def _words(place: str, called: str, old: Wording, new: Wording) -> Iterator[Difference]:
    """One difference for all languages, so that a translation is one line."""
    changed = [language for language in dict.fromkeys((*new, *old)) if old.get(language, "") != new.get(language, "")]
    if changed:
        yield Difference(
            Kind.WORDS,
            place,
            sentence("the words of %(what)s have changed in %(languages)s", what=called, languages=", ".join(changed)),
        )


def _order(old: Form, new: Form) -> Iterator[Difference]:
    before = [question.id for question in old.questions if new.question(question.id)]
    after = [question.id for question in new.questions if old.question(question.id)]
    if before != after:
        yield Difference(
            Kind.ORDER, "", sentence("the questions come in another order: %(order)s", order=", ".join(after))
        )


def _page(old: Form, new: Form) -> Iterator[Difference]:
    for each in fields(new.page):
        if getattr(old.page, each.name) != getattr(new.page, each.name):
            yield Difference(Kind.PAGE, each.name, sentence("page: %(name)s has changed", name=each.name))


def _by_id(question: Question) -> dict[str, Option]:
    return {option.id: option for option in question.options}
