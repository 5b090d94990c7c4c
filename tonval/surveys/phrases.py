"""What is said around the questions when a survey brings no words of its own."""

from __future__ import annotations

from typing import Final

PHRASES: Final[dict[str, dict[str, str]]] = {
    "welcome": {
        "sv": "Tack för ditt samtal. Vi vill gärna veta hur det gick.",
        "en": "Thank you for your call. We would like to know how it went.",
        "es": "Gracias por su llamada. Nos gustaría saber cómo ha ido.",
        "et": "Täname kõne eest. Soovime teada, kuidas läks.",
    },
    "stay": {
        "sv": "Stanna gärna kvar efter samtalet och berätta hur det gick.",
        "en": "Please stay on the line after the call and tell us how it went.",
        "es": "Al terminar, no cuelgue y díganos cómo ha ido.",
        "et": "Palun jääge pärast kõnet liinile ja rääkige, kuidas läks.",
    },
    "scale.nki": {
        "sv": "Tryck ett till fem. Fem är bäst.",
        "en": "Press one to five. Five is best.",
        "es": "Pulse del uno al cinco. Cinco es lo mejor.",
        "et": "Vajutage ühest viieni. Viis on parim.",
    },
    "scale.nps": {
        "sv": "Tryck noll till tio och avsluta med fyrkant.",
        "en": "Press zero to ten, then the hash key.",
        "es": "Pulse de cero a diez y luego almohadilla.",
        "et": "Vajutage nullist kümneni ja seejärel trelli.",
    },
    "invalid": {
        "sv": "Det valet finns inte.",
        "en": "That key is not one of the choices.",
        "es": "Esa opción no existe.",
        "et": "Sellist valikut ei ole.",
    },
    "no_input": {
        "sv": "Vi hörde inget svar.",
        "en": "We did not hear an answer.",
        "es": "No hemos recibido respuesta.",
        "et": "Me ei kuulnud vastust.",
    },
    "closing": {
        "sv": "Tack för ditt svar! Hej då.",
        "en": "Thank you for your answer! Goodbye.",
        "es": "¡Gracias por su respuesta! Adiós.",
        "et": "Täname vastuse eest! Head aega.",
    },
    "goodbye": {
        "sv": "Tack för ditt samtal. Hej då.",
        "en": "Thank you for calling. Goodbye.",
        "es": "Gracias por llamar. Adiós.",
        "et": "Täname kõne eest. Head aega.",
    },
    "unclear": {
        "sv": "Vi förstod inte riktigt. Svara gärna med en siffra {lowest}-{highest}.",
        "en": "We did not quite understand. Please answer with a number {lowest}-{highest}.",
        "es": "No lo hemos entendido bien. Responda con un número del {lowest} al {highest}.",
        "et": "Me ei saanud päris aru. Palun vastake numbriga {lowest}-{highest}.",
    },
    "stopped": {
        "sv": "Du får inga fler frågor från oss. Skicka START om du ändrar dig.",
        "en": "You will get no more questions from us. Send START if you change your mind.",
        "es": "No recibirá más preguntas nuestras. Envíe START si cambia de idea.",
        "et": "Me ei küsi teilt enam midagi. Kui mõtlete ümber, saatke START.",
    },
    "started": {
        "sv": "Välkommen tillbaka. Skicka STOPP när du inte vill ha fler frågor.",
        "en": "Welcome back. Send STOP when you want no more questions.",
        "es": "Bienvenido de nuevo. Envíe STOP si no quiere más preguntas.",
        "et": "Tere tulemast tagasi. Kui te rohkem küsimusi ei soovi, saatke STOPP.",
    },
    "help": {
        "sv": "Vi frågar hur kontakten med oss gick. Svara med en siffra, eller STOPP för att slippa frågor.",
        "en": "We ask how your contact with us went. Answer with a number, or STOP to get no questions.",
        "es": "Preguntamos cómo fue su contacto. Responda con un número, o STOP para no recibir preguntas.",
        "et": "Küsime, kuidas läks. Vastake numbriga või saatke STOPP, kui te küsimusi ei soovi.",
    },
}

SCALE_PHRASES: Final[dict[str, dict[str, str]]] = {
    "scale.labelled": PHRASES["scale.nps"],
    "scale.nki10": {
        "sv": "Tryck ett till tio och avsluta med fyrkant. Tio är bäst.",
        "en": "Press one to ten, then the hash key. Ten is best.",
        "es": "Pulse de uno a diez y luego almohadilla. Diez es lo mejor.",
        "et": "Vajutage ühest kümneni ja seejärel trelli. Kümme on parim.",
    },
    "scale.ces": {
        "sv": "Tryck ett till sju. Sju är bäst.",
        "en": "Press one to seven. Seven is best.",
        "es": "Pulse del uno al siete. Siete es lo mejor.",
        "et": "Vajutage ühest seitsmeni. Seitse on parim.",
    },
    "scale.yes_no": {
        "sv": "Tryck ett för ja, noll för nej.",
        "en": "Press one for yes, zero for no.",
        "es": "Pulse uno para sí, cero para no.",
        "et": "Vajutage üks, kui jah, ja null, kui ei.",
    },
}
"""How the keys of further scales are explained: part of a form only where a question has the scale."""

SPOKEN: Final = (
    "welcome",
    "stay",
    "scale.nki",
    "scale.nps",
    *SCALE_PHRASES,
    "invalid",
    "no_input",
    "closing",
    "goodbye",
)
"""The phrases a telephone needs a prompt for."""

SMS_PHRASES: Final[dict[str, dict[str, str]]] = {
    "corrected": {
        "sv": "Tack, vi har noterat {value} i stället för {before}.",
        "en": "Thank you, we have noted {value} instead of {before}.",
        "es": "Gracias, hemos anotado {value} en lugar de {before}.",
        "et": "Aitäh, märkisime {before} asemel {value}.",
        "no": "Takk, vi har notert {value} i stedet for {before}.",
        "nb": "Takk, vi har notert {value} i stedet for {before}.",
        "nn": "Takk, vi har notert {value} i staden for {before}.",
        "da": "Tak, vi har noteret {value} i stedet for {before}.",
        "fi": "Kiitos, kirjasimme {value} luvun {before} sijaan.",
        "de": "Danke, wir haben {value} statt {before} notiert.",
        "fr": "Merci, nous avons noté {value} au lieu de {before}.",
        "ar": "شكرًا لك، سجّلنا {value} بدلاً من {before}.",
    },
}
"""What is said by SMS alone; part of a form only where the survey has words of its own."""
