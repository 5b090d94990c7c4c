"""The kinds of questions as an admin knows them: what each is called, what it has fields for, and how it begins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonval.surveys.questionnaire import Channel, Question
from tonval.surveys.scales import CALL_BACK, CES, CHOICE, CHOICES, FREE_TEXT, LABELLED, NKI, NKI10, NPS, SPOKEN, YES_NO
from tonval.surveys.sentences import sentence


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` as in the list, ``usual`` the id a new question gets, ``text`` the words it begins with."""

    name: str
    usual: str
    text: Mapping[str, str]
    ends: bool = False
    options: bool = False


KINDS: Final[Mapping[str, Kind]] = {
    NKI.name: Kind(
        sentence("Satisfaction, 1 to 5 (NKI)"),
        "helped",
        {"sv": "Hur bra hjälp fick du? Svara 1–5, där 5 är bäst.", "en": "How well were you helped? 1-5, 5 is best."},
        ends=True,
    ),
    NPS.name: Kind(
        sentence("Would recommend, 0 to 10 (NPS)"),
        "recommend",
        {
            "sv": "Hur troligt är det att du rekommenderar {brand}? Svara 0–10.",
            "en": "How likely are you to recommend {brand}? Reply 0-10.",
        },
        ends=True,
    ),
    CES.name: Kind(
        sentence("Effort, 1 to 7 (CES)"),
        "easy",
        {
            "sv": "{brand} gjorde det lätt att få hjälp. Svara 1–7, där 7 är att du håller med helt.",
            "en": "{brand} made it easy to get help. Reply 1-7, where 7 is that you fully agree.",
        },
        ends=True,
    ),
    YES_NO.name: Kind(
        sentence("Yes or no"), "solved", {"sv": "Fick du hjälp med ditt ärende?", "en": "Was your matter solved?"}
    ),
    CHOICE: Kind(
        sentence("One of several options"),
        "reason",
        {"sv": "Vad gällde det?", "en": "What was it about?"},
        options=True,
    ),
    CHOICES: Kind(
        sentence("Any of several options"),
        "reasons",
        {"sv": "Vad kan vi göra bättre? Välj alla som stämmer.", "en": "What could we do better? Choose all that fit."},
        options=True,
    ),
    FREE_TEXT: Kind(
        sentence("In their own words"), "why", {"sv": "Vill du berätta mer?", "en": "Would you like to tell us more?"}
    ),
    SPOKEN: Kind(
        sentence("In their own voice (calls only)"),
        "more",
        {
            "sv": "Berätta gärna med egna ord vad vi kan göra bättre.",
            "en": "Please tell us in your own words what we could do better.",
        },
    ),
    CALL_BACK: Kind(
        sentence("Offer to call back"),
        "call-back",
        {"sv": "Vill du att vi ringer upp dig?", "en": "Would you like us to call you?"},
    ),
    NKI10.name: Kind(
        sentence("Satisfaction, 1 to 10 (three-question NKI)"),
        "overall",
        {
            "sv": "Hur nöjd är du totalt sett? Svara 1–10, där 10 är bäst.",
            "en": "All in all, how satisfied are you? Reply 1-10, 10 is best.",
        },
        ends=True,
    ),
    LABELLED.name: Kind(
        sentence("Scale 0 to 10 with words of your own"),
        "rating",
        {"sv": "Hur upplevde du väntetiden?", "en": "How was the wait?"},
        ends=True,
    ),
}
"""The kinds in the order of the list: the most used first."""

_OPTIONS: Final = (
    {"sv": "Något annat", "en": "Something else"},
    {"sv": "Väntetiden", "en": "The wait"},
    {"sv": "Svaret jag fick", "en": "The answer I got"},
)
CHANNELS: Final = {
    Channel.KEYPAD: "keypad",
    Channel.SMS: "SMS",
    Channel.LINK: "page",
}


def not_on(kind: str) -> list[str]:
    """The channels that leave out a question of this kind."""
    question = Question("", kind, {})
    return [name for channel, name in CHANNELS.items() if kind in KINDS and not question.fits(channel)]


def new_question(kind: str, taken: Collection[str], languages: tuple[str, ...]) -> dict[str, Any]:
    """A question to begin with, under a name that is not ``taken``."""
    known = KINDS[kind]
    question: dict[str, Any] = {"id": free_name(known.usual, taken), "scale": kind, "text": _in(known.text, languages)}
    if known.options:
        question["options"] = [new_option((), languages, 1), new_option(("option-1",), languages, 2)]
    if kind == LABELLED.name:
        question["low"] = _in({"sv": "Mycket dålig", "en": "Very bad"}, languages)
        question["high"] = _in({"sv": "Mycket bra", "en": "Very good"}, languages)
    return {key: value for key, value in question.items() if value}


def new_option(taken: Collection[str], languages: tuple[str, ...], words: int = -1) -> dict[str, Any]:
    """An option under a free name."""
    option: dict[str, Any] = {"id": free_name("option-1", taken)}
    text = _in(_OPTIONS[words], languages) if 0 <= words < len(_OPTIONS) else {}
    return {**option, "text": text} if text else option


def new_reaction(scale: str, name: str, languages: tuple[str, ...]) -> dict[str, Any]:
    """Words for those who are unhappy by the question ``name``."""
    when = f"{name} <= {6 if scale in (NPS.name, LABELLED.name, NKI10.name) else 2}" if name else ""
    words = {
        "sv": "Vi beklagar att det inte gick bra. Tack för att du berättar.",
        "en": "We are sorry it did not go well. Thank you for telling us.",
    }
    reaction = {"when": when, "say": _in(words, languages)}
    return {key: value for key, value in reaction.items() if value} or {"when": f"language is {languages[0]}"}


def free_name(wished: str, taken: Collection[str]) -> str:
    """``wished``, or with the lowest number after it that makes it free."""
    if wished not in taken:
        return wished
    stem = wished.rstrip("0123456789").rstrip("-")
    return next(name for n in range(2, len(taken) + 3) if (name := f"{stem}-{n}") not in taken)


def _in(words: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    return {language: words[language] for language in languages if language in words}
