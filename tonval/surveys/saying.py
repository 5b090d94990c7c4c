"""What is said, in the language of the interview, and how an interview ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tonval.surveys.conditions import holds, parse
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import Event, InterviewEnded
from tonval.surveys.phrases import SMS_PHRASES, SPEECH_PHRASES
from tonval.surveys.questionnaire import Channel, Form, Question, Wording
from tonval.surveys.route import facts_of
from tonval.surveys.scales import NPS, nps_group
from tonval.surveys.state import Interview, Stage, Turn
from tonval.surveys.turns import Utterance
from tonval.surveys.wording import fill

_OF_CHANNEL: Final = {Channel.SMS: SMS_PHRASES, Channel.KEYPAD: SPEECH_PHRASES}


def say(
    form: Form, interview: Interview, slot: str, more: Mapping[str, str] = MappingProxyType({})
) -> tuple[Utterance, ...]:
    """The words of a slot, one utterance or none where there are no words for it; ``more`` fills its placeholders."""
    wording = {**_OF_CHANNEL.get(interview.channel, {}).get(slot, {}), **form.slots().get(slot, {})}
    language = interview.language if interview.language in wording else _usual(form, wording)
    words = fill(_in_language(wording, language), {**_range(form, interview), **more, **interview.fills})
    return (Utterance(slot, language, words),) if words else ()


def put(form: Form, interview: Interview, question: Question) -> tuple[Utterance, ...]:
    """The words of a question; a message lists its options by number, for it has no buttons."""
    says = say(form, interview, question.slot)
    if interview.channel is not Channel.SMS or not question.options:
        return says
    options = (_in_language(option.text, interview.language) for option in question.options)
    lines = "\n".join(f"{place} {words}" for place, words in enumerate(options, 1))
    return tuple(replace(words, text=f"{words.text}\n{lines}") for words in says)


def react(form: Form, interview: Interview) -> tuple[Interview, tuple[Utterance, ...]]:
    """Say the reactions whose condition holds by now, each once."""
    if len(interview.said) == len(form.reactions):
        return interview, ()
    facts = facts_of(form, interview)
    fresh = tuple(
        place
        for place, reaction in enumerate(form.reactions, 1)
        if place not in interview.said and holds(parse(reaction.when), facts)
    )
    says = tuple(words for place in fresh for words in say(form, interview, f"reaction.{place}"))
    return replace(interview, said=(*interview.said, *fresh)), says


def stop(interview: Interview, disposition: Disposition, *events: Event) -> Turn:
    """End without a word."""
    ended = replace(interview, stage=Stage.ENDED, offered=(), disposition=disposition)
    return Turn(ended, (), None, (*events, InterviewEnded(disposition)))


def end(form: Form, interview: Interview, disposition: Disposition, *events: Event) -> Turn:
    """Say what the last answer calls for, then thank you or goodbye."""
    reacted, says = react(form, interview)
    stopped = stop(reacted, disposition, *events)
    return replace(stopped, says=says + say(form, interview, last_words(form, interview)))


def last_words(form: Form, interview: Interview) -> str:
    """The thank-you that fits: by the NPS group when the form has one for it, none to those who gave no answer."""
    if not interview.has_said:
        return "goodbye"
    scores = [answer.value for answer in interview.answers if answer.scale == NPS.name]
    thanks = f"thanks.{nps_group(scores[-1])}" if scores else "closing"
    return thanks if thanks in form.phrases else "closing"


def _range(form: Form, interview: Interview) -> dict[str, str]:
    asked = form.asked_on(interview.channel)
    scale = asked[interview.position].numbers if asked else None
    return {"lowest": str(scale.lowest), "highest": str(scale.highest)} if scale else {}


def _usual(form: Form, wording: Wording) -> str:
    return next((language for language in (*form.languages, "en") if language in wording), next(iter(wording), ""))


def _in_language(wording: Wording, language: str) -> str:
    return wording.get(language) or next(iter(wording.values()), "")
