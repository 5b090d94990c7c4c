"""What a reception says where the queue brings no words of its own."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "greeting": {
        "sv": "Hej och välkommen till {brand}.",
        "en": "Hello and welcome to {brand}.",
        "es": "Hola, bienvenido a {brand}.",
        "et": "Tere tulemast, siin {brand}.",
    },
    "language": {
        "sv": "För svenska, tryck {key}.",
        "en": "For English, press {key}.",
        "es": "Para español, pulse {key}.",
        "et": "Eesti keeles jätkamiseks vajutage {key}.",
        "fi": "Jos haluat palvelua suomeksi, paina {key}.",
        "no": "For norsk, trykk {key}.",
        "da": "For dansk, tryk {key}.",
        "de": "Für Deutsch drücken Sie {key}.",
        "fr": "Pour le français, appuyez sur {key}.",
    },
    "opt_in": {
        "sv": "Tryck ett om du efter samtalet vill svara på ett par korta frågor. Annars kan du bara vänta kvar.",
        "en": "Press one if you will answer a few short questions after the call. Otherwise just stay on the line.",
        "es": "Pulse uno si desea responder unas preguntas breves al terminar. Si no, simplemente espere.",
        "et": "Kui olete nõus pärast kõnet paarile küsimusele vastama, vajutage üks. Muidu oodake lihtsalt edasi.",
    },
    "connecting": {
        "sv": "Ett ögonblick, vi kopplar dig.",
        "en": "One moment, we are connecting you.",
        "es": "Un momento, le pasamos.",
        "et": "Üks hetk, ühendame teid.",
    },
    "waiting": {
        "sv": "Tack för att du väntar. Stanna gärna kvar i luren, vi svarar så snart vi kan.",
        "en": "Thank you for waiting. Please stay on the line, we will answer as soon as we can.",
        "es": "Gracias por esperar. No cuelgue, por favor; le atenderemos lo antes posible.",
        "et": "Täname ootamast. Palun jääge liinile, vastame niipea kui võimalik.",
    },
    "unavailable": {
        "sv": "Tyvärr kunde ingen svara just nu. Ring gärna igen lite senare. Hej då.",
        "en": "Sorry, nobody could take your call just now. Please call again a little later. Goodbye.",
        "es": "Lo sentimos, nadie ha podido atenderle. Llame de nuevo un poco más tarde. Adiós.",
        "et": "Kahjuks ei saanud keegi praegu vastata. Palun helistage veidi hiljem uuesti. Head aega.",
    },
    "goodbye": {
        "sv": "Tack för ditt samtal. Hej då.",
        "en": "Thank you for calling. Goodbye.",
        "es": "Gracias por llamar. Adiós.",
        "et": "Täname kõne eest. Head aega.",
    },
    "guard": {
        "sv": "Hej, det här är {brand}. Du ringde oss nyligen och vi undrar hur det gick. "
        "Tryck ett för att svara på ett par korta frågor, eller nio om du inte vill att vi ringer igen.",
        "en": "Hello, this is {brand}. You called us recently and we would like to know how it went. "
        "Press one to answer a few short questions, or nine if you do not want us to call again.",
        "es": "Hola, le llamamos de {brand}. Usted nos llamó hace poco y queremos saber cómo le fue. "
        "Pulse uno para responder unas preguntas breves, o nueve si no quiere que volvamos a llamar.",
        "et": "Tere, siin {brand}. Te helistasite meile hiljuti ja soovime teada, kuidas läks. "
        "Paarile küsimusele vastamiseks vajutage üks; kui te ei soovi, et me enam helistame, vajutage üheksa.",
    },
    "unheard": {
        "sv": "Vi hörde inget svar. Hej då.",
        "en": "We did not hear an answer. Goodbye.",
        "es": "No hemos recibido respuesta. Adiós.",
        "et": "Me ei kuulnud vastust. Head aega.",
    },
    "never": {
        "sv": "Vi ringer dig inte igen. Hej då.",
        "en": "We will not call you again. Goodbye.",
        "es": "No volveremos a llamarle. Adiós.",
        "et": "Me ei helista teile enam. Head aega.",
    },
}
