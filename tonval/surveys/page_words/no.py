"""The built-in words of survey pages, links and letters in Norwegian."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Hei fra {brand}! Hvordan gikk det? Svar her: {link} Send STOPP hvis du ikke vil ha flere spørsmål.",
    "remind.link": (
        "Hei igjen fra {brand}! Vi vil gjerne vite hvordan det gikk: {link} STOPP hvis du ikke vil ha flere spørsmål."
    ),
    "mail.subject": "Hvordan gikk det?",
    "mail.text": "Hei!\n\nDu var nylig i kontakt med {brand}. Fortell oss gjerne hvordan det gikk.",
    "remind.subject": "Hvordan gikk det? En påminnelse",
    "remind.text": (
        "Hei igjen!\n\nDu har ikke rukket å svare på spørsmålet vårt om kontakten med {brand}. Det er ikke for sent."
    ),
    "page.next": "Neste",
    "page.finish": "Send",
    "page.back": "Tilbake",
    "page.required": "Må besvares",
    "page.optional": "Valgfritt",
    "page.progress": "Spørsmål {number} av {total}",
    "page.step": "Spørsmål {number}",
    "page.language": "Språk",
    "page.faults": "Noe mangler eller må endres",
    "page.missing": "Svar på dette spørsmålet før du går videre.",
    "page.unknown": "Det svaret finnes ikke her. Velg et annet.",
    "page.too_long": "Teksten er for lang. Kort den ned til {most} tegn.",
    "page.strange": "Teksten har tegn som vi ikke kan lagre. Fjern dem og prøv igjen.",
    "page.phone": "Telefonnummeret ditt",
    "page.bad_phone": "Skriv et telefonnummer vi kan ringe.",
    "page.no_time": "Vi har dessverre ingen ledige tider akkurat nå.",
    "page.time_gone": "Den tiden er dessverre ikke ledig lenger. Velg en annen.",
    "page.no_call": "Nei takk, dere trenger ikke å ringe",
    "page.order": "Du har ikke kommet til det spørsmålet ennå. Her er du nå.",
    "page.more": "Takk! Vi har noen spørsmål til.",
    "page.too_large": "Det du sendte, er for stort. Svarene du ga tidligere, er lagret.",
    "page.return": "Til spørsmålene",
    "page.closed": "Denne lenken er ikke åpen",
    "page.closed_text": (
        "Kanskje du allerede har svart, eller så er lenken for gammel. Du trenger ikke å gjøre noe mer."
    ),
    "page.thanks": "Takk for svaret!",
    "page.goodbye": "Takk for at du var innom.",
    "page.done": "Nå kan du lukke siden.",
    "page.yes": "Ja",
    "page.no": "Nei",
    "ends.nki.low": "Svært dårlig",
    "ends.nki.high": "Svært bra",
    "ends.nps.low": "Slett ikke sannsynlig",
    "ends.nps.high": "Svært sannsynlig",
    "ends.nki10.low": "Laveste karakter",
    "ends.nki10.high": "Høyeste karakter",
    "ends.ces.low": "Svært vanskelig",
    "ends.ces.high": "Svært lett",
    "stop.title": "Vil du slippe flere spørsmål?",
    "stop.email": "Trykk på knappen, så får du ikke flere spørsmål fra {brand} på e-post.",
    "stop.sms": "Trykk på knappen, så får du ikke flere spørsmål fra {brand} på SMS.",
    "stop.button": "Ingen flere spørsmål, takk",
    "stop.done": "Du får ikke flere spørsmål",
    "stop.done_email": "{brand} sender deg ikke flere spørsmål på e-post.",
    "stop.done_sms": "{brand} sender deg ikke flere spørsmål på SMS.",
    "stop.undo": "Jeg har ombestemt meg, bare spør",
    "stop.undone": "Takk! Da kan vi spørre deg igjen.",
}

WEEKDAYS: Final = "mandag tirsdag onsdag torsdag fredag lørdag søndag"
MONTHS: Final = "januar februar mars april mai juni juli august september oktober november desember"
DAY: Final = "{weekday} {day}. {month}"
