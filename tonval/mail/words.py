"""The few words around a letter that no survey brings: the button, why one gets it, the way out."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "button": {
        "sv": "Svara på frågorna",
        "en": "Answer the questions",
        "es": "Responder a las preguntas",
        "et": "Vasta küsimustele",
        "no": "Svar på spørsmålene",
        "da": "Svar på spørgsmålene",
        "fi": "Vastaa kysymyksiin",
        "de": "Fragen beantworten",
        "fr": "Répondre aux questions",
        "ar": "أجب عن الأسئلة",
    },
    "confirm": {
        "sv": "Välj här. Du skickar ditt svar på nästa sida.",
        "en": "Choose here. You send your answer on the next page.",
        "es": "Elija aquí. Enviará su respuesta en la página siguiente.",
        "et": "Valige siin. Vastuse saadate järgmisel lehel.",
        "no": "Velg her. Du sender svaret på neste side.",
        "da": "Vælg her. Du sender dit svar på næste side.",
        "fi": "Valitse tästä. Lähetät vastauksesi seuraavalla sivulla.",
        "de": "Wählen Sie hier. Auf der nächsten Seite senden Sie Ihre Antwort ab.",
        "fr": "Choisissez ici. Vous enverrez votre réponse à la page suivante.",
        "ar": "اختر هنا. ترسل إجابتك في الصفحة التالية.",
    },
    "why": {
        "sv": "Du får det här mejlet för att du har varit i kontakt med {brand}.",
        "en": "You get this e-mail because you were in touch with {brand}.",
        "es": "Recibe este correo porque estuvo en contacto con {brand}.",
        "et": "Saate selle kirja, sest suhtlesite ettevõttega {brand}.",
        "no": "Du får denne e-posten fordi du har vært i kontakt med {brand}.",
        "da": "Du får denne e-mail, fordi du har været i kontakt med {brand}.",
        "fi": "Saat tämän sähköpostin, koska olit yhteydessä yritykseen {brand}.",
        "de": "Sie erhalten diese E-Mail, weil Sie mit {brand} in Kontakt waren.",
        "fr": "Vous recevez cet e-mail parce que vous avez été en contact avec {brand}.",
        "ar": "تصلك هذه الرسالة لأنك تواصلت مع {brand}.",
    },
    "stop": {
        "sv": "Jag vill inte få fler frågor",
        "en": "I want no more questions",
        "es": "No quiero recibir más preguntas",
        "et": "Ma ei soovi rohkem küsimusi",
        "no": "Jeg vil ikke ha flere spørsmål",
        "da": "Jeg vil ikke have flere spørgsmål",
        "fi": "En halua enää kysymyksiä",
        "de": "Ich möchte keine weiteren Fragen",
        "fr": "Je ne veux plus recevoir de questions",
        "ar": "لا أريد أسئلة أخرى",
    },
}

_ALIKE: Final = {"nb": "no", "nn": "no"}
"""Bokmål and Nynorsk are asked for by their own codes."""


def word(slot: str, language: str) -> str:
    """The words of ``slot`` in the language (``sv``, ``sv-SE``), else in English."""
    bare = language.partition("-")[0].lower()
    wordings = WORDS[slot]
    return wordings.get(_ALIKE.get(bare, bare), wordings["en"])
