"""The few words around a letter that no survey brings: the button, why one gets it, the way out."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "button": {
        "sv": "Svara på frågorna",
        "en": "Answer the questions",
        "es": "Responder a las preguntas",
        "et": "Vasta küsimustele",
        "ar": "أجب عن الأسئلة",
    },
    "confirm": {
        "sv": "Välj en siffra. Du skickar ditt svar på nästa sida.",
        "en": "Choose a number. You send your answer on the next page.",
        "es": "Elija un número. Enviará su respuesta en la página siguiente.",
        "et": "Valige number. Vastuse saadate järgmisel lehel.",
        "ar": "اختر رقمًا. ترسل إجابتك في الصفحة التالية.",
    },
    "why": {
        "sv": "Du får det här mejlet för att du har varit i kontakt med {brand}.",
        "en": "You get this e-mail because you were in touch with {brand}.",
        "es": "Recibe este correo porque estuvo en contacto con {brand}.",
        "et": "Saate selle kirja, sest suhtlesite ettevõttega {brand}.",
        "ar": "تصلك هذه الرسالة لأنك تواصلت مع {brand}.",
    },
    "stop": {
        "sv": "Jag vill inte få fler frågor",
        "en": "I want no more questions",
        "es": "No quiero recibir más preguntas",
        "et": "Ma ei soovi rohkem küsimusi",
        "ar": "لا أريد أسئلة أخرى",
    },
    "no": {"sv": "Nej", "en": "No", "es": "No", "et": "Ei", "ar": "لا"},
    "yes": {"sv": "Ja", "en": "Yes", "es": "Sí", "et": "Jah", "ar": "نعم"},
}

_LEFTWARD: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are written from right to left."""


def word(slot: str, language: str) -> str:
    """The words of ``slot`` in the language (``sv``, ``sv-SE``), else in English."""
    wordings = WORDS[slot]
    return wordings.get(language) or wordings.get(language.partition("-")[0]) or wordings["en"]


def direction(language: str) -> str:
    """``ltr`` or ``rtl``: how the language is written."""
    return "rtl" if language.partition("-")[0] in _LEFTWARD else "ltr"
