"""A number on a scale, taken from a message only where a rule proves that it is the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tonval.surveys.answers.lexicon import Lexicon
from tonval.surveys.answers.merging import merged, without_scale
from tonval.surveys.answers.reading import Rule, Score, Unclear
from tonval.surveys.answers.tokens import Part, Token, tokens
from tonval.surveys.answers.typing_errors import meant
from tonval.surveys.answers.why import off_scale, unclear
from tonval.surveys.scales import Scale

_PROVEN: Final = (Rule.NUMBER, Rule.NUMBER_WORD, Rule.TOP, Rule.TWICE, Rule.PLUS, Rule.POINTS)
_STARS: Final = 5
_ASIDE: Final = 3
"""Words of a sentence from which a "not" at its end is its own, and none of the number after it."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """The one number that may be the answer, with what stands before and after it."""

    before: list[Token]
    number: Token
    after: list[Token]
    beside: bool = False
    """Whether other numbers in the message count something."""
    scale_named: bool = False


def rate(scale: Scale, said: str, known: Lexicon, *, naming: bool = False) -> Score | Unclear:
    """Read a normal text as a number on the scale; ``words`` of the score tells by any text that there were more.

    ``naming``: the answer is a place in a list, so that "no. 2" and "2nd" mean it.
    """
    found = tokens(said, known)
    bare = without_scale(found, scale, known)
    whole = _concluded(merged([_named(token) for token in bare] if naming else bare, scale, known), known)
    numbers = [place for place, token in enumerate(whole) if token.part is Part.NUMBER]
    if not numbers:
        return _without_number(scale, whole, known)
    free = [place for place in numbers if not _is_counted(whole, place, known)]
    if len(free) != 1:
        return _several(whole, free, known) if free else unclear(Rule.COUNTS, whole[numbers[0]].text)
    place = free[0]
    sentence = _Sentence(
        whole[:place], whole[place], whole[place + 1 :], beside=len(numbers) > 1, scale_named=len(bare) < len(found)
    )
    return _judge(scale, _pointed(sentence, known), known, naming)


def _concluded(found: list[Token], known: Lexicon) -> list[Token]:
    """ "She was kind so 8": the "so" before what ends the message is a break."""
    place = next((place for place in range(len(found) - 1, 0, -1) if found[place].text in known["so"]), 0)
    tail = [token for token in found[place + 1 :] if token.part is Part.WORD and token.text not in known["lead"]]
    if len(_words(found[:place])) < _ASIDE - 1 or tail or found[-1].part is Part.WORD:
        return found
    return [*found[:place], Token(Part.BREAK, "so"), *found[place + 1 :]]


def _named(token: Token) -> Token:
    return replace(token, rule=Rule.NUMBER) if token.rule in (Rule.NAMES, Rule.SIGN) else token


def _is_counted(found: list[Token], place: int, known: Lexicon) -> bool:
    after = found[place + 1] if place + 1 < len(found) else None
    return after is not None and after.part is Part.WORD and after.text in known["units"]


def _several(found: list[Token], places: list[int], known: Lexicon) -> Unclear:
    first, second = places[:2]
    between = found[first + 1 : second]
    texts = [found[place].text for place in places]
    if not between:
        return unclear(Rule.SPACED, f"“{texts[0]} {texts[1]}”")
    if len(texts) == 2 and len(between) == 1 and (between[0].part is Part.DASH or between[0].text in known["range"]):
        return unclear(Rule.RANGE, f"“{texts[0]}-{texts[1]}”")
    return unclear(Rule.SEVERAL, *texts[:5])


def _pointed(sentence: _Sentence, known: Lexicon) -> _Sentence:
    """ "8 points" is 8; "5 stars" only where five is the top, which _judge knows."""
    after = sentence.after
    if not after or after[0].text not in known["points"] or sentence.number.rule not in _PROVEN:
        return sentence
    return replace(sentence, after=after[1:], number=replace(sentence.number, rule=Rule.POINTS))


def _judge(scale: Scale, sentence: _Sentence, known: Lexicon, naming: bool) -> Score | Unclear:
    number = sentence.number
    sentence = _starred(scale, sentence, known)
    against = _at_fault(scale, sentence, known, naming) or _said_against(sentence, known, naming)
    if against is not None:
        return unclear(against, number.text)
    rule = _proof(sentence, known, naming)
    if rule is None:
        return unclear(Rule.UNPROVEN, number.text)
    if number.value not in scale:
        return off_scale(number.text, scale)
    return Score(number.value, "more" if rule is Rule.CLOSING or _says_more(sentence, known) else "", rule)


def _starred(scale: Scale, sentence: _Sentence, known: Lexicon) -> _Sentence:
    after = sentence.after
    if not after or after[0].text not in known["stars"] or sentence.number.rule not in _PROVEN:
        return sentence
    rule = Rule.POINTS if scale.highest == _STARS else Rule.GRADE
    return replace(sentence, after=after[1:], number=replace(sentence.number, rule=rule))


def _at_fault(scale: Scale, sentence: _Sentence, known: Lexicon, naming: bool) -> Rule | None:
    """What stands at the number and takes it away."""
    number, last = sentence.number, _last_word(sentence.before)
    if number.rule is Rule.PLUS and number.value != scale.highest:
        return Rule.PART
    if number.rule not in _PROVEN:
        return number.rule
    if last in known["grades"]:
        return Rule.GRADE
    if last in known["names"] and not naming:
        return Rule.NAMES
    if _are_so_many(sentence.before, known):
        return Rule.COUNTS
    return Rule.BOUND if last in known["bounds"] or _next_word(sentence.after) in known["bounds"] else None


def _are_so_many(before: list[Token], known: Lexicon) -> bool:
    """ "We are 5" counts people."""
    last = _words(before)[-2:]
    return len(last) > 1 and any(word in known["we"] for word in last) and any(word in known["are"] for word in last)


def _said_against(sentence: _Sentence, known: Lexicon, naming: bool) -> Rule | None:
    """What the words around it say against the number."""
    before, after, negations = sentence.before, sentence.after, known["negations"]
    clause = _clause(before) or _short(before)
    behind = _words(after)
    if naming and _last_word(before) in known["names"]:  # "no 2"
        clause = clause[:-1]
    if any(token.text in negations for token in clause):
        return Rule.NEGATED
    if _next_word(after) in negations and not _is_no_denial(behind, known):
        return Rule.NEGATED
    if behind and all(word in negations for word in behind):
        return Rule.NEGATED
    if _next_word(after) and not _is_rounded_off(after, known) and any(word in known["parts"] for word in behind[:3]):
        return Rule.PART
    if (behind and behind[0] in known["conditions"]) or _next_word(before) in known["conditions"]:
        return Rule.CONDITION
    return None


def _short(before: list[Token]) -> list[Token]:
    """What stands before the break right before the number, where that is no sentence of its own: "not, 9"."""
    said = _clause(before[:-1]) if before else []
    return [] if len(_words(said)) >= _ASIDE else before[-2:]


def _is_no_denial(behind: list[str], known: Lexicon) -> bool:
    """ "0 never again" is a nought, "9 never stop" a nine: the "not" is of what follows."""
    first, later = behind[:1], behind[1:_ASIDE]
    if any(word in known["never"] for word in first) and any(word in known["again"] for word in later[:1]):
        return True
    denied = any(word in known["never"] or word in known["negations"] for word in first)
    return any(word in known["stops"] for word in (later if denied else first))


def _proof(sentence: _Sentence, known: Lexicon, naming: bool) -> Rule | None:
    """The rule that proves the number to be the answer."""
    lead = known["lead"] | known["places"] | known["names"] if naming else known["lead"]
    before, after = _words(sentence.before), sentence.after
    led = all(word in lead for word in before)
    closes = _closes(sentence.before, known)
    if not (led or closes) or not _follows(after, known):
        return None
    if sentence.beside and not closes and not _breaks_off(after, known):
        return None
    if sentence.scale_named:
        return Rule.SCALE_NAMED
    if sentence.beside:
        return Rule.COUNTED
    if closes:
        return Rule.CLOSING
    if _adds(after, known):
        return Rule.OPENING
    return Rule.LABEL if before or _words(after) else sentence.number.rule


def _breaks_off(after: list[Token], known: Lexicon) -> bool:
    return bool(after) and (after[0].part in (Part.BREAK, Part.SOFT) or after[0].text in known["because"])


def _closes(before: list[Token], known: Lexicon) -> bool:
    """Whether the number, with a lead at most, is a sentence of its own after others; a greeting is no sentence."""
    clause = _clause(before)
    stop = len(before) - len(clause) - 1
    if stop < 1 or any(token.part is Part.WORD and token.text not in known["lead"] for token in clause):
        return False
    last = _last_word(before[:stop])
    if not last or (last in known["lead"] and len(_words(before[:stop])) < 2):
        return False
    return not (
        last in known["dates"] or (before[stop].text == "." and (len(last) < 3 or last in known["abbreviations"]))
    )


def _clause(before: list[Token]) -> list[Token]:
    """What stands between the last sentence's end and the number; all of it when there is no such end."""
    ends = [place for place, token in enumerate(before) if token.part is Part.BREAK]
    return before[ends[-1] + 1 :] if ends else before


def _follows(after: list[Token], known: Lexicon) -> bool:
    """Whether what comes after the number begins something new; after a colon comes a list of what it counts."""
    if not _words(after) or _is_rounded_off(after, known) or _is_no_denial(_words(after), known):
        return True
    for token in after:
        if token.part is not Part.WORD:
            return token.text != ":" and token.part in (Part.BREAK, Part.SOFT)
        if token.text in known["follow"] or token.text in known["praised"]:
            return token.text in known["follow"] or token is not after[0]
        if token.text not in known["praise"]:
            return False
    return True


def _is_rounded_off(after: list[Token], known: Lexicon) -> bool:
    """Whether what comes after the number only says that it is meant: "8 is fair", "würde 9 sagen"."""
    end = next((place for place, token in enumerate(after) if token.part is not Part.WORD), len(after))
    said = [token.text for token in after[:end]]
    return (
        bool(said)
        and said[-1] in known["closers"]
        and all(word in known["lead"] or word in known["follow"] or word in known["praise"] for word in said[:-1])
    )


def _says_more(sentence: _Sentence, known: Lexicon) -> bool:
    return _adds(sentence.after, known) or any(word not in known["lead"] for word in _words(sentence.before))


def _adds(after: list[Token], known: Lexicon) -> bool:
    """Whether more than thanks comes after the number."""
    return any(word not in known["lead"] or word not in known["follow"] for word in _words(after))


def _words(found: list[Token]) -> list[str]:
    return [token.text for token in found if token.part in (Part.WORD, Part.NUMBER)]


def _last_word(found: list[Token]) -> str:
    return next((token.text for token in reversed(found) if token.part is Part.WORD), "")


def _next_word(found: list[Token]) -> str:
    return found[0].text if found and found[0].part is Part.WORD else ""


def _without_number(scale: Scale, found: list[Token], known: Lexicon) -> Score | Unclear:
    """A number in letters that is also an article counts where it is all there is; so does one typing error."""
    words = _words(found)
    if words and words[-1] in known.weak and _is_all(words, known):
        return _on(scale, known.weak[words[-1]], words, Rule.NUMBER_WORD if len(words) == 1 else Rule.LABEL)
    strange = [word for word in words if word not in known["lead"]]
    value = meant(strange[0], known) if len(strange) == 1 and strange[0] == words[-1] else None
    return unclear(Rule.NO_NUMBER) if value is None else _on(scale, value, words, Rule.TYPO)


def _is_all(words: list[str], known: Lexicon) -> bool:
    return len(words) == 1 or (words[-1] not in known["lead"] and all(word in known["lead"] for word in words[:-1]))


def _on(scale: Scale, value: int, words: list[str], rule: Rule) -> Score | Unclear:
    if value not in scale:
        return off_scale(words[-1], scale)
    return Score(value, "", rule)
