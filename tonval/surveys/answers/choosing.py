"""One of the options: by its place in the list, or by its own words where they fit no other."""

from __future__ import annotations

from tonval.surveys.answers.lexicon import Lexicon, fold
from tonval.surveys.answers.rating import rate
from tonval.surveys.answers.reading import Rule, Score, Unclear
from tonval.surveys.answers.tokens import Part, Token, normal, tokens
from tonval.surveys.answers.why import unclear
from tonval.surveys.questionnaire import Option, Question
from tonval.surveys.scales import CHOICE, Scale
from tonval.surveys.sentences import sentence

_SHORTEST = 4
"""Letters of a word that may stand for a longer one."""


def choose(question: Question, said: str, known: Lexicon) -> Score | Unclear:
    """Read a normal text as one of the question's options; the value is the option's code."""
    if not question.options:
        return unclear(Rule.NO_NUMBER)
    parts = tokens(said, known)
    place = _place(question, said, parts, known)
    by_place = question.options[place.value - 1] if isinstance(place, Score) else None
    whole = [option for option in question.options if _core(parts, known) in _wordings(option, known)]
    named = whole or _named(question, parts, known)
    fitting = {option.id: option for option in (*named, *([by_place] if by_place else []))}
    if len(fitting) > 1:
        return unclear(Rule.TWO_OPTIONS)
    if not named:
        return Score(by_place.code, place.words, Rule.OPTION_PLACE) if by_place and isinstance(place, Score) else place
    if not whole and any(token.text in known["negations"] for token in parts):
        return unclear(Rule.NEGATED, "option")
    return Score(named[0].code, "" if whole else "more", Rule.OPTION_WORDS)


def _place(question: Question, said: str, parts: list[Token], known: Lexicon) -> Score | Unclear:
    core = [
        token.text for token in parts if token.part is Part.WORD and token.text not in known["lead"] | known["places"]
    ]
    numbers = any(token.part is Part.NUMBER for token in parts)
    value = known.ordinals.get(core[0]) if len(core) == 1 and not numbers else None
    if value is None:
        return rate(Scale(CHOICE, 1, len(question.options)), said, known, naming=True)
    if value > len(question.options):
        return Unclear(sentence("there is no option %(n)s", n=value), Rule.OFF_SCALE)
    return Score(value, "", Rule.OPTION_PLACE)


def _named(question: Question, parts: list[Token], known: Lexicon) -> list[Option]:
    """The options whose words stand in the message, the longest only where one holds another; else those it begins."""
    message = f" {' '.join(_bare(parts))} "
    held = {option.id: _longest(message, option, known) for option in question.options}
    found = [option for option in question.options if held[option.id]]
    inside = [option for option in found if not any(_is_within(held[option.id], other) for other in held.values())]
    if inside:
        return inside
    core = _core(parts, known)
    return [option for option in question.options if _begins(core, option, known)]


def _longest(message: str, option: Option, known: Lexicon) -> str:
    texts = (" ".join(words) for words in _wordings(option, known))
    return max((text for text in texts if text and f" {text} " in message), key=len, default="")


def _is_within(text: str, other: str) -> bool:
    return text != other and f" {text} " in f" {other} "


def _begins(core: list[str], option: Option, known: Lexicon) -> bool:
    """Whether each word of the message begins a word of the option, or is begun by one."""
    return any(all(any(_alike(word, own) for own in words) for word in core) for words in _wordings(option, known))


def _alike(word: str, own: str) -> bool:
    return min(len(word), len(own)) >= _SHORTEST and (word.startswith(own) or own.startswith(word))


def _wordings(option: Option, known: Lexicon) -> list[list[str]]:
    return [_core(tokens(normal(text), known), known) for text in option.text.values()]


def _core(parts: list[Token], known: Lexicon) -> list[str]:
    """The words without articles and the like, unless that is all there is."""
    words = _bare(parts)
    return [word for word in words if word not in known["lead"]] or words


def _bare(parts: list[Token]) -> list[str]:
    return [fold(token.text) for token in parts if token.part in (Part.WORD, Part.NUMBER)]
