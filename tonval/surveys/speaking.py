"""Spoken comments: speak, hear it again, then keep it, speak anew or leave it out."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tonval.surveys.events import CommentSpoken, Event, QuestionAsked, SpeechDropped
from tonval.surveys.questionnaire import Form
from tonval.surveys.saying import say
from tonval.surveys.state import Interview, Speech, Stage, Turn
from tonval.surveys.turns import AskDigits, AskRecording, Recording, played

AGAIN: Final = "2"
LEAVE_OUT: Final = "3"


def ask_speech(form: Form, interview: Interview, events: tuple[Event, ...]) -> Turn:
    """Put the question, say how to speak, and wait for it."""
    question = form.asked_on(interview.channel)[interview.position]
    asking = replace(interview, stage=Stage.AWAITING_SPEECH)
    says = say(form, asking, question.slot) + say(form, asking, "speak")
    return Turn(asking, says, AskRecording(), (*events, QuestionAsked(question.id)))


def take_speech(form: Form, interview: Interview, reply: Recording) -> Turn:
    """Play back what was spoken and ask what to do with it."""
    question = form.asked_on(interview.channel)[interview.position]
    speech = Speech(question.id, reply.ref, reply.length.total_seconds())
    return hear_again(form, replace(interview, stage=Stage.AWAITING_VERDICT, spoken=speech))


def hear_again(form: Form, interview: Interview) -> Turn:
    """What was spoken, and the keys."""
    assert interview.spoken is not None, "there is nothing to hear"
    says = (played(interview.spoken.recording, interview.language), *say(form, interview, "verdict"))
    return Turn(interview, says, AskDigits(max_digits=1), ())


def keep_speech(interview: Interview) -> tuple[Interview, tuple[Event, ...]]:
    """What was spoken stands."""
    speech = interview.spoken
    assert speech is not None, "there is nothing to keep"
    kept = replace(interview, spoken=None, speeches=(*interview.speeches, speech))
    return kept, (CommentSpoken(speech.question, speech.recording, speech.seconds),)


def drop_speech(interview: Interview) -> tuple[Interview, tuple[Event, ...]]:
    """What was spoken does not stand."""
    speech = interview.spoken
    assert speech is not None, "there is nothing to drop"
    return replace(interview, spoken=None), (SpeechDropped(speech.question, speech.recording),)
