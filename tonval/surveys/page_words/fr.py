"""The built-in words of survey pages, links and letters in French."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": (
        "Bonjour de la part de {brand} ! Comment cela s'est-il passé ? {link} STOP pour ne plus recevoir de questions."
    ),
    "remind.link": (
        "Re-bonjour de la part de {brand} ! Votre avis compte pour nous : {link} STOP pour ne plus "
        "recevoir de questions."
    ),
    "mail.subject": "Comment cela s’est-il passé ?",
    "mail.text": "Bonjour,\n\nVous avez récemment été en contact avec {brand}. Dites-nous comment cela s’est passé.",
    "remind.subject": "Comment cela s’est-il passé ? Petit rappel",
    "remind.text": (
        "Bonjour,\n\nVous n’avez pas encore répondu à notre question sur votre contact avec "
        "{brand}. Il est encore temps."
    ),
    "page.next": "Suivant",
    "page.finish": "Envoyer",
    "page.back": "Retour",
    "page.required": "Réponse attendue",
    "page.optional": "Facultatif",
    "page.progress": "Question {number} sur {total}",
    "page.step": "Question {number}",
    "page.language": "Langue",
    "page.faults": "Il manque quelque chose ou un point est à corriger",
    "page.missing": "Répondez à cette question avant de continuer.",
    "page.unknown": "Cette réponse n’est pas proposée ici. Choisissez-en une autre.",
    "page.too_long": "Le texte est trop long. Ramenez-le à {most} caractères.",
    "page.strange": "Le texte contient des caractères que nous ne pouvons pas conserver. Retirez-les et réessayez.",
    "page.phone": "Votre numéro de téléphone",
    "page.bad_phone": "Indiquez un numéro de téléphone où nous pouvons vous appeler.",
    "page.no_time": "Désolé, aucun créneau n’est libre pour le moment.",
    "page.time_gone": "Désolé, ce créneau n’est plus libre. Choisissez-en un autre.",
    "page.no_call": "Non merci, inutile de m’appeler",
    "page.order": "Vous n’êtes pas encore arrivé à cette question. Vous en êtes ici.",
    "page.more": "Merci ! Il nous reste quelques questions.",
    "page.too_large": "Votre envoi est trop volumineux. Vos réponses précédentes sont conservées.",
    "page.return": "Aller aux questions",
    "page.closed": "Ce lien n’est pas ouvert",
    "page.closed_text": (
        "Vous avez peut-être déjà répondu, ou le lien est trop ancien. Vous n’avez rien d’autre à faire."
    ),
    "page.thanks": "Merci pour votre réponse !",
    "page.goodbye": "Merci de votre visite.",
    "page.done": "Vous pouvez maintenant fermer cette page.",
    "page.yes": "Oui",
    "page.no": "Non",
    "ends.nki.low": "Très mal",
    "ends.nki.high": "Très bien",
    "ends.nps.low": "Pas du tout probable",
    "ends.nps.high": "Très probable",
    "ends.nki10.low": "Note la plus basse",
    "ends.nki10.high": "Note la plus haute",
    "ends.ces.low": "Très difficile",
    "ends.ces.high": "Très facile",
    "stop.title": "Vous ne voulez plus de questions ?",
    "stop.email": "Appuyez sur le bouton et {brand} ne vous enverra plus de questions par e-mail.",
    "stop.sms": "Appuyez sur le bouton et {brand} ne vous enverra plus de questions par SMS.",
    "stop.button": "Plus de questions, merci",
    "stop.done": "Vous ne recevrez plus de questions",
    "stop.done_email": "{brand} ne vous enverra plus de questions par e-mail.",
    "stop.done_sms": "{brand} ne vous enverra plus de questions par SMS.",
    "stop.undo": "J’ai changé d’avis, vous pouvez me demander",
    "stop.undone": "Merci ! Nous pourrons de nouveau vous interroger.",
}

WEEKDAYS: Final = "lundi mardi mercredi jeudi vendredi samedi dimanche"
MONTHS: Final = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
DAY: Final = "{weekday} {day} {month}"
