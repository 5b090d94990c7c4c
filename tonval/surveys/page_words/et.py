"""The built-in words of survey pages, links and letters in Estonian."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Tere! Siin {brand}. Kuidas läks? Vastake siin: {link} Kui te küsimusi ei soovi, saatke STOPP.",
    "remind.link": "Tere taas! Siin {brand}. Ootame veel teie vastust: {link} Kui te küsimusi ei soovi, saatke STOPP.",
    "mail.subject": "Kuidas läks?",
    "mail.text": "Tere!\n\nSuhtlesite hiljuti ettevõttega {brand}. Palun rääkige, kuidas läks.",
    "remind.subject": "Kuidas läks? Meeldetuletus",
    "remind.text": (
        "Tere taas!\n\nTe ei ole veel vastanud küsimusele selle kohta, kuidas {brand} teid aitas. "
        "Vastata saab endiselt."
    ),
    "page.next": "Edasi",
    "page.finish": "Saada",
    "page.back": "Tagasi",
    "page.required": "Vajab vastust",
    "page.optional": "Vabatahtlik",
    "page.progress": "Küsimus {number}/{total}",
    "page.step": "Küsimus {number}",
    "page.language": "Keel",
    "page.faults": "Midagi puudub või vajab muutmist",
    "page.missing": "Palun vastake enne jätkamist sellele küsimusele.",
    "page.unknown": "Sellist vastust siin ei ole. Palun valige mõni teine.",
    "page.too_long": "Tekst on liiga pikk. Palun lühendage see {most} märgini.",
    "page.strange": "Tekstis on märke, mida me ei saa salvestada. Palun eemaldage need ja proovige uuesti.",
    "page.phone": "Teie telefoninumber",
    "page.bad_phone": "Palun kirjutage telefoninumber, millele saame helistada.",
    "page.no_time": "Kahjuks ei ole praegu vabu aegu.",
    "page.time_gone": "Kahjuks ei ole see aeg enam vaba. Palun valige mõni teine.",
    "page.no_call": "Ei, aitäh, helistada pole vaja",
    "page.order": "Te ei ole veel selle küsimuseni jõudnud. Olete praegu siin.",
    "page.more": "Aitäh! Meil on veel mõni küsimus.",
    "page.too_large": "Saadetu on liiga suur. Teie varasemad vastused on alles.",
    "page.return": "Küsimuste juurde",
    "page.closed": "See link ei ole avatud",
    "page.closed_text": "Võib-olla olete juba vastanud või on link liiga vana. Te ei pea enam midagi tegema.",
    "page.thanks": "Täname vastuse eest!",
    "page.goodbye": "Täname, et vaatasite.",
    "page.done": "Võite nüüd selle lehe sulgeda.",
    "page.yes": "Jah",
    "page.no": "Ei",
    "ends.nki.low": "Väga halvasti",
    "ends.nki.high": "Väga hästi",
    "ends.nps.low": "Üldse mitte tõenäoline",
    "ends.nps.high": "Väga tõenäoline",
    "ends.nki10.low": "Madalaim hinne",
    "ends.nki10.high": "Kõrgeim hinne",
    "ends.ces.low": "Väga raske",
    "ends.ces.high": "Väga lihtne",
    "stop.title": "Kas te ei soovi rohkem küsimusi?",
    "stop.email": "Vajutage nuppu ja {brand} ei saada teile enam küsimusi e-postiga.",
    "stop.sms": "Vajutage nuppu ja {brand} ei saada teile enam küsimusi SMS-iga.",
    "stop.button": "Rohkem küsimusi ei soovi, aitäh",
    "stop.done": "Te ei saa rohkem küsimusi",
    "stop.done_email": "{brand} ei saada teile enam küsimusi e-postiga.",
    "stop.done_sms": "{brand} ei saada teile enam küsimusi SMS-iga.",
    "stop.undo": "Mõtlesin ümber, küsige julgelt",
    "stop.undone": "Aitäh! Võime teilt jälle küsida.",
}

WEEKDAYS: Final = "esmaspäev teisipäev kolmapäev neljapäev reede laupäev pühapäev"
MONTHS: Final = "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember"
DAY: Final = "{weekday}, {day}. {month}"
