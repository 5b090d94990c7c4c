"""Surveys to begin with, in Swedish and English, good enough to be used as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonval.surveys.sentences import sentence

LANGUAGES: Final = ("sv", "en")
Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class Start:
    """``name`` and ``line`` are what the admin reads, ``id`` what the survey is called unless she says otherwise."""

    name: str
    line: str
    id: str
    make: Callable[[], dict[str, Any]]


def _words(sv: str, en: str) -> Words:
    return {"sv": sv, "en": en}


def _survey(title: Words, questions: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"title": title, "languages": list(LANGUAGES), "questions": questions, **more}


def _nki_call() -> dict[str, Any]:
    helped = _words("Hur bra hjälp fick du?", "How well were you helped?")
    manner = _words("Hur blev du bemött?", "How were you treated?")
    ends = {"low": _words("Inte alls bra", "Not at all well"), "high": _words("Mycket bra", "Very well")}
    return _survey(
        _words("Efter samtalet", "After the call"),
        [
            {"id": "helped", "scale": "nki", "text": helped, **ends},
            {"id": "manner", "scale": "nki", "text": manner, **ends},
        ],
        prompts={"welcome": _words("Tack för att du ringde {brand}. Hur gick det?", "Thank you for calling {brand}.")},
    )


def _nps_sms() -> dict[str, Any]:
    recommend = _words(
        "Hur troligt är det att du rekommenderar {brand}? Svara 0-10. STOPP om du inte vill ha fler frågor.",
        "How likely are you to recommend {brand}? Reply 0-10. STOP to get no more questions.",
    )
    why = _words("Tack! Vad är det främsta skälet?", "Thanks! What is the main reason?")
    thanks = {
        "promoter": _words("Tack för ditt svar! Vad roligt att höra.", "Thank you! We are glad to hear it."),
        "passive": _words("Tack för ditt svar! Vi vill bli ännu bättre.", "Thank you! We want to do even better."),
        "detractor": _words("Tack. Vi beklagar och tar det vidare.", "Thank you. We are sorry and will look into it."),
    }
    questions = [
        {"id": "recommend", "scale": "nps", "text": recommend},
        {"id": "why", "scale": "text", "text": why},
    ]
    return _survey(_words("Rekommendation", "Recommendation"), questions, thanks=thanks)


def _three_web() -> dict[str, Any]:
    overall = {
        "id": "overall",
        "scale": "nki10",
        "text": _words("Hur nöjd är du med hjälpen du fick?", "How satisfied are you with the help you got?"),
        "required": True,
        "low": _words("Inte alls nöjd", "Not satisfied at all"),
        "high": _words("Helt nöjd", "Completely satisfied"),
    }
    why = {
        "id": "why",
        "scale": "text",
        "when": "overall <= 6 or solved is no",
        "text": _words("Vad hade vi kunnat göra bättre?", "What could we have done better?"),
    }
    solved = {"id": "solved", "scale": "yes_no", "text": _words("Löste det ditt ärende?", "Was your matter solved?")}
    sorry = _words("Det var tråkigt att höra. Tack för att du berättar.", "We are sorry. Thank you for telling us.")
    title = _words("Tre frågor om din kontakt", "Three questions about your contact")
    return _survey(title, [overall, solved, why], reactions=[{"when": "overall <= 3", "say": sorry}])


def _ces() -> dict[str, Any]:
    return _survey(
        _words("Hur lätt var det?", "How easy was it?"),
        [
            {
                "id": "easy",
                "scale": "ces",
                "text": _words("{brand} gjorde det lätt att få hjälp.", "{brand} made it easy to get help."),
                "low": _words("Håller inte alls med", "Do not agree at all"),
                "high": _words("Håller helt med", "Agree completely"),
            },
            {
                "id": "hard",
                "scale": "text",
                "when": "easy <= 4",
                "text": _words("Vad gjorde det svårt?", "What made it hard?"),
            },
        ],
    )


def _blank() -> dict[str, Any]:
    return {"languages": list(LANGUAGES)}


STARTS: Final[Mapping[str, Start]] = {
    "nki": Start(
        sentence("Satisfaction after a call"),
        sentence("Two questions answered with the keys, 1 to 5"),
        "after-call",
        _nki_call,
    ),
    "nps": Start(
        sentence("Recommendation by SMS"),
        sentence("0 to 10, then why; thanks that fit the answer"),
        "recommend",
        _nps_sms,
    ),
    "web": Start(
        sentence("Three questions on the web"),
        sentence("1 to 10, yes or no, and why for the unhappy"),
        "three",
        _three_web,
    ),
    "ces": Start(sentence("How easy was it?"), sentence("Effort, 1 to 7, and what made it hard"), "effort", _ces),
    "blank": Start(sentence("Blank"), sentence("Nothing yet; you add the questions"), "survey", _blank),
}
