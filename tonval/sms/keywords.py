"""Words that are commands and no answers: stop, start, help. Pure.

Only a whole message is a command. "9 stop calling me so late" is an answer with a comment; "STOP!" and "snälla sluta"
are commands. Case, accents, punctuation and courtesies do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Keyword(StrEnum):
    """What a command asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# English: the words US rules name (47 CFR 64.1200(a)(10)) and Twilio's own list (support article 223134027).
# Twilio's YES, which starts again, is left out: it may answer a question.
# Swedish, Spanish and Estonian: the plain words for the same, as senders in those countries print them
# ("Avsluta? Svara STOPP", "envía BAJA", "loobumiseks saada STOPP").
WORDS: Final[Mapping[Keyword, Mapping[str, tuple[str, ...]]]] = {
    Keyword.STOP: {
        "en": (
            "stop", "stop all", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "opt out", "optout",
            "remove me", "unsubscribe me", "stop texting me", "stop messaging me", "stop sending me messages",
            "no more messages", "no more texts", "do not text me", "dont text me", "leave me alone",
        ),
        "sv": (
            "stopp", "stoppa", "sluta", "avsluta", "avregistrera", "avregistrera mig", "avanmäl", "avanmäl mig",
            "sluta skicka", "sluta skicka sms", "sluta smsa", "sluta smsa mig", "inga fler sms",
            "inga fler meddelanden", "ta bort mig", "skicka inte fler",
        ),
        "es": (
            "alto", "baja", "parar", "pare", "detener", "cancelar", "salir", "no más", "no más mensajes",
            "darme de baja", "dame de baja", "darse de baja", "deja de escribirme",
        ),
        "et": (
            "stopp", "lõpeta", "lõpetage", "loobu", "loobun", "katkesta", "tühista", "ära saada", "ärge saatke",
            "rohkem mitte",
        ),
    },
    Keyword.START: {
        "en": ("start", "unstop", "subscribe", "resume", "opt in", "optin"),
        "sv": ("start", "starta", "börja", "anmäl"),
        "es": ("alta", "inicio", "iniciar", "empezar", "comenzar"),
        "et": ("start", "alusta", "alustan", "liitu"),
    },
    Keyword.HELP: {
        "en": ("help", "info"),
        "sv": ("hjälp", "info"),
        "es": ("ayuda", "info", "información"),
        "et": ("abi", "info", "appi"),
    },
}  # fmt: skip

COURTESIES: Final = (
    "please", "pls", "thanks", "thank you", "snälla", "tack", "vänligen", "por favor", "gracias", "palun", "aitäh",
)  # fmt: skip
"""Left out before a message is compared."""


def keyword(message: str) -> Keyword | None:
    """The command that the whole message is, in any of the languages, or ``None``."""
    said = plain(message)
    for courtesy in _COURTESIES:
        said = said.replace(f" {courtesy} ", " ")
    return _COMMANDS.get(said.strip()) or _COMMANDS.get(plain(message).strip())


def tells_stop(text: str) -> bool:
    """Whether the text names a word that stops the questions: in capitals, as one prints commands, or plainly STOP."""
    return any(
        _COMMANDS.get(plain(word).strip()) is Keyword.STOP and (word.isupper() or plain(word).strip() in _PLAIN_STOP)
        for word in re.findall(r"\w+", text)
    )


def plain(message: str) -> str:
    """Case folded, accents and punctuation dropped, one space around every word."""
    letters = unicodedata.normalize("NFKD", message).casefold().replace("'", "").replace("’", "")
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " " + " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split()) + " "


_PLAIN_STOP: Final = ("stop", "stopp")
_COURTESIES: Final = tuple(plain(courtesy).strip() for courtesy in COURTESIES)
_COMMANDS: Final[Mapping[str, Keyword]] = {
    plain(word).strip(): command
    for command, languages in WORDS.items()
    for words in languages.values()
    for word in words
}
