"""A number word with one slip of the finger, where no other word is near."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from tonval.surveys.answers.lexicon import OFF_ANY_SCALE, Lexicon

SHORTEST, LONGEST = 5, 20
EXCHANGED: Final = 4
"""Letters of a short word, in which two may be exchanged and nothing else."""
_SETS: Final = ("lead", "follow", "praise", "praised", "units", "negations", "near", "dates", "conditions", "bounds")


def meant(word: str, known: Lexicon) -> int | None:
    """The number of the one number word that is one slip from ``word``: at least five letters, the first one right.

    A slip is a letter too few, too many or wrong, or two letters exchanged (Damerau 1964); in four letters, an exchange
    alone. Words of the lexicon are no slips, and where another of 0-10 is within two slips, or a greater one within
    one, nothing is taken.
    """
    if not EXCHANGED <= len(word) <= LONGEST or any(word in known[part] for part in _SETS) or word in known.ordinals:
        return None
    likely = [(slips(word, number), number, value) for number, value in known.numbers.items() if number[0] == word[0]]
    if len(word) == EXCHANGED:
        likely = [found for found in likely if sorted(found[1]) == sorted(word)]
    near = {value for away, _, value in likely if away <= (1 if value == OFF_ANY_SCALE else 2)}
    one = any(away == 1 and len(number) >= SHORTEST - 1 for away, number, _ in likely)
    return near.pop() if len(near) == 1 and one else None


@lru_cache(maxsize=4096)
def slips(first: str, second: str) -> int:
    """How many slips lie between two words (optimal string alignment); 3 when their lengths differ by more than two."""
    if abs(len(first) - len(second)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(second) + 1))
    for place, letter in enumerate(first, 1):
        earlier, before, row = before, row, [place]
        for spot, other in enumerate(second, 1):
            cost = min(before[spot] + 1, row[spot - 1] + 1, before[spot - 1] + (letter != other))
            if place > 1 and spot > 1 and letter == second[spot - 2] and first[place - 2] == other:
                cost = min(cost, earlier[spot - 2] + 1)
            row.append(cost)
    return row[-1]
