"""Words that are commands and no answers: stop, start, help, in any of the languages.

A whole message is a command, courtesies apart. A sentence that asks for no more messages is one too, unless the message
holds a number that may be an answer ("9 stop calling me so late"): then it is an answer with a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import yaml

from tonval.surveys.answers.lexicon import LANGUAGES, fold, lexicon
from tonval.surveys.answers.mistyped import Index, exchanges, lengthened, lengths, mended
from tonval.surveys.answers.reading import Rule
from tonval.surveys.answers.tokens import Part, Token, normal, tokens

_AT_HAND: Final = 64
"""How many messages are remembered with what they were read as: each is asked about several times over."""


class Keyword(StrEnum):
    """What a command asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@lru_cache(maxsize=_AT_HAND)
def keyword(message: str) -> Keyword | None:
    """The command that the message is, or ``None``. Any text is read, in time linear in its length."""
    said = normal(message)
    words = plain(said)
    whole = commands().get(words) or commands().get(_bare(words)) or _mistyped(_bare(words))
    if whole is not None or not words:
        return whole
    return Keyword.STOP if wishes_no_more(message) and not _may_answer(said) else None


def everywhere(message: str) -> bool:
    """Whether a message that asks for no more means every way of asking, and not only the one it came by.

    "STOP ALL", "stoppa allt", "no more texts or emails" do; a plain STOP does not. To be asked of a message that is
    STOP, or that wishes no more beside an answer: whatever is no such wish means nothing anywhere.
    """
    if keyword(message) is not Keyword.STOP and not wishes_no_more(message):
        return False
    return any(_all(language).search(f" {clause} ") for clause in _clauses(message) for language in LANGUAGES)


@lru_cache(maxsize=_AT_HAND)
def wishes_no_more(message: str) -> bool:
    """Whether a sentence of the message asks for no more messages, in any of the languages, whatever else it says."""
    clauses = _clauses(message)
    alone = bool(clauses) and any(_FIGURES.sub("", clauses[end]).strip() in _ALONE for end in (0, -1))
    return alone or any(_wishes(f" {clause} ") or _wishes_mended(clause) for clause in clauses)


@cache
def commands() -> Mapping[str, Keyword]:
    """Every plain message that is a command."""
    return {plain(phrase): command for command in Keyword for code in LANGUAGES for phrase in _phrases(code, command)}


def phrases(language: str, command: Keyword) -> tuple[str, ...]:
    """The whole messages of a command in a language, as people write them."""
    return tuple(_phrases(language, command))


def plain(message: str) -> str:
    """Case, accents and punctuation dropped, one space between words; a word said again and again said once.

    Letters are written once, and ä as ae, ö as oe or ü as ue like a, o, u: so people type, and so they err.
    """
    said = " ".join(_WORDS.findall(_APOSTROPHES.sub("", fold(normal(message)))))
    words = _UMLAUT.sub(r"\1", _RUN.sub(r"\1", said)).split()
    return " ".join(word for place, word in enumerate(words) if place == 0 or word != words[place - 1])


_CLAUSE_END: Final = re.compile(r"[.,!?;\n]")
_ALONE: Final = ("stop", "stopp", "unsubscribe")
"""Words that say it all where they stand alone, or beside a score, at the beginning or the end of a message."""
_FIGURES: Final = re.compile(r"^\d+ | \d+$")
_WORDS: Final = re.compile(r"[^\W_]+")
_APOSTROPHES: Final = re.compile(r"['’]")
_RUN: Final = re.compile(r"([^\W\d_])\1+")
_UMLAUT: Final = re.compile(r"([aou])e")
_GAP: Final = {".": r"(?: \w+)?", "..": r"(?: \w+){0,3}"}
_NEAR: Final = 3
"""How many words before and after a wish may turn it into something else."""


def _clauses(message: str) -> list[str]:
    return [clause for clause in map(plain, _CLAUSE_END.split(normal(message))) if clause]


def _bare(words: str) -> str:
    """Without courtesies, and without the long number that some write after STOP."""
    return " ".join(_courtesies().sub(" ", f" {words} ").split())


def _wishes(clause: str) -> bool:
    return any(
        not _turned(language, clause, match.start(), match.end())
        for language in LANGUAGES
        if (match := _pattern(language).search(clause))
    )


def _wishes_mended(clause: str) -> bool:
    """The same with letters put back that were exchanged: "sulta skicka sms"."""
    words = clause.split()
    put_right = [mended(word, _slippery()) for word in words]
    return put_right != words and _wishes(f" {' '.join(put_right)} ")


def _mistyped(words: str) -> Keyword | None:
    """STOP in one long word with one slip in it: "unsubscibe"."""
    if " " in words or not words:
        return None
    near = mended(words, _long_stops()[0])
    return Keyword.STOP if near != words or lengthened(words, _long_stops()[1]) else None


@cache
def _long_stops() -> tuple[Index, Index]:
    words = [phrase for phrase, command in commands().items() if command is Keyword.STOP and " " not in phrase]
    return exchanges(words), lengths(words)


@cache
def _slippery() -> Index:
    """The words of the classes, which make wishes."""
    classes = (words for code in LANGUAGES for words in _file(code)["classes"].values())
    return exchanges(plain(word) for words in classes for word in words.split() if "*" not in word)


def _turned(language: str, clause: str, start: int, end: int) -> bool:
    """Whether the words around a wish say something else: "did not stop …", "… so late"."""
    before, after = clause[:start].split()[-_NEAR:], clause[end:].split()[:_NEAR]
    return any(_around(language, "before").fullmatch(word) for word in before) or any(
        _around(language, "after").fullmatch(word) for word in after
    )


def _may_answer(said: str) -> bool:
    """Whether a short number stands in the message that counts and names nothing."""
    known = lexicon("en")
    found = tokens(said, known)
    return any(_is_free(found, place) for place, token in enumerate(found) if token.part is Part.NUMBER)


def _is_free(found: list[Token], place: int) -> bool:
    token = found[place]
    if token.rule is Rule.GLUED or token.value > _HIGHEST:
        return False
    near = found[place + 1 : place + 2]
    return not (
        near and near[0].part is Part.WORD and any(near[0].text in lexicon(code)["units"] for code in LANGUAGES)
    )


_HIGHEST: Final = 100


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """All wishes of a language as one expression over plain words."""
    return _any_of(language, "wishes")


@cache
def _all(language: str) -> re.Pattern[str]:
    """How a wish of a language says that it is for everything."""
    return _any_of(language, "everywhere")


def _any_of(language: str, part: str) -> re.Pattern[str]:
    """Sentences of a part of the file as one expression over plain words; every gap is bounded."""
    source = _file(language)
    classes = {name: words.split() for name, words in source["classes"].items()}
    return re.compile("|".join(_wish(wish, classes) for wish in source[part]))


def _wish(wish: str, classes: Mapping[str, list[str]]) -> str:
    return "".join(_GAP.get(part) or _either(part, classes) for part in wish.split()) + r"(?= )"


def _either(part: str, classes: Mapping[str, list[str]]) -> str:
    words = [word for name in part.split("|") for word in classes.get(name.strip("{}"), [name])]
    ends = "$" in words
    either = "|".join(_word(word) for word in words if word != "$")
    return (rf"(?: (?:{either})|(?= $))" if ends else rf" (?:{either})") if either else r"(?= $)"


def _word(word: str) -> str:
    return plain(word).replace(" ", "") + (r"\w*" if word.endswith("*") else "")


@cache
def _around(language: str, where: str) -> re.Pattern[str]:
    return re.compile("|".join(_word(word) for word in _file(language)[where].split()))


@cache
def _courtesies() -> re.Pattern[str]:
    every = {plain(phrase) for code in LANGUAGES for phrase in _list(_file(code)["courtesies"])}
    return re.compile(rf" (?:{'|'.join(sorted(every, key=len, reverse=True))}|\d{{4,}})(?= )")


def _phrases(language: str, command: Keyword) -> Iterator[str]:
    yield from _list(_file(language)[command.value])


def _list(text: str) -> list[str]:
    return [phrase.strip() for phrase in text.split(",") if phrase.strip()]


@cache
def _file(language: str) -> Mapping[str, Any]:
    text = files(__package__).joinpath("wishes", f"{language}.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)  # our own file, safe loader
    return content
