"""From the text of a condition to its nodes, or to a sentence that says what was expected and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tonval.surveys.conditions.syntax import (
    RESERVED,
    Among,
    And,
    Answered,
    Comparison,
    Condition,
    Has,
    Is,
    IsNot,
    Measures,
    Mentions,
    Not,
    Or,
    Sign,
    Value,
    Within,
    written,
)
from tonval.surveys.sentences import sentence

MAX_LENGTH: Final = 500
"""Characters, as it stands and as ``written`` puts it."""

MAX_NESTING: Final = 20
"""Brackets and nots inside each other."""

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,9})?(?![\w-]))
      | (?P<word>\w[\w-]*)
      | (?P<text>"(?:[^"]|"")*" | '(?:[^']|'')*' | [“”„][^“”„]*[“”„])
      | (?P<sign><=|>=|!=|==?|[<>≤≥≠]|\.\.|[(),])""",
    re.VERBOSE,
)
_SIGNS: Final = {"≤": "<=", "≥": ">=", "≠": "!=", "==": "="}
_AFTER_A_NAME: Final = sentence("<, <=, >, >=, is, is not, in, has or mentions")


class BadCondition(ValueError):
    """The text is no condition: ``sentence`` says what was expected, at ``column`` (1 is the first character)."""

    def __init__(self, sentence: str, column: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.column = column


@lru_cache(maxsize=4096)
def parse(text: str) -> Condition:
    """Read a condition (docs/conditions.md). Raises ``BadCondition``."""
    if len(text) > MAX_LENGTH:
        raise BadCondition(
            sentence("a condition has at most %(MAX_LENGTH)s characters", MAX_LENGTH=MAX_LENGTH), MAX_LENGTH + 1
        )
    reader = _Reader(tuple(_tokens(text)))
    condition = reader.whole()
    if len(written(condition)) > MAX_LENGTH:
        raise BadCondition(
            sentence(
                "written out with all its spaces it has more than %(MAX_LENGTH)s characters", MAX_LENGTH=MAX_LENGTH
            ),
            1,
        )
    return condition


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        """The sign or the word of the language that the token is, if it is one."""
        if self.kind == "sign":
            return _SIGNS.get(self.text, self.text)
        return self.text.lower() if self.kind == "word" and self.text.lower() in RESERVED else ""

    @property
    def content(self) -> str:
        """A quoted text without its quotes, anything else as it stands."""
        if self.kind != "text":
            return self.text
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote) if quote in "\"'" else self.text[1:-1]


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadCondition(_strange(text[at]), at + 1)
        if found.lastgroup != "space":
            yield _Token(found.lastgroup or "", found[0], at + 1)
        at = found.end()
    yield _Token("end", "", len(text) + 1)


def _strange(character: str) -> str:
    if character in "\"'“”„":
        return sentence("the quote that begins here is never closed")
    return sentence(
        "“%(character)s” means nothing here; put a text with such characters in quotes", character=character
    )


@dataclass(slots=True)
class _Reader:
    """Recursive descent; each method reads one kind of part from ``place`` on."""

    tokens: tuple[_Token, ...]
    place: int = 0
    nesting: int = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        taken = self.next
        self.place += 1
        return taken

    def skip(self, keyword: str) -> bool:
        """Read over the keyword, if it is the next."""
        found = self.next.keyword == keyword
        self.place += found
        return found

    def missing(self, wanted: str) -> BadCondition:
        there = sentence("“%(text)s” stands", text=self.next.text) if self.next.text else sentence("the condition ends")
        return BadCondition(
            sentence("%(wanted)s is needed where %(there)s", wanted=wanted, there=there), self.next.column
        )

    def whole(self) -> Condition:
        if self.next.kind == "end":
            raise BadCondition(sentence("the condition is empty"), 1)
        condition = self.choice()
        if self.next.keyword == ")":
            raise BadCondition(sentence("this bracket was never opened"), self.next.column)
        if self.next.kind != "end":
            more = sentence("; a text of several words needs quotes") if self.next.kind in ("word", "number") else ""
            raise BadCondition(
                sentence("“and” or “or” is needed before “%(text)s”%(more)s", text=self.next.text, more=more),
                self.next.column,
            )
        return condition

    def choice(self) -> Condition:
        parts = self._joined("or", self.union)
        return parts[0] if len(parts) == 1 else Or(parts)

    def union(self) -> Condition:
        parts = self._joined("and", self.single)
        return parts[0] if len(parts) == 1 else And(parts)

    def _joined(self, keyword: str, part: Callable[[], Condition]) -> tuple[Condition, ...]:
        parts = [part()]
        while self.skip(keyword):
            parts.append(part())
        return tuple(parts)

    def single(self) -> Condition:
        opening = self.next
        if opening.keyword not in ("not", "("):
            return self.comparison()
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise BadCondition(
                sentence("more than %(MAX_NESTING)s brackets and nots inside each other", MAX_NESTING=MAX_NESTING),
                opening.column,
            )
        self.place += 1
        inner: Condition = Not(self.single()) if opening.keyword == "not" else self.bracket(opening)
        self.nesting -= 1
        return inner

    def bracket(self, opening: _Token) -> Condition:
        inner = self.choice()
        if self.next.kind == "end":
            raise BadCondition(sentence("this bracket is never closed"), opening.column)
        if not self.skip(")"):
            raise self.missing(sentence("“and”, “or” or a closing bracket"))
        return inner

    def comparison(self) -> Condition:
        name = self.name()
        keyword = self.next.keyword
        if keyword in ("<", "<=", ">", ">="):
            self.place += 1
            return Measures(name, Sign(keyword), self.number(keyword))
        if self.skip("is") or self.skip("="):
            return self._identity(name, keyword)
        if self.skip("!="):
            return IsNot(name, self.value())
        if self.skip("in"):
            return self._range(name)
        if self.skip("has"):
            return Has(name, self.text(sentence("the id of an option")))
        if self.skip("mentions"):
            return Mentions(name, self.text(sentence("the text to look for")))
        raise self.missing(sentence("after “%(name)s” one of %(AFTER_A_NAME)s", name=name, AFTER_A_NAME=_AFTER_A_NAME))

    def name(self) -> str:
        token = self.next
        fits = token.kind in ("word", "text") or (token.kind == "number" and token.text.isdigit())
        if not fits or token.keyword or not token.content.strip():
            raise self.missing(sentence("the name of a question or an attribute"))
        return self.take().content

    def _identity(self, name: str, keyword: str) -> Condition:
        negated = keyword == "is" and self.skip("not")
        if keyword == "is" and self.skip("answered"):
            return Not(Answered(name)) if negated else Answered(name)
        return IsNot(name, self.value()) if negated else Is(name, self.value())

    def _range(self, name: str) -> Comparison:
        if self.skip("("):
            return Among(name, self._list())
        begins = self.next.column
        lowest = self.number("in")
        if not self.skip(".."):
            raise self.missing(sentence("“..” and a second number"))
        highest = self.number("..")
        if lowest > highest:
            raise BadCondition(sentence("a range goes from the lower number to the higher one"), begins)
        return Within(name, lowest, highest)

    def _list(self) -> tuple[Value, ...]:
        values = [self.value()]
        while self.skip(","):
            values.append(self.value())
        if not self.skip(")"):
            raise self.missing(sentence("a comma or a closing bracket"))
        return tuple(values)

    def number(self, after: str) -> Decimal:
        if self.next.kind != "number":
            raise self.missing(sentence("after “%(after)s” a number", after=after))
        return Decimal(self.take().text)

    def value(self) -> Value:
        if self.next.kind == "number":
            return Decimal(self.take().text)
        return self.text(sentence("a number or a text"))

    def text(self, wanted: str) -> str:
        """A word, a quoted text or a number as it is written."""
        token = self.next
        if token.keyword in RESERVED:
            raise BadCondition(
                sentence("“%(text)s” is a word of the language; put it in quotes", text=token.text), token.column
            )
        if token.kind not in ("word", "number", "text") or not token.content.strip():
            raise self.missing(wanted)
        return self.take().content
