from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tonval.ivr.sip.caller import Caller, Cause, Patience
from tonval.ivr.sip.messages import (
    Account,
    Answer,
    Answered,
    Clip,
    Fact,
    Gathered,
    HangUp,
    LegEnded,
    Place,
    Play,
    Ready,
    Record,
    Recorded,
    Refuse,
    Ringing,
)
from tonval.surveys.turns import AskDigits, AskRecording

ASK = AskDigits(max_digits=1)
AHEAD = AskDigits(max_digits=1, type_ahead=True)
ONE, TWO = Clip("one.wav", 1000), Clip("two.wav", 500)


@dataclass
class FakeSwitchboard:
    did: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    received: int = 0
    level: int = 0
    written: bool = True
    room: bool = True

    def place(self, order: Place) -> bool:
        self.did.append(order.uri)
        return self.room

    def record(self, call: int, path: str) -> bool:
        self.did.append(f"record {path}")
        return path not in self.broken

    def loudness(self, call: int) -> int:
        return self.level

    def stop_recording(self, call: int) -> None:
        self.did.append("stop recording")

    def recorded(self, path: str) -> bool:
        return self.written

    def transfer(self, call: int, target: str) -> bool:
        self.did.append(f"refer {target}")
        return True

    def answer(self, call: int) -> None:
        self.did.append("answer")

    def hang_up(self, call: int, code: int) -> None:
        self.did.append(f"hang up {code}")

    def say(self, call: int, clip: Clip) -> bool:
        self.did.append(clip.path)
        return clip.path not in self.broken

    def hush(self, call: int) -> None:
        self.did.append("hush")

    def packets(self, call: int) -> int:
        return self.received


class Told:
    """A call and what it reported."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.board = FakeSwitchboard()
        self.facts: list[Fact] = []
        self.caller = Caller(1, self.board, self.facts.append, patience or Patience(), 0)

    def up(self, *clips: Clip, ask: AskDigits | None = ASK) -> Told:
        self.caller.obey(Answer(1), 10)
        self.caller.obey(Play(1, 1, clips, ask), 20)
        self.caller.connected(100)
        return self


def test_the_first_prompt_waits_for_the_caller_to_be_there() -> None:
    told = Told()
    told.caller.obey(Answer(1), 10)
    told.caller.obey(Play(1, 1, (ONE,), ASK), 20)
    assert told.board.did == ["answer"]
    told.caller.connected(100)
    assert told.board.did[-1] == "one.wav"
    assert told.facts == [Ready(1)]


def test_clips_are_played_one_after_the_other_then_silence_is_counted() -> None:
    told = Told().up(ONE, TWO)
    told.caller.tick(1099)
    assert "two.wav" not in told.board.did
    told.caller.tick(1100)
    assert told.board.did[-1] == "two.wav"
    told.caller.tick(1600)
    assert told.board.did[-1] == "hush"
    told.caller.tick(6599)
    assert told.facts == [Ready(1)]
    told.caller.tick(6600)
    assert told.facts[-1] == Gathered(1, 1, None)


def test_a_key_stops_the_prompt_and_is_reported() -> None:
    told = Told().up(ONE, TWO)
    told.caller.press("4", "rfc4733", 600)
    assert told.board.did[-1] == "hush"
    assert told.facts[-1] == Gathered(1, 1, "4")
    told.caller.tick(5000)
    assert "two.wav" not in told.board.did


def test_the_same_key_heard_of_twice_counts_once() -> None:
    told = Told().up(ONE, ask=AskDigits(max_digits=2))
    told.caller.press("1", "rfc4733", 600)
    told.caller.press("1", "info", 610)
    assert told.facts == [Ready(1)]
    told.caller.press("1", "rfc4733", 900)
    assert told.facts[-1] == Gathered(1, 1, "11")


def test_keys_pressed_between_turns_are_dropped_unless_typed_ahead() -> None:
    for ask, reported in ((ASK, Ready(1)), (AHEAD, Gathered(1, 2, "5"))):
        told = Told().up(ONE)
        told.caller.press("4", "rfc4733", 600)
        told.caller.press("5", "rfc4733", 610)
        told.facts[1:] = []
        told.caller.obey(Play(1, 2, (TWO,), ask), 620)
        assert told.facts[-1] == reported
        assert ("two.wav" in told.board.did) is (ask is ASK)


def test_after_the_last_words_the_call_is_ended() -> None:
    told = Told().up(ONE, ask=None)
    told.caller.tick(1100)
    assert not told.caller.over
    told.caller.tick(1300)
    assert told.board.did[-1] == "hang up 603"
    assert told.facts[-1] == LegEnded(1, Cause.FINISHED)


def test_a_turn_without_words_or_wait_ends_the_call() -> None:
    told = Told().up(ask=None)
    told.caller.tick(300)
    assert told.facts[-1] == LegEnded(1, Cause.FINISHED)


def test_a_prompt_that_cannot_be_played_is_passed_over() -> None:
    told = Told()
    told.board.broken = {"one.wav"}
    told.up(ONE, TWO)
    assert told.board.did[-2:] == ["one.wav", "two.wav"]


def test_a_call_that_is_refused_or_hung_up_says_so_once() -> None:
    told = Told()
    told.caller.obey(Refuse(1, 503), 10)
    told.caller.gone(told.caller.ended_by_caller, 20)
    assert told.facts == [LegEnded(1, Cause.REFUSED)]
    told = Told().up(ONE)
    told.caller.obey(HangUp(1, "stopped"), 200)
    told.caller.obey(HangUp(1, "stopped"), 300)
    assert told.facts[1:] == [LegEnded(1, "stopped")]


def test_a_caller_who_gives_up_before_the_answer_cancelled() -> None:
    assert Told().caller.ended_by_caller is Cause.CANCELLED
    assert Told().up(ONE).caller.ended_by_caller is Cause.CALLER


def ends_by(told: Told, now: float) -> str | None:
    told.caller.tick(now)
    last = told.facts[-1] if told.facts else None
    return last.cause if isinstance(last, LegEnded) else None


def test_a_conductor_that_does_not_answer_is_not_waited_for() -> None:
    told = Told()
    assert ends_by(told, 9_999) is None
    assert ends_by(told, 10_000) == Cause.UNANSWERED
    assert told.board.did[-1] == "hang up 408"


def test_a_call_whose_media_never_starts_is_ended() -> None:
    told = Told()
    told.caller.obey(Answer(1), 10)
    assert ends_by(told, 10_009) is None
    assert ends_by(told, 10_010) == Cause.NO_MEDIA


def test_a_caller_who_sends_nothing_at_all_is_not_held_for_ever() -> None:
    told = Told().up(Clip("long.wav", 60_000))
    assert ends_by(told, 30_099) is None
    assert ends_by(told, 30_100) == Cause.SILENT


def test_a_caller_whose_packets_come_is_held_while_the_prompt_plays() -> None:
    told = Told().up(Clip("long.wav", 60_000))
    for second in range(1, 60):
        told.board.received += 50
        assert ends_by(told, 100 + second * 1000) is None


def test_no_call_is_longer_than_the_limit() -> None:
    told = Told(Patience(call=5_000)).up(Clip("long.wav", 60_000))
    assert ends_by(told, 5_000) == Cause.TOO_LONG


def test_a_slow_second_key_is_waited_for() -> None:
    told = Told().up(ONE, ask=AskDigits(max_digits=2, pause=timedelta(seconds=1)))
    told.caller.press("9", "info", 600)
    assert told.board.did[-1] == "hush"
    told.caller.tick(1_599)
    assert told.facts == [Ready(1)]
    told.caller.tick(1_600)
    assert told.facts[-1] == Gathered(1, 1, "9")


RECORD = Record(1, 2, (ONE, TWO), AskRecording(), "said.wav")
PLACE = Place(-1, "sip:eva@trunk.example", Account("sip:192.0.2.9"), "", 20_000)


def recording() -> Told:
    """A call whose recording began at 1700."""
    told = Told().up(ask=ASK)
    told.caller.obey(RECORD, 200)
    told.caller.tick(1200)
    told.caller.tick(1700)
    assert told.board.did[-1] == "record said.wav"
    return told


def speak(told: Told, *moments: float) -> None:
    told.board.level = 20
    for moment in moments:
        told.caller.tick(moment)
    told.board.level = 0


def test_a_recording_begins_after_the_tone_and_ends_with_any_key() -> None:
    told = recording()
    speak(told, 1800, 3600)
    told.caller.press("7", "info", 3700)
    told.caller.tick(3710)
    assert told.board.did[-1] == "stop recording"
    assert told.facts[-1] == Recorded(1, 2, 2000)


def test_a_recording_is_told_of_when_its_file_is_whole_and_not_before() -> None:
    told = recording()
    speak(told, 1800, 3600)
    told.board.written = False
    told.caller.press("7", "info", 3700)
    told.caller.tick(3710)
    assert told.facts == [Ready(1)]
    told.board.written = True
    told.caller.tick(3720)
    assert told.facts[-1] == Recorded(1, 2, 2000)


def test_who_hangs_up_while_speaking_is_recorded_first_and_gone_then() -> None:
    told = recording()
    speak(told, 1800, 3600)
    told.caller.gone(Cause.CALLER, 3700)
    assert not told.caller.over
    told.caller.tick(3710)
    assert told.facts[1:] == [Recorded(1, 2, 2000), LegEnded(1, Cause.CALLER)]


def test_a_key_before_the_tone_skips_to_it() -> None:
    told = Told().up(ask=ASK)
    told.caller.obey(RECORD, 200)
    told.caller.press("1", "info", 300)
    assert told.board.did[-1] == "one.wav"
    told.caller.press("1", "info", 400)
    assert told.board.did[-1] == "two.wav"
    told.caller.tick(900)
    assert told.board.did[-1] == "record said.wav"


def test_a_recording_that_cannot_begin_is_nothing() -> None:
    told = Told().up(ask=ASK)
    told.board.broken = {"said.wav"}
    told.caller.obey(RECORD, 200)
    for moment in (1200, 1700, 1710):
        told.caller.tick(moment)
    assert told.facts[-1] == Recorded(1, 2, 0.0)


def test_our_own_call_rings_is_answered_and_says_nothing_by_itself() -> None:
    told = Told()
    told.caller.obey(PLACE, 0)
    told.caller.rings()
    told.caller.rings()
    told.caller.connected(5_000)
    told.caller.tick(6_000)
    assert told.facts == [Ringing(1), Answered(1)]
    assert told.board.did == ["sip:eva@trunk.example"]


def test_our_own_call_is_taken_back_when_it_has_rung_for_long_enough() -> None:
    told = Told()
    told.caller.obey(PLACE, 0)
    assert ends_by(told, 19_999) is None
    assert ends_by(told, 20_000) == Cause.RANG_OUT


def test_our_own_call_that_is_not_taken_tells_the_code() -> None:
    told = Told()
    told.caller.obey(PLACE, 0)
    told.caller.gone(told.caller.ended_by_caller, 100, 486)
    assert told.facts == [LegEnded(1, Cause.NOT_TAKEN, 486)]


def test_our_own_call_without_a_place_is_over_at_once() -> None:
    told = Told()
    told.board.room = False
    told.caller.obey(PLACE, 0)
    assert told.facts == [LegEnded(1, Cause.NO_ROOM)]
