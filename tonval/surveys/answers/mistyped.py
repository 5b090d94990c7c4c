"""Words of commands with a slip of the finger in them: letters exchanged, or one too many or too few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tonval.surveys.answers.typing_errors import slips

SHORTEST = 5
"""Letters of a word that is looked at: shorter ones are near too many others."""
ALONE = 7
"""Letters of a command that may have one too many or too few, where it is the whole message."""

Index = Mapping[str, str]


def exchanges(words: Iterable[str]) -> Index:
    """Each word by its letters, so that one with letters exchanged finds it. The first letter is always right."""
    return {_letters(word): word for word in words if len(word) >= SHORTEST}


def lengths(words: Iterable[str]) -> Index:
    """Each long word by what is left when an inner letter goes, so that one with a letter too few finds it."""
    return {shorter: word for word in words if len(word) >= ALONE for shorter in _shorter(word)} | {
        word: word for word in words if len(word) >= ALONE
    }


def mended(word: str, known: Index) -> str:
    """The known word that ``word`` is with two neighbours exchanged, else ``word`` itself."""
    near = known.get(_letters(word)) if len(word) >= SHORTEST else None
    return near if near is not None and slips(word, near) == 1 else word


def lengthened(word: str, known: Index) -> str | None:
    """The known word that ``word`` is with one inner letter too few or too many."""
    if len(word) < ALONE - 1:
        return None
    near = [known[spelled] for spelled in (word, *_shorter(word)) if spelled in known]
    return next((found for found in near if len(found) != len(word) and slips(word, found) == 1), None)


def _letters(word: str) -> str:
    return word[0] + "".join(sorted(word[1:]))


def _shorter(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(1, len(word) - 1)]
