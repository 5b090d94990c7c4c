"""A record of the data file as texts, one a variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time

from tonval.intake.tables.figures import number_text
from tonval.intake.tables.triple_s.definition import Definition, Variable, meaning

Pieces = Sequence[str]  # a variable's own part of the record: one piece, or several cells of a CSV record


def case_texts(definition: Definition, cut: Callable[[Variable], Pieces]) -> list[str | None]:
    """Every variable's text; ``cut`` takes its pieces out of the record."""
    return [_text(variable, cut(variable)) for variable in definition.variables]


def cut_line(line: str, variable: Variable) -> Pieces:
    """The characters of a fixed record, divided where several answers are spread over them."""
    piece = line[variable.start - 1 : variable.finish]
    if variable.spread is None:
        return [piece]
    fields, width = variable.spread
    return [piece[place : place + width] for place in range(0, min(fields * width, len(piece)), width)]


def cut_cells(cells: Sequence[str], variable: Variable) -> Pieces:
    """The cells of a CSV record."""
    fields = variable.spread[0] if variable.spread else 1
    return cells[variable.start - 1 : max(variable.finish, variable.start - 1 + fields)]


def _text(variable: Variable, pieces: Pieces) -> str | None:
    if variable.type == "multiple":
        return _several(variable, pieces)
    text = "".join(pieces).strip()
    match variable.type if text else "":
        case "":
            return None
        case "single":
            return meaning(variable.values, text)
        case "quantity":
            return _quantity(variable, text)
        case "logical":
            return {"1": "true", "0": "false"}.get(text, text)
        case "date" | "time":
            return _moment(text)
    return text


def _several(variable: Variable, pieces: Pieces) -> str | None:
    """The texts of all codes that were given, between commas; spread as codes, or as a 0 or 1 for each code."""
    if variable.spread is None:
        codes = [str(place) for place, bit in enumerate("".join(pieces), start=1) if bit == "1"]
    else:
        codes = [piece for piece in pieces if piece.strip(" 0")]
    return ", ".join(filter(None, (meaning(variable.values, code) for code in codes))) or None


def _quantity(variable: Variable, text: str) -> str | None:
    named = meaning(variable.values, text)
    try:
        return number_text(float(text)) if named == text else named
    except ValueError:
        return text


def _moment(text: str) -> str:
    """``20261122`` and ``100000`` by ISO 8601; what is neither stays as it is."""
    for length, read in ((8, date.fromisoformat), (6, time.fromisoformat)):
        if len(text) == length and text.isdecimal():
            try:
                return read(text).isoformat()
            except ValueError:
                return text
    return text
