"""Whose prompts there are: those of a survey, and those of a queue, which are heard first in the queue's calls.

A queue has the words of its reception, and may have the few that surround the questions recorded for itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tonval.fieldwork.centre import Centre, Queue
from tonval.fieldwork.voice.prompts import OF_QUEUE, OFFER, owner_of, spoken_slots
from tonval.surveys import reception
from tonval.surveys.questionnaire import Channel
from tonval.surveys.reception import Step, Terms, slot_of
from tonval.surveys.wording import fill

AROUND: Final = ("stay", "welcome", "invalid", "no_input", "closing", "goodbye")
"""What a queue may say otherwise than its survey does."""


@dataclass(frozen=True, slots=True)
class Library:
    """All prompts of an owner: slot to its words by language, in the order they are heard.

    ``owner`` is a survey's id, or ``queue:`` and a queue's name. ``lent`` slots are the survey's where the owner has
    no recording of its own.
    """

    owner: str
    languages: tuple[str, ...]
    words: Mapping[str, Mapping[str, str]]
    lent: frozenset[str] = frozenset()

    @property
    def queue(self) -> str | None:
        """The queue it belongs to."""
        return queue_of(self.owner)


def queue_of(owner: str) -> str | None:
    """The queue that the prompts belong to; ``None``: a survey."""
    return owner.removeprefix(OF_QUEUE) if owner.startswith(OF_QUEUE) else None


def library_of(centre: Centre, owner: str) -> Library | None:
    """The prompts of this owner; ``None`` where there is no such survey, or a queue that no telephone reaches."""
    name = queue_of(owner)
    if name is None:
        form = centre.forms.get(owner)
        return Library(owner, form.languages, spoken_slots(form)) if form else None
    queue = centre.queues.get(name)
    return _of_queue(centre, queue) if queue and _is_heard(centre, queue) else None


def libraries(centre: Centre) -> Iterator[Library]:
    """Those of surveys that are asked by telephone, then those of queues that a telephone reaches."""
    owners = [form.id for form in centre.forms.values() if form.asked_on(Channel.KEYPAD)]
    owners += [owner_of(name) for name in centre.queues]
    yield from filter(None, (library_of(centre, owner) for owner in owners))


def _is_heard(centre: Centre, queue: Queue) -> bool:
    form = centre.forms.get(queue.survey)
    asks = queue.channel == Channel.KEYPAD and form is not None and bool(form.asked_on(Channel.KEYPAD))
    return asks or queue.reception is not None or queue.calling is not None


def _of_queue(centre: Centre, queue: Queue) -> Library:
    form, terms = centre.forms.get(queue.survey), queue.reception or Terms()
    languages = tuple(dict.fromkeys((*terms.languages, *(form.languages if form else centre.languages or ("en",)))))
    around = {slot: words for slot, words in (spoken_slots(form) if form else {}).items() if slot in AROUND}
    said = reception.spoken_slots(terms)
    own = {slot: _filled(centre, terms, slot, said[slot], languages) for slot in map(slot_of, _received(queue, terms))}
    return Library(owner_of(queue.name), languages, {**own, **around}, frozenset(around))


def _received(queue: Queue, terms: Terms) -> Iterator[str]:
    """What callers of this queue hear before the survey, and customers whom it calls."""
    if queue.reception is not None:
        yield from ("greeting", *(["language"] if Step.LANGUAGE in terms.steps else ()))
        yield from ["opt_in"] if Step.OPT_IN in terms.steps else ()
        yield from ("connecting", "unavailable", "goodbye") if terms.dials else ()
        yield from ["waiting"] if terms.queue else ()
    if queue.calling is not None:
        yield from ("guard", "unheard", "never")


def _filled(
    centre: Centre, terms: Terms, slot: str, words: Mapping[str, str], languages: tuple[str, ...]
) -> dict[str, str]:
    """The words as a caller hears them, where they are the same for all."""
    keys = {language: str(key) for key, language in enumerate(terms.languages, 1)}
    spoken = [each for each in languages if each in words and (slot != OFFER or each in keys)]
    return {each: fill(words[each], {"brand": centre.brand, "key": keys.get(each, "{key}")}) for each in spoken}
