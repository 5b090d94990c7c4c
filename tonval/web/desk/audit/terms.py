"""What somebody searches the audit log for: her words, each with the deeds whose sentence has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Final

from tonval.stats.deeds import Entry, Term
from tonval.web.desk.audit.names import DEEDS
from tonval.web.desk.audit.sentences import LOOKED, sentence

Telling = Callable[[object], str]
"""A sentence into the language of who searches."""

MOST: Final = 8
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def terms_of(search: str, telling: Telling = str) -> tuple[Term, ...]:
    """The words between the spaces, ``MOST`` at most; all of them have to be found."""
    return tuple(Term(word, frozenset(_told_by(word.casefold(), telling))) for word in search.split()[:MOST])


def _told_by(word: str, telling: Telling) -> Iterator[tuple[str, str]]:
    """The deeds, and the kinds of their object where the words differ by it, whose own words hold ``word``."""
    for action, kind in (*product(DEEDS.keys() - {"customer.seen"}, ("",)), *product(("customer.seen",), LOOKED)):
        bare = Entry(0, _NEVER, "", "", action, kind, "", {})
        if any(word in telling(words).casefold() for words in (DEEDS[action], sentence(bare))):
            yield action, kind
