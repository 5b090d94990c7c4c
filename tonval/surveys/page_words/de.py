"""The built-in words of survey pages, links and letters in German."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Hallo von {brand}! Wie war es? Hier antworten: {link} STOPP, wenn Sie keine Fragen mehr möchten.",
    "remind.link": (
        "Hallo noch einmal von {brand}! Wie war es? Wir freuen uns auf Ihre Antwort: {link} STOPP beendet die Fragen."
    ),
    "mail.subject": "Wie war es?",
    "mail.text": "Guten Tag,\n\nSie hatten vor Kurzem Kontakt mit {brand}. Bitte sagen Sie uns, wie es war.",
    "remind.subject": "Wie war es? Eine Erinnerung",
    "remind.text": (
        "Guten Tag,\n\nSie haben unsere Frage zu Ihrem Kontakt mit {brand} noch nicht beantwortet. "
        "Sie können es weiterhin tun."
    ),
    "page.next": "Weiter",
    "page.finish": "Absenden",
    "page.back": "Zurück",
    "page.required": "Antwort nötig",
    "page.optional": "Freiwillig",
    "page.progress": "Frage {number} von {total}",
    "page.step": "Frage {number}",
    "page.language": "Sprache",
    "page.faults": "Hier fehlt etwas, oder etwas passt noch nicht",
    "page.missing": "Bitte beantworten Sie diese Frage, bevor Sie weitergehen.",
    "page.unknown": "Diese Antwort gibt es hier nicht. Bitte wählen Sie eine andere.",
    "page.too_long": "Der Text ist zu lang. Bitte kürzen Sie ihn auf {most} Zeichen.",
    "page.strange": "Der Text enthält Zeichen, die wir nicht speichern können. Bitte entfernen Sie sie.",
    "page.phone": "Ihre Telefonnummer",
    "page.bad_phone": "Bitte geben Sie eine Telefonnummer an, unter der wir Sie erreichen.",
    "page.no_time": "Im Moment ist leider kein Termin frei.",
    "page.time_gone": "Dieser Termin ist leider nicht mehr frei. Bitte wählen Sie einen anderen.",
    "page.no_call": "Nein danke, bitte nicht anrufen",
    "page.order": "Zu dieser Frage sind Sie noch nicht gekommen. Sie sind jetzt hier.",
    "page.more": "Danke! Wir haben noch ein paar Fragen.",
    "page.too_large": "Was Sie gesendet haben, ist zu groß. Ihre bisherigen Antworten sind gespeichert.",
    "page.return": "Zu den Fragen",
    "page.closed": "Dieser Link ist nicht offen",
    "page.closed_text": (
        "Vielleicht haben Sie schon geantwortet, oder der Link ist zu alt. Sie müssen nichts weiter tun."
    ),
    "page.thanks": "Vielen Dank für Ihre Antwort!",
    "page.goodbye": "Danke, dass Sie vorbeigeschaut haben.",
    "page.done": "Sie können die Seite jetzt schließen.",
    "page.yes": "Ja",
    "page.no": "Nein",
    "ends.nki.low": "Sehr schlecht",
    "ends.nki.high": "Sehr gut",
    "ends.nps.low": "Überhaupt nicht wahrscheinlich",
    "ends.nps.high": "Sehr wahrscheinlich",
    "ends.nki10.low": "Niedrigste Note",
    "ends.nki10.high": "Höchste Note",
    "ends.ces.low": "Sehr schwierig",
    "ends.ces.high": "Sehr einfach",
    "stop.title": "Möchten Sie keine Fragen mehr?",
    "stop.email": "Drücken Sie auf den Knopf, und {brand} schickt Ihnen keine Fragen mehr per E-Mail.",
    "stop.sms": "Drücken Sie auf den Knopf, und {brand} schickt Ihnen keine Fragen mehr per SMS.",
    "stop.button": "Keine Fragen mehr, danke",
    "stop.done": "Sie bekommen keine Fragen mehr",
    "stop.done_email": "{brand} schickt Ihnen keine Fragen mehr per E-Mail.",
    "stop.done_sms": "{brand} schickt Ihnen keine Fragen mehr per SMS.",
    "stop.undo": "Ich habe es mir anders überlegt, fragen Sie gern",
    "stop.undone": "Danke! Wir dürfen Sie wieder fragen.",
}

WEEKDAYS: Final = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"
MONTHS: Final = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
DAY: Final = "{weekday}, {day}. {month}"
