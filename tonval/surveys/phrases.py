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

SPEECH_PHRASES: Final[dict[str, dict[str, str]]] = {
    "speak": {
        "sv": "Tala efter tonen. Tryck på valfri knapp när du är klar.",
        "en": "Speak after the tone. Press any key when you are done.",
        "es": "Hable después de la señal. Pulse cualquier tecla al terminar.",
        "et": "Rääkige pärast helisignaali. Kui olete lõpetanud, vajutage suvalist klahvi.",
    },
    "verdict": {
        "sv": "Tryck ett för att spara, två för att tala in igen, tre för att hoppa över.",
        "en": "Press one to keep it, two to speak again, three to leave it out.",
        "es": "Pulse uno para guardarlo, dos para repetirlo, tres para dejarlo.",
        "et": "Salvestamiseks vajutage üks, uuesti rääkimiseks kaks, vahelejätmiseks kolm.",
    },
}
"""What is said around a spoken comment; part of a form only where the survey has words of its own."""

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
    "closing": {
        "no": "Takk for svaret! Ha det bra.",
        "nb": "Takk for svaret! Ha det bra.",
        "nn": "Takk for svaret! Ha det bra.",
        "da": "Tak for dit svar! Hav en god dag.",
        "fi": "Kiitos vastauksestasi! Hyvää päivänjatkoa.",
        "de": "Vielen Dank für Ihre Antwort! Auf Wiedersehen.",
        "fr": "Merci pour votre réponse ! Au revoir.",
        "ar": "شكرًا لإجابتك!",
    },
    "unclear": {
        "no": "Vi forstod ikke helt. Svar gjerne med et tall {lowest}-{highest}.",
        "nb": "Vi forstod ikke helt. Svar gjerne med et tall {lowest}-{highest}.",
        "nn": "Vi forstod ikkje heilt. Svar gjerne med eit tal {lowest}-{highest}.",
        "da": "Vi forstod det ikke helt. Svar gerne med et tal {lowest}-{highest}.",
        "fi": "Emme aivan ymmärtäneet. Vastaa numerolla {lowest}-{highest}.",
        "de": "Das haben wir nicht ganz verstanden. Bitte antworten Sie mit einer Zahl {lowest}-{highest}.",
        "fr": "Nous n'avons pas bien compris. Merci de répondre par un nombre {lowest}-{highest}.",
        "ar": "لم نفهم إجابتك تمامًا. يرجى الرد برقم من {lowest} إلى {highest}.",
    },
    "stopped": {
        "no": "Du får ingen flere spørsmål fra oss. Send START hvis du ombestemmer deg.",
        "nb": "Du får ingen flere spørsmål fra oss. Send START hvis du ombestemmer deg.",
        "nn": "Du får ingen fleire spørsmål frå oss. Send START om du ombestemmer deg.",
        "da": "Du får ikke flere spørgsmål fra os. Send START, hvis du fortryder.",
        "fi": "Et saa meiltä enempää kysymyksiä. Lähetä START, jos muutat mielesi.",
        "de": "Sie erhalten keine weiteren Fragen von uns. Mit START ändern Sie das wieder.",
        "fr": "Vous ne recevrez plus de questions de notre part. Envoyez START si vous changez d'avis.",
        "ar": "لن تصلك أسئلة أخرى منا. أرسل START إذا غيّرت رأيك.",
    },
    "started": {
        "no": "Velkommen tilbake. Send STOPP når du ikke vil ha flere spørsmål.",
        "nb": "Velkommen tilbake. Send STOPP når du ikke vil ha flere spørsmål.",
        "nn": "Velkommen tilbake. Send STOPP når du ikkje vil ha fleire spørsmål.",
        "da": "Velkommen tilbage. Send STOP, når du ikke vil have flere spørgsmål.",
        "fi": "Tervetuloa takaisin. Lähetä STOP, kun et halua enempää kysymyksiä.",
        "de": "Willkommen zurück. Senden Sie STOP, wenn Sie keine Fragen mehr möchten.",
        "fr": "Bon retour. Envoyez STOP si vous ne voulez plus de questions.",
        "ar": "مرحبًا بعودتك. أرسل STOP إذا لم تعد ترغب في تلقي الأسئلة.",
    },
    "help": {
        "no": "Vi spør hvordan kontakten med oss gikk. Svar med et tall, eller STOPP for å slippe spørsmål.",
        "nb": "Vi spør hvordan kontakten med oss gikk. Svar med et tall, eller STOPP for å slippe spørsmål.",
        "nn": "Vi spør korleis kontakten med oss gjekk. Svar med eit tal, eller STOPP for å sleppe spørsmål.",
        "da": "Vi spørger, hvordan din kontakt med os gik. Svar med et tal, eller STOP for at slippe for spørgsmål.",
        "fi": "Kysymme, miten asiointi kanssamme sujui. Vastaa numerolla tai lähetä STOP, jos et halua kysymyksiä.",
        "de": "Wir fragen, wie Ihr Kontakt mit uns war. Antworten Sie mit einer Zahl, oder STOP für keine Fragen.",
        "fr": "Comment s'est passé votre contact ? Répondez par un nombre, ou STOP pour ne plus recevoir de questions.",
        "ar": "نسأل كيف كان تواصلك معنا. أجب برقم، أو أرسل STOP لإيقاف الأسئلة.",
    },
}
"""What is said by SMS alone, over and above ``PHRASES``; part of a form only where the survey has words of its own."""


def built_in(slot: str, language: str) -> str:
    """The words of a slot that an SMS says, in the language or else in English."""
    words = {**SMS_PHRASES.get(slot, {}), **PHRASES.get(slot, {})}
    return words.get(language, words["en"])
