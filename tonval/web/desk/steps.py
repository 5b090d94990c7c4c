"""A conversation's timeline in words: each entry a line, messages that lead to a page too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from tonval.stats.timeline import CallBegan, CallEnded, Dialled, Entry, Happened, Messaged, Received, Spoken, Talk
from tonval.surveys.events import InterviewBegun, InterviewEnded, NothingHeard, QuestionAsked
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import PLAYED
from tonval.web.desk.bubbles import mark_of
from tonval.web.desk.happenings import About, Words, words_of
from tonval.web.desk.received import received
from tonval.web.language import known

PROVIDERS: Final = {
    "sip": sentence("over SIP"),
    "twilio": sentence("over Twilio"),
    "simulator": sentence("from the simulator"),
}
CAUSES: Final = {"hung up": sentence("the customer hung up"), "completed": sentence("the call was over")}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a timeline: when, how long since the beginning, what happened; ``kind`` picks the dot."""

    at: datetime
    since: timedelta
    kind: str
    title: str
    detail: str = ""


def steps_of(talk: Talk) -> list[Step]:
    """The timeline; messages are shown as bubbles, and only those that lead to a page have a line here too."""
    of = talk.conversation
    about = About(of.channel, of.language, talk.form)
    start = talk.timeline[0].at if talk.timeline else of.started_at
    return [Step(at, at - start, words.kind, words.title, words.detail) for at, words in _lines(talk.timeline, about)]


def _lines(timeline: Iterable[Entry], about: About) -> Iterator[tuple[datetime, Words]]:
    """Each entry that is told; before the first that a customer sent in on a page, that she did."""
    begun = not about.on_page
    for entry in timeline:
        if not begun and isinstance(entry, Happened) and not isinstance(entry.event, _NOT_HERS):
            begun = True
            yield entry.at, Words("began", sentence("Opened the page and sent it in"))
        words = _told(entry, about)
        if words is not None:
            yield entry.at, words


_NOT_HERS: Final = (InterviewBegun, QuestionAsked, NothingHeard, InterviewEnded)
"""What happens on a page without anything being sent in, or is no answer."""


def _told(entry: Entry, about: About) -> Words | None:
    match entry:
        case CallBegan(provider=provider, ours=True):
            return Words(
                "began", sentence("Our call was answered, %(provider)s", provider=PROVIDERS.get(provider, provider))
            )
        case CallBegan(provider=provider):
            return Words("began", sentence("The call came in %(provider)s", provider=PROVIDERS.get(provider, provider)))
        case Dialled(called=called):
            return Words("began", called.sentence, known(called.why or ""))
        case Received(reception=reception, ours=ours):
            return Words("answered", *received(reception, ours=ours))
        case Spoken(utterance=said) if said.slot.startswith(PLAYED):
            return Words("spoken", sentence("What the customer had spoken was played to her"))
        case Spoken(utterance=said):
            return Words("spoken", f"“{said.text}”", f"{said.slot}, {said.language}")
        case Happened(event=event):
            return words_of(event, about)
        case Messaged():
            return _written(entry, about) if about.on_page else None
        case CallEnded(cause=cause):
            return Words("ended", sentence("Hung up"), CAUSES.get(cause or "", cause or ""))
        case _:
            assert_never(entry)


def _written(message: Messaged, about: About) -> Words:
    """A message on the way to a page, as one line; its words are in the bubble."""
    if message.direction == "in":
        return Words("answered", sentence("The customer wrote back"))
    what = sentence("The letter") if about.channel == Channel.EMAIL else sentence("The SMS with the link")
    first = sentence("A reminder") if message.purpose == "reminder" else what
    return Words(
        "spoken", sentence("%(first)s: %(mark)s", first=first, mark=mark_of(message)[0]), known(message.error or "")
    )
