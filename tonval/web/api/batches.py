"""Reading many documents from one body: an object with a list, or one document a line."""

from __future__ import annotations

from typing import Any, Final

from tonval.fieldwork.reading import Faulty, Reading, has_escapes, parse_json, read_object

LINES: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")
MOST_ROWS: Final = 10_000
MOST_VALUES: Final = 1_000_000
"""A body of brackets and commas alone would take twenty times its size in memory once it is read."""


def read_batch(body: bytes, mimetype: str, name: str) -> list[Reading | Faulty]:
    """The documents of ``body``: the list called ``name``, or its lines where ``mimetype`` says so, blank ones apart.

    A document that cannot be read gives the fault in its place. Raises ``Faulty`` when the whole is refused.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise Faulty(f"the body holds more than {MOST_VALUES:,} values; send several")
    escapes = has_escapes(body)
    if mimetype in LINES:
        lines = [line for line in body.split(b"\n") if line.strip()]
        return [_read_line(line, escapes) for line in _few_enough(lines, None)]
    return [_read_row(row, escapes) for row in _few_enough(_listed(body, name), name)]


def _listed(body: bytes, name: str) -> list[Any]:
    data = parse_json(body)
    rows = data.get(name) if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise Faulty(f"{name} must be a list in a JSON object", name)
    return rows


def _few_enough(rows: list[Any], name: str | None) -> list[Any]:
    if len(rows) > MOST_ROWS:
        raise Faulty(f"{len(rows):,} rows are more than a request may hold: {MOST_ROWS:,}", name)
    return rows


def _read_line(line: bytes, escapes: bool) -> Reading | Faulty:
    try:
        return read_object(parse_json(line, "the line"), "the line", escapes=escapes)
    except Faulty as fault:
        return fault


def _read_row(row: Any, escapes: bool) -> Reading | Faulty:
    try:
        return read_object(row, "the row", escapes=escapes)
    except Faulty as fault:
        return fault
