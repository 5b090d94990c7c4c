"""Two numbers that are one rating: "9 of 10", "9 (nine)", and "on a scale of 0-10"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

from tonval.surveys.answers.lexicon import Lexicon
from tonval.surveys.answers.reading import Rule
from tonval.surveys.answers.tokens import Part, Token
from tonval.surveys.scales import Scale

_PLAIN: Final = (Rule.NUMBER, Rule.NUMBER_WORD)


def without_scale(found: list[Token], scale: Scale, known: Lexicon) -> list[Token]:
    """The message without the scale's own range, when it is named once and there are other numbers."""
    numbers = [place for place, token in enumerate(found) if token.part is Part.NUMBER]
    spans = [place for place in numbers[:-1] if len(numbers) > 2 and _is_range(found, place, scale, known)]
    if len(spans) != 1:
        return found
    start, end = spans[0], spans[0] + 3
    while start and found[start - 1].text in known["scale"]:
        start -= 1
    while end < len(found) and found[end].text in known["scale"] and found[end].part is Part.WORD:
        end += 1
    return found[:start] + found[end:]


def _is_range(found: list[Token], place: int, scale: Scale, known: Lexicon) -> bool:
    """Whether the scale's ends stand here as a range: "0-10", "0 to 10", "between 0 and 10"."""
    three = found[place : place + 3]
    if len(three) < 3 or not is_plain(three[0]) or not is_plain(three[2]):
        return False
    joined = three[1].text in known["joins"] and place > 0 and found[place - 1].text in known["between"]
    between = joined or three[1].part is Part.DASH or three[1].text in known["range"]
    return between and (three[0].value, three[2].value) == (scale.lowest, scale.highest)


def merged(found: list[Token], scale: Scale, known: Lexicon) -> list[Token]:
    """Each "9 of 10" and "9 (nine)" as one number; a fraction of another number says so in its rule."""
    whole: list[Token] = []
    place = 0
    while place < len(found):
        token, taken = _pair(found, place, scale, known)
        whole.append(token)
        place += taken
    return whole


def _pair(found: list[Token], place: int, scale: Scale, known: Lexicon) -> tuple[Token, int]:
    first = found[place]
    if first.part is not Part.NUMBER:
        value = known.weak.get(first.text) if first.part is Part.WORD and _is_empty(islice(found, place)) else None
        if value is None:
            return first, 1
        first = replace(first, value=value, rule=Rule.NUMBER_WORD)  # "one out of ten", where that is all
    top, end = _top(found, place + 1, known)
    if top is not None and (found[place].part is Part.NUMBER or _is_empty(islice(found, end, None))):
        return _fraction(first, top, scale), end - place
    twin, end = _twin(found, place)
    return (replace(first, rule=Rule.TWICE), end - place) if twin else (found[place], 1)


def _is_empty(found: Iterable[Token]) -> bool:
    return all(token.part in (Part.BREAK, Part.SOFT) for token in found)


def _top(found: list[Token], place: int, known: Lexicon) -> tuple[int | None, int]:
    """What a number is out of, and where that ends."""
    if place < len(found) and (one_word := known.of_top.get(found[place].text)):
        return one_word, place + 1
    after = place
    while after < len(found) and after < place + 2 and _means_of(found[after], known):
        after += 1
    if after in (place, len(found)) or found[after].part is not Part.NUMBER:
        return None, place
    top = found[after]
    return (top.value if is_plain(top) else -1), after + 1


def _means_of(token: Token, known: Lexicon) -> bool:
    return token.part is Part.SLASH or (token.part is Part.WORD and token.text in known["of"])


def _fraction(first: Token, top: int, scale: Scale) -> Token:
    if first.rule not in _PLAIN:
        return replace(first, part=Part.NUMBER)
    rule = Rule.TOP if top == scale.highest else Rule.FRACTION
    return Token(Part.NUMBER, first.text, first.value, rule)


def _twin(found: list[Token], place: int) -> tuple[bool, int]:
    """The same number once more, once in figures and once in letters."""
    second = place + 1
    while second < min(len(found), place + 3) and found[second].part is Part.SOFT:
        second += 1
    if second >= len(found) or not is_plain(found[place]) or not is_plain(found[second]):
        return False, place
    first, again = found[place], found[second]
    return first.value == again.value and {first.rule, again.rule} == set(_PLAIN), second + 1


def is_plain(token: Token) -> bool:
    """A number with nothing at it."""
    return token.part is Part.NUMBER and token.rule in _PLAIN
