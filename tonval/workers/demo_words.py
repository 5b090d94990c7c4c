"""Who works in the demo centre, where, and what its customers write, from unhappy to happy."""

from __future__ import annotations

from typing import Final

UNITS: Final = ("se/sthlm", "se/sthlm", "se/gbg", "ee/tallinn")

NAMES: Final = (
    ("Anna", "Lind"), ("Erik", "Berg"), ("Maria", "Holm"), ("Johan", "Ek"), ("Karin", "Dahl"), ("Lars", "Nord"),
    ("Sara", "Vik"), ("Nils", "Strand"), ("Eva", "Sand"), ("Olof", "Lund"), ("Ida", "Bark"), ("Per", "Falk"),
    ("Maja", "Rask"), ("Hugo", "Frid"), ("Elin", "Alm"), ("Axel", "Hed"), ("Linn", "Kvist"), ("Emil", "Moe"),
    ("Tove", "Ask"), ("Kalle", "Sjo"), ("Siri", "Palm"), ("Arvid", "Gran"), ("Kersti", "Tamm"), ("Mart", "Saar"),
    ("Liis", "Kask"), ("Jaan", "Rebane"), ("Ines", "Roca"), ("Pablo", "Vega"), ("Julia", "Brink"), ("Otto", "Hall"),
)  # fmt: skip

COMMENTS: Final = (
    (
        "jag fick vänta alldeles för länge",
        "ingen kunde svara på min fråga",
        "blev kopplad tre gånger",
        "felet är fortfarande kvar",
    ),
    (
        "helt okej, men det tog tid",
        "trevlig, fast jag fick ringa två gånger",
        "fick hjälp till slut",
        "bra bemötande, lång kö",
    ),
    (
        "snabbt och trevligt!",
        "hon löste allt direkt",
        "tack för fin hjälp",
        "kunnig och lugn, precis vad jag behövde",
    ),
)
