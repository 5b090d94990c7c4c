"""Words for numbers, for "of", and for what a number may count instead of rating.

Source: each language's own numerals.
"""

from __future__ import annotations

from typing import Final

NUMBER_WORDS: Final[dict[str, dict[str, int]]] = {
    "en": {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
    | {"nine": 9, "ten": 10},
    "sv": {"noll": 0, "ett": 1, "en": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8}
    | {"nio": 9, "tio": 10},
    "es": {"cero": 0, "uno": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7}
    | {"ocho": 8, "nueve": 9, "diez": 10},
    "et": {"null": 0, "üks": 1, "kaks": 2, "kolm": 3, "neli": 4, "viis": 5, "kuus": 6, "seitse": 7, "kaheksa": 8}
    | {"üheksa": 9, "kümme": 10},
}

YES_NO_WORDS: Final[dict[str, dict[str, int]]] = {
    "en": {"yes": 1, "y": 1, "no": 0, "n": 0},
    "sv": {"ja": 1, "j": 1, "nej": 0, "n": 0},
    "es": {"sí": 1, "si": 1, "no": 0},
    "et": {"jah": 1, "ei": 0},
}
"""A whole message that says yes or no."""

OF_WORDS: Final = ("of", "out of", "av", "de", "sobre", "jest")

_COUNTED: Final = """
time times hour hours minute minutes min mins day days week weeks month months year years people persons
st gånger gång timme timmar minut minuter dag dagar vecka veckor månad månader år kr kronor personer
veces vez hora horas minuto minutos día días semana semanas mes meses año años
korda tund tundi minutit päev päeva nädal nädalat kuu kuud aasta aastat
"""

UNIT_WORDS: Final = frozenset(_COUNTED.split())
