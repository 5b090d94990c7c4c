"""A draft tried out: the call, the messages and the page as the machine itself would lead them. Pure; nothing is kept.

The replies so far come with every request, and the interview is led through them again from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tonval.surveys import interview as machine
from tonval.surveys.conditions import BadCondition, parse
from tonval.surveys.dispositions import Disposition
from tonval.surveys.page_words import words
from tonval.surveys.questionnaire import Channel, Form, Question
from tonval.surveys.scales import CALL_BACK, CHOICE, CHOICES, FREE_TEXT, YES_NO
from tonval.surveys.sentences import sentence
from tonval.surveys.state import Interview, ReplyRejected, Stage, Turn
from tonval.surveys.turns import AskChoice, Choice, Digits, Entry, HungUp, Reply, Text, TimedOut, Utterance

MOST: Final = 60
"""Replies that are followed."""

SILENCE: Final = "silence"
HANG_UP: Final = "hang up"
STRANGE: Final = "wrong key"
ENDS: Final[Mapping[Disposition, str]] = {
    Disposition.COMPLETE: sentence("Every question was answered."),
    Disposition.PARTIAL: sentence("Some questions were answered."),
    Disposition.BREAK_OFF: sentence("Nothing was answered."),
    Disposition.EXPIRED: sentence("Nothing was answered in time."),
    Disposition.REFUSED: sentence("No more questions are sent."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation: ``ours`` or the customer's; ``slot`` is the prompt it comes from."""

    ours: bool
    text: str
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """The conversation so far, what may be replied next (value and label), and how it ended."""

    lines: tuple[Line, ...]
    replies: tuple[tuple[str, str], ...] = ()
    open: bool = False
    ended: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Tester:
    """Who the interview is tried with: what goes into the placeholders, and what is known of the customer."""

    language: str
    fills: Mapping[str, str]
    attributes: Mapping[str, str]


def playable(form: Form) -> Form:
    """The form with only what the machine can carry: a draft may hold conditions that cannot be read yet."""
    questions = tuple(
        _mended(question) for question in form.questions if question.scale and any(question.text.values())
    )
    reactions = tuple(each for each in form.reactions if _reads(each.when) and any(each.say.values()))
    return replace(form, questions=questions, reactions=reactions)


def try_call(form: Form, tester: Tester, keys: Sequence[str]) -> Tried:
    """The call as its transcript: what is said, and what was pressed."""
    if not form.asked_on(Channel.KEYPAD):
        return Tried((), ended=sentence("No question of this survey can be answered with keys."))
    return _led(form, Channel.KEYPAD, tester, keys, _pressed)


def try_messages(form: Form, tester: Tester, texts: Sequence[str]) -> Tried:
    """The messages to and fro."""
    if not form.asked_on(Channel.SMS):
        return Tried((), ended=sentence("No question of this survey can be answered by SMS."))
    return _led(form, Channel.SMS, tester, texts, _written)


def link_message(form: Form, tester: Tester) -> Line:
    """The message that leads to the page."""
    return Line(True, words(form, "link", tester.language, tester.fills), "link")


def open_page_at(form: Form, tester: Tester, wanted: str) -> Turn:
    """The page that holds the question ``wanted``; for ``thanks`` the last one, else the first.

    Questions before it are answered so that it comes as soon as its condition lets it; where none does, the last page.
    """
    turn = _begun(form, Channel.LINK, tester)
    for _ in range(MOST):
        if not isinstance(turn.wait, AskChoice) or not wanted or wanted in turn.wait.questions:
            break
        reply = Choice(turn.wait.questions[0], tuple(_some(form, name) for name in turn.wait.questions))
        try:
            turn = machine.resume(form, turn.interview, reply)
        except ReplyRejected:
            break
    return turn


def _led(
    form: Form, channel: Channel, tester: Tester, said: Sequence[str], read: Callable[[str], tuple[Reply, str]]
) -> Tried:
    turn = _begun(form, channel, tester)
    lines = _said(turn.says)
    for text in said[:MOST]:
        reply, shown = read(text)
        try:
            turn = machine.resume(form, turn.interview, reply)
        except ReplyRejected:
            break
        lines += (Line(False, shown), *_said(turn.says))
    return _told(form, turn, lines)


def _begun(form: Form, channel: Channel, tester: Tester) -> Turn:
    return machine.begin(
        form, channel=channel, language=tester.language, fills=tester.fills, attributes=tester.attributes
    )


def _told(form: Form, turn: Turn, lines: tuple[Line, ...]) -> Tried:
    if turn.interview.stage is Stage.ENDED:
        ended = turn.interview.disposition
        return Tried(lines, ended=ENDS.get(ended, "") if ended else "")
    question = form.asked_on(turn.interview.channel)[turn.interview.position]
    keypad = turn.interview.channel is Channel.KEYPAD
    more = (
        ((STRANGE, sentence("Wrong key")), (SILENCE, sentence("Silence")), (HANG_UP, sentence("Hang up")))
        if keypad
        else ()
    )
    return Tried(lines, (*_answers(question, turn.interview), *more), not keypad, question=question.id)


def _answers(question: Question, interview: Interview) -> tuple[tuple[str, str], ...]:
    if question.scale == CHOICE:
        return tuple((str(each.code), str(each.code)) for each in question.options)
    scale = question.numbers
    if scale is None:
        return ()
    names = (
        {1: sentence("1 yes"), 0: sentence("0 no")}
        if question.scale == YES_NO.name and interview.channel is Channel.KEYPAD
        else {}
    )
    return tuple((str(n), names.get(n, str(n))) for n in range(scale.lowest, scale.highest + 1))


def _pressed(text: str) -> tuple[Reply, str]:
    match text:
        case "silence":
            return TimedOut(), sentence("says nothing")
        case "hang up":
            return HungUp(), sentence("hangs up")
        case "wrong key":
            return Digits("#"), sentence("presses a key that is none of the answers")
        case _:
            digits = "".join(letter for letter in text if letter in "0123456789*#")[:4] or "#"
            return Digits(digits), sentence("presses %(digits)s", digits=digits)


def _written(text: str) -> tuple[Reply, str]:
    return Text(text[:1000]), text[:1000]


def _said(says: Sequence[Utterance]) -> tuple[Line, ...]:
    return tuple(Line(True, each.text, each.slot) for each in says)


def _some(form: Form, name: str) -> Entry:
    """An answer that leads on: the low end, because the questions that follow up wait for it."""
    question = form.question(name)
    if question is None or question.scale == CALL_BACK:
        return Entry(name)
    if question.scale == FREE_TEXT:
        return Entry(name, text="…")
    if question.scale in (CHOICE, CHOICES):
        return Entry(name, codes=tuple(option.code for option in question.options[:1]))
    return Entry(name, codes=(question.numbers.lowest,) if question.numbers else ())


def _mended(question: Question) -> Question:
    return question if not question.when or _reads(question.when) else replace(question, when="")


def _reads(condition: str) -> bool:
    try:
        parse(condition)
    except BadCondition:
        return False
    return True
