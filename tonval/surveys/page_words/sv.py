"""The built-in words of survey pages, links and letters in Swedish."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Hej från {brand}! Hur gick det? Svara här: {link} STOPP om du inte vill ha fler frågor.",
    "remind.link": (
        "Hej igen från {brand}! Vi vill gärna veta hur det gick: {link} STOPP om du inte vill ha fler frågor."
    ),
    "mail.subject": "Hur gick det?",
    "mail.text": "Hej!\n\nDu var nyligen i kontakt med {brand}. Berätta gärna hur det gick.",
    "remind.subject": "Hur gick det? En påminnelse",
    "remind.text": "Hej igen!\n\nDu har inte hunnit svara på vår fråga om kontakten med {brand}. Det går bra ännu.",
    "page.next": "Nästa",
    "page.finish": "Skicka",
    "page.back": "Tillbaka",
    "page.required": "Behöver besvaras",
    "page.optional": "Frivillig",
    "page.progress": "Fråga {number} av {total}",
    "page.step": "Fråga {number}",
    "page.language": "Språk",
    "page.faults": "Något saknas eller behöver ändras",
    "page.missing": "Svara på den här frågan innan du går vidare.",
    "page.unknown": "Det svaret finns inte här. Välj ett annat.",
    "page.too_long": "Texten är för lång. Korta den till högst {most} tecken.",
    "page.strange": "Texten har tecken som vi inte kan spara. Ta bort dem och försök igen.",
    "page.phone": "Ditt telefonnummer",
    "page.bad_phone": "Skriv ett telefonnummer som vi kan ringa.",
    "page.no_time": "Just nu har vi tyvärr inga lediga tider.",
    "page.time_gone": "Den tiden är tyvärr inte ledig längre. Välj en annan.",
    "page.no_call": "Nej tack, ni behöver inte ringa",
    "page.order": "Du har inte kommit till den frågan än. Här är du nu.",
    "page.more": "Tack! Vi har några frågor till.",
    "page.too_large": "Det du skickade är för stort. Dina tidigare svar är sparade.",
    "page.return": "Till frågorna",
    "page.closed": "Den här länken är inte öppen",
    "page.closed_text": "Du kanske redan har svarat, eller så är länken för gammal. Du behöver inte göra något mer.",
    "page.thanks": "Tack för ditt svar!",
    "page.goodbye": "Tack för att du tittade in.",
    "page.done": "Nu kan du stänga sidan.",
    "page.yes": "Ja",
    "page.no": "Nej",
    "ends.nki.low": "Mycket dåligt",
    "ends.nki.high": "Mycket bra",
    "ends.nps.low": "Inte alls troligt",
    "ends.nps.high": "Mycket troligt",
    "ends.nki10.low": "Lägsta betyg",
    "ends.nki10.high": "Högsta betyg",
    "ends.ces.low": "Mycket svårt",
    "ends.ces.high": "Mycket lätt",
    "stop.title": "Vill du slippa fler frågor?",
    "stop.email": "Tryck på knappen så får du inga fler frågor från {brand} med e-post.",
    "stop.sms": "Tryck på knappen så får du inga fler frågor från {brand} med SMS.",
    "stop.button": "Inga fler frågor, tack",
    "stop.done": "Du får inga fler frågor",
    "stop.done_email": "{brand} skickar dig inga fler frågor med e-post.",
    "stop.done_sms": "{brand} skickar dig inga fler frågor med SMS.",
    "stop.undo": "Jag har ändrat mig, fråga mig gärna",
    "stop.undone": "Tack! Då får vi fråga dig igen.",
}

WEEKDAYS: Final = "måndag tisdag onsdag torsdag fredag lördag söndag"
MONTHS: Final = "januari februari mars april maj juni juli augusti september oktober november december"
DAY: Final = "{weekday} {day} {month}"
