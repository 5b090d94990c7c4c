"""An event of an interview in words: one small function for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonval.fieldwork.addresses import masked
from tonval.stats.said import in_words
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    AnswerReplaced,
    AnswerWithdrawn,
    CallBackWished,
    CallBackWithdrawn,
    CommentLeft,
    CommentSpoken,
    CommentWithdrawn,
    Event,
    InterviewBegun,
    InterviewEnded,
    NothingHeard,
    QuestionAsked,
    ReplyUnclear,
    SpeechDropped,
)
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.scales import CHOICES, YES_NO
from tonval.surveys.sentences import sentence
from tonval.web.desk.moments import zoned
from tonval.web.language import known

ENDINGS: Final = {
    Disposition.COMPLETE: sentence("Complete: every question was answered"),
    Disposition.PARTIAL: sentence("Partial: what was answered is kept"),
    Disposition.BREAK_OFF: sentence("Broken off before the first answer"),
    Disposition.REFUSED: sentence("The customer does not want to be asked"),
    Disposition.NO_ANSWER: sentence("Nobody answered"),
    Disposition.EXPIRED: sentence("No answer came in time"),
    Disposition.SUPPRESSED: sentence("Not asked"),
    Disposition.NOT_OFFERED: sentence("Not offered"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A line of a timeline: ``kind`` picks its dot."""

    kind: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """The interview that is told of: on which channel and in which language, and its form where it is there still."""

    channel: str
    language: str
    form: Form | None = None

    @property
    def on_page(self) -> bool:
        """Whether the customer answers on a page."""
        return Channel(self.channel).on_page

    def answer(self, question: str, scale: str, value: int) -> str:
        """An answer in words: the number, or what was chosen."""
        if scale == YES_NO.name:
            return sentence("yes") if value else sentence("no")
        asked = self.form.question(question) if self.form else None
        option = asked.option(value) if asked else None
        return f"“{in_words(option.text, self.language) or option.id}”" if option else str(value)


def words_of(event: Event, about: About) -> Words | None:
    """What is told of an event; ``None`` for what is told elsewhere: the spoken question, the options chosen."""
    tell: Callable[[Any, About], Words | None] = TOLD[type(event)]
    return tell(event, about)


def _given(event: AnswerGiven, about: About) -> Words | None:
    if _is_counted_only(event):
        return None
    answer = about.answer(event.question, event.scale, event.value)
    detail = (
        ""
        if about.on_page
        else sentence("read from “%(said)s”, stored as %(value)s", said=event.said, value=event.value)
    )
    return Words(
        "answered", sentence("Answered %(answer)s to “%(question)s”", answer=answer, question=event.question), detail
    )


def _replaced(event: AnswerReplaced, about: About) -> Words:
    before, now = (about.answer(event.question, event.scale, value) for value in (event.before, event.value))
    return Words(
        "answered",
        sentence("Changed %(before)s to %(now)s for “%(question)s”", before=before, now=now, question=event.question),
    )


def _withdrawn(event: AnswerWithdrawn, about: About) -> Words | None:
    if _is_counted_only(event):
        return None
    answer = about.answer(event.question, event.scale, event.value)
    return Words(
        "answered", sentence("Took back %(answer)s for “%(question)s”", answer=answer, question=event.question)
    )


def _is_counted_only(event: AnswerGiven | AnswerWithdrawn) -> bool:
    """That a multiple choice was answered at all is seen by what was chosen."""
    return event.scale == CHOICES and event.value == 0


def _wrote(event: CommentLeft, about: About) -> Words:
    del about
    return Words("answered", sentence("Wrote about “%(question)s”", question=event.question), event.text)


def _unwrote(event: CommentWithdrawn, about: About) -> Words:
    del about
    return Words(
        "answered", sentence("Took back what was written about “%(question)s”", question=event.question), event.text
    )


def _spoke(event: CommentSpoken, about: About) -> Words:
    del about
    title = sentence("Spoke about “%(question)s”", question=event.question)
    return Words("answered", title, sentence("%(seconds)s seconds, kept", seconds=round(event.seconds)))


def _left_out(event: SpeechDropped, about: About) -> Words:
    del about
    title = sentence("Spoke about “%(question)s”", question=event.question)
    return Words("answered", title, sentence("the customer left it out, or spoke again; its sound is gone"))


def _wished(event: CallBackWished, about: About) -> Words:
    del about
    return Words(
        "answered",
        sentence("Wants to be called back"),
        sentence("%(moment)s, %(phone)s", moment=zoned(event.moment), phone=masked(event.phone)),
    )


def _unwished(event: CallBackWithdrawn, about: About) -> Words:
    del event, about
    return Words("answered", sentence("Does not want to be called back"))


def _unclear(event: ReplyUnclear, about: About) -> Words:
    del about
    return Words(
        "unclear",
        sentence("“%(said)s” is no answer to “%(question)s”", said=event.said, question=event.question),
        known(event.why),
    )


def _silent(event: NothingHeard, about: About) -> Words:
    if about.on_page:
        return Words("silent", sentence("The time to answer was over"))
    return Words("silent", sentence("Nothing was heard after “%(question)s”", question=event.question))


def _ended(event: InterviewEnded, about: About) -> Words:
    if about.on_page and event.disposition == Disposition.COMPLETE:
        return Words("finished", sentence("Complete: the customer finished the survey"))
    return Words("finished", ENDINGS[Disposition(event.disposition)])


def _untold(event: InterviewBegun | QuestionAsked, about: About) -> None:
    del event, about


TOLD: Final[Mapping[type, Callable[[Any, About], Words | None]]] = {
    AnswerGiven: _given,
    AnswerReplaced: _replaced,
    AnswerWithdrawn: _withdrawn,
    CommentLeft: _wrote,
    CommentWithdrawn: _unwrote,
    CommentSpoken: _spoke,
    SpeechDropped: _left_out,
    CallBackWished: _wished,
    CallBackWithdrawn: _unwished,
    ReplyUnclear: _unclear,
    NothingHeard: _silent,
    InterviewEnded: _ended,
    InterviewBegun: _untold,
    QuestionAsked: _untold,
}
"""Every kind of event, and how it is told."""
