"""The built-in words of survey pages, links and letters in Danish."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Hej fra {brand}! Hvordan gik det? Svar her: {link} Send STOP, hvis du ikke vil have flere spørgsmål.",
    "remind.link": (
        "Hej igen fra {brand}! Vi vil gerne høre, hvordan det gik: {link} STOP, hvis du ikke vil have flere spørgsmål."
    ),
    "mail.subject": "Hvordan gik det?",
    "mail.text": "Hej!\n\nDu har for nylig været i kontakt med {brand}. Fortæl os gerne, hvordan det gik.",
    "remind.subject": "Hvordan gik det? En påmindelse",
    "remind.text": (
        "Hej igen!\n\nDu har ikke nået at svare på vores spørgsmål om kontakten med {brand}. Det kan du stadig."
    ),
    "page.next": "Næste",
    "page.finish": "Send",
    "page.back": "Tilbage",
    "page.required": "Skal besvares",
    "page.optional": "Valgfrit",
    "page.progress": "Spørgsmål {number} af {total}",
    "page.step": "Spørgsmål {number}",
    "page.language": "Sprog",
    "page.faults": "Noget mangler eller skal ændres",
    "page.missing": "Svar på dette spørgsmål, før du går videre.",
    "page.unknown": "Det svar findes ikke her. Vælg et andet.",
    "page.too_long": "Teksten er for lang. Kort den ned til {most} tegn.",
    "page.strange": "Teksten har tegn, som vi ikke kan gemme. Fjern dem, og prøv igen.",
    "page.phone": "Dit telefonnummer",
    "page.bad_phone": "Skriv et telefonnummer, vi kan ringe til.",
    "page.no_time": "Vi har desværre ingen ledige tider lige nu.",
    "page.time_gone": "Den tid er desværre ikke ledig længere. Vælg en anden.",
    "page.no_call": "Nej tak, I behøver ikke ringe",
    "page.order": "Du er ikke nået til det spørgsmål endnu. Du er her nu.",
    "page.more": "Tak! Vi har et par spørgsmål mere.",
    "page.too_large": "Det, du sendte, er for stort. Dine tidligere svar er gemt.",
    "page.return": "Til spørgsmålene",
    "page.closed": "Dette link er ikke åbent",
    "page.closed_text": "Du har måske allerede svaret, eller linket er for gammelt. Du behøver ikke gøre mere.",
    "page.thanks": "Tak for dit svar!",
    "page.goodbye": "Tak, fordi du kiggede ind.",
    "page.done": "Nu kan du lukke siden.",
    "page.yes": "Ja",
    "page.no": "Nej",
    "ends.nki.low": "Meget dårligt",
    "ends.nki.high": "Meget godt",
    "ends.nps.low": "Slet ikke sandsynligt",
    "ends.nps.high": "Meget sandsynligt",
    "ends.nki10.low": "Laveste karakter",
    "ends.nki10.high": "Højeste karakter",
    "ends.ces.low": "Meget svært",
    "ends.ces.high": "Meget let",
    "stop.title": "Vil du ikke have flere spørgsmål?",
    "stop.email": "Tryk på knappen, så får du ikke flere spørgsmål fra {brand} på e-mail.",
    "stop.sms": "Tryk på knappen, så får du ikke flere spørgsmål fra {brand} på SMS.",
    "stop.button": "Ikke flere spørgsmål, tak",
    "stop.done": "Du får ikke flere spørgsmål",
    "stop.done_email": "{brand} sender dig ikke flere spørgsmål på e-mail.",
    "stop.done_sms": "{brand} sender dig ikke flere spørgsmål på SMS.",
    "stop.undo": "Jeg har ombestemt mig, spørg bare",
    "stop.undone": "Tak! Så må vi spørge dig igen.",
}

WEEKDAYS: Final = "mandag tirsdag onsdag torsdag fredag lørdag søndag"
MONTHS: Final = "januar februar marts april maj juni juli august september oktober november december"
DAY: Final = "{weekday} {day}. {month}"
