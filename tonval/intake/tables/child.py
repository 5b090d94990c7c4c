"""Reads one file in a process of its own: ``python -m tonval.intake.tables.child KIND PATH``.

Whatever a hostile file does to a parser or a C library, it does here, with 256 MiB of addresses and two minutes of
computing between signs of life. Speaks lines of JSON, one a message: ``apart`` says which.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, Final

from tonval.intake.tables.rows import NOT_TEXT, BadFile, Row, RowFault, make_row
from tonval.intake.tables.source import Source
from tonval.surveys.sentences import sentence

MEMORY: Final = 256 << 20  # bytes of addresses, so never more of them resident
PATIENCE: Final = 120  # seconds of computing without a row; shared strings of 1 GiB take about half
SPOOL: Final = 2 << 30  # bytes that may be written to a temporary file
MAX_LABEL: Final = 500  # characters of a question's text; SPSS allows 256 bytes
BREATH: Final = 500  # rows between reports of progress
_EXCESS = b'{"bad":["The file needs more memory to be read than any table should.",null]}\n'
_READERS: Final = {
    "packed": ("packed", "read_packed"),
    "spss": ("spss", "read_spss"),
    "triple-s": ("triple_s.reader", "read_triple_s"),
}


def main() -> None:
    """Says what the table is, waits for a row number, and says the rows after it."""
    _confine()
    kind, path = sys.argv[1:]
    try:
        _tell(_reader(kind)(Path(path)))
    except BadFile as bad:
        _say({"bad": [bad.sentence, bad.row]})
    except MemoryError:
        os.write(sys.stdout.fileno(), _EXCESS)  # which takes no memory
    except BrokenPipeError:
        pass  # nobody listens any more
    except Exception as error:  # noqa: BLE001  # damage shows as any error there is, and all of it means the same
        words = sentence("The file is damaged and cannot be read further (%(error)s).", error=type(error).__name__)
        _say({"bad": [words, None]})


def _confine() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, SPOOL),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    _breathe()


def _breathe() -> None:
    """Moves the limit on computing ahead of what has been used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + PATIENCE, hard))


def _reader(kind: str) -> Callable[[Path], Source]:
    # Each is imported for its own kind alone: NumPy costs 60 MiB and half a second.
    module, name = _READERS[kind]
    reader: Callable[[Path], Source] = getattr(import_module(f"tonval.intake.tables.{module}"), name)
    return reader


def _tell(source: Source) -> None:
    labels = {heading: NOT_TEXT.sub("", label)[:MAX_LABEL] for heading, label in source.labels.items()}
    _say({"kind": source.kind, "headings": source.headings, "labels": labels, "total": source.total})
    after = sys.stdin.readline()
    if not after:
        return
    for message in chain(_rows(source, int(after)), [{"end": True}]):
        _say(message)


def _rows(source: Source, after: int) -> Iterator[Any]:
    for count, (number, cells) in enumerate(source.rows(after)):
        if count % BREATH == 0:
            _breathe()
            yield source.progress()
        match make_row(source.headings, number, cells):
            case Row(cells=texts):
                yield [number, list(texts.values())]
            case RowFault(sentence=sentence):
                yield [number, sentence]


def _say(message: Any) -> None:
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
    if isinstance(message, dict):
        sys.stdout.flush()


if __name__ == "__main__":
    main()
