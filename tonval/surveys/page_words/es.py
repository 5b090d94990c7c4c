"""The built-in words of survey pages, links and letters in Spanish."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "link": "Hola de {brand}. ¿Qué tal fue todo? Responda: {link} STOP para no recibir preguntas.",
    "remind.link": (
        "Hola de nuevo de {brand}. ¿Qué tal fue todo? Esperamos su respuesta: {link} STOP para no recibir preguntas."
    ),
    "mail.subject": "¿Qué tal fue todo?",
    "mail.text": "Hola:\n\nHace poco estuvo en contacto con {brand}. Cuéntenos cómo fue, por favor.",
    "remind.subject": "¿Qué tal fue todo? Un recordatorio",
    "remind.text": (
        "Hola de nuevo:\n\nAún no ha respondido a nuestra pregunta sobre su contacto con {brand}. "
        "Todavía está a tiempo."
    ),
    "page.next": "Siguiente",
    "page.finish": "Enviar",
    "page.back": "Atrás",
    "page.required": "Necesita respuesta",
    "page.optional": "Opcional",
    "page.progress": "Pregunta {number} de {total}",
    "page.step": "Pregunta {number}",
    "page.language": "Idioma",
    "page.faults": "Falta algo o hay que cambiarlo",
    "page.missing": "Responda a esta pregunta antes de continuar.",
    "page.unknown": "Esa respuesta no está entre las opciones. Elija otra.",
    "page.too_long": "El texto es demasiado largo. Redúzcalo a {most} caracteres.",
    "page.strange": "El texto tiene caracteres que no podemos guardar. Quítelos e inténtelo de nuevo.",
    "page.phone": "Su número de teléfono",
    "page.bad_phone": "Escriba un número de teléfono al que podamos llamar.",
    "page.no_time": "Lo sentimos, ahora mismo no hay horas libres.",
    "page.time_gone": "Lo sentimos, esa hora ya no está libre. Elija otra.",
    "page.no_call": "No, gracias, no hace falta que llamen",
    "page.order": "Todavía no ha llegado a esa pregunta. Está aquí.",
    "page.more": "¡Gracias! Tenemos unas preguntas más.",
    "page.too_large": "Lo que ha enviado es demasiado grande. Sus respuestas anteriores están guardadas.",
    "page.return": "Ir a las preguntas",
    "page.closed": "Este enlace no está abierto",
    "page.closed_text": (
        "Puede que ya haya respondido o que el enlace sea demasiado antiguo. No tiene que hacer nada más."
    ),
    "page.thanks": "¡Gracias por su respuesta!",
    "page.goodbye": "Gracias por su visita.",
    "page.done": "Ya puede cerrar esta página.",
    "page.yes": "Sí",
    "page.no": "No",
    "ends.nki.low": "Muy mal",
    "ends.nki.high": "Muy bien",
    "ends.nps.low": "Nada probable",
    "ends.nps.high": "Muy probable",
    "ends.nki10.low": "Nota más baja",
    "ends.nki10.high": "Nota más alta",
    "ends.ces.low": "Muy difícil",
    "ends.ces.high": "Muy fácil",
    "stop.title": "¿No quiere más preguntas?",
    "stop.email": "Pulse el botón y {brand} no le enviará más preguntas por correo electrónico.",
    "stop.sms": "Pulse el botón y {brand} no le enviará más preguntas por SMS.",
    "stop.button": "No más preguntas, gracias",
    "stop.done": "No recibirá más preguntas",
    "stop.done_email": "{brand} ya no le enviará preguntas por correo electrónico.",
    "stop.done_sms": "{brand} ya no le enviará preguntas por SMS.",
    "stop.undo": "He cambiado de idea, pueden preguntarme",
    "stop.undone": "¡Gracias! Podremos preguntarle de nuevo.",
}

WEEKDAYS: Final = "lunes martes miércoles jueves viernes sábado domingo"
MONTHS: Final = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
DAY: Final = "{weekday} {day} de {month}"
