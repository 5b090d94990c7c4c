"""Yes and no in words: the first word says it, what follows may not take it back."""

from __future__ import annotations

from tonval.surveys.answers.lexicon import Lexicon
from tonval.surveys.answers.reading import Rule, Score, Unclear
from tonval.surveys.answers.tokens import Part, Token, tokens
from tonval.surveys.answers.why import off_scale, unclear
from tonval.surveys.scales import YES_NO


def agree(said: str, known: Lexicon) -> Score | Unclear:
    """Read a normal text as 1 (yes) or 0 (no); ``words`` of the score tells by any text that there were more."""
    found = tokens(said, known)
    words = [token for token in found if token.part in (Part.WORD, Part.NUMBER)]
    if len(words) == 1 and words[0].part is Part.NUMBER:
        return _by_number(words[0])
    first = next((place for place, token in enumerate(found) if token.text in known.agreeing), None)
    if first is None:
        return unclear(Rule.NO_NUMBER if not words else Rule.UNSURE_WORDS)
    value = known.agreeing[found[first].text]
    if any(token.part is Part.WORD and token.text not in known["lead"] for token in found[:first]):
        return unclear(Rule.UNSURE_WORDS)
    rest = found[first + 1 :]
    if _takes_back(value, rest, known):
        return unclear(Rule.BOTH)
    if not _goes_on(value, rest, known):
        return unclear(Rule.UNSURE_WORDS)
    more = any(token.part is Part.WORD and token.text not in known["lead"] for token in rest)
    return Score(value, "more" if more else "", Rule.AGREED)


def _by_number(number: Token) -> Score | Unclear:
    if number.rule is not Rule.NUMBER:
        return unclear(Rule.UNSURE_WORDS)
    if number.value not in YES_NO:
        return off_scale(number.text, YES_NO)
    return Score(number.value)


def _takes_back(value: int, rest: list[Token], known: Lexicon) -> bool:
    """Whether the other answer, a "not" after a yes, or a bare 0 or 1 follows."""
    usual = known["agreed" if value else "refused"]
    others = (token for token in rest if token.text not in usual)
    if any(known.agreeing.get(token.text, value) != value or _is_answer(token) for token in others):
        return True
    clause = rest[: next((place for place, token in enumerate(rest) if token.part is Part.BREAK), len(rest))]
    return bool(value) and any(token.text in known["negations"] for token in (*clause, *rest[:3]))


def _is_answer(token: Token) -> bool:
    return token.part is Part.NUMBER and token.rule is Rule.NUMBER and token.value in YES_NO


def _goes_on(value: int, rest: list[Token], known: Lexicon) -> bool:
    if not rest or rest[0].part in (Part.BREAK, Part.SOFT):
        return True
    if rest[0].part is not Part.WORD:
        return False
    return rest[0].text in known["agreed" if value else "refused"] or known.agreeing.get(rest[0].text) == value
