"""A prompt spoken into the telephone: whole calls on the bare machine, and every illegal moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tonval.surveys.dictation import TRANSITIONS, WORDS, Admitted, Dictation, Heard, Refused, Step, begin, go_on
from tonval.surveys.record import dictation_from, plain
from tonval.surveys.state import ReplyRejected
from tonval.surveys.turns import AskDigits, AskRecording, Digits, HungUp, Recording, TimedOut

SPOKEN = Recording("rec_1", timedelta(seconds=3))
AGAIN = Recording("rec_2", timedelta(seconds=2))
GOOD, WRONG, BARRED = Admitted("dic_1"), Refused(again=True), Refused(again=False)

CALLS: dict[str, list[tuple[Heard, str]]] = {
    # what comes in, and what is heard then; a full stop ends the call
    "kept at once": [(GOOD, "speak"), (SPOKEN, "played.rec_1 verdict"), (Digits("1"), "kept.")],
    "said again": [
        (GOOD, "speak"),
        (SPOKEN, "played.rec_1 verdict"),
        (Digits("2"), "speak"),
        (AGAIN, "played.rec_2 verdict"),
        (Digits("1"), "kept."),
    ],
    "a wrong PIN first": [(WRONG, "wrong pin"), (GOOD, "speak")],
    "three wrong PINs": [(WRONG, "wrong pin"), (WRONG, "wrong pin"), (WRONG, "wrong goodbye.")],
    "too many from this number": [(BARRED, "wrong goodbye.")],
    "no PIN": [(TimedOut(), "pin"), (TimedOut(), "pin"), (TimedOut(), "goodbye.")],
    "nothing said": [
        (GOOD, "speak"),
        (TimedOut(), "silence speak"),
        (TimedOut(), "silence speak"),
        (TimedOut(), "silence goodbye."),
    ],
    "another key": [
        (GOOD, "speak"),
        (SPOKEN, "played.rec_1 verdict"),
        (Digits("7"), "played.rec_1 verdict"),
        (TimedOut(), "played.rec_1 verdict"),
        (Digits("#"), "goodbye."),
    ],
    "hung up before the verdict": [(GOOD, "speak"), (SPOKEN, "played.rec_1 verdict"), (HungUp(), ".")],
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_call_goes_as_written(call: list[tuple[Heard, str]]) -> None:
    turn = begin("sv")
    assert [said.slot for said in turn.says] == ["dictation.pin"]
    for reply, heard in call:
        turn = go_on(turn.dictation, reply)
        words = " ".join(said.slot.removeprefix("dictation.") for said in turn.says)
        assert words + ("" if turn.wait else ".") == heard
        assert dictation_from(plain(turn.dictation)) == turn.dictation
    assert turn.dictation.kept is heard.startswith("kept")


def test_what_is_kept_is_what_was_heard_last() -> None:
    turn = begin("en")
    for reply in (GOOD, SPOKEN, Digits("2"), AGAIN, Digits("1")):
        turn = go_on(turn.dictation, reply)
    assert (turn.dictation.task, turn.dictation.ref, turn.dictation.kept) == ("dic_1", "rec_2", True)


def test_it_waits_for_a_pin_a_voice_and_a_key() -> None:
    pin = begin("en")
    speak = go_on(pin.dictation, GOOD)
    verdict = go_on(speak.dictation, SPOKEN)
    assert isinstance(pin.wait, AskDigits)
    assert pin.wait.max_digits == 6
    assert isinstance(speak.wait, AskRecording)
    assert isinstance(verdict.wait, AskDigits)
    assert verdict.wait.max_digits == 1


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("reply", [GOOD, WRONG, Digits("1"), SPOKEN, TimedOut(), HungUp()], ids=repr)
def test_what_comes_at_the_wrong_moment_is_refused(step: Step, reply: Heard) -> None:
    dictation = Dictation("en", step, ref="rec_1")
    if (step, type(reply)) in TRANSITIONS:
        go_on(dictation, reply)
    else:
        with pytest.raises(ReplyRejected):
            go_on(dictation, reply)


def test_every_language_of_ours_has_all_the_words() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(("sv", "en", "es", "et"))}
    assert begin("fi").dictation.language == "en"
