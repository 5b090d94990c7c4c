"""The list of erasures beside the database, read: who was erased when, and the last word on each refusal. Pure.

It has entries of two sorts. One is written with each erasure: the hashes, and what forbade asking her then, all of it.
The other says that one refusal stands again, or does no more (``changes``). Whichever is later holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Key = tuple[str, str, str]
"""Hash, kind and channel of a refusal."""


@dataclass(frozen=True, slots=True)
class Word:
    """Whether something stood at ``at`` (aware); ``row`` is it, as the list has it, where it is more than that."""

    at: datetime
    stands: bool
    row: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """``erased`` maps each hash to its last erasure; ``words`` each refusal to what was said of it last."""

    erased: Mapping[str, datetime]
    words: Mapping[Key, Word]

    @property
    def hashes(self) -> frozenset[str]:
        """Everybody the list knows."""
        return frozenset((*self.erased, *(digest for digest, _, _ in self.words)))

    def word(self, key: Key) -> Word | None:
        """The last word on a refusal; ``None`` where the list knows nothing of it.

        What an erasure does not name did not stand then.
        """
        word, erased = self.words.get(key), self.erased.get(key[0])
        if erased and (word is None or word.at < erased):
            return Word(erased, stands=False)
        return word

    def is_over(self, key: Key, since: datetime) -> bool:
        """Whether what was refused at ``since`` did not stand any more later on."""
        word = self.word(key)
        return word is not None and not word.stands and since <= word.at

    def standing(self) -> Iterator[tuple[Key, Word]]:
        """Whatever stands by the list."""
        for key in self.words:
            word = self.word(key)
            if word and word.stands:
                yield key, word


def read(entries: Iterable[Mapping[str, Any]]) -> Record:
    """What entries in any order come to; one that is there twice counts once."""
    erased: dict[str, datetime] = {}
    words: dict[Key, Word] = {}
    told = [(datetime.fromisoformat(each["at"]), "digest" in each, each) for each in entries]
    for at, is_change, entry in sorted(told, key=lambda each: each[:2]):
        if is_change:
            words[entry["digest"], entry["kind"], entry["channel"]] = Word(at, entry["refuses"])
        else:
            erased |= dict.fromkeys(entry["digests"], at)
            rows = entry.get("suppressions", ())
            words |= {(row["digest"], row["kind"], row["channel"]): Word(at, True, row) for row in rows}
    return Record(erased, words)
