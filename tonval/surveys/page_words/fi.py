"""The built-in words of survey pages, links and letters in Finnish."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Terveisiä, {brand}! Miten asiointi sujui? Vastaa tästä: {link} Jos et halua kysymyksiä, lähetä STOP.",
    "remind.link": (
        "Hei taas, {brand} tässä! Kuulisimme mielellämme, miten sujui: {link} Jos et halua kysymyksiä, lähetä STOP."
    ),
    "mail.subject": "Miten asiointi sujui?",
    "mail.text": "Hei!\n\nOlit hiljattain yhteydessä meihin ({brand}). Kertoisitko, miten asiointi sujui?",
    "remind.subject": "Miten asiointi sujui? Muistutus",
    "remind.text": "Hei taas!\n\nEt ole vielä ehtinyt vastata kysymykseemme asioinnistasi ({brand}). Ehdit yhä.",
    "page.next": "Seuraava",
    "page.finish": "Lähetä",
    "page.back": "Takaisin",
    "page.required": "Vaatii vastauksen",
    "page.optional": "Vapaaehtoinen",
    "page.progress": "Kysymys {number}/{total}",
    "page.step": "Kysymys {number}",
    "page.language": "Kieli",
    "page.faults": "Jotain puuttuu tai pitää muuttaa",
    "page.missing": "Vastaa tähän kysymykseen ennen kuin jatkat.",
    "page.unknown": "Tuota vastausta ei ole vaihtoehdoissa. Valitse toinen.",
    "page.too_long": "Teksti on liian pitkä. Lyhennä se enintään {most} merkkiin.",
    "page.strange": "Tekstissä on merkkejä, joita emme voi tallentaa. Poista ne ja yritä uudelleen.",
    "page.phone": "Puhelinnumerosi",
    "page.bad_phone": "Kirjoita puhelinnumero, johon voimme soittaa.",
    "page.no_time": "Valitettavasti juuri nyt ei ole vapaita aikoja.",
    "page.time_gone": "Valitettavasti se aika ei ole enää vapaa. Valitse toinen.",
    "page.no_call": "Ei kiitos, ei tarvitse soittaa",
    "page.order": "Et ole vielä tullut siihen kysymykseen. Olet nyt tässä.",
    "page.more": "Kiitos! Meillä on vielä muutama kysymys.",
    "page.too_large": "Lähettämäsi vastaus on liian suuri. Aiemmat vastauksesi on tallennettu.",
    "page.return": "Kysymyksiin",
    "page.closed": "Tämä linkki ei ole avoinna",
    "page.closed_text": "Olet ehkä jo vastannut, tai linkki on vanhentunut. Sinun ei tarvitse tehdä muuta.",
    "page.thanks": "Kiitos vastauksestasi!",
    "page.goodbye": "Kiitos, että kävit.",
    "page.done": "Voit nyt sulkea sivun.",
    "page.yes": "Kyllä",
    "page.no": "Ei",
    "ends.nki.low": "Erittäin huonosti",
    "ends.nki.high": "Erittäin hyvin",
    "ends.nps.low": "En lainkaan todennäköisesti",
    "ends.nps.high": "Erittäin todennäköisesti",
    "ends.nki10.low": "Alin arvosana",
    "ends.nki10.high": "Ylin arvosana",
    "ends.ces.low": "Erittäin vaikeaa",
    "ends.ces.high": "Erittäin helppoa",
    "stop.title": "Etkö halua enempää kysymyksiä?",
    "stop.email": "Paina painiketta, niin {brand} ei enää lähetä sinulle kysymyksiä sähköpostitse.",
    "stop.sms": "Paina painiketta, niin {brand} ei enää lähetä sinulle kysymyksiä tekstiviestillä.",
    "stop.button": "Ei enempää kysymyksiä, kiitos",
    "stop.done": "Et saa enempää kysymyksiä",
    "stop.done_email": "{brand} ei enää lähetä sinulle kysymyksiä sähköpostitse.",
    "stop.done_sms": "{brand} ei enää lähetä sinulle kysymyksiä tekstiviestillä.",
    "stop.undo": "Muutin mieleni, minulta saa kysyä",
    "stop.undone": "Kiitos! Voimme taas kysyä sinulta.",
}

WEEKDAYS: Final = "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai"
MONTHS: Final = (
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta "
    "heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
)
DAY: Final = "{weekday} {day}. {month}"
